"""The maintainers' pages: what would teach the bot, second opinions, the change in the files."""

from __future__ import annotations

import sys
from typing import Any, Callable, Dict, List, Optional

from sanic.response import HTTPResponse, redirect

from bot.settings import ROOT
from bot.training import labels
from bot.training.applying import Change, apply, planned
from bot.training.errors import TrainingError
from messages.database import reading, writing
from web.desk import labelling
from web.desk.deeds import record
from web.desk.errors import Missing
from web.desk.guard import Route, Visit
from web.desk.office import Office

SHOWN = 25


async def _next(office: Office, visit: Visit) -> HTTPResponse:
    return await _page(office, visit, None)


async def _group(office: Office, visit: Visit, number: int) -> HTTPResponse:
    return await _page(office, visit, number)


async def _page(office: Office, visit: Visit, number: Optional[int], wrong: str = "") -> HTTPResponse:
    found = await office.do(_look, office, visit, number)
    return office.page("labelling.html", visit=visit, wrong=wrong, said=visit.request.args.get("said", ""),
                       entities=labelling.ENTITIES, **found)


def _look(office: Office, visit: Visit, number: Optional[int]) -> Dict[str, Any]:
    known = labelling.examples()
    with reading(office.engine) as session:
        groups = labels.open_groups(session, SHOWN)
        try:
            wanted = number if number is not None else groups[0].id if groups else None
            group = labels.group(session, wanted) if wanted is not None else None
        except TrainingError:
            raise Missing("this group is gone") from None
        waiting = labels.for_second(session, visit.officer.name)
        return {"groups": groups, "group": group, "counts": labels.counts(session), "known": known,
                "waiting": len(waiting), "topics": labelling.topics(list(known))}


async def _decide(office: Office, visit: Visit, number: int) -> HTTPResponse:
    return await _doing(office, visit, number, _keep, office, visit, number)


def _keep(office: Office, visit: Visit, number: int) -> None:
    title, topic, label = visit.field("title"), visit.field("topic"), visit.field("label").strip()
    answer = {name: visit.field(name).strip() for name in ("text", "law", "owner", "review")} if title else {}
    meant = labelling.new_label(topic, title) if title else "" if label == "ignore" else label
    if not title and not label:
        raise TrainingError("unknown")
    with writing(office.engine) as session:
        labelling.decide(session, visit.officer.name, number, meant, visit.request.form, answer, visit.now)
        record(session, visit.officer.name, "labelled", f"group:{number}", {"label": meant}, now=visit.now)


async def _undo(office: Office, visit: Visit) -> HTTPResponse:
    return await _doing(office, visit, None, _take_back, office, visit)


def _take_back(office: Office, visit: Visit) -> None:
    with writing(office.engine) as session:
        labels.undo(session, visit.officer.name, None, visit.now)


async def _doing(office: Office, visit: Visit, number: Optional[int], deed: Callable[..., None],
                 *arguments: Any) -> HTTPResponse:
    """Does it and goes on to the next; what is refused is said on the page."""
    try:
        await office.do(deed, *arguments)
    except TrainingError as error:
        return await _page(office, visit, number, str(error))
    return redirect("/desk/labelling", status=303)


async def _seconds(office: Office, visit: Visit) -> HTTPResponse:
    waiting, agreed = await office.do(_look_second, office, visit)
    return office.page("labelling_second.html", visit=visit, waiting=waiting, agreed=agreed, said="",
                       known=labelling.examples())


def _look_second(office: Office, visit: Visit) -> tuple[List[labels.Label], labels.Agreement]:
    with reading(office.engine) as session:
        return labels.for_second(session, visit.officer.name), labels.agreement(session)


async def _second(office: Office, visit: Visit, number: int) -> HTTPResponse:
    await office.do(_keep_second, office, visit, number)
    return redirect("/desk/labelling/second", status=303)


def _keep_second(office: Office, visit: Visit, number: int) -> None:
    label = visit.field("label").strip()
    if label not in labelling.examples():
        return
    try:
        with writing(office.engine) as session:
            labels.second(session, visit.officer.name, number, label, visit.now)
    except TrainingError:
        return  # a colleague was faster: the page shows who waits now


async def _change(office: Office, visit: Visit) -> HTTPResponse:
    change = await office.do(_plan, office, visit)
    return office.page("labelling_change.html", visit=visit, change=change, diff=_lines(change),
                       said=visit.request.args.get("said", ""))


def _plan(office: Office, visit: Visit) -> Change:
    with reading(office.engine) as session:
        return planned(session, labelling.files(), labelling.held_out(), visit.now)


def _lines(change: Change) -> List[tuple[str, str]]:
    kinds = {"+": "added", "-": "gone", "@": "place"}
    return [("file" if line[:3] in ("+++", "---") else kinds.get(line[:1], ""), line)
            for line in change.files.diff().splitlines()]


async def _apply(office: Office, visit: Visit) -> HTTPResponse:
    await office.do(_write, office, visit)
    return redirect("/desk/labelling/change?said=saved", status=303)


def _write(office: Office, visit: Visit) -> None:
    with writing(office.engine) as session:
        change = apply(session, labelling.files(), labelling.held_out(), visit.officer.name, visit.now)
        record(session, visit.officer.name, "labels_applied", "data", {"sentences": len(change.taken)}, now=visit.now)


async def _gather(office: Office, visit: Visit) -> HTTPResponse:
    import asyncio

    # A process of its own: it loads the words of the language, which the pages never need.
    await asyncio.create_subprocess_exec(sys.executable, "-m", "bot.cli", "inbox", "gather", cwd=ROOT,
                                         stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL)
    return redirect("/desk/labelling?said=gathering", status=303)


AT = "/labelling"
ROUTES = [
    Route(AT, _next, may="teach"), Route(f"{AT}/<number:int>", _group, may="teach"),
    Route(f"{AT}/<number:int>", _decide, "POST", "teach"), Route(f"{AT}/undo", _undo, "POST", "teach"),
    Route(f"{AT}/second", _seconds, may="teach"), Route(f"{AT}/second/<number:int>", _second, "POST", "teach"),
    Route(f"{AT}/change", _change, may="teach"), Route(f"{AT}/change", _apply, "POST", "teach"),
    Route(f"{AT}/gather", _gather, "POST", "teach"),
]
