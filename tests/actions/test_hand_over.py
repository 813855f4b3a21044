from __future__ import annotations

import asyncio
import datetime
from typing import Any, Dict, List

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import records
from actions.fallback import ActionFallback
from actions.hand_over import OFFERED_IN_OWN_WORDS, REASONS, ActionAfterOfficer, ActionRequestHuman, talked_of
from messages.urgency import REASONS as ORDER
from tests.actions.test_responses import responses  # noqa: F401  # a fixture
from tests.actions.trackers import acted, heard, opened, said, tracker

OPEN = datetime.datetime(2026, 5, 6, 2, 0, tzinfo=datetime.timezone.utc)  # a Wednesday, 10:00 at the station
CLOSED = datetime.datetime(2026, 5, 6, 14, 0, tzinfo=datetime.timezone.utc)  # 22:00


def run(action: Any, heard_by: Tracker) -> tuple[List[Dict[str, Any]], List[Dict[str, Any]]]:
    dispatcher = CollectingDispatcher()
    events = asyncio.run(action.run(dispatcher, heard_by, {}))
    return dispatcher.messages, events


def at(monkeypatch: pytest.MonkeyPatch, moment: datetime.datetime) -> None:
    monkeypatch.setattr(records, "now", lambda: moment)


def because(reason: str) -> Dict[str, Any]:
    wanted = heard(f'/request_human{{"reason": "{reason}"}}', "request_human")
    return {**wanted, "parse_data": {**wanted["parse_data"], "entities": [{"entity": "reason", "value": reason}]}}


def responses_of(messages: List[Dict[str, Any]]) -> List[str]:
    return [str(message["response"]) for message in messages if message.get("response")]


@pytest.mark.parametrize("reason", sorted(REASONS))
def test_in_opening_hours_every_reason_hands_over_in_its_own_words(
        reason: str, responses: Dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    at(monkeypatch, OPEN)
    messages, _ = run(ActionRequestHuman(), tracker(because(reason)))
    assert responses_of(messages) == [f"utter_hand_over_{reason}"]
    assert f"utter_hand_over_{reason}" in responses
    assert messages[1]["custom"] == {"hand_over": {"reason": reason}}
    assert reason in ORDER


@pytest.mark.parametrize("reason", sorted(REASONS))
def test_at_other_times_a_message_is_offered_with_the_day_of_its_answer(
        reason: str, responses: Dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    at(monkeypatch, CLOSED)
    messages, events = run(ActionRequestHuman(), tracker(because(reason)))
    (offered,) = responses_of(messages)
    assert offered == ("utter_offer_message" + (f"_{reason}" if reason in OFFERED_IN_OWN_WORDS else ""))
    assert offered in responses
    assert "5月8日" in messages[0]["promised"] or "后天" in messages[0]["promised"]
    assert events == []


def test_who_is_writing_a_ticket_down_is_not_interrupted(monkeypatch: pytest.MonkeyPatch) -> None:
    at(monkeypatch, CLOSED)
    writing = tracker(opened("ticket_form"), because("officer_complaint"))
    writing.active_loop = {"name": "ticket_form"}
    messages, events = run(ActionRequestHuman(), writing)
    assert messages == []
    assert events[0]["name"] == "action_listen"


def test_a_wish_at_night_becomes_a_ticket_with_a_date(monkeypatch: pytest.MonkeyPatch) -> None:
    at(monkeypatch, CLOSED)
    messages, events = run(ActionRequestHuman(), tracker(heard("转人工", "request_human")))
    assert responses_of(messages) == ["utter_outside_hours"]
    assert messages[0]["promised"]
    assert events[0]["name"] == "ticket_form"


@pytest.mark.parametrize(("moment", "expected"), [(OPEN, "utter_hand_over_unsure"), (CLOSED, "utter_offer_human")])
def test_unsure_twice_in_a_row_hands_over(
        moment: datetime.datetime, expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    at(monkeypatch, moment)
    lost = tracker(heard("蓝的圆的"), acted("action_fallback"), said("utter_not_understood"),
                   heard("那个什么", "nlu_fallback"))
    messages, _ = run(ActionFallback(), lost)
    assert responses_of(messages) == [expected]


def test_after_an_officer_the_first_doubt_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    at(monkeypatch, OPEN)
    messages, _ = run(ActionFallback(), tracker(heard("那个什么", "nlu_fallback"), after_officer=True))
    assert responses_of(messages) == ["utter_hand_over_unsure"]


def test_the_vehicle_talked_of_is_remembered() -> None:
    part = [{"side": "driver", "text": "我的浙JA1234被贴条了"},
            {"side": "officer", "text": "民警：浙 J·B5678 是您的？"}]
    gone = heard("/officer_ended", "officer_ended", metadata={"officer_part": part})
    messages, events = run(ActionAfterOfficer(), tracker(gone))
    assert messages == []
    assert {event["name"]: event["value"] for event in events} == {"after_officer": True, "talked_of": "浙JB5678"}
    assert talked_of([{"text": "好的"}]) is None
