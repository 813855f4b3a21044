from __future__ import annotations

import datetime
import itertools

import pytest

from traffic.bulletin_sentences import Reading, read_with
from traffic.demo.town import read_town

NOW = datetime.datetime(2026, 7, 30, 1, 0, tzinfo=datetime.timezone.utc)  # Thursday 09:00 at the station
TOWN = read_town()
ROADS = {alias: road["name"] for road in TOWN["roads"] for alias in [road["name"], *road["aliases"]]}
PLACES = {alias: name for name, values in TOWN["places"].items() for alias in [name, *values[2:]]}


def read(sentence: str) -> Reading:
    return read_with(sentence, ROADS, PLACES, NOW)


def said(moment: datetime.datetime | None) -> str:
    return moment.strftime("%m-%d %H:%M") if moment else ""


@pytest.mark.parametrize(("sentence", "road", "ends", "kind", "cause", "since", "until", "detour"), [
    ("224省道杜桥至白沙段8月3日7时至9时封闭，绕行沿海高速", "224省道", ("杜桥", "白沙"), "closed", "封闭",
     "08-03 07:00",
     "08-03 09:00", "沿海高速"),
    ("古城街老街口—文昌阁段因路面改造今晚8点到明早6点双向封闭，过往车辆请绕行南环路、白沙路", "古城街", ("老街口",
     "文昌阁"),
     "closed", "路面改造", "07-30 20:00", "07-31 06:00", "南环路、白沙路"),
    ("解放路农贸市场到杜桥雨污管道施工占用一条车道，即日起至8月10日", "解放路", ("农贸市场", "杜桥"), "works",
     "雨污管道施工占用一条车道", "07-30 09:00", "08-11 00:00", None),
    ("因台风影响，滨海大道红脚岩到章安明天12时起封闭，解封时间另行通知", "滨海大道", ("红脚岩", "章安"), "closed",
     "台风",
     "07-31 12:00", "", None),
    ("白沙路检测站附近货车侧翻，正在清理", "白沙路", ("杜桥机动车检测站", None), "accident", "货车侧翻，正在清理",
     "", "",
     None),
    ("滨海大道大雾能见度不到二百米，请慢行", "滨海大道", (None, None), "weather", "大雾能见度不到二百米", "", "", None),
    ("环城东路8月9日上午6时至12时因马拉松比赛实行交通管制，请走解放路", "环城东路", (None, None), "closed",
     "马拉松比赛",
     "08-09 06:00", "08-09 12:00", "解放路"),
])
def test_a_sentence_gives_road_section_kind_cause_span_and_detour(
        sentence: str, road: str, ends: tuple[str | None, str | None], kind: str, cause: str, since: str, until: str,
        detour: str | None) -> None:
    found = read(sentence)
    assert (found.road, (found.from_place, found.to_place), found.kind, found.cause, said(found.starts),
            said(found.ends), found.detour) == (road, ends, kind, cause, since, until, detour)


@pytest.mark.parametrize(("sentence", "direction", "places"), [
    ("75省道杜桥往章安方向今天下午3点到5点因两车追尾拥堵", "往章安方向", ("杜桥", "章安")),
    ("S75汇溪到白沙段山体落石清理，往杜桥方向封闭", "往杜桥方向", ("汇溪", "白沙")),
    ("沿海高速章安至杜桥互通双向封闭", None, ("章安", "杜桥互通")),
])
def test_a_direction_is_one_way_unless_both_are_said(sentence: str, direction: str | None,
                                                     places: tuple[str, str]) -> None:
    found = read(sentence)
    assert (found.direction, found.one_way) == (direction, direction is not None)
    assert (found.from_place, found.to_place) == places


def test_what_is_missing_is_named_instead_of_guessed() -> None:
    assert read("明天修路").missing == ("road",)
    assert read("沿海高速因大雾封闭").missing == ("starts",)
    assert read("你好").road is None


def test_a_date_that_is_over_is_meant_for_next_year() -> None:
    found = read("224省道7月1日至7月5日封闭")
    assert found.starts is not None
    assert found.starts.year == 2027


def test_marks_lie_in_the_sentence_and_do_not_cross() -> None:
    sentence = "S75汇溪到白沙段山体落石清理，往杜桥方向封闭，至恢复通行为止，请绕行沿海高速"
    marks = read(sentence).marks
    assert [sentence[start:end] for start, end, what in marks if what == "time"] == ["至恢复通行为止"]
    assert all(first[1] <= second[0] for first, second in itertools.pairwise(marks))
