"""The search page; every search is in the audit log."""

from __future__ import annotations

from sanic.response import HTTPResponse

from messages.database import writing
from web.desk import search
from web.desk.deeds import of_words, record
from web.desk.guard import Route, Visit
from web.desk.office import Office

LONGEST = 60


async def _search(office: Office, visit: Visit) -> HTTPResponse:
    asked = (visit.request.args.get("q") or "").replace("\0", "").strip()[:LONGEST]
    found = await office.do(_look, office, visit, asked)
    return office.page("search.html", visit=visit, asked=asked, found=found, said="")


def _look(office: Office, visit: Visit, asked: str) -> search.Found:
    with writing(office.engine) as session:
        found = search.found(session, visit.officer, asked)
        if asked:
            record(session, visit.officer.name, "searched", "search",
                   {**of_words(asked), "hits": len(found.conversations) + len(found.tickets)}, now=visit.now)
        return found


ROUTES = [Route("/search", _search)]
