"""Tickets: the list, one ticket, its answer."""

from __future__ import annotations

from typing import List, Tuple

from sanic.response import HTTPResponse, raw, redirect

from messages import conversations, desk
from messages.database import reading, writing
from traffic import photos
from traffic.ticket_answers import ENDED, OPEN, pictures_of, tickets_in
from traffic.tickets import Ticket, TicketPhoto
from web.desk import tickets
from web.desk.conversations import Key, may_see
from web.desk.database import records
from web.desk.deeds import record
from web.desk.errors import BadText, Missing
from web.desk.guard import Route, Visit
from web.desk.office import Office

FILTERS = {"open": OPEN, "answered": ENDED}


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
    pictures = await office.do(_pictures, office, number)
    return office.page("ticket.html", visit=visit, ticket=ticket, talk=talk, pictures=pictures, text=text, wrong=wrong,
                       said=said)


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


def _pictures(office: Office, number: str) -> List[TicketPhoto]:
    """Only for a ticket whose look was recorded."""
    with reading(office.engine) as session:
        tickets.find(session, number)
        with records(session) as traffic:
            return pictures_of(traffic, number)


async def _picture(office: Office, visit: Visit, number: str, picture: str) -> HTTPResponse:
    paths = {str(each.id): each.path for each in await office.do(_pictures, office, number)}
    data = await office.do(photos.read, paths[picture]) if picture in paths else None
    if data is None:
        raise Missing("no such picture")
    return raw(data, content_type="image/jpeg")


ROUTES = [
    Route("/tickets", _list),
    Route("/tickets/<number:str>", _one),
    Route("/tickets/<number:str>/answer", _answer, "POST"),
    Route("/tickets/<number:str>/photos/<picture:str>", _picture),
]
