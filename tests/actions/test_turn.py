from __future__ import annotations

from typing import Any

import pytest

from actions.turn import Turn, begins, said_before
from tests.actions.trackers import acted, entity, heard, opened, said, tracker
from traffic.accidents import AccidentCase
from traffic.appointments import BookingChange, BookingRow
from traffic.tickets import Ticket


def test_a_sentence_keeps_its_intent_and_entities() -> None:
    text = "查浙JA1234违章"
    turn = Turn.of(tracker(heard(text, "query_violations", [entity("plate_number", "浙JA1234", text, "浙JA1234")])))
    assert (turn.intent, turn.value("plate_number"), turn.text) == ("query_violations", "浙JA1234", text)


def test_a_number_means_the_button_that_was_offered() -> None:
    offer = said("utter_ask_which_vehicle", ("浙J·A1**4", '/inform{"plate_number": "浙JA1234"}'),
                 ("都查", '/inform{"plate_number": "all"}'))
    turn = Turn.of(tracker(heard("查违章"), offer, heard("2", "nlu_fallback")))
    assert (turn.intent, turn.value("plate_number"), turn.text) == ("inform", "all", "")


def test_the_title_of_a_button_means_it_too() -> None:
    offer = said("utter_ask_confirmed", ("提交", "/affirm"), ("重新写", "/deny"))
    assert Turn.of(tracker(heard("投诉"), offer, heard("重新写", "out_of_scope"))).intent == "deny"


def test_a_number_beyond_the_offer_is_only_a_number() -> None:
    offer = said("utter_ask_confirmed", ("提交", "/affirm"))
    turn = Turn.of(tracker(heard("投诉"), offer, heard("7", "inform")))
    assert (turn.intent, turn.text) == ("inform", "7")


@pytest.mark.parametrize("text", ["/inform{", "/inform{'x': 1}", "/inform{[1]}", "/inform[1]"])
def test_a_typed_payload_that_no_button_has_is_words(text: str) -> None:
    assert Turn.of(tracker(heard(text, "nlu_fallback"))).intent == "nlu_fallback"


def test_an_offer_of_an_earlier_turn_is_over() -> None:
    offer = said("utter_ask_confirmed", ("提交", "/affirm"))
    turn = Turn.of(tracker(heard("投诉"), offer, heard("等等"), said("utter_unclear"), heard("1", "inform")))
    assert turn.intent == "inform"


def test_the_key_is_the_messages_own_and_counts_what_was_done() -> None:
    message = heard("对", "affirm", metadata={"message_key": "k1"})
    first, second = tracker(message), tracker(message, acted("appointment_form"))
    assert (Turn.of(first).key, Turn.of(second).key) == ("k1:0", "k1:1")


def test_a_long_key_fits_into_every_table_and_is_still_the_messages_own() -> None:
    def key(name: str, *then: dict[str, Any]) -> str:
        return Turn.of(tracker(heard("对", "affirm", metadata={"message_key": name}), *then)).key

    room = min(kind.__table__.c.key.type.length for kind in (AccidentCase, BookingRow, BookingChange, Ticket))
    name = "o" * 28 + ":1700000000:scancode_waitmsg:" + "k" * 198
    keys = [key(name), key(name + "x"), key(name, acted("appointment_form")), key("k" * (room - 2))]
    assert len({*keys}) == 4
    assert max(map(len, keys)) <= room
    assert key(name) == keys[0]
    assert keys[3] == "k" * (room - 2) + ":0"


def test_an_entity_that_is_half_of_the_words_is_an_answer() -> None:
    text = "是浙JA1234"
    turn = Turn.of(tracker(heard(text, "pay_fine", [entity("plate_number", "浙JA1234", text, "浙JA1234")])))
    assert turn.mostly("plate_number")
    assert not turn.mostly("road")


def test_a_form_begins_with_the_message_that_opened_it() -> None:
    assert begins(tracker(heard("查违章"), opened("violations_form")), "violations_form")
    assert not begins(tracker(heard("查违章"), opened("violations_form"), heard("浙JA1234")), "violations_form")


def test_what_was_said_before_the_last_message() -> None:
    assert said_before(tracker(heard("啊"), said("utter_offer_human"), heard("好"))) == ["utter_offer_human"]
