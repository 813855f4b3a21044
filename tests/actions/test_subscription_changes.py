from __future__ import annotations

import asyncio

import pytest
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy.engine import Engine

from actions.subscription_changes import change_of_subscription
from tests.actions.trackers import entity, heard, said, tracker
from traffic.database import reading, writing
from traffic.road_subscriptions import road_subscriptions, subscribe_road
from traffic.subscriber_wishes import quiet_hours


@pytest.fixture
def subscribed(town: Engine) -> Engine:
    with writing(town) as session:
        subscribe_road(session, "driver-1", "75省道")
    return town


def done(text: str, before: str) -> bool:
    road = [entity("road", "75省道", text, "75省道")] if "75省道" in text else []
    history = tracker(heard("好"), said(before), heard(text, "give_suggestion", road))
    return asyncio.run(change_of_subscription(CollectingDispatcher(), history))


def kept(town: Engine) -> str:
    with reading(town) as session:
        return ",".join(f"{row.daily_at or ''} {row.days}".strip() for row in road_subscriptions(session, "driver-1"))


def test_another_hour_behind_a_subscription_is_its_hour(subscribed: Engine) -> None:
    assert done("改成八点", "utter_road_subscribed_daily")
    assert kept(subscribed) == "08:00:00 1234567"
    assert done("周日别发", "utter_wishes_done")
    assert kept(subscribed) == "08:00:00 123456"


def test_a_road_that_one_hears_about_is_enough(subscribed: Engine) -> None:
    assert done("把75省道改成每天傍晚五点报", "utter_greet")
    assert kept(subscribed) == "17:00:00 1234567"


def test_elsewhere_the_same_words_mean_something_else(subscribed: Engine) -> None:
    assert not done("改成八点", "utter_greet")
    assert not done("75省道改成单行道", "utter_road_subscribed")
    assert kept(subscribed) == "1234567"


def test_hours_alone_answer_the_question_for_quiet_hours(subscribed: Engine) -> None:
    assert done("晚上十一点到六点", "utter_which_quiet_hours")
    with reading(subscribed) as session:
        assert [f"{hour:%H:%M}" for hour in quiet_hours(session, "driver-1") or ()] == ["23:00", "06:00"]


def test_other_quiet_hours_are_no_other_appointment(subscribed: Engine) -> None:
    assert done("免打扰改成十一点到六点", "utter_greet")
    with reading(subscribed) as session:
        assert [f"{hour:%H}" for hour in quiet_hours(session, "driver-1") or ()] == ["23", "06"]
