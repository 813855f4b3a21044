"""What all forms have in common: old answers are forgotten, side questions pass, three unclear answers end it."""

from __future__ import annotations

import abc
import re
from typing import Any, ClassVar, Dict, List, Tuple

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.forms import REQUESTED_SLOT, FormValidationAction
from rasa_sdk.types import DomainDict

from actions.choice_words import gives_up, goes_back, starts_again
from actions.subscription_changes import change_of_subscription
from actions.ticket_pictures import EVIDENCE
from actions.turn import Turn, begins
from actions.unclear import NO_WORDS, why_unclear

UNCLEAR = frozenset({"", "inform", "nlu_fallback", "affirm", "deny"})
PATIENCE = 3
ENDED = 99
WHY = "为什么|为啥|干嘛|干什么|有什么用|安全吗|"
EXPLAINED = {"frame_tail": re.compile(WHY + "车架|识别代号|行驶证|后.?位|[几多]少?位"),
             "license_number": re.compile(WHY + "证号"),
             "file_tail": re.compile(WHY + "档案|副页|副本|后.?位|[几多]少?位"),
             "plate": re.compile(r"公司|单位|车队|家里|家人|老婆|老公|爸|妈|几辆|多少辆|别人的|换[了过]?车?牌|"
                                 r"新车牌"),
             "ticket_text": EVIDENCE}
OTHER_SERVICE = {"unbind": re.compile(r"解绑|解除|取消绑定|不绑"), "bind_vehicle": re.compile(r"绑"),
                 "book_inspection": re.compile(r"约|预约"), "query_violations": re.compile(r"违章|违法|罚"),
                 "cancel_appointment": re.compile(r"取消|退"), "file_complaint": re.compile(r"投诉"),
                 "report_offense": re.compile(r"举报")}
"""Words beside a plate that ask for another service (解绑浙JA1234), even where a plate was asked for."""
NO_LONGER = re.compile(r"(?:那|就|还是|先|算了)?[，,]?(?:不用|不必|不需要|没事|不麻烦)了[吧。!！]*(?:谢谢)?[。!！]*")
QUESTION = re.compile(r"[吗么呢嘛?？]|怎|能不|行不|可不|可以|多少|几|辆$")


class Form(FormValidationAction, abc.ABC):
    """A form that reads each answer by its own `extract_<slot>` and checks it by `validate_<slot>`.

    No slot is mapped in the domain, because whether a sentence answers the question or interrupts it can only be
    decided by who knows the question. What is no answer and interrupts is left to the rules, after which Rasa asks
    again; what is neither is answered here.
    """

    asks: ClassVar[Tuple[str, ...]] = ()
    remembers: ClassVar[Tuple[str, ...]] = ()
    opened_by: ClassVar[Tuple[str, ...]] = ()
    gives_way: ClassVar[bool] = False  # to 改成八点 behind a subscription; its rules must let it end at once

    @abc.abstractmethod
    def name(self) -> str:
        """`validate_<form>`."""

    def domain_slots(self, domain: DomainDict) -> List[str]:
        """The slots asked for; the domain is not sent to the action server."""
        return list(self.asks)

    def speaks_to(self, turn: Turn, *entities: str) -> bool:
        """Whether the message may be an answer: it means nothing else, or is hardly more than such an entity."""
        if turn.intent in UNCLEAR or turn.intent in self.opened_by:
            return True
        named = OTHER_SERVICE.get(turn.intent)
        return turn.mostly(*entities) and not (named and named.search(turn.text))

    async def get_extraction_events(self, dispatcher: CollectingDispatcher, tracker: Tracker,
                                    domain: DomainDict) -> List[EventType]:
        """What was heard; on opening also what is to be forgotten."""
        forgotten = self._forget(tracker) if begins(tracker, self.form_name()) else []
        if forgotten and self.gives_way and await change_of_subscription(dispatcher, tracker):
            return [*forgotten, SlotSet("misses", ENDED)]
        asked = tracker.get_slot(REQUESTED_SLOT)
        moved = self._back(asked, dispatcher, tracker) if asked else []
        if moved:
            return moved
        heard = await super().get_extraction_events(dispatcher, tracker, domain)
        if heard or not asked:
            return forgotten + heard + ([SlotSet("misses", None)] if heard else [])
        if gives_up(Turn.of(tracker).text) or (asked != "confirmed" and NO_LONGER.fullmatch(Turn.of(tracker).text)):
            dispatcher.utter_message(response="utter_stop")
            return [SlotSet(asked, None), SlotSet("misses", ENDED)]
        return self._not_heard(asked, dispatcher, tracker)

    def _forget(self, tracker: Tracker) -> List[EventType]:
        names = (*self.asks, *self.remembers, "misses")
        tracker.slots.update({name: None for name in (*names, REQUESTED_SLOT)})
        return [SlotSet(name, None) for name in names]

    def _back(self, asked: str, dispatcher: CollectingDispatcher, tracker: Tracker) -> List[EventType]:
        """To the first question (重新来) or the one before (上一步); nothing when the words say neither."""
        text = Turn.of(tracker).text
        if not (starts_again(text) or goes_back(text)):
            return []
        before = [slot for slot in self.asks[:self.asks.index(asked)] if tracker.get_slot(slot) is not None]
        if not before:
            dispatcher.utter_message(response="utter_first_step")
        gone = (*self.asks, "misses") if starts_again(text) else (*before[-1:], asked, "misses")
        tracker.slots.update({slot: None for slot in gone})
        return [SlotSet(slot, None) for slot in gone]

    def _not_heard(self, asked: str, dispatcher: CollectingDispatcher, tracker: Tracker) -> List[EventType]:
        turn = Turn.of(tracker)
        explained = EXPLAINED.get(asked)
        if explained and explained.search(turn.text) and (asked != "plate" or QUESTION.search(turn.text)):
            dispatcher.utter_message(response=f"utter_explain_{asked}")
            return [SlotSet(asked, None)]
        wrong = why_unclear(turn.text, turn.metadata) if turn.intent in UNCLEAR or turn.text else None
        if turn.intent in self.opened_by and not wrong:
            return [SlotSet(asked, None)]
        if turn.intent == "inform" and any(turn.values(entity) for entity in ("ticket_number", "accident_code")):
            return []  # action_inform looks it up, then the form asks again
        if turn.intent == "emergency" or (turn.intent not in UNCLEAR and not wrong):
            return []
        if wrong in NO_WORDS.values():
            dispatcher.utter_message(response=wrong)
            return [SlotSet(asked, None)]
        misses = (tracker.get_slot("misses") or 0) + 1
        if misses < PATIENCE:
            dispatcher.utter_message(response=wrong or "utter_unclear")
        return [SlotSet(asked, None), SlotSet("misses", misses)]

    async def get_validation_events(self, dispatcher: CollectingDispatcher, tracker: Tracker,
                                    domain: DomainDict) -> List[EventType]:
        """The candidates after their `validate_<slot>`; a check may fill other slots too."""
        filled: Dict[str, Any] = {}
        for slot, value in tracker.slots_to_validate().items():
            if value is None or slot not in self.asks:
                filled.setdefault(slot, value)
                continue
            check = getattr(self, f"validate_{slot}")
            filled.update(await check(value, dispatcher, tracker, domain))
            tracker.slots.update(filled)
        return [SlotSet(slot, value) for slot, value in filled.items()]

    async def next_requested_slot(self, dispatcher: CollectingDispatcher, tracker: Tracker,
                                  domain: DomainDict) -> EventType:
        """The first slot still empty; None ends the form, also after too many unclear answers."""
        misses = tracker.get_slot("misses") or 0
        if misses >= PATIENCE:
            if misses != ENDED:
                dispatcher.utter_message(response="utter_gave_up")
            return SlotSet(REQUESTED_SLOT, None)
        required = await self.required_slots(self.domain_slots(domain), dispatcher, tracker, domain)
        return SlotSet(REQUESTED_SLOT, next((slot for slot in required if tracker.get_slot(slot) is None), None))


def asked_for(tracker: Tracker, slot: str) -> bool:
    """Whether the form's last question was for this slot."""
    return tracker.get_slot(REQUESTED_SLOT) == slot


def emptied(*slots: str) -> List[EventType]:
    """Events that forget the answers of a form that is done."""
    return [SlotSet(slot, None) for slot in slots]
