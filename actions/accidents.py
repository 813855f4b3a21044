"""Minor accidents (微处理): whether the law leaves it to the drivers, one question at a time; then a case is opened."""

from __future__ import annotations

import datetime
import re
from typing import Any, Dict, List, Mapping

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.forms import REQUESTED_SLOT
from rasa_sdk.types import DomainDict

from actions import records
from actions.accident_steps import (
    code_in,
    stop_for_words,
    take_code,
    take_picture,
    tell_case,
    tell_case_by_number,
    tell_next,
    tell_other_missing,
)
from actions.answers import yes_or_no_heard
from actions.choice_words import gives_up
from actions.forms import ENDED, Form, asked_for, emptied
from actions.turn import Turn, begins
from actions.unclear import why_unclear
from traffic.accident_cases import CaseView, cases_of, current_case, tell_place
from traffic.accident_rules import (
    FINE,
    GROUNDS,
    QUESTIONS,
    fine_heard,
    grounds_heard,
    may_settle,
    question_of,
)
from traffic.accidents import AccidentCase, open_accident_case
from traffic.bindings import bound_vehicles

NONE_OF_IT = re.compile(
    r"(?:都|全|一样|一条|以上|应该|肯定|真|好像|双方|我们|两个?人?)*(?:没有|没|无|不是|没事|木有)"
    r"(?:都|的|呢|啊|吧|事|了|哦|人|这些|这种|情况|一条|任何|别的|其[他它]|问题)*[。!！.]?")
OWN = re.compile(r"我|咱|俺")
PROGRESS = re.compile(r"怎么?样(?!处理|走|办|报|赔|定)|咋样|进度|进展|结果|到(?:了)?哪|哪一步|"
                      r"(?:处理|办|弄|定)(?:得|的)?(?:好|完|下来)?了?[没吗嘛]|"
                      r"(?:处理|办|弄)(?:好|完)了?$|有(?:没有)?消息")
OTHERS_PART = re.compile(r"(?:对方|他|她|那个?人|对面|另一[个方]|民警|交警|警察|你们)"
                         r"(?:那边|有没有|是不是|到底|已经|还|都|[，, ])*"
                         r"(?:填|加入?|进来|同意|确认|选|弄|办|签|看|定|判|处理)(?:完|好|过|下来)?(?:信息)?了?(?:没有?|吗|么|嘛|不)[?？]*")
OTHER_MISSING = re.compile(r"(?:那|要是|如果)?(?:对方|他|她|那个?人|对面)(?:人)?(?:那边|一直|还|就是|又|总是)*"
                           r"(?:(?:不|没)(?:肯|愿意?|想|会|能|有)?(?:来|加入?|进来|关注|填|理|配合|微信|弄|扫)|没?有?微信)"
                           r"(?:我|的|了|呢|啊|怎么办|咋办|[,，]|[?？])*")
NEXT = re.compile(r"(?:那|然后|接下来|接着|下一步|下面|现在|后面|对方|他|我|们|该|要|还要|是|得|再)*"
                  r"(?:怎么(?:办|弄|做|搞|走)|咋(?:办|弄|整|搞)|干什么|干嘛|干啥|做什么|什么|呢)?(?:呢|啊|呀|了|吗|[?？。])*")
LONGEST = 30  # a longer text may ask about something else
LONGEST_PLACE = 60
BUSY = datetime.timedelta(hours=2)
NOTHING_ELSE = frozenset({"report_minor_accident", "emergency", "inform", "nlu_fallback", "affirm"})
NO_PLACE = frozenset({"stop", "help", "request_human", "goodbye", "emergency", "greet", "thank"})
CHECKS = tuple(f"check_{question}" for question in QUESTIONS)


class ValidateMinorAccidentForm(Form):
    """The law's exceptions one by one, then the place. A case that is open already needs only what it lacks."""

    asks = (*CHECKS, "accident_place")
    remembers = ("accident_ground",)
    opened_by = ("report_minor_accident",)

    def name(self) -> str:
        """Rasa's name."""
        return "validate_minor_accident_form"

    async def required_slots(self, domain_slots: List[str], dispatcher: CollectingDispatcher, tracker: Tracker,
                             domain: DomainDict) -> List[str]:
        """Nothing more once a ground was named; with an open case only its place."""
        if tracker.get_slot("accident_ground"):
            return []
        case = await records.look_up(current_case, tracker.sender_id, records.now())
        if case is None:
            return list(CHECKS)
        return [] if case.located else ["accident_place"]

    async def get_extraction_events(self, dispatcher: CollectingDispatcher, tracker: Tracker,
                                    domain: DomainDict) -> List[EventType]:
        """As any form; grounds are heard whatever was asked, and a picture is kept while the place is asked for."""
        turn = Turn.of(tracker)
        if code_in(turn) and (asked_for_any(tracker) or begins(tracker, self.form_name())):
            await take_code(dispatcher, turn)
            return [SlotSet(tracker.get_slot(REQUESTED_SLOT) or CHECKS[0], None), SlotSet("misses", ENDED)]
        if asked_for(tracker, "accident_place") and turn.metadata.get("image"):
            await take_picture(dispatcher, turn)
            return [SlotSet("accident_place", None)]
        if not begins(tracker, self.form_name()) and await self._has_case_without(tracker):
            return [SlotSet("accident_place", None)]
        if asked_for(tracker, "accident_place") and await stop_for_words(dispatcher, turn):
            return [SlotSet("accident_place", None), SlotSet("misses", ENDED)]
        early = next((kind for kind in ("image", "location") if turn.metadata.get(kind)), None)
        early = early or ("location" if named_place(heard_last(tracker)) else None)
        if early and asked_for_any(tracker):
            dispatcher.utter_message(response=f"utter_accident_{early}_early")
            return [SlotSet(str(tracker.get_slot(REQUESTED_SLOT)), None)]
        return await super().get_extraction_events(dispatcher, tracker, domain)

    async def _has_case_without(self, tracker: Tracker) -> bool:
        """Whether the place was told elsewhere (on the page) since it was asked for."""
        if not asked_for(tracker, "accident_place"):
            return False
        case = await records.look_up(current_case, tracker.sender_id, records.now())
        return case is None or case.located

    async def extract_accident_place(self, dispatcher: CollectingDispatcher, tracker: Tracker,
                                     domain: DomainDict) -> Dict[str, Any]:
        """A sent location, or words that may be a place."""
        turn = Turn.of(tracker)
        if not asked_for(tracker, "accident_place"):
            return {}
        if turn.metadata.get("location"):
            return {"accident_place": turn.metadata["location"]}
        names = self.speaks_to(turn, "road", "place") or bool(turn.values("road") or turn.values("place"))
        fits = 2 <= len(turn.text) <= LONGEST_PLACE and turn.intent not in NO_PLACE and not gives_up(turn.text)
        return {"accident_place": {"label": turn.text}} if names and fits and not why_unclear(turn.text) else {}

    async def validate_accident_place(self, value: Dict[str, Any], dispatcher: CollectingDispatcher, tracker: Tracker,
                                      domain: DomainDict) -> Dict[str, Any]:
        """Kept in the records, for the conversation may end here."""
        case = await records.look_up(current_case, tracker.sender_id, records.now())
        if case is None:
            return {"accident_place": None}
        await records.change(tell_place, tracker.sender_id, case.case.number, value.get("label"),
                             latitude=value.get("lat"), longitude=value.get("lon"))
        return {"accident_place": value.get("label") or "—"}

    async def check_heard(self, question: str, tracker: Tracker) -> Dict[str, Any]:
        """{slot: fine or a ground}: a ground named at any time, a tap, or the answer to this very question."""
        turn, slot = Turn.of(tracker), f"check_{question}"
        asked, tapped = asked_for(tracker, slot), turn.value("accident_check")
        if tapped in (*QUESTIONS[question], FINE) and (asked or tapped != FINE):
            return {slot: tapped}
        answers = asked_for_any(tracker) and len(turn.text) <= LONGEST
        heard = [ground for ground in grounds_heard(turn.text) if question_of(ground) == question]
        if heard and (answers or turn.intent in NOTHING_ELSE):
            return {slot: heard[0]}
        if question in fine_heard(turn.text) and tracker.get_slot(slot) is None:
            return {slot: FINE}
        if asked and NONE_OF_IT.fullmatch(turn.text):
            return {slot: FINE}
        said = yes_or_no_heard(tracker, yes="^有", slot=slot)
        return {slot: QUESTIONS[question][0] if said[slot] else FINE} if said else {}

    async def check_answered(self, question: str, value: str, tracker: Tracker) -> Dict[str, Any]:
        """A ground ends the questions; when all are answered without one, a case is opened."""
        slot = f"check_{question}"
        if value in GROUNDS:
            return {slot: value, "accident_ground": value}
        answers = {each: tracker.get_slot(f"check_{each}") for each in QUESTIONS}
        if may_settle({**answers, question: value}):
            await records.change(_open_case, tracker.sender_id, Turn.of(tracker).key, sent_place(tracker))
        return {slot: value}


def _check_methods(question: str) -> None:
    """Rasa calls extract_<slot> and validate_<slot>: one pair for each question of the law."""

    async def extract(self: ValidateMinorAccidentForm, dispatcher: CollectingDispatcher, tracker: Tracker,
                      domain: DomainDict) -> Dict[str, Any]:
        return await self.check_heard(question, tracker)

    async def validate(self: ValidateMinorAccidentForm, value: str, dispatcher: CollectingDispatcher,
                       tracker: Tracker, domain: DomainDict) -> Dict[str, Any]:
        return await self.check_answered(question, value, tracker)

    setattr(ValidateMinorAccidentForm, f"extract_check_{question}", extract)
    setattr(ValidateMinorAccidentForm, f"validate_check_{question}", validate)


for each_question in QUESTIONS:
    _check_methods(each_question)


def heard_last(tracker: Tracker) -> Mapping[str, Any]:
    """The event of the last message."""
    return next((event for event in reversed(tracker.events) if event.get("event") == "user"), {})


def asked_for_any(tracker: Tracker) -> bool:
    """Whether one of the law's questions was asked."""
    return any(asked_for(tracker, slot) for slot in CHECKS)


def _open_case(session: Any, subscriber: str, key: str, place: Dict[str, Any]) -> AccidentCase:
    """With the plate of the only bound vehicle, which the page then shows, and the place as far as it was sent."""
    bound = bound_vehicles(session, subscriber)
    return open_accident_case(session, subscriber, key, plate=bound[0].plate if len(bound) == 1 else None,
                              place=(place.get("label") or None), latitude=place.get("lat"),
                              longitude=place.get("lon"), now=records.now())


def named_place(event: Mapping[str, Any]) -> Dict[str, Any]:
    """The place that a message is: hardly more than names of roads and places (杜桥大道和解放路口)."""
    text, heard = str(event.get("text") or ""), (event.get("parse_data") or {}).get("entities") or []
    named = sum(e.get("end", 0) - e.get("start", 0) for e in heard if e.get("entity") in ("road", "place"))
    return {"label": text} if text and len(text) <= LONGEST and 3 * named >= 2 * len(text) else {}


def sent_place(tracker: Tracker) -> Dict[str, Any]:
    """The place sent or named while the law's questions were asked, else nothing."""
    events = tracker.events
    opened = max((i for i, e in enumerate(events) if e.get("event") == "active_loop" and e.get("name")), default=0)
    sent = [(e.get("metadata") or {}).get("location") or named_place(e) for e in events[opened:]
            if e.get("event") == "user"]
    return dict(next((place for place in reversed(sent) if place), None) or {})


class ActionGuideMinorAccident(Action):
    """Says what follows: 122 at once and why, or the next step of the case."""

    def name(self) -> str:
        """Rasa's name."""
        return "action_guide_minor_accident"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> List[EventType]:
        """Says it; a form that was given up says nothing more."""
        ground = tracker.get_slot("accident_ground")
        if ground:
            dispatcher.utter_message(response=f"utter_accident_{ground}", law=GROUNDS[ground].law)
        elif await stop_for_words(dispatcher, Turn.of(tracker)):
            pass
        elif not tracker.get_slot("misses"):
            found = await records.look_up(current_case, tracker.sender_id, records.now())
            if found:
                await tell_next(dispatcher, found, resumed=resumed(tracker, found))
        return emptied(*CHECKS, "accident_place", "accident_ground")


def resumed(tracker: Tracker, found: CaseView) -> bool:
    """Whether the driver comes back to a case, rather than having just answered about it."""
    answered = any(tracker.get_slot(slot) for slot in (*CHECKS, "accident_place"))
    return not answered and bool(found.me)


def fresh(found: CaseView) -> bool:
    """Whether the drivers are most likely still busy with it."""
    return records.now() - found.case.created_at < BUSY


class ActionMentionAccident(Action):
    """After a greeting, and in the two hours after it happened after what was not understood: reminds of a case that
    waits for this driver. Says nothing without one."""

    def name(self) -> str:
        """Rasa's name."""
        return "action_mention_accident"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> List[EventType]:
        """Says it, outside of forms."""
        if await stop_for_words(dispatcher, Turn.of(tracker)):
            return []
        found = await records.look_up(current_case, tracker.sender_id, records.now())
        greets = Turn.of(tracker).intent == "greet"
        if found and (greets or fresh(found)) and not (tracker.active_loop or {}).get("name"):
            await tell_case(dispatcher, found)
        return []


class ActionTellOwnAccident(Action):
    """Who asks how far his own accident is hears that, if there is a case, and not what the answer book says of others.
    """

    def name(self) -> str:
        """Rasa's name."""
        return "action_tell_own_accident"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> List[EventType]:
        """Says it instead of the answer; says nothing within a form, which would not be asked again."""
        text, busy = Turn.of(tracker).text, (tracker.active_loop or {}).get("name")
        if not busy and text and await self._tell_next(dispatcher, tracker.sender_id, text):
            return [FollowupAction("action_listen")]
        if busy or not (OWN.search(text) and PROGRESS.search(text)):
            return []
        cases = await records.look_up(cases_of, tracker.sender_id, 1)
        if not cases:
            return []
        await tell_case_by_number(dispatcher, tracker.sender_id, cases[0].number)
        return [FollowupAction("action_listen")]

    async def _tell_next(self, dispatcher: CollectingDispatcher, subscriber: str, text: str) -> bool:
        """然后呢 while both are busy with a case, and 对方填了吗, 对方不肯加入 of an open one, mean its next step."""
        missing, asks = OTHER_MISSING.fullmatch(text), OTHERS_PART.fullmatch(text) or NEXT.fullmatch(text)
        found = await records.look_up(current_case, subscriber, records.now()) if missing or asks else None
        if found is None or (NEXT.fullmatch(text) and not fresh(found)):
            return False
        await (tell_other_missing if missing else tell_next)(dispatcher, found)
        return True
