"""The week as maintainers and leads read it: what was answered, what moved, new words, what teaching brought."""

from __future__ import annotations

from typing import Any, List, Optional, Tuple

from sanic.response import HTTPResponse, redirect

from bot.settings import DATA
from bot.training import answer_book, jobs, weekly
from bot.training.applying import alone
from bot.training.database import log
from bot.training.errors import TrainingError
from bot.training.titles import titles
from bot.training.weekly import Week
from messages.database import writing
from web.desk.deeds import record
from web.desk.errors import Missing
from web.desk.guard import Route, Visit
from web.desk.office import Office


async def _page(office: Office, visit: Visit) -> HTTPResponse:
    return await _show(office, visit, None)


async def _one(office: Office, visit: Visit, name: str) -> HTTPResponse:
    return await _show(office, visit, name)


async def _show(office: Office, visit: Visit, wanted: Optional[str]) -> HTTPResponse:
    week, kept, called, work = await office.do(_look, wanted)
    if wanted is not None and week is None:
        raise Missing("no such week")
    return office.page("week.html", visit=visit, week=week, kept=kept, called=called, work=work,
                       due=await office.do(_due, office), said=visit.request.args.get("said", ""),
                       shown=wanted or (kept[0] if kept else ""))


def _look(name: Optional[str]) -> Tuple[Optional[Week], List[str], Any, Any]:
    kept = weekly.weeks()
    wanted = name or (kept[0] if kept else "")
    return weekly.read_week(wanted), kept[:10], titles(DATA), jobs.latest(jobs.TEACH)


def _due(office: Office) -> int:
    today = office.clock.today()
    return sum(entry.due(today) for entry in answer_book.entries(DATA))


async def _add_word(office: Office, visit: Visit) -> HTTPResponse:
    said = await office.do(_keep_word, office, visit)
    return redirect(f"/desk/week?said={said}", status=303)


def _keep_word(office: Office, visit: Visit) -> str:
    word = visit.field("word")
    try:
        with alone(), writing(office.engine) as session:
            weekly.add_word(DATA, word)
            log(session, visit.officer.name, "word_added", {"word": word}, visit.now)
            record(session, visit.officer.name, "word_added", "data", {"word": word}, now=visit.now)
    except TrainingError:
        return "word_there"
    return "saved"


ROUTES = [Route("/week", _page, may="compare"), Route("/week/words", _add_word, "POST", "teach"),
          Route("/week/<name:str>", _one, may="compare")]
