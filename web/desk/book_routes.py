"""The answer book at the desk: find, change with a preview, add; what is due, and what a change of law touches."""

from __future__ import annotations

import datetime
from typing import Any, Dict, List

from sanic.response import HTTPResponse, redirect

from bot.settings import DATA
from bot.training import answer_book
from bot.training.answer_book import Entry
from bot.training.applying import alone
from bot.training.database import log
from bot.training.errors import Refused, TrainingError
from bot.training.titles import titles
from messages.database import reading, writing
from web.desk import labelling, officers
from web.desk.deeds import of_words, record
from web.desk.errors import Missing
from web.desk.guard import Route, Visit
from web.desk.office import Office
from web.desk.seen import SEEN, overtaken, seen

MOST = 60
ABOUT = ("law", "in_force", "review", "owner")
TIME_TO_READ = datetime.timedelta(days=14)


async def _list(office: Office, visit: Visit) -> HTTPResponse:
    return await _list_page(office, visit, "")


async def _list_page(office: Office, visit: Visit, wrong: str) -> HTTPResponse:
    asked, law = visit.request.args.get("words", ""), visit.request.args.get("law", "") or visit.field("law")
    every, today = await office.do(answer_book.entries, DATA), office.clock.today()
    mine, others = await office.do(_due, office, visit)
    found = [e for e in every if e.touched_by(law)] if law else [e for e in every if e.mentions(asked)] if asked else []
    return office.page("book.html", visit=visit, words=asked, law=law, found=found, mine=mine, others=others,
                       every=len(every), said=visit.request.args.get("said", ""), most=MOST, wrong=wrong,
                       today=today.isoformat(), until=(today + TIME_TO_READ).isoformat())


def _due(office: Office, visit: Visit) -> tuple[List[Entry], List[Entry]]:
    """What is due soon: what this officer is reminded of, and the rest. What nobody at the desk owns is everybody's."""
    with reading(office.engine) as session:
        here = {each.name for each in officers.everyone(session) if each.active} - {visit.officer.name}
    today = office.clock.today()
    due = sorted((e for e in answer_book.entries(DATA) if e.due(today)), key=lambda e: (e.review, e.owner, e.label))
    return [e for e in due if e.owner not in here], [e for e in due if e.owner in here]


async def _reminder(office: Office, visit: Visit) -> HTTPResponse:
    mine, _ = await office.do(_due, office, visit)
    return office.page("_due.html", count=len(mine))


async def _preview(office: Office, visit: Visit) -> HTTPResponse:
    text = visit.field("text").replace("\r\n", "\n").strip()
    unknown = office.sentences.unknown(text)
    return office.page("_bubble.html", text=text if unknown else office.sentences.filled(text), unknown=unknown)


async def _law(office: Office, visit: Visit) -> HTTPResponse:
    """A law has changed: what it touches is to be read again by a date."""
    try:
        count = await office.do(_bring_forward, office, visit)
    except TrainingError as error:
        return await _list_page(office, visit, str(error))
    return redirect(f"/desk/book?said={'saved' if count else 'none'}", status=303)


def _bring_forward(office: Office, visit: Visit) -> int:
    law, until = visit.field("law").strip(), visit.field("until").strip()
    with alone(), writing(office.engine) as session:
        count = answer_book.bring_forward(labelling.files(), law, until, office.clock.today())
        if count:
            about = {"law": law[:80], "answers": count, "review": until}
            record(session, visit.officer.name, "law_changed", "answers", about, now=visit.now)
            log(session, visit.officer.name, "law_changed", about, visit.now)
    return count


async def _one(office: Office, visit: Visit, topic: str, question: str) -> HTTPResponse:
    entry = _find(await office.do(answer_book.entries, DATA), f"{topic}/{question}")
    return await _edit(office, visit, entry, "", _seen(entry))


def _seen(entry: Entry) -> str:
    return seen(entry.text, entry.law, entry.in_force, entry.review, entry.owner)


async def _edit(office: Office, visit: Visit, entry: Entry, wrong: str, then: str) -> HTTPResponse:
    unknown = office.sentences.unknown(entry.text)
    preview = entry.text if unknown else office.sentences.filled(entry.text)
    return office.page("book_entry.html", visit=visit, entry=entry, preview=preview, unknown=unknown, wrong=wrong,
                       seen=then, said="", words=office.sentences.words, owners=await office.do(_owners, office),
                       today=office.clock.today().isoformat())


def _owners(office: Office) -> List[str]:
    with reading(office.engine) as session:
        here = {each.name for each in officers.everyone(session) if each.active}
    return sorted(here | {entry.owner for entry in answer_book.entries(DATA) if entry.owner})


async def _save(office: Office, visit: Visit, topic: str, question: str) -> HTTPResponse:
    old = _find(await office.do(answer_book.entries, DATA), f"{topic}/{question}")
    about = {name: visit.field(name).strip() for name in ABOUT}
    draft = Entry(old.label, old.example, visit.field("text").replace("\r\n", "\n").strip(), *about.values())
    if office.sentences.unknown(draft.text):
        return await _edit(office, visit, draft, "placeholder", visit.field(SEEN))
    if overtaken(visit.field(SEEN), _seen(old)):
        return await _edit(office, visit, draft, SEEN, _seen(old))
    try:
        await office.do(_write, office, visit, draft, about)
    except TrainingError as error:
        return await _edit(office, visit, draft, str(error), visit.field(SEEN))
    return redirect("/desk/book?said=saved", status=303)


def _write(office: Office, visit: Visit, draft: Entry, about: Dict[str, str]) -> None:
    with alone(), writing(office.engine) as session:
        answer_book.change(labelling.files(), draft.label, draft.text, about)
        _remember(session, visit, "answer_changed", draft.label, draft.text)


async def _new(office: Office, visit: Visit) -> HTTPResponse:
    return await _new_page(office, visit, "")


async def _new_page(office: Office, visit: Visit, wrong: str) -> HTTPResponse:
    called = await office.do(titles, DATA)
    drafts = {name: visit.field(name) for name in ("title", "topic", "sentences", "text", "law", "review", "owner")}
    every = await office.do(answer_book.entries, DATA)
    return office.page("book_new.html", visit=visit, wrong=wrong, said="", draft=drafts, called=called,
                       topics={name: called.get(name, name) for name in sorted({e.label.split("/")[0] for e in every})},
                       owners=await office.do(_owners, office))


async def _add(office: Office, visit: Visit) -> HTTPResponse:
    try:
        await office.do(_write_new, office, visit)
    except TrainingError as error:
        return await _new_page(office, visit, str(error))
    return redirect("/desk/book?said=saved", status=303)


def _write_new(office: Office, visit: Visit) -> None:
    if office.sentences.unknown(visit.field("text")):
        raise Refused("placeholder")
    if not visit.field("topic"):
        raise Refused("title")
    label = labelling.new_label(visit.field("topic"), visit.field("title"))
    about = {name: visit.field(name).strip() for name in ("law", "review", "owner")}
    about["in_force"] = office.clock.today().isoformat()
    with alone(), writing(office.engine) as session:
        text = visit.field("text").replace("\r\n", "\n")
        answer_book.add(labelling.files(), label, labelling.lines_of(visit.field("sentences")), text, about,
                        labelling.held_out())
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
          Route("/book/due", _reminder, may="", active=False), Route("/book/preview", _preview, "POST", may=""),
          Route("/book/law", _law, "POST", may=""), Route("/book/<topic:str>/<question:str>", _one, may=""),
          Route("/book/<topic:str>/<question:str>", _save, "POST", may="")]
