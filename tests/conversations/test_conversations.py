from __future__ import annotations

import asyncio
import datetime
import os
import pathlib
import random
import re
from typing import Any, Dict, Iterator, List, Mapping

import pytest
import yaml

from actions import records
from bot.settings import WEEKDAYS
from tests.conversations.driver import Driver
from traffic.demo.examples import NINE_POINTS, NO_POINTS, TRAINEE, TWELVE_POINTS
from traffic.opening_days import day_bounds, local_day, local_moment, opening_spans

FOLDER = pathlib.Path(os.environ.get("WEIJING_SCRIPTS", pathlib.Path(__file__).parent / "scripts"))
SCRIPTS = sorted(FOLDER.glob("*.yml"))
LICENSES = {"no_points": NO_POINTS, "nine_points": NINE_POINTS, "twelve_points": TWELVE_POINTS, "trainee": TRAINEE}
Script = Mapping[str, Any]


def scripts() -> Iterator[Any]:
    for path in SCRIPTS:
        for script in yaml.safe_load(path.read_text(encoding="utf-8")):
            yield pytest.param(script, id=f"{path.stem}: {script['title']}")


@pytest.mark.model
@pytest.mark.parametrize("script", scripts())
def test_the_driver_hears(script: Script, agent: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    if "at" in script:
        moment = local_moment(next_open_day(1), datetime.time(10 if script["at"] == "open" else 22))
        monkeypatch.setattr(records, "now", lambda: moment.astimezone(datetime.timezone.utc))
    heard = [asyncio.run(play(script, agent, this)) for this in script.get("same_for", [""])]
    assert all(words == heard[0] for words in heard)


async def play(script: Script, agent: Any, this: str) -> List[str]:
    driver, words, heard, before = Driver(agent), {**placeholders(), "this": this}, [], [""]
    await driver.bind(script.get("bound", []), [LICENSES[n].license_number for n in script.get("licenses", [])])
    if "booked_by_other" in script:
        await driver.let_another_book(script["booked_by_other"])
    if "missed" in script:
        await driver.miss_appointments(script["missed"])
    if "full" in script:
        await driver.fill_days(script["full"], *day_bounds(next_open_day(14)))
    for turn in script["turns"]:
        expected = filled(turn, words)
        if "unclear" in expected:
            unclear = await unclear_sentences(agent)
            expected["says"] = unclear[expected["unclear"] - 1]
        await driver.act({**expected, "says": str(expected.get("says", "")) * expected.get("repeat", 1)})
        check_names(expected, await driver.names())
        check_words(expected, driver)
        assert driver.titles != before or not expected.get("differs")
        before = driver.titles
        heard.append(driver.text)
    return heard


# Words in no order, which pull to several services at once: no model is sure of all of them.
WORDS = ["那截", "上面", "纸", "换了", "章", "那段", "事情", "半边", "下面", "横杠", "红的", "先后", "不止", "回来",
         "路上", "剩的", "单子", "这样", "一张", "弄的", "说的", "左右", "一格", "证", "弯的", "又是", "前门", "那个"]


async def unclear_sentences(agent: Any) -> List[str]:
    chance, found = random.Random(7), []
    for _ in range(400):
        text = "".join(chance.sample(WORDS, 5))
        if (await agent.parse_message(text))["intent"]["name"] == "nlu_fallback":
            found.append(text)
        if len(found) == 3:
            return found
    raise AssertionError("of 400 jumbles fewer than three fall back: the model is too sure of itself")


def check_names(expected: Mapping[str, Any], said: List[str]) -> None:
    if "replies" in expected:
        assert said == expected["replies"]
    if "replies_any" in expected:
        assert said in expected["replies_any"]
    if "answers" in expected:
        assert said[0].startswith(f"utter_{expected['answers']}/")
        assert said[1:] == expected.get("then", [])


def check_words(expected: Mapping[str, Any], driver: Driver) -> None:
    assert driver.text.strip()
    assert not re.search(r"\{\w+\}|utter_|None", driver.text + "".join(driver.titles))
    for part in expected.get("contains", []):
        assert any(p in driver.text + "\n".join(driver.titles) for p in part.split("|")), f"{part} in {driver.text}"
    for part in expected.get("lacks", []):
        assert part not in driver.text
    if "choices" in expected:
        assert driver.titles == expected["choices"]
    for part in expected.get("choices_contain", []):
        assert driver.titles
        assert all(part in title for title in driver.titles)
    if "choices_lack" in expected:
        assert driver.titles
        assert not any(expected["choices_lack"] in title for title in driver.titles)
    if "handed_over" in expected:
        assert driver.handed_over is expected["handed_over"]


def placeholders() -> Dict[str, str]:
    today = local_day(records.now())
    sunday = today + datetime.timedelta(days=(6 - today.weekday()) or 7)
    far, opened = today + datetime.timedelta(days=45), next_open_day(3)
    return {"open_day": spoken(opened), "open_weekday": WEEKDAYS[opened.weekday()], "sunday": spoken(sunday),
            "full_day": spoken(next_open_day(14)), "far": spoken(far),
            **{name: driver.license_number for name, driver in LICENSES.items()}}


def next_open_day(days: int) -> datetime.date:
    day = local_day(datetime.datetime.now(datetime.timezone.utc)) + datetime.timedelta(days=days)
    while len(opening_spans(day)) < 2:
        day += datetime.timedelta(days=1)
    return day


def spoken(day: datetime.date) -> str:
    return f"{day.month}月{day.day}日"


def filled(value: Any, words: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return re.sub(r"\{(\w+)\}", lambda m: words[m[1]], value)
    if isinstance(value, list):
        return [filled(v, words) for v in value]
    return {k: filled(v, words) for k, v in value.items()} if isinstance(value, dict) else value
