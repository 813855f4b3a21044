"""Minor accidents (微处理): first whether the law leaves it to the drivers, then what to photograph and where to go."""

from __future__ import annotations

import re
from typing import Any, Dict, List

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.answers import yes_or_no_heard
from actions.forms import Form, asked_for, emptied
from actions.turn import Turn

# 道路交通事故处理程序规定 第13条: these are for the police, called at once
GRAVE = re.compile(
    r"(?<![没无不未])(?<!没有)(?<!没人)(?:有?人?受伤|流血|骨折|昏迷|死|喝(?:了|过)?酒|酒驾|醉驾|吸毒|无证|"
    r"没(?:有)?(?:驾照|驾驶证|本子)|没(?:有)?(?:买)?(?:保险|交强险)|没(?:有)?(?:挂)?牌|"
    r"逃逸|逃了|跑了|跑掉|危险品|油罐|动不了|开不动|走不了|护栏|电线杆|红绿灯杆)")
NONE_OF_IT = re.compile(
    r"(?:都|全|全都|一样都|一条都|以上都)?(?:没有|没|无|不是|没事)(?:都|的|呢|啊|吧|事|这些|这种|情况|一条|任何)*[。!！.]?|"
    r"人(?:都)?没事|没人受伤|没有人受伤")
LONGEST = 30  # a longer text may ask about something else
NOTHING_ELSE = frozenset({"report_minor_accident", "emergency", "inform", "nlu_fallback", "affirm"})


class ValidateMinorAccidentForm(Form):
    """The one question that comes before everything: is there anything for which the law wants the police?"""

    asks = ("grave",)
    opened_by = ("report_minor_accident",)

    def name(self) -> str:
        """Rasa's name."""
        return "validate_minor_accident_form"

    async def extract_grave(self, dispatcher: CollectingDispatcher, tracker: Tracker,
                            domain: DomainDict) -> Dict[str, Any]:
        """True when one of the things that matter is named at any time, else the answer to the question."""
        turn = Turn.of(tracker)
        answers = asked_for(tracker, "grave") and len(turn.text) <= LONGEST
        if GRAVE.search(turn.text) and (answers or turn.intent in NOTHING_ELSE):
            return {"grave": True}
        if not asked_for(tracker, "grave"):
            return {}
        if NONE_OF_IT.fullmatch(turn.text):
            return {"grave": False}
        return yes_or_no_heard(tracker, yes="^有", slot="grave")

    async def validate_grave(self, value: bool, dispatcher: CollectingDispatcher, tracker: Tracker,
                             domain: DomainDict) -> Dict[str, Any]:
        """Either will do."""
        return {"grave": value}


class ActionGuideMinorAccident(Action):
    """Says what follows: 122 at once, or photos, moving the cars, and a visit to the accident window."""

    def name(self) -> str:
        """Rasa's name."""
        return "action_guide_minor_accident"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> List[EventType]:
        """Says it."""
        grave = tracker.get_slot("grave")
        if grave is not None:
            dispatcher.utter_message(response="utter_accident_for_police" if grave else "utter_accident_photos")
        return emptied("grave")
