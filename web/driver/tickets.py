"""The driver's complaints, suggestions, reports and questions: how far they are, taken back, the answer rated."""

from __future__ import annotations

from sanic.response import HTTPResponse, redirect

from traffic.tickets import photos_of, rate, ticket, tickets_of, withdraw
from web.driver.guard import Route, Visit
from web.driver.hall import Hall

MOST = 50
STARS = ("1", "2", "3", "4", "5")
ANSWERED = ("answered", "closed")


async def _tickets(hall: Hall, visit: Visit) -> HTTPResponse:
    return hall.page("tickets.html", visit=visit, tickets=await hall.look_up(tickets_of, visit.subscriber, MOST))


async def _ticket(hall: Hall, visit: Visit, number: str) -> HTTPResponse:
    found = await hall.look_up(ticket, visit.subscriber, number)
    return hall.page("ticket.html", visit=visit, ticket=found, said=visit.asked("said"),
                     pictures=len(await hall.look_up(photos_of, found.id)))


async def _rate(hall: Hall, visit: Visit, number: str) -> HTTPResponse:
    found = await hall.look_up(ticket, visit.subscriber, number)
    stars = visit.field("stars")
    if stars in STARS and found.state in ANSWERED:
        await hall.change(rate, visit.subscriber, number, int(stars))
    return redirect(f"/h5/tickets/{found.number}?said=rated", status=303)


async def _withdraw(hall: Hall, visit: Visit, number: str) -> HTTPResponse:
    taken = await hall.change(withdraw, visit.subscriber, number)
    return redirect(f"/h5/tickets/{number}?said={'withdrawn' if taken else 'before'}", status=303)


ROUTES = [Route("/tickets", _tickets), Route("/tickets/<number:str>", _ticket),
          Route("/tickets/<number:str>/rate", _rate, "POST"),
          Route("/tickets/<number:str>/withdraw", _withdraw, "POST")]
