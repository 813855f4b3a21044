"""The counter binds who has no papers at hand: code from the chat, plate or licence, phone on record."""

from __future__ import annotations

from sanic.response import HTTPResponse, redirect

from messages.database import writing
from traffic.counter_codes import bind_at_counter
from traffic.errors import CounterCodeGone, ProofError
from traffic.vehicles import Vehicle
from web.desk.database import records
from web.desk.deeds import of_words, record
from web.desk.guard import Route, Visit
from web.desk.office import Office


async def _counter(office: Office, visit: Visit) -> HTTPResponse:
    return _page(office, visit, said=visit.request.args.get("said", ""))


def _page(office: Office, visit: Visit, status: int = 200, *, said: str = "", wrong: str = "",
          what: str = "") -> HTTPResponse:
    return office.page("counter.html", status, visit=visit, said=said, wrong=wrong, what=what)


async def _bind(office: Office, visit: Visit) -> HTTPResponse:
    what = visit.field("what")
    try:
        kind = await office.do(_write, office, visit, what)
    except CounterCodeGone:
        return _page(office, visit, 404, wrong="code", what=what)
    except ProofError:
        await office.do(_note, office, visit, what)
        return _page(office, visit, 400, wrong="proof", what=what)
    return redirect(f"/desk/counter?said={kind}", status=303)


def _write(office: Office, visit: Visit, what: str) -> str:
    """Binding and audit entry stand or fall together; the numbers themselves stay out of it."""
    with writing(office.engine) as session:
        with records(session) as traffic:
            bound = bind_at_counter(traffic, visit.field("code"), what, visit.field("phone"), visit.now)
            kind = "vehicle" if isinstance(bound, Vehicle) else "license"
            subject = f"{kind}:{bound.id}"
        record(session, visit.officer.name, "bound_at_counter", subject, now=visit.now)
        return kind


def _note(office: Office, visit: Visit, what: str) -> None:
    """A wrong attempt is in the audit log too: who tries phones one by one is seen."""
    with writing(office.engine) as session:
        record(session, visit.officer.name, "refused_at_counter", "counter", of_words(what), now=visit.now)


ROUTES = [Route("/counter", _counter), Route("/counter", _bind, "POST")]
