"""Canned answers: all officers read them, leads change them."""

from __future__ import annotations

from sanic.response import HTTPResponse, redirect

from messages.database import reading, writing
from web.desk import canned_answers
from web.desk.canned_answers import CannedAnswer
from web.desk.deeds import of_words, record
from web.desk.errors import BadText
from web.desk.guard import Route, Visit
from web.desk.office import Office


async def _list(office: Office, visit: Visit) -> HTTPResponse:
    return await _show(office, visit, visit.request.args.get("said", ""))


async def _show(office: Office, visit: Visit, said: str, wrong: str = "",
                draft: CannedAnswer | None = None) -> HTTPResponse:
    every = await office.do(_read, office)
    filled = {each.id: office.sentences.filled(each.text) for each in every}
    return office.page("canned_answers.html", visit=visit, every=every, filled=filled, said=said, wrong=wrong,
                       draft=draft or CannedAnswer(0, "", ""), words=office.sentences.words)


def _read(office: Office) -> list[CannedAnswer]:
    with reading(office.engine) as session:
        return canned_answers.everything(session)


async def _add(office: Office, visit: Visit) -> HTTPResponse:
    return await _save(office, visit, None)


async def _change(office: Office, visit: Visit, number: int) -> HTTPResponse:
    return await _save(office, visit, number)


async def _save(office: Office, visit: Visit, number: int | None) -> HTTPResponse:
    title, text = visit.field("title"), visit.field("text")
    try:
        await office.do(_keep, office, visit, number, title, text)
    except BadText as error:
        return await _show(office, visit, "", error.why, CannedAnswer(number or 0, title, text))
    return redirect("/desk/canned-answers?said=saved", status=303)


def _keep(office: Office, visit: Visit, number: int | None, title: str, text: str) -> None:
    with writing(office.engine) as session:
        canned_answers.save(session, office.sentences, title, text, number)
        record(session, visit.officer.name, "canned_saved", f"canned:{number or 'new'}", of_words(text), now=visit.now)


async def _remove(office: Office, visit: Visit, number: int) -> HTTPResponse:
    await office.do(_drop, office, visit, number)
    return redirect("/desk/canned-answers?said=saved", status=303)


def _drop(office: Office, visit: Visit, number: int) -> None:
    with writing(office.engine) as session:
        canned_answers.remove(session, number)
        record(session, visit.officer.name, "canned_removed", f"canned:{number}", now=visit.now)


ROUTES = [
    Route("/canned-answers", _list),
    Route("/canned-answers", _add, "POST", may="supervise"),
    Route("/canned-answers/<number:int>", _change, "POST", may="supervise"),
    Route("/canned-answers/<number:int>/remove", _remove, "POST", may="supervise"),
]
