"""The change that labels make in the files, to read and to write; and second opinions before it."""

from __future__ import annotations

import uuid
from typing import Any, Dict, List, Tuple

from sanic.response import HTTPResponse, redirect

from bot.training import labels
from bot.training.applying import Change, apply, planned
from bot.training.errors import TrainingError
from messages.database import reading, writing
from web.desk import labelling
from web.desk.deeds import record
from web.desk.guard import Route, Visit
from web.desk.office import Office

USUAL = ("emergency", "report_minor_accident", "file_complaint", "out_of_scope", "request_human")
MOST_KEYS = 9  # a colleague can't know of new questions, so they stand beside the usual ones
AT = "/desk/labelling"


async def _seconds(office: Office, visit: Visit) -> HTTPResponse:
    found = await office.do(_look_second, office, visit)
    return office.page("labelling_second.html", visit=visit, said="", **found)


def _look_second(office: Office, visit: Visit) -> Dict[str, Any]:
    with reading(office.engine) as session:
        proposed = labels.proposed(session)
        choices = labelling.choices(proposed)
        return {"usual": [*USUAL, *proposed][:MOST_KEYS], "agreed": labels.agreement(session),
                "waiting": labels.for_second(session, visit.officer.name), "choices": choices,
                "known": {each.label: each.title for each in choices}}


async def _second(office: Office, visit: Visit, number: int) -> HTTPResponse:
    await office.do(_keep_second, office, visit, number)
    return redirect(f"{AT}/second", status=303)


def _keep_second(office: Office, visit: Visit, number: int) -> None:
    label = visit.field("label").strip()
    try:
        with writing(office.engine) as session:
            if label in {each.label for each in labelling.choices(labels.proposed(session))}:
                labels.second(session, visit.officer.name, number, label, visit.now)
                record(session, visit.officer.name, "second_opinion", f"label:{number}", now=visit.now)
    except TrainingError:
        return  # a colleague was faster: the page shows who waits now


async def _change(office: Office, visit: Visit) -> HTTPResponse:
    change, called, seconds = await office.do(_plan, office, visit)
    return office.page("labelling_change.html", visit=visit, change=change, diff=_lines(change), called=called,
                       seconds=seconds,
                       said=visit.request.args.get("said", ""))


def _plan(office: Office, visit: Visit) -> Tuple[Change, Dict[str, str], Dict[str, int]]:
    with reading(office.engine) as session:
        called = {each.label: each.title for each in labelling.choices(labels.proposed(session))}
        change = planned(session, labelling.files(), labelling.held_out(), visit.now)
        return change, called, labelling.for_colleagues(session, list(change.thin))


def _lines(change: Change) -> List[Tuple[str, str]]:
    kinds = {"+": "added", "-": "gone", "@": "place"}
    return [("file" if line[:3] in ("+++", "---") else kinds.get(line[:1], ""), line)
            for line in change.files.diff().splitlines()]


async def _apply(office: Office, visit: Visit) -> HTTPResponse:
    written = await office.do(_write, office, visit)
    return redirect("/desk/models?said=applied" if written else f"{AT}/change", status=303)


def _write(office: Office, visit: Visit) -> bool:
    with writing(office.engine) as session:
        change = apply(session, labelling.files(), labelling.held_out(), visit.officer.name, visit.now)
        record(session, visit.officer.name, "labels_applied", "data", {"sentences": len(change.taken)}, now=visit.now)
        return bool(change.taken or change.answers)


async def _add(office: Office, visit: Visit) -> HTTPResponse:
    await office.do(_add_sentences, office, visit)
    return redirect(f"{AT}/change", status=303)


def _add_sentences(office: Office, visit: Visit) -> None:
    """Sentences of a maintainer's own for a new question that has too few."""
    label, lines = visit.field("label"), labelling.lines_of(visit.field("also"))
    with writing(office.engine) as session:
        if label in labels.proposed(session):
            count = labels.add_written(session, visit.officer.name, 0, label, lines, uuid.uuid4().hex, visit.now)
            record(session, visit.officer.name, "sentences_written", f"label:{label}", {"count": count},
                   now=visit.now)


ROUTES = [
    Route("/labelling/second", _seconds, may="teach"),
    Route("/labelling/second/<number:int>", _second, "POST", "teach"),
    Route("/labelling/change", _change, may="teach"), Route("/labelling/change", _apply, "POST", "teach"),
    Route("/labelling/write", _add, "POST", "teach"),
]
