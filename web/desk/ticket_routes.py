"""Tickets: the list, one ticket, its answer."""

from __future__ import annotations

from typing import List, Tuple

from sanic.response import HTTPResponse, redirect

from messages import conversations, desk
from messages.database import writing
from traffic.ticket_answers import OPEN, tickets_in
from traffic.tickets import Ticket
from web.desk import tickets
from web.desk.conversations import Key, may_see
from web.desk.database import records
from web.desk.deeds import record
from web.desk.errors import BadText
from web.desk.guard import Route, Visit
from web.desk.office import Office

FILTERS = {"open": OPEN, "answered": ("answered", "closed")}


async def _list(office: Office, visit: Visit) -> HTTPResponse:
    which = visit.request.args.get("which", "open")
    which = which if which in FILTERS else "open"
    found = await office.do(_look_at_all, office, visit, which)
    return office.page("tickets.html", visit=visit, tickets=found, which=which, said="")


def _look_at_all(office: Office, visit: Visit, which: str) -> List[Ticket]:
    with writing(office.engine) as session:
        record(session, visit.officer.name, "looked_tickets", f"tickets:{which}", now=visit.now)
        with records(session) as traffic:
            found = tickets_in(traffic, FILTERS[which])
        return found if which == "open" else found[::-1]


async def _one(office: Office, visit: Visit, number: str) -> HTTPResponse:
    return await _show(office, visit, number, text="", wrong="", said=visit.request.args.get("said", ""))


async def _show(office: Office, visit: Visit, number: str, text: str, wrong: str, said: str) -> HTTPResponse:
    ticket, talk = await office.do(_look, office, visit, number)
    return office.page("ticket.html", visit=visit, ticket=ticket, talk=talk, text=text, wrong=wrong, said=said)


def _look(office: Office, visit: Visit, number: str) -> Tuple[Ticket, Key | None]:
    """The ticket, and its driver's conversation where this officer may see it."""
    with writing(office.engine) as session:
        ticket = tickets.find(session, number)
        record(session, visit.officer.name, "looked_ticket", f"ticket:{ticket.number}", now=visit.now)
        channel = desk.channel_of(session, ticket.subscriber)
        talk = channel and conversations.find(session, channel, ticket.subscriber)
        return ticket, (talk.channel, talk.driver) if talk and may_see(visit.officer, talk) else None


async def _answer(office: Office, visit: Visit, number: str) -> HTTPResponse:
    text = visit.field("text")
    try:
        sent = await office.do(tickets.answer, office.engine, office.sentences, visit.officer, number, text, visit.now)
    except BadText as error:
        return await _show(office, visit, number, text=text, wrong=error.why, said="")
    return redirect(f"/desk/tickets/{number}?said={'answered' if sent else 'before'}", status=303)


ROUTES = [
    Route("/tickets", _list),
    Route("/tickets/<number:str>", _one),
    Route("/tickets/<number:str>/answer", _answer, "POST"),
]
