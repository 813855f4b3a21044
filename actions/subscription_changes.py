"""What was just subscribed is changed in few words (改成八点, 换成224省道), easily taken for something else."""

from __future__ import annotations

import re
from typing import List

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy.orm import Session

from actions import records
from actions.many_wishes import fulfil_all
from actions.quiet_hours import quiet_wish
from actions.turn import Turn, said_before
from actions.wish_sentences import wishes_in
from actions.wishes import Wish, wish_in
from traffic.road_subscriptions import road_subscriptions

TALKED_OF = ("utter_road_subscribed", "utter_all_roads_subscribed", "utter_subscriptions", "utter_wishes_done",
             "utter_days_changed", "utter_only_closures", "utter_line_change_which", "utter_road_unsubscribed")
ASKED_HOURS = ("utter_quiet_hours", "utter_which_quiet_hours")
CHANGES = ("change", "replace", "others", "unsubscribe", "keep", "resume", "days")
LONGEST = 20
HUSH = re.compile(r"(?:把|我的)*(?:免打扰|勿扰|安静)的?(?:时间|时段)?(?:改|换|调)")


async def change_of_subscription(dispatcher: CollectingDispatcher, tracker: Tracker) -> bool:
    """Whether the message changed subscriptions, behind one about them or by naming a road of theirs; and says so."""
    turn, before = Turn.of(tracker), said_before(tracker)
    if len(turn.text) > LONGEST:
        return False
    wishes = _changes(turn)
    if wishes and not any(name.startswith(TALKED_OF) for name in before):
        hears = await records.look_up(_hears_of, turn.subscriber, wishes)
        wishes = wishes if hears and all(wish.kind == "change" and wish.wanted.get("daily") for wish in wishes) else []
    if not wishes and (any(name.startswith(ASKED_HOURS) for name in before) or HUSH.match(turn.text)):
        wishes = _hours(turn)
    if wishes:
        await fulfil_all(wishes, dispatcher, turn.subscriber)
    return bool(wishes)


async def several_wished(dispatcher: CollectingDispatcher, turn: Turn) -> bool:
    """Whether words that were taken for a question want news of a road and hours of quiet; then both are done."""
    wishes = wishes_in(turn)
    kinds = {wish.kind for wish in wishes}
    if "quiet" not in kinds or not any(wish.kind == "subscribe" and wish.roads for wish in wishes):
        return False
    await fulfil_all(wishes, dispatcher, turn.subscriber)
    return True


def _hears_of(session: Session, driver: str, wishes: List[Wish]) -> bool:
    """Whether each names a road that the driver hears about."""
    names = {row.road.name for row in road_subscriptions(session, driver) if row.road}
    return all(wish.roads and set(wish.roads) <= names for wish in wishes)


def _changes(turn: Turn) -> List[Wish]:
    days = wish_in(turn)
    wishes = [days] if days and days.kind == "days" else wishes_in(turn)
    return wishes if all(wish.kind in CHANGES for wish in wishes) else []


def _hours(turn: Turn) -> List[Wish]:
    """The hours alone, which the account asked for: 十一点到六点."""
    hours = quiet_wish(turn.text, None)
    return [Wish("quiet", quiet=hours)] if hours else []
