"""The answer book at the desk: find, change with a preview, add; what is due, and what a change of law touches."""

from __future__ import annotations

from typing import Any, Dict, List

from sanic.response import HTTPResponse, redirect

from bot.settings import DATA
from bot.training import answer_book
from bot.training.answer_book import Entry
from bot.training.applying import alone
from bot.training.database import log
from bot.training.errors import TrainingError
from messages.database import writing
from web.desk import labelling
from web.desk.deeds import of_words, record
from web.desk.errors import Missing
from web.desk.guard import Route, Visit
from web.desk.office import Office

MOST = 60
ABOUT = ("law", "in_force", "review", "owner")


async def _list(office: Office, visit: Visit) -> HTTPResponse:
    asked, law = visit.request.args.get("words", ""), visit.request.args.get("law", "")
    every = await office.do(answer_book.entries, DATA)
    today = office.clock.today()
    due = sorted((e for e in every if e.due(today)), key=lambda e: (e.owner, e.review))
    found = [e for e in every if e.touched_by(law)] if law else [e for e in every if e.mentions(asked)] if asked else []
    return office.page("book.html", visit=visit, words=asked, law=law, found=found, due=due, every=len(every),
                       said=visit.request.args.get("said", ""), most=MOST, today=today.isoformat())


async def _one(office: Office, visit: Visit, topic: str, question: str) -> HTTPResponse:
    entry = _find(await office.do(answer_book.entries, DATA), f"{topic}/{question}")
    return _edit(office, visit, entry, "")


def _edit(office: Office, visit: Visit, entry: Entry, wrong: str) -> HTTPResponse:
    unknown = office.sentences.unknown(entry.text)
    preview = entry.text if unknown else office.sentences.filled(entry.text)
    return office.page("book_entry.html", visit=visit, entry=entry, preview=preview, wrong=wrong, said="",
                       words=office.sentences.words)


async def _save(office: Office, visit: Visit, topic: str, question: str) -> HTTPResponse:
    old = _find(await office.do(answer_book.entries, DATA), f"{topic}/{question}")
    about = {name: visit.field(name).strip() for name in ABOUT}
    draft = Entry(old.label, old.example, visit.field("text").replace("\r\n", "\n").strip(), *about.values())
    if office.sentences.unknown(draft.text):
        return _edit(office, visit, draft, "placeholder")
    if visit.field("deed") == "preview":
        return _edit(office, visit, draft, "")
    try:
        await office.do(_write, office, visit, draft, about)
    except TrainingError as error:
        return _edit(office, visit, draft, str(error))
    return redirect("/desk/book?said=saved", status=303)


def _write(office: Office, visit: Visit, draft: Entry, about: Dict[str, str]) -> None:
    with alone(), writing(office.engine) as session:
        answer_book.change(labelling.files(), draft.label, draft.text, about)
        _remember(session, visit, "answer_changed", draft.label, draft.text)


async def _new(office: Office, visit: Visit) -> HTTPResponse:
    return await _new_page(office, visit, "")


async def _new_page(office: Office, visit: Visit, wrong: str) -> HTTPResponse:
    every = await office.do(answer_book.entries, DATA)
    drafts = {name: visit.field(name) for name in ("title", "topic", "sentences", "text", "law", "review", "owner")}
    return office.page("book_new.html", visit=visit, wrong=wrong, said="", draft=drafts,
                       topics=sorted({e.label.split("/")[0] for e in every}))


async def _add(office: Office, visit: Visit) -> HTTPResponse:
    if office.sentences.unknown(visit.field("text")):
        return await _new_page(office, visit, "placeholder")
    try:
        await office.do(_write_new, office, visit)
    except TrainingError as error:
        return await _new_page(office, visit, str(error))
    return redirect("/desk/book?said=saved", status=303)


def _write_new(office: Office, visit: Visit) -> None:
    label = labelling.new_label(visit.field("topic"), visit.field("title"))
    about = {name: visit.field(name).strip() for name in ("law", "review", "owner")}
    about["in_force"] = office.clock.today().isoformat()
    with alone(), writing(office.engine) as session:
        text = visit.field("text").replace("\r\n", "\n")
        answer_book.add(labelling.files(), label, visit.field("sentences").splitlines(), text, about)
        _remember(session, visit, "question_added", label, text)


def _remember(session: Any, visit: Visit, deed: str, label: str, text: str) -> None:
    record(session, visit.officer.name, deed, f"answer:{label}", of_words(text), now=visit.now)
    log(session, visit.officer.name, deed, {"label": label}, visit.now)


def _find(every: List[Entry], label: str) -> Entry:
    found = next((entry for entry in every if entry.label == label), None)
    if found is None:
        raise Missing("no such question")
    return found


ROUTES = [Route("/book", _list, may=""), Route("/book/new", _new, may=""), Route("/book/new", _add, "POST", may=""),
          Route("/book/<topic:str>/<question:str>", _one, may=""),
          Route("/book/<topic:str>/<question:str>", _save, "POST", may="")]
