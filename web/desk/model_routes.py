"""From new data to the live model: train and compare, read the comparison, put it live, go back; who did what."""

from __future__ import annotations

import dataclasses
import pathlib
from typing import Any, Callable, Dict, List, Optional, Sequence

from sanic.response import HTTPResponse, file, redirect

from bot.settings import DATA
from bot.training import comparison_page, jobs, labels, loop
from bot.training.database import deeds
from bot.training.errors import TrainingError
from bot.training.jobs import Job
from bot.training.titles import titles
from messages.database import reading, writing
from web.desk.deeds import record
from web.desk.errors import Hidden, Missing
from web.desk.guard import Route, Visit
from web.desk.office import Office

LEAST_REASON = 10
AT = "/desk/models"


@dataclasses.dataclass(frozen=True)
class Work:
    """A job as the page shows it: how far, in percent, by what it took the last time."""

    lane: str
    job: Job
    seconds: int

    @property
    def percent(self) -> int:
        """Never all of it while it runs."""
        by_steps = self.job.done / self.job.total if self.job.total else 0.0
        by_time = self.seconds / self.job.expected if self.job.expected else by_steps
        return round(100 * min(0.97, by_time))


async def _page(office: Office, visit: Visit) -> HTTPResponse:
    return await _show(office, visit, "")


async def _show(office: Office, visit: Visit, wrong: str) -> HTTPResponse:
    standing, log, called = await office.do(_look, office)
    return office.page("models.html", visit=visit, wrong=wrong, said=visit.request.args.get("said", ""), log=log,
                       work=await office.do(_works, visit), standing=standing, called=called, least=LEAST_REASON)


def _look(office: Office) -> tuple[loop.Standing, List[Any], Any]:
    with reading(office.engine) as session:
        called = {**titles(DATA), **{label: title or label for label, title in labels.proposed(session).items()}}
        return loop.standing(), deeds(session, 40), called


def _works(visit: Visit) -> Dict[str, Work]:
    found = {lane: jobs.latest(lane) for lane in (jobs.TEACH, jobs.SWITCH)}
    return {lane: Work(lane, job, job.seconds(visit.now)) for lane, job in found.items() if job}


async def _work(office: Office, visit: Visit) -> HTTPResponse:
    """What the page asks for every two seconds; the whole page anew when it is over."""
    work = await office.do(_works, visit)
    if any(each.job.running for each in work.values()):
        return office.page("_work.html", visit=visit, work=work)
    return HTTPResponse("", headers={"HX-Refresh": "true"})


async def _train(office: Office, visit: Visit) -> HTTPResponse:
    return await _start(office, visit, "train", ["train", "--candidate", "--compare"])


async def _compare(office: Office, visit: Visit, name: str) -> HTTPResponse:
    found = await office.do(_find, name)
    return await _start(office, visit, "compare", ["evaluate", "--against", "live", "--candidate", found.name])


async def _promote(office: Office, visit: Visit, name: str) -> HTTPResponse:
    found, reason = await office.do(_find, name), " ".join(visit.field("reason").split())
    if found.may_go_live:
        return await _start(office, visit, "promote", ["promote", found.name])
    if not visit.officer.may("supervise"):
        raise Hidden("only a lead overrules")
    if len(reason) < LEAST_REASON:
        return await _show(office, visit, "reason")
    return await _start(office, visit, "promote", ["promote", found.name, f"--overrule={reason}"])


async def _rollback(office: Office, visit: Visit) -> HTTPResponse:
    return await _start(office, visit, "rollback", ["rollback"])


async def _gather(office: Office, visit: Visit) -> HTTPResponse:
    return await _start(office, visit, "gather", ["inbox", "gather"], "/desk/labelling")


async def _week(office: Office, visit: Visit) -> HTTPResponse:
    return await _start(office, visit, "weekly", ["inbox", "weekly"], "/desk/week")


async def _start(office: Office, visit: Visit, kind: str, words: Sequence[str], after: str = AT) -> HTTPResponse:
    """The same command as in the terminal, in a process of its own: Rasa stays out of this one."""
    try:
        await office.do(jobs.start, kind, visit.officer.name, [*words, "--by", visit.officer.name])
    except jobs.Busy:
        return redirect(f"{after}?said=busy", status=303)
    await office.do(_note, office, visit, f"asked_{kind}", words[-1] if kind == "promote" else kind)
    return redirect(after, status=303)


def _note(office: Office, visit: Visit, deed: str, what: str) -> None:
    with writing(office.engine) as session:
        record(session, visit.officer.name, deed, "models", {"what": what[:200]}, now=visit.now)


async def _cancel(office: Office, visit: Visit, lane: str) -> HTTPResponse:
    if lane != jobs.TEACH:
        raise Missing("what puts a model live is not broken off halfway")
    await office.do(_end, office, visit, lane)
    return redirect(AT, status=303)


def _end(office: Office, visit: Visit, lane: str) -> None:
    try:
        jobs.cancel(lane, visit.officer.name)
    except TrainingError:
        return  # it ended by itself: the page shows how
    _note(office, visit, "cancelled", lane)


async def _comparison(office: Office, visit: Visit, name: str) -> HTTPResponse:
    found = await office.do(_find, name)
    folder = comparison_page.folder_of(found.name)
    body = await office.do(_body, folder)
    return office.page("comparison.html", visit=visit, model=found, body=body, said="", least=LEAST_REASON,
                       standing=await office.do(loop.standing))


def _body(folder: pathlib.Path) -> Optional[str]:
    return comparison_page.body(folder, base=f"{folder.name}/") if comparison_page.read_comparison(folder) else None


async def _picture(office: Office, visit: Visit, name: str, picture: str) -> HTTPResponse:
    path = comparison_page.folder_of((await office.do(_find, name)).name) / picture
    if picture not in comparison_page.PICTURES or not path.exists():
        raise Missing("no such picture")
    return await file(path, headers={"Cache-Control": "no-store"})


def _find(name: str) -> loop.Model:
    found = loop.model(name)
    if found is None:
        raise Missing("no such model")
    return found


def _route(path: str, handler: Callable[..., Any], method: str = "GET", may: str = "compare",
           active: bool = True) -> Route:
    return Route(f"/models{path}", handler, method, may, active)


ROUTES = [
    _route("", _page), _route("/work", _work, active=False), _route("/train", _train, "POST", "teach"),
    _route("/cancel/<lane:str>", _cancel, "POST"), _route("/rollback", _rollback, "POST"),
    _route("/<name:str>", _comparison), _route("/<name:str>/<picture:str>", _picture),
    _route("/<name:str>/compare", _compare, "POST", "teach"), _route("/<name:str>/promote", _promote, "POST"),
    Route("/labelling/gather", _gather, "POST", "teach"), Route("/week", _week, "POST", "compare"),
]
