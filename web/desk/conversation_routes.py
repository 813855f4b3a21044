"""A conversation's page and what one does there."""

from __future__ import annotations

from sanic.response import HTTPResponse, html, raw, redirect

from messages import desk
from messages.database import reading, writing
from web.desk import conversations, facts, pictures, view
from web.desk.conversations import Key, subject_of
from web.desk.deeds import record
from web.desk.errors import BadText
from web.desk.guard import Route, Visit
from web.desk.office import Office
from web.desk.queue import Lists, sorted_for
from web.seals import new_token

AT = "/conversations/<channel:str>/<driver:str>"


async def _page(office: Office, visit: Visit, channel: str, driver: str) -> HTTPResponse:
    moving, standing, lists = await office.do(_look, office, visit, (channel, driver))
    return office.page("conversation.html", visit=visit, key=(channel, driver), here=(channel, driver), lists=lists,
                       moving=moving, standing=standing, form=new_token(), text="", wrong="",
                       said=visit.request.args.get("said", ""))


def _look(office: Office, visit: Visit, key: Key) -> tuple[view.Moving, view.Standing, Lists]:
    with writing(office.engine) as session:
        moving = view.moving(session, office.book, visit.officer, key, visit.now)
        standing = view.standing(session, office.sentences, visit.officer, key, visit.now)
        record(session, visit.officer.name, "looked", subject_of(key), now=visit.now)
        return moving, standing, sorted_for(visit.officer, desk.entries(session))


async def _claim(office: Office, visit: Visit, channel: str, driver: str) -> HTTPResponse:
    key = (channel, driver)
    got = await office.do(conversations.claim, office.engine, visit.officer, key, visit.now)
    return _to(key) if got else redirect("/desk/?said=taken", status=303)


async def _take_over(office: Office, visit: Visit, channel: str, driver: str) -> HTTPResponse:
    key = (channel, driver)
    got = await office.do(conversations.take_over, office.engine, visit.officer, key, visit.now)
    return _to(key) if got else redirect("/desk/?said=gone", status=303)


async def _answer(office: Office, visit: Visit, channel: str, driver: str) -> HTTPResponse:
    key, wrong = (channel, driver), ""
    text, form = visit.field("text"), visit.field("form")
    try:
        await office.do(conversations.answer, office.engine, office.sentences, visit.officer, key, text, form,
                        visit.now)
        text, form = "", new_token()
    except BadText as error:
        wrong = error.why
    if not visit.by_htmx and not wrong:
        return _to(key)
    moving, standing = await office.do(_below, office, visit, key)
    return office.page("_compose.html", visit=visit, key=key, moving=moving, standing=standing, form=form, text=text,
                       wrong=wrong)


def _below(office: Office, visit: Visit, key: Key) -> tuple[view.Moving, view.Standing]:
    with reading(office.engine) as session:
        return (view.moving(session, office.book, visit.officer, key, visit.now),
                view.standing(session, office.sentences, visit.officer, key, visit.now))


async def _note(office: Office, visit: Visit, channel: str, driver: str) -> HTTPResponse:
    key = (channel, driver)
    await office.do(conversations.note, office.engine, visit.officer, key, visit.field("text"), visit.now)
    return office.page("_note.html", visit=visit, key=key) if visit.by_htmx else _to(key)


async def _end(office: Office, visit: Visit, channel: str, driver: str) -> HTTPResponse:
    await office.do(conversations.end, office.engine, office.sentences, visit.officer, (channel, driver),
                    visit.field("ending"), visit.now)
    return redirect("/desk/?said=ended", status=303)


async def _pass(office: Office, visit: Visit, channel: str, driver: str) -> HTTPResponse:
    await office.do(conversations.pass_on, office.engine, visit.officer, (channel, driver), visit.field("colleague"),
                    visit.now)
    return redirect("/desk/?said=passed", status=303)


async def _send_picture(office: Office, visit: Visit, channel: str, driver: str) -> HTTPResponse:
    key, sent = (channel, driver), (visit.request.files or {}).get("picture")
    wrong = "" if sent and sent.body else "photo_none"
    try:
        if sent and sent.body:
            await office.do(pictures.send, office.engine, visit.officer, key, sent.body, visit.field("form"), visit.now)
    except BadText as error:
        wrong = error.why
    return redirect(f"/desk/conversations/{channel}/{driver}" + (f"?said={wrong}" if wrong else ""), status=303)


async def _picture(office: Office, visit: Visit, channel: str, driver: str, line: str) -> HTTPResponse:
    data = await office.do(pictures.shown, office.engine, visit.officer, (channel, driver), line)
    return raw(data, content_type="image/jpeg", headers={"Cache-Control": "private, max-age=3600"})


async def _plate(office: Office, visit: Visit, channel: str, driver: str, vehicle: int) -> HTTPResponse:
    plate = await office.do(facts.open_plate, office.engine, visit.officer, (channel, driver), vehicle, visit.now)
    return html(office.fragment("_plate.html", plate=plate))


def _to(key: Key) -> HTTPResponse:
    return redirect(f"/desk/conversations/{key[0]}/{key[1]}", status=303)


ROUTES = [
    Route(AT, _page),
    Route(f"{AT}/claim", _claim, "POST"),
    Route(f"{AT}/take-over", _take_over, "POST", may="supervise"),
    Route(f"{AT}/answer", _answer, "POST"),
    Route(f"{AT}/note", _note, "POST"),
    Route(f"{AT}/end", _end, "POST"),
    Route(f"{AT}/pass", _pass, "POST"),
    Route(f"{AT}/pictures", _send_picture, "POST"),
    Route(f"{AT}/pictures/<line:str>", _picture),
    Route(f"{AT}/vehicles/<vehicle:int>", _plate, "POST"),
]
