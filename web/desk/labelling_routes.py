"""The maintainers' page: what would teach the bot, one group after the other, by keys."""

from __future__ import annotations

from typing import Any, Callable, Dict, Optional

from sanic.response import HTTPResponse, redirect

from bot.training import jobs, labels
from bot.training.errors import Refused, TrainingError
from messages.database import reading, writing
from web.desk import labelling
from web.desk.deeds import record
from web.desk.errors import Missing
from web.desk.guard import Route, Visit
from web.desk.labelling import Draft
from web.desk.office import Office

SHOWN = 25
AT = "/desk/labelling"


async def _next(office: Office, visit: Visit) -> HTTPResponse:
    return await _page(office, visit, None)


async def _group(office: Office, visit: Visit, number: int) -> HTTPResponse:
    return await _page(office, visit, number)


async def _page(office: Office, visit: Visit, number: Optional[int], wrong: str = "") -> HTTPResponse:
    found = await office.do(_look, office, visit, number)
    draft = {name: visit.field(name) for name in ("topic", "title", "also", "law", "owner", "text")}
    return office.page("labelling.html", visit=visit, wrong=wrong, said=visit.request.args.get("said", ""),
                       entities=labelling.ENTITIES, least=labelling.LEAST, draft=draft,
                       drafting=bool(wrong and draft["title"]), **found)


def _look(office: Office, visit: Visit, number: Optional[int]) -> Dict[str, Any]:
    with reading(office.engine) as session:
        groups = labels.open_groups(session, SHOWN)
        try:
            wanted = number if number is not None else groups[0].id if groups else None
            group = labels.group(session, wanted) if wanted is not None else None
        except TrainingError:
            raise Missing("this group is gone") from None
        choices = labelling.choices(labels.proposed(session))
        waiting = labels.for_second(session, visit.officer.name)
        return {"groups": groups, "group": group, "counts": labels.counts(session), "choices": choices,
                "known": {each.label: each.title for each in choices}, "waiting": len(waiting),
                "topics": labelling.topics(), "last": labels.last(session, visit.officer.name),
                "needed": labelling.needed(session), "work": jobs.latest(jobs.TEACH)}


async def _decide(office: Office, visit: Visit, number: int) -> HTTPResponse:
    return await _doing(office, visit, number, _keep, office, visit, number)


def _keep(office: Office, visit: Visit, number: int) -> Optional[int]:
    """Keeps it; returns the group that is next."""
    label = visit.field("label").strip()
    with writing(office.engine) as session:
        if label:
            meant = labels.IGNORED if label == "ignore" else label
            kept = labelling.decide(session, visit.officer.name, number, meant, visit.request.form, visit.now)
        else:
            kept = labelling.begin_question(session, visit.officer.name, number, _draft(office, visit),
                                            visit.request.form, visit.now)
        record(session, visit.officer.name, "labelled", f"group:{number}", {"label": kept}, now=visit.now)
        return labels.next_open(session, number)


def _draft(office: Office, visit: Visit) -> Draft:
    text = visit.field("text").replace("\r\n", "\n").strip()
    if office.sentences.unknown(text):
        raise Refused("placeholder")
    about = {name: visit.field(name).strip() for name in ("law", "owner", "review")}
    return Draft(visit.field("topic"), visit.field("title").strip(), text, about,
                 labelling.lines_of(visit.field("also")))


async def _undo(office: Office, visit: Visit) -> HTTPResponse:
    return await _doing(office, visit, None, _take_back, office, visit)


def _take_back(office: Office, visit: Visit) -> Optional[int]:
    with writing(office.engine) as session:
        last = labels.last(session, visit.officer.name)
        labels.undo(session, visit.officer.name, None, visit.now)
        record(session, visit.officer.name, "undone", f"batch:{last.batch if last else ''}", now=visit.now)
        return labels.group_of(session, last.batch) if last else None


async def _doing(office: Office, visit: Visit, number: Optional[int], deed: Callable[..., Optional[int]],
                 *arguments: Any) -> HTTPResponse:
    """Does it and goes on to the next; what is refused is said on the page."""
    try:
        after = await office.do(deed, *arguments)
    except TrainingError as error:
        return await _page(office, visit, number, str(error))
    return redirect(f"{AT}/{after}" if after is not None else AT, status=303)


ROUTES = [
    Route("/labelling", _next, may="teach"), Route("/labelling/<number:int>", _group, may="teach"),
    Route("/labelling/<number:int>", _decide, "POST", "teach"), Route("/labelling/undo", _undo, "POST", "teach"),
]
