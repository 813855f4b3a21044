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


@pytest.mark.parametrize(("sentence", "kind", "cause", "since", "until"), [
    ("沿海高速往宁波方向桃渚附近翻了一辆槽罐车，现在封着，下午六点前能通", "closed", "翻了一辆槽罐车",
     "07-30 09:00", "07-30 18:00"),
    ("下周二三两天，解放路菜市场到人民广场铺路，全天不让走，绕沿河路", "closed", "铺路，全天不让走",
     "08-04 00:00", "08-06 00:00"),
    ("224省道今晚十点开始封到明早五点，吊桥梁", "closed", "吊桥梁", "07-30 22:00", "07-31 05:00"),
    ("白沙路检测站门口水管爆了，半边路不能走，估计要修三个小时", "works", "门口水管爆了，半边路不能走",
     "07-30 09:00", "07-30 12:00"),
    ("环城东路12月1号马拉松6点半到11点管制，走解放路", "closed", "马拉松", "12-01 06:30", "12-01 11:00"),
    ("疏港大道盐场那边有大雾，看不清，慢点开", "weather", "大雾，看不清", "", ""),
    ("头门港到红脚岩台风封路，什么时候通等通知", "closed", "台风", "07-30 09:00", ""),
    ("沿海高速封一个小时", "closed", "封闭", "07-30 09:00", "07-30 10:00"),
])
def test_sentences_as_officers_speak_are_read(sentence: str, kind: str, cause: str, since: str, until: str) -> None:
    found = read(sentence)
    assert (found.kind, found.cause, said(found.starts), said(found.ends)) == (kind, cause, since, until)
    assert found.unread == ()


def test_what_is_missing_is_named_instead_of_guessed() -> None:
    assert read("明天修路").missing == ("road",)
    assert read("沿海高速因大雾封闭").missing == ("starts",)
    assert read("你好").road is None


@pytest.mark.parametrize(("sentence", "since", "until"), [
    ("即日起至月底，224省道施工", "07-30 09:00", "08-01 00:00"), ("月底前224省道施工", "07-30 09:00", "08-01 00:00"),
    ("8月5日至下月底75省道施工", "08-05 00:00", "09-01 00:00"),
    ("本周末杜桥大道施工", "08-01 00:00", "08-03 00:00"), ("下周末杜桥大道施工", "08-08 00:00", "08-10 00:00"),
    ("下周一到周三白沙路修剪行道树", "08-03 00:00", "08-06 00:00"),
    ("明晚零点至凌晨4点沿海高速封闭", "08-01 00:00", "08-01 04:00"),
    ("今晚9点半到11点半75省道封闭", "07-30 21:30", "07-30 23:30"),
    ("今晚8点到6点封杜桥大道", "07-30 20:00", "07-31 06:00"),
    ("8月3日22时至次日6时沿海高速封闭", "08-03 22:00", "08-04 06:00"),
    ("杜桥大道下水道抢修，预计今天下午5点恢复", "07-30 09:00", "07-30 17:00"),
    ("沿海高速临时管制，预计2小时后恢复", "07-30 09:00", "07-30 11:00"),
    ("8月5日晚上10点沿海高速封一个半小时", "08-05 22:00", "08-05 23:30"),
    ("自8月4日起至9月4日止，224省道封闭", "08-04 00:00", "09-05 00:00"),
    ("杜桥大道今天下午5点到5点半封闭", "07-30 17:00", "07-30 17:30"),
    ("解放路17:00-17:30交通管制", "07-30 17:00", "07-30 17:30"),
    ("解放路7:00到8:30交通管制", "07-31 07:00", "07-31 08:30"), ("224省道塌方，恢复时间另行通知", "07-30 09:00", ""),
])
def test_times_are_read_as_officers_write_them(sentence: str, since: str, until: str) -> None:
    found = read(sentence)
    assert (said(found.starts), said(found.ends)) == (since, until)


@pytest.mark.parametrize(("sentence", "kind", "cause"), [
    ("75省道今晚8点到明早6点铺沥青，半幅封闭", "works", "铺沥青，半幅封闭"),
    ("75省道大汾桥路面结冰，请慢行", "weather", "大汾桥路面结冰"), ("75省道积雪，禁止一切车辆通行", "closed", "积雪"),
    ("沿海高速杜桥出口匝道封闭施工", "closed", "杜桥出口匝道施工"),
    ("75省道全封闭施工，车辆绕行224省道", "closed", "施工"), ("8月1日杜桥大道禁止货车通行", "works", "禁止货车通行"),
    ("224省道发生山体塌方，道路中断", "closed", "山体塌方"), ("75省道今天17点到17点半封闭", "closed", "封闭"),
    ("沿海高速封一个小时", "closed", "封闭"),
])
def test_half_a_road_is_no_closed_road_and_the_cause_stays_whole(sentence: str, kind: str, cause: str) -> None:
    found = read(sentence)
    assert (found.kind, found.cause) == (kind, cause)


def test_what_an_officer_must_look_at_is_noted() -> None:
    assert read("75省道今晚单向封闭").missing == ("direction",)
    assert read("白沙路事故已处理完").notes == ("free_again",)


def test_words_of_which_nothing_was_made_are_named() -> None:
    assert read("沿海高速杜桥互通8月4日封闭，请从白沙出口下高速").unread == ("出口下高速",)
    assert read("75省道杜桥至白沙段8月4日7时至9时封闭，请过往车辆注意安全").unread == ()


def test_a_date_that_is_over_is_meant_for_next_year() -> None:
    found = read("224省道7月1日至7月5日封闭")
    assert found.starts is not None
    assert found.starts.year == 2027


def test_marks_lie_in_the_sentence_and_do_not_cross() -> None:
    sentence = "S75汇溪到白沙段山体落石清理，往杜桥方向封闭，至恢复通行为止，请绕行沿海高速"
    marks = read(sentence).marks
    assert [sentence[start:end] for start, end, what in marks if what == "time"] == ["至恢复通行为止"]
    assert all(first[1] <= second[0] for first, second in itertools.pairwise(marks))


@pytest.mark.parametrize(("sentence", "kind", "cause", "until"), [
    ("沿江路现在封路，到11点半", "closed", "封路", "07-30 11:30"),
    ("沿江路现在封路，到8点半", "closed", "封路", "07-30 20:30"),
    ("沿江路封路到明天早上6点", "closed", "封路", "07-31 06:00"),
    ("沿江路堵车，大概要到十点", "jam", "堵车", "07-30 10:00"),
    ("沿江路每晚10点到次日5点施工，到8月20日", "works", "施工", "08-21 00:00"),
])
def test_what_goes_on_now_ends_when_it_is_said_to(sentence: str, kind: str, cause: str, until: str) -> None:
    found = read(sentence)
    assert (found.kind, found.cause, said(found.starts), said(found.ends)) == (kind, cause, "07-30 09:00", until)


@pytest.mark.parametrize(("sentence", "unread"), [
    ("75省道周末别发，每小时通报一次，杜桥至大汾封闭", ("周末别发", "每小时通报一次")),
    ("75省道杜桥至大汾封闭，夜里不要通知车主", ("夜里不要通知车主",)),
])
def test_how_often_it_is_to_be_told_is_no_time_of_the_road(sentence: str, unread: tuple[str, ...]) -> None:
    found = read(sentence)
    assert (found.cause, found.starts, found.unread, found.notes) == ("封闭", None, unread, ("sending",))


@pytest.mark.parametrize(("sentence", "days", "hours", "since", "until", "cause"), [
    ("224省道8月3日至8月10日每天7时至9时封闭，绕行杜白线", "1234567", "07:00-09:00", "08-03 00:00", "08-11 00:00",
     "封闭"),
    ("8月3日至10日7时至9时75省道封闭", "1234567", "07:00-09:00", "08-03 00:00", "08-11 00:00", "封闭"),
    ("即日起至8月底每天7:00-9:00、17:00-19:00解放路封闭", "1234567", "07:00-09:00、17:00-19:00", "07-30 09:00",
     "09-01 00:00", "封闭"),
    ("沿海高速每天夜间22:00-次日5:00养护施工，占用行车道", "1234567", "22:00-05:00", "", "", "养护施工，占用行车道"),
    ("杜桥大道工作日7点到9点货车限行", "w", "07:00-09:00", "", "", "货车限行"),
    ("周一到周五早上七点到九点，下午4点半到6点半解放路禁止货车通行", "12345", "07:00-09:00、16:30-18:30", "", "",
     "禁止货车通行"),
    ("75省道因架桥，8月1日起每日23时至次日4时双向封闭", "1234567", "23:00-04:00", "08-01 00:00", "", "架桥"),
    ("每周二市场街赶集封路", "2", "", "", "", "赶集"),
    ("8月3日至5日解放路铺沥青，晚上8点到次日5点封闭", "1234567", "20:00-05:00", "08-03 00:00", "08-06 00:00",
     "铺沥青"),
    ("镇上市场街集市，每逢周六上午七点到十二点封路", "6", "07:00-12:00", "", "", "镇上，集市"),
    ("沿河路每周一、三、五晚上8点到12点洗路施工", "135", "20:00-00:00", "", "", "洗路施工"),
    ("75省道8月3日7时至8月10日9时封闭", "1234567", "", "08-03 07:00", "08-10 09:00", "封闭"),
])
def test_hours_and_days_that_recur_are_no_long_span(sentence: str, days: str, hours: str, since: str, until: str,
                                                    cause: str) -> None:
    found = read(sentence)
    assert (found.days, found.hours, said(found.starts), said(found.ends), found.cause, found.notes) == (
        days, hours, since, until, cause, ())


@pytest.mark.parametrize("sentence", ["杜桥大道早晚高峰货车限行", "解放路每晚清扫"])
def test_hours_that_are_not_said_exactly_stay_in_the_cause_and_are_pointed_out(sentence: str) -> None:
    found = read(sentence)
    assert (found.starts, "daily" in found.notes) == (None, True)
    assert found.cause.replace("封闭", "") in sentence
