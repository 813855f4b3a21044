from __future__ import annotations

import datetime
import pathlib
import zoneinfo
from typing import Any, Callable, Iterator

import pytest
import yaml

from bot.nlu.time_extractor import TimeExtractor, find_times

ZONE = zoneinfo.ZoneInfo("Asia/Shanghai")
TABLE = pathlib.Path(__file__).resolve().parents[2] / "nlu" / "times.yml"


def cases() -> Iterator[tuple[str, str, Any]]:
    table = yaml.load(TABLE.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    for way in ("future", "past", "neither"):
        for text, wanted in table[way].items():
            yield way, text, wanted if isinstance(wanted, list) else None


def moment(written: str) -> str:
    day, _, clock = written.partition(" ")
    day = day if day.count("-") == 2 else f"2026-{day}"
    return datetime.datetime.fromisoformat(f"{day} {clock or '00:00'}").replace(tzinfo=ZONE).isoformat()


NOW = datetime.datetime(2026, 11, 18, 10, 0, tzinfo=ZONE)


@pytest.mark.parametrize(("way", "text", "wanted"), cases())
def test_what_a_driver_calls_a_time(way: str, text: str, wanted: Any) -> None:
    found = find_times(text, NOW, past=way == "past")
    assert [[v["from"], v["to"]] for _, _, v in found] == ([list(map(moment, wanted))] if wanted else [])


def test_the_table_has_150_cases() -> None:
    assert len(list(cases())) >= 150


def test_a_time_inside_a_sentence_is_cut_out_exactly() -> None:
    (start, end, value), = find_times("我想约下周二上午去验车", NOW)
    assert (start, end, value["text"], value["grain"]) == (3, 8, "下周二上午", "half_day")


def test_the_intent_says_which_way_a_weekday_points(make: Callable[..., Any], read: Callable[[str], Any]) -> None:
    extractor = make(TimeExtractor)
    extractor.clock = lambda: NOW
    days = []
    for intent in ("query_violations", "book_inspection"):
        message = read("周五的")
        message.set("intent", {"name": intent})
        extractor.process([message])
        days.append(message.get("entities")[0]["value"]["from"][:10])
    assert days == ["2026-11-13", "2026-11-20"]
