"""Tickets (工单): complaints, suggestions, reports of others and questions left for an officer."""

from __future__ import annotations

import datetime
import re
from typing import Any, Dict, List, Tuple

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.forms import REQUESTED_SLOT
from rasa_sdk.types import DomainDict
from sqlalchemy.orm import Session

from actions import records
from actions.accident_steps import tell_case_by_number
from actions.answers import yes_or_no_heard
from actions.choice_words import gives_up
from actions.forms import ENDED, Form, asked_for, emptied
from actions.presentation import day, local
from actions.ticket_pictures import (
    add_all,
    asks_about_evidence,
    asks_about_witnesses,
    pictures_sent,
    tell_picture,
)
from actions.turn import Turn, begins
from actions.unclear import why_unclear
from bot.personal_numbers import covered
from traffic.accident_cases import cases_of
from traffic.errors import NotYours
from traffic.numbers import ACCIDENT
from traffic.tickets import Ticket, open_ticket, rate, ticket, tickets_of

KINDS = {"file_complaint": "complaint", "give_suggestion": "suggestion", "report_offense": "report",
         "request_human": "question"}
CALLED = {"投诉": "complaint", "举报": "report", "建议": "suggestion"}
LEAVES = frozenset({"stop", "help", "request_human", "goodbye"})
TELLING = 14  # shorter first sentences say that one wants to complain, not yet what about
ADDS = re.compile(r"(?:我|要|想)?再?(?:补充?|加|添)(?:一?[句下点条]|个)|(?:另外|还有|而且|已经|他还|她还).{3,}")
SHORTEST = 4
SUGGESTS = re.compile(r"(?:我|我们)?(?:强烈)?建议(?!怎么|在哪|去哪|电话|箱|有人|提|是).{6,}(?<![吗么呢?？])$")
ASIDE = re.compile(r"[吗么呢?？]$|^(?:等下|等等|对了|先)|怎么[交办查处弄补换约申]|多少钱|几分|什么时候|"
                   r"帮我查|查一?下|带什么")
TAKES_BACK = re.compile(r"撤(?:回|销|掉|了)|(?:取消|收回)(?:我的?|那个|这个|刚才的?|之前的?)*(?:投诉|举报|建议|工单)|"
                        r"(?:不|别)(?:想|要|用)?(?:再)?(?:投诉|举报|告)了")
OTHER_KIND = re.compile(r"(?:算了|不是|不对|改为|我|是|那|还是|改成?|换成?|要|想|来|提|个|条|[，, ])*"
                        r"(?:投诉|举报|建议)(?:吧|的|了|[。!！])*")
DANGER = re.compile(r"[酒醉毒]驾|酒后|喝(?:了|过|多|醉)|飙车|炸街|逆行|高速.{0,4}倒车|追逐|疲劳驾驶|别车|路怒")
OVER = re.compile(r"昨|前天|前几天|上周|上个?月|上次|天天|每天|经常|[上下]午|早上|中午|晚上|凌晨|之前|[0-9]号")
STORY = 20  # a longer text is the story even when a part of it sounds like something else
SHOWN = 5
ANSWERED = ("answered", "closed")
STARS = (5, 3, 1)
ABOUT = 16  # so much of a text reminds its writer


class ValidateTicketForm(Form):
    """What it is about, in the driver's own words, and whether it may be sent like that."""

    asks = ("ticket_text", "confirmed")
    remembers = ("ticket_kind", "ticket_details")
    opened_by = ("file_complaint", "give_suggestion", "report_offense")
    gives_way = True

    def name(self) -> str:
        """Rasa's name."""
        return "validate_ticket_form"

    async def get_extraction_events(self, dispatcher: CollectingDispatcher, tracker: Tracker,
                                    domain: DomainDict) -> List[EventType]:
        """As any form; the kind follows from the sentence that opened it."""
        turn, asked = Turn.of(tracker), tracker.get_slot(REQUESTED_SLOT)
        if asked and tell_picture(dispatcher, turn, len(pictures_sent(tracker))):
            return [SlotSet(asked, None)]
        if asked and not begins(tracker, self.form_name()) and asks_about_witnesses(turn.text):
            dispatcher.utter_message(response="utter_explain_witness")
            return [SlotSet(asked, None)]
        if asked and turns_to(turn, tracker.get_slot("ticket_kind")):
            return [SlotSet("ticket_kind", kind_of(turn)), SlotSet("ticket_text", None), SlotSet("confirmed", None)]
        if begins(tracker, self.form_name()) and TAKES_BACK.search(turn.text):
            dispatcher.utter_message(response="utter_ticket_take_back")
            return [*self._forget(tracker), SlotSet("misses", ENDED)]
        events = await super().get_extraction_events(dispatcher, tracker, domain)
        if begins(tracker, self.form_name()):
            events.append(SlotSet("ticket_kind", kind_of(turn)))
            if asks_about_evidence(turn.text):
                dispatcher.utter_message(response="utter_explain_ticket_text")
            elif asks_about_witnesses(turn.text):
                dispatcher.utter_message(response="utter_explain_witness")
        return events

    async def extract_ticket_text(self, dispatcher: CollectingDispatcher, tracker: Tracker,
                                  domain: DomainDict) -> Dict[str, Any]:
        """The whole message when it was asked for, or when the first one already tells the story."""
        turn = Turn.of(tracker)
        if asks_about_evidence(turn.text) or asks_about_witnesses(turn.text):
            return {}
        first = (begins(tracker, self.form_name()) and turn.intent != "request_human"
                 and (len(turn.text) >= TELLING or bool(SUGGESTS.match(turn.text))))
        leaves = gives_up(turn.text) or turn.intent in LEAVES or (turn.intent == "emergency" and len(turn.text) < STORY)
        leaves = leaves or asks_aside(turn, tracker.get_slot("ticket_kind"))
        if first or (asked_for(tracker, "ticket_text") and turn.text and not leaves and not says_nothing(turn.text)):
            return {"ticket_text": covered(turn.text, phones=False), "ticket_details": details(turn)}
        if asked_for(tracker, "confirmed") and not leaves and (len(turn.text) >= TELLING or tells_more(turn)):
            more, known = covered(turn.text, phones=False), tracker.get_slot("ticket_details") or {}
            heard = {name: value for name, value in details(turn).items() if value}
            return {"ticket_text": f"{tracker.get_slot('ticket_text')}\n{more}", "confirmed": None,
                    "ticket_details": {**known, **heard}}
        return {}

    async def validate_ticket_text(self, value: str, dispatcher: CollectingDispatcher, tracker: Tracker,
                                   domain: DomainDict) -> Dict[str, Any]:
        """At most 500 characters; who tells of injured people or of danger going on also hears whom to call."""
        if why_unclear(value):
            dispatcher.utter_message(response="utter_ticket_too_long")
            return {"ticket_text": None}
        turn = Turn.of(tracker)
        if turn.intent == "emergency":
            dispatcher.utter_message(response="utter_emergency_beside_ticket")
        elif kind_of(turn) == "report" and goes_on(turn.text):
            dispatcher.utter_message(response="utter_danger_beside_ticket")
        return {"ticket_text": value}

    async def extract_confirmed(self, dispatcher: CollectingDispatcher, tracker: Tracker,
                                domain: DomainDict) -> Dict[str, Any]:
        """Yes, or no."""
        return yes_or_no_heard(tracker, yes="提交|登记|发")

    async def validate_confirmed(self, value: bool, dispatcher: CollectingDispatcher, tracker: Tracker,
                                 domain: DomainDict) -> Dict[str, Any]:
        """A no lets one write it anew."""
        return {"confirmed": True} if value else {"confirmed": None, "ticket_text": None}


class ActionOpenTicket(Action):
    """Opens the ticket and tells its receipt number and the promised day."""

    def name(self) -> str:
        """Rasa's name."""
        return "action_open_ticket"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> List[EventType]:
        """Does it when it was confirmed."""
        text, kind = tracker.get_slot("ticket_text"), tracker.get_slot("ticket_kind") or "question"
        if text and tracker.get_slot("confirmed"):
            known = tracker.get_slot("ticket_details") or {}
            happened = happened_at(known)
            opened, pictures = await records.change(
                _open, pictures_sent(tracker), tracker.sender_id, kind, text, Turn.of(tracker).key,
                plate=known.get("plate"), place=known.get("place"), happened_at=happened, now=records.now())
            dispatcher.utter_message(response=f"utter_ticket_opened_{kind}", **_shown(opened))
            if pictures:
                dispatcher.utter_message(response="utter_ticket_pictures_with_it", count=pictures)
        return emptied("ticket_text", "ticket_kind", "ticket_details", "confirmed")


def _open(session: Session, pictures: List[str], *args: Any, **kwargs: Any) -> Tuple[Ticket, int]:
    """The ticket with its pictures, in one transaction."""
    opened = open_ticket(session, *args, **kwargs)
    return opened, len(add_all(session, opened, pictures, kwargs["now"]))


class ActionQueryTicket(Action):
    """Tells how far a ticket is: the one whose number is named, else the asker's latest; or keeps a rating."""

    def name(self) -> str:
        """Rasa's name."""
        return "action_query_ticket"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> List[EventType]:
        """Says it."""
        turn = Turn.of(tracker)
        number, rating = turn.value("ticket_number"), turn.value("ticket_rating")
        if TAKES_BACK.search(turn.text):
            dispatcher.utter_message(response="utter_ticket_take_back")
            return []
        if rating and not turn.text:
            rated, _, stars = str(rating).partition(" ")
            await _rate(dispatcher, tracker.sender_id, rated, stars)
            return []
        if number:
            await tell_ticket(dispatcher, tracker.sender_id, str(number).upper())
            return []
        found = await records.look_up(tickets_of, tracker.sender_id, SHOWN)
        cases = await records.look_up(cases_of, tracker.sender_id, 1)
        if cases and (not found or "事故" in turn.text):
            await tell_case_by_number(dispatcher, tracker.sender_id, cases[0].number)
        elif found:
            unrated = next((t for t in found if t.state in ANSWERED and t.rating is None), None)
            dispatcher.utter_message(response="utter_tickets", lines=[_line(t) for t in found],
                                     buttons=rating_buttons(unrated) if unrated else [])
        else:
            dispatcher.utter_message(response="utter_no_tickets")
        return []


async def tell_ticket(dispatcher: CollectingDispatcher, subscriber: str, number: str) -> None:
    """Says how far one ticket or accident case is; equal words for unknown and another's."""
    if number.startswith(ACCIDENT):
        await tell_case_by_number(dispatcher, subscriber, number)
        return
    try:
        found = await records.look_up(ticket, subscriber, number)
    except NotYours:
        dispatcher.utter_message(response="utter_ticket_unknown")
        return
    buttons = rating_buttons(found) if found.state in ANSWERED and found.rating is None else []
    dispatcher.utter_message(response="utter_tickets", lines=[_line(found)], buttons=buttons)


def rating_buttons(answered: Ticket) -> List[Dict[str, str]]:
    """How the answer was, to tap; whoever sends an answer may put them below it."""
    return [{"title": f"utter_title_rating_{stars}",
             "payload": f'/query_ticket{{"ticket_rating": "{answered.number} {stars}"}}'} for stars in STARS]


async def _rate(dispatcher: CollectingDispatcher, subscriber: str, number: str, stars: str) -> None:
    """Keeps it; equal words for unknown and another's."""
    try:
        await records.change(rate, subscriber, number, int(stars))
    except (NotYours, ValueError):
        dispatcher.utter_message(response="utter_ticket_unknown")
        return
    dispatcher.utter_message(response="utter_ticket_rated_low" if int(stars) == min(STARS) else "utter_ticket_rated")


def kind_of(turn: Turn) -> str:
    """The kind that the driver calls it by; when none or several are named, the one that was understood."""
    called = {kind for word, kind in CALLED.items() if word in turn.text}
    return called.pop() if len(called) == 1 else KINDS.get(turn.intent, "question")


def turns_to(turn: Turn, kind: str | None) -> bool:
    """Whether no more is said than that it shall be another kind of ticket (我要提建议)."""
    return bool(OTHER_KIND.fullmatch(turn.text)) and kind_of(turn) != kind


def asks_aside(turn: Turn, kind: str | None) -> bool:
    """Whether a short question is about something else (等下，罚款怎么交) and no part of a complaint; to who leaves a
    question for an officer every question is the text."""
    elsewhere = turn.intent not in (*KINDS, "inform", "nlu_fallback", "out_of_scope", "chitchat", "affirm", "deny", "")
    return kind != "question" and elsewhere and len(turn.text) < STORY and bool(ASIDE.search(turn.text))


def tells_more(turn: Turn) -> bool:
    """Whether a few words add to the text (昨天下午三点, 75省道杜桥段, 再补一句…), whatever else they could ask for."""
    if not turn.text or ASIDE.search(turn.text):
        return False
    return bool(ADDS.match(turn.text)) or turn.mostly("time", "road", "place", "plate_number")


def goes_on(text: str) -> bool:
    """Whether somebody endangers others right now: a ticket is read too late for that."""
    return bool(DANGER.search(text)) and not OVER.search(text)


def says_nothing(text: str) -> bool:
    """Whether the text is empty, signs alone or a mere 好的; a too long one still says something."""
    return len(text) < SHORTEST or why_unclear(text) in ("utter_empty", "utter_only_symbols")


def details(turn: Turn) -> Dict[str, Any]:
    """Plate, place and time of a report, as far as they were heard."""
    time = turn.value("time")
    place = "".join(str(v) for v in (*turn.values("road")[:1], *turn.values("place")[:1]))
    return {"plate": turn.value("plate_number"), "place": place or None,
            "at": time.get("from") if isinstance(time, dict) else None}


def happened_at(known: Dict[str, Any]) -> datetime.datetime | None:
    """When it was; what is still to come (天天晚上八点以后) is no such moment."""
    at = datetime.datetime.fromisoformat(known["at"]) if known.get("at") else None
    return at if at and at <= records.now() else None


def _line(found: Ticket) -> Dict[str, Any]:
    return {"say": f"utter_ticket_{found.state}", "about": _beginning(found.text),
            "answer": found.answer or "", **_shown(found)}


def _beginning(text: str) -> str:
    line = text.replace("\n", " ")
    return line if len(line) <= ABOUT else line[:ABOUT] + "…"


def _shown(found: Ticket) -> Dict[str, Any]:
    return {"ticket": found.number, "promised": day(found.promised_on, local(records.now()).date())}
