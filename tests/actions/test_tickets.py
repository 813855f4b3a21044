from __future__ import annotations

import datetime

import pytest
from sqlalchemy.engine import Engine

from actions.inform import ActionInform
from actions.presentation import moment
from actions.ticket_pictures import asks_about_evidence, pictures_sent
from actions.tickets import ActionOpenTicket, ActionQueryTicket, ValidateTicketForm, goes_on, happened_at
from tests.actions.acting import act
from tests.actions.conftest import NOW
from tests.actions.trackers import acted, heard, opened, tracker
from traffic.accidents import open_accident_case
from traffic.appointments import book, cancel
from traffic.database import reading, writing
from traffic.slots import free_slots
from traffic.ticket_answers import answer_ticket
from traffic.tickets import open_ticket, photos_of, ticket

ONE, TWO = (f"{c * 2}/{c * 64}.jpg" for c in "ab")


def picture(path: str | None) -> dict:
    return heard("/inform", metadata={"image": "m1", **({"photo": path} if path else {"photo_problem": "gone"})})


@pytest.mark.parametrize(("text", "asks"), [
    ("举报要什么证据", True), ("行车记录仪拍的算不算", True), ("照片要几张", True), ("我有照片", False),
    ("昨天晚上八点在解放路看到一辆车逆行，我拍了照片可以给你们看什么时候都行啊真的", False)])
def test_a_question_about_evidence(text: str, asks: bool) -> None:
    assert asks_about_evidence(text) is asks


@pytest.mark.parametrize(("text", "now"), [
    ("有人酒驾，解放路往北开的白车", True), ("有辆车在高速上逆行", True), ("昨天晚上有人在杜桥大道飙车", False),
    ("天天有人在我家楼下炸街", False), ("有辆车压实线变道", False)])
def test_danger_that_goes_on(text: str, now: bool) -> None:
    assert goes_on(text) is now


def test_pictures_count_since_the_last_ticket() -> None:
    told = tracker(picture(ONE), acted("action_open_ticket"), picture(TWO), picture(TWO), picture(None))
    assert pictures_sent(told) == [TWO]


def test_a_ticket_takes_the_pictures_along(town: Engine) -> None:
    answer = act(ActionOpenTicket(), picture(ONE), heard("提交", "affirm"), ticket_text="有人闯红灯", confirmed=True,
                 ticket_kind="report")
    assert answer.names == ["utter_ticket_opened_report", "utter_ticket_pictures_with_it"]
    later = act(ActionInform(), picture(TWO))
    assert later.names == ["utter_ticket_picture_added"]
    with reading(town) as session:
        assert [photo.path for photo in photos_of(session, 1)] == [ONE, TWO]


@pytest.mark.parametrize(("path", "says"), [(ONE, "utter_ticket_picture_kept"), (None, "utter_ticket_picture_lost")])
def test_a_picture_in_the_middle_is_no_unclear_answer(town: Engine, path: str | None, says: str) -> None:
    answer = act(ValidateTicketForm(), heard("我要举报", "report_offense"), opened("ticket_form"), acted("x"),
                 picture(path), requested_slot="ticket_text", ticket_kind="report")
    assert answer.names == [says]
    assert answer.slot("misses") is None
    assert town


def test_without_a_ticket_a_picture_is_just_a_picture(town: Engine) -> None:
    assert act(ActionInform(), picture(ONE)).names == ["utter_image_received"]
    assert town


def test_an_answer_can_be_rated_by_a_tap_once_and_only_ones_own(town: Engine) -> None:
    with writing(town) as session:
        number = open_ticket(session, "driver-1", "complaint", "太吵", "k", now=NOW).number
        answer_ticket(session, number, "已经处理了", now=NOW)
    asked = act(ActionQueryTicket(), heard("我的投诉呢", "query_ticket"))
    assert asked.titles == ["utter_title_rating_5", "utter_title_rating_3", "utter_title_rating_1"]
    tap = heard(asked.messages[0]["buttons"][2]["payload"], "query_ticket")
    assert act(ActionQueryTicket(), tap).names == ["utter_ticket_rated_low"]
    assert act(ActionQueryTicket(), heard("我的投诉呢", "query_ticket")).titles == []
    strange = heard('/query_ticket{"ticket_rating": "TS0000000000 5"}', "query_ticket")
    assert act(ActionQueryTicket(), strange).names == ["utter_ticket_unknown"]
    with reading(town) as session:
        assert ticket(session, "driver-1", number).rating == 1


@pytest.mark.parametrize(("text", "entity"), [("昨天下午三点", "time"), ("75省道杜桥段", "road")])
def test_a_few_words_more_belong_to_the_report(town: Engine, text: str, entity: str) -> None:
    more = heard(text, "query_road_conditions")
    value = {"from": "2026-08-02T07:00:00+00:00"} if entity == "time" else "75省道"
    more["parse_data"]["entities"] = [{"entity": entity, "value": value, "start": 0, "end": 6}]
    answer = act(ValidateTicketForm(), heard("我要举报", "report_offense"), opened("ticket_form"), acted("x"), more,
                 requested_slot="confirmed", ticket_kind="report", ticket_text="浙JA8888占用应急车道",
                 ticket_details={"plate": "浙JA8888"})
    assert answer.slot("ticket_text") == f"浙JA8888占用应急车道\n{text}"
    details = answer.slot("ticket_details")
    assert (details["plate"], bool(details.get("at") or details.get("place"))) == ("浙JA8888", True)
    assert town


@pytest.mark.parametrize(("text", "told"), [
    ("建议在学校门口加个红绿灯", True), ("我有个建议", False), ("建议怎么提", False)])
def test_a_suggestion_said_at_once_is_not_asked_for_again(town: Engine, text: str, told: bool) -> None:
    answer = act(ValidateTicketForm(), heard(text, "give_suggestion"), opened("ticket_form"))
    assert (answer.slot("ticket_text") == text) is told
    assert town


def test_how_far_an_accident_is_is_told_of_the_case(town: Engine) -> None:
    with writing(town) as session:
        open_accident_case(session, "driver-1", "k", now=NOW)
        open_ticket(session, "driver-1", "complaint", "太吵", "k", now=NOW)
    asked = act(ActionQueryTicket(), heard("我那个事故处理得怎么样了", "query_ticket"))
    assert asked.names == ["utter_accident_resumed", "utter_accident_step_place"]
    assert act(ActionQueryTicket(), heard("我的投诉呢", "query_ticket")).names == ["utter_tickets"]


@pytest.mark.parametrize(("state", "sentence"), [
    ("agreed", "utter_accident_step_agreed_visit"), ("decided", "utter_accident_step_decided_visit")])
def test_an_ended_accident_is_told_with_the_visit_to_come_and_without_one_that_is_cancelled(
    town: Engine, state: str, sentence: str
) -> None:
    with writing(town) as session:
        case = open_accident_case(session, "driver-1", "k", now=NOW)
        slot = free_slots(session, "accident_handling", NOW, NOW + datetime.timedelta(days=9), now=NOW)[0]
        booked = book(session, "driver-2", "accident_handling", slot.id, None, "b", now=NOW)
        case.state, case.reason, case.booking, case.visit_at = state, "要看车", booked.number, slot.starts
    asked = act(ActionQueryTicket(), heard("我的事故处理得怎么样了", "query_ticket"))
    assert asked.names == [sentence]
    for part in (booked.number, moment(slot.starts, NOW.date()), slot.site, slot.address):
        assert part in asked.text
    with writing(town) as session:
        cancel(session, "driver-2", booked.number)
    asked = act(ActionQueryTicket(), heard("我的事故处理得怎么样了", "query_ticket"))
    assert asked.names == [f"utter_accident_step_{state}"]


@pytest.mark.parametrize(("at", "kept"), [("2000-01-01T20:00:00+08:00", True), ("2999-01-01T20:00:00+08:00", False)])
def test_what_is_still_to_come_is_no_time_of_a_report(town: Engine, at: str, kept: bool) -> None:
    assert (happened_at({"at": at}) is not None) is kept
    assert town


@pytest.mark.parametrize("text", ["不想投诉了，撤回", "撤销我的举报", "取消刚才的投诉", "我不告了"])
def test_who_takes_a_ticket_back_is_told_where_and_opens_no_other(town: Engine, text: str) -> None:
    answer = act(ValidateTicketForm(), heard(text, "file_complaint"), opened("ticket_form"))
    assert answer.names == ["utter_ticket_take_back"]
    assert answer.slot("requested_slot") is None
    assert act(ActionQueryTicket(), heard(text, "query_ticket")).names == ["utter_ticket_take_back"]
    assert town


@pytest.mark.parametrize(("text", "added"), [
    ("再补一句，已经一个月了", True), ("还有他总按喇叭", True), ("补充一下是白色的", True),
    ("另外怎么交罚款", False), ("好的谢谢", False),
])
def test_what_begins_as_an_addition_is_added(town: Engine, text: str, added: bool) -> None:
    answer = act(ValidateTicketForm(), heard("举报", "report_offense"), acted("ticket_form"),
                 heard(text, "out_of_scope"), ticket_kind="report", ticket_text="浙J3K905，每天停消防通道",
                 requested_slot="confirmed")
    assert (text in str(answer.slot("ticket_text"))) is added
    assert town
