from __future__ import annotations

import datetime
import pathlib
import shutil
from typing import Any, List

import pytest
import yaml
from sqlalchemy.engine import Engine

from bot.settings import ROOT
from bot.training import labels
from bot.training.applying import apply, planned
from bot.training.errors import Refused
from bot.training.gathering import gather
from bot.training.labels import Group
from bot.training.sentences import Sentence, read_sentences
from bot.training.titles import titles
from bot.training.write_back import Files
from messages import conversations, desk, ratings
from messages.database import reading, writing
from messages.replies import Reply
from tests.bot.training.conftest import NOW, Say, mask

KNOWN = [Sentence("罚款在哪里交", "pay_fine/where", (), "pay_fine.yml:1"),
         Sentence("电动自行车怎么上牌", "ebike/plate", (), "ebike.yml:1"),
         Sentence("转人工", "request_human", (), "request_human.yml:1")]
LATER = NOW + datetime.timedelta(minutes=1)


def gathered(engine: Engine, known: List[Sentence] = KNOWN) -> List[Group]:
    gather(engine, mask, known, NOW - datetime.timedelta(days=1))
    with reading(engine) as session:
        return [labels.group(session, each.id) for each in labels.open_groups(session)]


@pytest.fixture
def data(tmp_path: pathlib.Path) -> Files:
    for name in ("nlu/request_human.yml", "nlu/emergency.yml", "faq/ebike.yml"):
        (tmp_path / "data" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / "data" / name, tmp_path / "data" / name)
    shutil.copy(ROOT / "domain.yml", tmp_path / "domain.yml")
    return Files(tmp_path / "data", tmp_path / "domain.yml")


def test_what_many_drivers_asked_and_nobody_understood_comes_first(engine: Engine, say: Say) -> None:
    for number in range(12):
        say(f"无人机航拍要不要报备{'啊呀哦'[number % 3]}", f"d-{number}")
    say("这个嘛", "d-99")
    first, second = gathered(engine)
    assert (first.drivers, len(first.sentences), first.reasons) == (12, 3, {"fallback": 12})
    assert first.teach > second.teach


def test_each_reason_brings_a_sentence_in(engine: Engine, say: Say) -> None:
    say("怎么弄啊这个", "d-1", outcome="asked_back")
    say("处理违章", "d-1", "pay_fine", 0.9, tap="t1", seconds=5)
    say("路上有个坑", "d-2", "report_offense", 0.4, outcome="answered")
    say("我要找人说话", "d-3", "request_human", 0.9, outcome="handed_over")
    say("电瓶车牌照哪里上的", "d-4", "parking_towing", 0.9, outcome="answered")
    say("电瓶车上牌照去哪里", "d-4", "ebike", 0.9, outcome="answered", seconds=40)
    say("年检几年一次", "d-5", "inspection_rules", 0.95, outcome="answered")
    say("罚单丢了", "d-6", "pay_fine", 0.95, outcome="answered")
    with writing(engine) as session:
        conversations.take(session, "wechat", "d-5", "wang", LATER)
        desk.say(session, "wechat", "d-5", "wang", [Reply("民警：六年内免检，打13812345678问我")], LATER)
        ratings.keep(session, "wechat", "d-6", 1, 1, LATER)
    found = {group.head: group for group in gathered(engine)}
    assert {head: list(group.reasons) for head, group in found.items()} == {
        "怎么弄啊这个": ["asked_back"], "路上有个坑": ["unsure"], "我要找人说话": ["handed_over"],
        "电瓶车牌照哪里上的": ["again"], "年检几年一次": ["officer"], "罚单丢了": ["rated"]}
    assert found["怎么弄啊这个"].suggestions[0][0].startswith("pay_fine")
    assert found["年检几年一次"].answer == "六年内免检，打14567891234问我"


def test_of_many_sure_ones_a_sample_comes_the_same_each_time(engine: Engine, say: Say) -> None:
    for number in range(120):
        say(f"第{number}句{number * 7}", f"d-{number}", "greet", 0.99, outcome="answered")
    first = sorted(group.head for group in gathered(engine))
    assert 0 < len(first) < 12
    assert sorted(group.head for group in gathered(engine)) == first


def test_personal_numbers_stay_outside_and_come_back_as_marks(engine: Engine, say: Say) -> None:
    say("浙JK88N9在75省道被拍打13988887777", entities=[("plate_number", 0, 7), ("road", 8, 12)])
    sentence = gathered(engine)[0].sentences[0]
    assert sentence.text == "浙JA12B3在75省道被拍打14567891234"
    assert sentence.marks == [("plate_number", 0, 7), ("road", 8, 12), ("phone", 15, 26)]


def test_the_nearest_training_sentences_suggest_their_label(engine: Engine, say: Say) -> None:
    say("电动自行车上牌去哪", ranking=[("parking_towing", 0.2), ("ebike", 0.1)])
    group = gathered(engine)[0]
    assert group.suggestions[0][0] == "ebike/plate"
    assert group.nearest[0][:2] == ["电动自行车怎么上牌", "ebike/plate"]


def test_a_label_leaves_the_inbox_and_comes_back_when_it_is_undone(engine: Engine, say: Say) -> None:
    say("无人机要报备吗")
    group = gathered(engine)[0]
    with writing(engine) as session:
        labels.decide(session, "lin", group.id, "out_of_scope", NOW)
        assert labels.open_groups(session) == []
    assert gathered(engine) == []
    with writing(engine) as session:
        assert labels.undo(session, "lin", None, NOW) == 1
        with pytest.raises(Refused):
            labels.undo(session, "lin", None, NOW)
    assert len(gathered(engine)) == 1


def test_a_sensitive_label_waits_for_another_person(engine: Engine, say: Say) -> None:
    say("有人躺在路上不动了")
    group = gathered(engine)[0]
    with writing(engine) as session:
        labels.decide(session, "lin", group.id, "emergency", NOW)
        assert labels.for_second(session, "lin") == []
        waiting = labels.for_second(session, "mei")[0]
        with pytest.raises(Refused):
            labels.second(session, "lin", waiting.id, "emergency", NOW)
        assert labels.second(session, "mei", waiting.id, "report_minor_accident", NOW) == "disagreed"
        assert labels.agreement(session).share == 0.0
        assert labels.second(session, "zhou", waiting.id, "emergency", NOW) == "ready"


def decide(engine: Engine, say: Say, *said: tuple[str, str]) -> None:
    for text, _ in said:
        say(text, driver=f"d-{abs(hash(text))}")
    meant = {mask(text).text: label for text, label in said}
    for group in gathered(engine):
        label = meant[group.head]
        with writing(engine) as session:
            labels.decide(session, "lin", group.id, label, NOW)


def test_labels_go_into_the_files_as_added_lines_only(engine: Engine, say: Say, data: Files) -> None:
    before = (data.data / "nlu/request_human.yml").read_text()
    decide(engine, say, ("把浙JK88N9的事转给真人警官办", "request_human"))
    with writing(engine) as session:
        change = planned(session, data, [], NOW)
        added = [line for line in change.files.diff().splitlines() if line.startswith(("+ ", "- ", "+-", "--"))]
        assert [line for line in added if "真人" in line] == ["+    - 把[浙JA12B3](plate_number)的事转给真人警官办"]
        applied = apply(session, Files(data.data, data.domain), [], "lin", NOW)
    after = (data.data / "nlu/request_human.yml").read_text()
    assert after.replace("    - 把[浙JA12B3](plate_number)的事转给真人警官办\n", "") == before
    assert [label.text for label in applied.taken] == ["把浙JA12B3的事转给真人警官办"]
    assert read_sentences(data.data / "nlu/request_human.yml")[-1].marks[0].entity == "plate_number"


def test_conflicts_are_refused_with_their_reason(engine: Engine, say: Say, data: Files) -> None:
    measured = [Sentence("我想跟活人聊", "request_human", (), "held_out.yml:1")]
    with writing(engine) as session:
        session.execute(labels.labels.insert(), [
            {"key": text, "text": text, "marks": [], "label": label, "state": "ready", "batch": "b", "group_id": 1,
             "officer": "lin", "at": NOW, "sensitive": False}
            for text, label in (("救命", "request_human"), ("救命啊", "no_such"), ("我想跟活人聊", "request_human"),
                                ("撞人了", "emergency"))])
        refused = list(apply(session, data, measured, "lin", NOW).refused.values())
    assert refused[0].startswith("stands under emergency already (emergency.yml:")
    assert refused[1].startswith("there is no no_such")
    assert refused[2].startswith("stands in the held-out set")
    assert refused[3].startswith("is there already")


def proposed(engine: Engine, label: str, texts: List[str], title: str = "") -> None:
    """A new question with its answer and sentences, as the page keeps them."""
    with writing(engine) as session:
        about = {"law": "条例", "owner": "宣传", "title": title}
        labels.propose_answer(session, "lin", label, "这个不能上路。", about, "b", NOW)
        assert labels.add_written(session, "lin", 1, label, texts, "b", NOW) == len(texts)


def test_a_new_question_of_the_answer_book_gets_its_sentences_and_its_answer(engine: Engine, data: Files) -> None:
    proposed(engine, "ebike/balance_board", ["平衡车能上路吗小区外面", "平衡车上马路行吗", "骑平衡车罚不罚"])
    with writing(engine) as session:
        assert apply(session, data, [], "lin", NOW).refused == {}
    content = data._load(data.data / "faq/ebike.yml")
    answer: Any = content["responses"]["utter_ebike/balance_board"][0]
    assert (answer["text"], answer["metadata"]["review"]) == ("这个不能上路。", "2027-05-06")
    assert read_sentences(data.data / "faq/ebike.yml")[-1].label == "ebike/balance_board"


def test_a_new_question_waits_until_it_has_enough_sentences(engine: Engine, data: Files) -> None:
    proposed(engine, "ebike/balance_board", ["平衡车能上路吗小区外面"])
    with writing(engine) as session:
        change = apply(session, data, [], "lin", NOW)
        assert (change.thin, change.taken, change.answers) == ({"ebike/balance_board": (1, 3)}, [], [])
        assert labels.counts(session)["ready"] == 1
    assert data.diff() == ""


def test_a_new_topic_needs_nothing_but_its_own_file(engine: Engine, data: Files) -> None:
    texts = [f"无人机{word}要不要报备" for word in "拍飞放玩送买用带卖修"]
    proposed(engine, "drones/overview", texts[:9], "无人机")
    with writing(engine) as session:
        assert planned(session, data, [], NOW).thin == {"drones/overview": (9, 10)}
        labels.add_written(session, "lin", 1, "drones/overview", texts, "b", NOW)
        assert apply(session, Files(data.data, data.domain), [], "lin", NOW).thin == {}
    text = (data.data / "faq/drones.yml").read_text(encoding="utf-8")
    content = yaml.safe_load(text)
    assert content["rules"] == [{"rule": "drones", "steps": [{"intent": "drones"}, {"action": "utter_drones"}]}]
    assert content["responses"]["utter_title_drones"] == [{"text": "无人机"}]
    assert "  utter_drones/overview:\n  - text: |-\n      这个不能上路。\n" in text
    assert "- intent: drones/overview\n  examples: |\n    - 无人机买要不要报备\n" in text
    assert titles(data.data)["drones/overview"] == "无人机：无人机买要不要报备"


@pytest.mark.parametrize("topic", ["ebike", "emergency", "Drones"])
def test_a_topic_that_is_there_or_has_no_name_is_refused(data: Files, topic: str) -> None:
    with pytest.raises(Refused):
        data.add_topic(topic, "再来")
    assert data.diff() == ""


def test_files_go_through_unchanged() -> None:
    files = Files(ROOT / "data", ROOT / "domain.yml")
    for label in ("driving_restriction/today_number", "emergency", "unbind"):
        files.add_sentences(label, [])
    assert files.diff() == ""
