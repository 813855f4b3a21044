"""What was just subscribed is changed in few words (改成八点, 换成224省道), easily taken for something else."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.many_wishes import fulfil_all
from actions.turn import Turn, said_before
from actions.wish_sentences import wishes_in

TALKED_OF = ("utter_road_subscribed", "utter_all_roads_subscribed", "utter_subscriptions", "utter_wishes_done",
             "utter_days_changed", "utter_only_closures", "utter_line_change_which")
CHANGES = ("change", "replace")
LONGEST = 20


async def change_of_subscription(dispatcher: CollectingDispatcher, tracker: Tracker) -> bool:
    """Whether right behind a sentence about subscriptions the message changed one; then it is done and said."""
    turn = Turn.of(tracker)
    if len(turn.text) > LONGEST or not any(name.startswith(TALKED_OF) for name in said_before(tracker)):
        return False
    wishes = wishes_in(turn)
    if not wishes or any(wish.kind not in CHANGES for wish in wishes):
        return False
    await fulfil_all(wishes, dispatcher, turn.subscriber)
    return True
