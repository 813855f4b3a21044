"""The queue's page."""

from __future__ import annotations

from sanic.response import HTTPResponse

from messages import desk
from messages.database import writing
from web.desk.deeds import record
from web.desk.guard import Route, Visit
from web.desk.office import Office
from web.desk.queue import Lists, sorted_for


async def _queue(office: Office, visit: Visit) -> HTTPResponse:
    lists = await office.do(_look, office, visit)
    return office.page("queue.html", visit=visit, lists=lists, here=None, said=visit.request.args.get("said", ""))


def _look(office: Office, visit: Visit) -> Lists:
    with writing(office.engine) as session:
        record(session, visit.officer.name, "looked_queue", "queue", now=visit.now)
        return sorted_for(visit.officer, desk.entries(session))


ROUTES = [Route("/", _queue)]
