"""A code for the counter (窗口码), for who has no papers at hand while a proof is asked for."""

from __future__ import annotations

import re
from typing import List

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.forms import REQUESTED_SLOT

from actions import records
from actions.turn import Turn, begins
from traffic.counter_codes import code_for

PROOFS = {"frame_tail": "vehicle", "file_tail": "license"}
PAPER = r"(?:行驶证|驾驶?证|驾照|车架号?|识别代号|档案(?:编?号)?|副页|副本|证件|本子|证)"
LACKING = r"(?:没有?|没带|不在|不知道|忘|找不到|丢|记不|不记得|看不清|查不到|拿不到|弄丢)"
LACKS = re.compile(rf"{LACKING}.{{0,6}}{PAPER}|{PAPER}.{{0,6}}{LACKING}")


async def tell_counter_code(dispatcher: CollectingDispatcher, tracker: Tracker, form: str) -> List[EventType]:
    """Says the code and how it is used; nothing unless a proof was asked for and can't be given."""
    asked, turn = tracker.get_slot(REQUESTED_SLOT), Turn.of(tracker)
    if asked not in PROOFS or begins(tracker, form) or not LACKS.search(turn.text):
        return []
    code = await records.change(code_for, tracker.sender_id, records.now())
    dispatcher.utter_message(response=f"utter_counter_code_{PROOFS[asked]}", code=code)
    return [SlotSet(asked, None)]
