"""Announcements at the desk: written with pictures, seen as on a phone, published on the page, taken off again."""

from __future__ import annotations

import datetime
from typing import Any, Dict, List

from sanic.response import HTTPResponse, raw, redirect

from messages import publications, pushes
from messages.database import reading, writing
from messages.pushes import Push, packed
from traffic import articles, photos
from traffic.announcements import Announcement
from traffic.errors import ArticleError, BulletinError, PhotoRefused
from web.article_looks import look_word
from web.desk import phones
from web.desk.database import records
from web.desk.deeds import of_words, record
from web.desk.errors import Missing
from web.desk.guard import Route, Visit
from web.desk.moments import moment, written
from web.desk.office import Office
from web.desk.seen import SEEN, overtaken, seen

CHANNEL = "wechat"
MOST_PICTURES = 6


async def _list(office: Office, visit: Visit) -> HTTPResponse:
    every = await office.do(_everything, office)
    return office.page("articles.html", visit=visit, every=every, now=visit.now,
                       said=visit.request.args.get("said", ""))


def _everything(office: Office) -> List[Any]:
    with reading(office.engine) as session, records(session) as traffic:
        return [(row, articles.article_of(traffic, row.id)) for row in articles.everything(traffic)]


async def _new(office: Office, visit: Visit) -> HTTPResponse:
    return _form(office, visit, 0, {"topic": "notice", "title": "", "body": "", "pictures": [], "seen": ""}, "")


def _form(office: Office, visit: Visit, number: int, values: Dict[str, Any], wrong: str, status: int = 200,
          row: Announcement | None = None, history: Any = None, typed: tuple[str, str] | None = None) -> HTTPResponse:
    """`typed` are the moments from when and until when, where they were refused."""
    starts, until = typed or (written(row.published_at if row and row.published_at else visit.now),
                              written(row.ends_at if row else None))
    shown = articles.parts(values["body"], len(values["pictures"]))
    return office.page("article.html", status, visit=visit, history=history, number=number, wrong=wrong, row=row,
                       topics=articles.TOPICS, parts=shown, now=visit.now, starts=starts, until=until,
                       said=visit.request.args.get("said", ""), **values)


async def _one(office: Office, visit: Visit, number: int) -> HTTPResponse:
    row, pictures = await office.do(_find, office, number)
    history = await office.do(_latest, office, number)
    return _form(office, visit, number, _values(row, pictures), visit.request.args.get("wrong", ""), row=row,
                 history=history)


def _values(row: Announcement, pictures: List[str]) -> Dict[str, Any]:
    return {"topic": row.topic, "title": row.title, "body": row.body, "pictures": pictures,
            "seen": _seen(row, pictures)}


def _seen(row: Announcement, pictures: List[str]) -> str:
    return seen(row.topic, row.title, row.body, pictures)


def _latest(office: Office, number: int) -> Any:
    with reading(office.engine) as session:
        return publications.latest(session, number)


def _find(office: Office, number: int) -> tuple[Announcement, List[str]]:
    with reading(office.engine) as session, records(session) as traffic:
        try:
            row = articles.written(traffic, number)
        except ArticleError:
            raise Missing("no such announcement") from None
        article = articles.article_of(traffic, number)
        return row, list(article.pictures) if article else []


async def _add(office: Office, visit: Visit) -> HTTPResponse:
    return await _save(office, visit, 0)


async def _change(office: Office, visit: Visit, number: int) -> HTTPResponse:
    return await _save(office, visit, number)


async def _save(office: Office, visit: Visit, number: int) -> HTTPResponse:
    kept = (await office.do(_find, office, number))[1] if number else []
    chosen = [path for path in kept if f"drop:{path}" not in (visit.request.form or {})]
    values = {"topic": visit.field("topic"), "title": visit.field("title"), "body": visit.field("body")}
    try:
        pictures = [*chosen, *await office.do(_pictures, visit)][:MOST_PICTURES]
        saved = await office.do(_keep, office, visit, number, values, pictures)
    except (ArticleError, PhotoRefused) as error:
        wrong = getattr(error, "field", "picture")
        return await _again(office, visit, number, {**values, "pictures": chosen}, wrong)
    return redirect(f"/desk/articles/{saved}?said=kept", status=303)


async def _again(office: Office, visit: Visit, number: int, values: Dict[str, Any], wrong: str) -> HTTPResponse:
    """The form as it was sent; who was overtaken has now been told."""
    row, pictures = await office.do(_find, office, number) if number else (None, [])
    then = _seen(row, pictures) if row and wrong == SEEN else visit.field(SEEN)
    history = await office.do(_latest, office, number) if number else None
    return _form(office, visit, number, {**values, "seen": then}, wrong, 400, row=row, history=history)


def _pictures(visit: Visit) -> List[str]:
    """The uploaded files, cleaned and kept. Raises PhotoRefused."""
    files = (visit.request.files or {}).get("pictures", []) if visit.request.files else []
    uploads = visit.request.files.getlist("pictures") if files and visit.request.files else []
    return [photos.keep(photos.clean_photo(file.body)) for file in uploads[:MOST_PICTURES] if file.body]


def _keep(office: Office, visit: Visit, number: int, values: Dict[str, str], pictures: List[str]) -> int:
    if number and overtaken(visit.field(SEEN), _seen(*_find(office, number))):
        raise ArticleError(SEEN)
    with writing(office.engine) as session:
        with records(session) as traffic:
            row = articles.save(traffic, number or None, values["topic"], values["title"],
                                values["body"].replace("\r\n", "\n"), pictures, visit.officer.name, visit.now)
            saved = row.id
        record(session, visit.officer.name, "article_written", f"article:{saved}", of_words(values["body"]),
               now=visit.now)
    return saved


async def _publish(office: Office, visit: Visit, number: int) -> HTTPResponse:
    try:
        starts = moment(visit.field("starts"), "starts") or visit.now
        until = moment(visit.field("until"), "until")
        await office.do(_show, office, visit, number, starts, until)
    except (BulletinError, ArticleError):
        row, pictures = await office.do(_find, office, number)
        return _form(office, visit, number, _values(row, pictures), "until", 400, row,
                     await office.do(_latest, office, number), (visit.field("starts"), visit.field("until")))
    return redirect(f"/desk/articles/{number}?said=shown", status=303)


def _show(office: Office, visit: Visit, number: int, starts: datetime.datetime,
          until: datetime.datetime | None) -> None:
    with writing(office.engine) as session:
        with records(session) as traffic:
            articles.publish(traffic, number, starts, until)
        record(session, visit.officer.name, "article_published", f"article:{number}", now=visit.now)


async def _preview(office: Office, visit: Visit, number: int) -> HTTPResponse:
    shown = await office.do(_show_first, office, visit, number)
    return redirect(f"/desk/articles/{number}?{'said=article_previewed' if shown else 'wrong=phone'}", status=303)


def _show_first(office: Office, visit: Visit, number: int) -> bool:
    """The card and the page on the officer's own phone; False when it isn't registered, or nobody said our address."""
    row, pictures = _find(office, number)
    word = look_word(office.secret, number, office.clock.today())
    page, now = f"{office.settings.pages_address}/h5/articles/{number}/draft/{word}", visit.now
    parts = articles.parts(row.body, len(pictures))
    fields = {"title": row.title, **({"picture": f"{page}/pictures/1", "article": packed(parts, pictures)}
                                     if pictures else {})}
    with writing(office.engine) as session:
        phone = phones.registered(session).get(visit.officer.name)
        if phone is None or not office.settings.pages_address:
            return False
        first = next((text for text, _ in parts if text), row.title)
        pushes.plan(session, CHANNEL, phone, Push(f"article:{number}:{now.timestamp():.3f}", "preview",
                                                  first if pictures else row.title, fields, page), now)
        record(session, visit.officer.name, "article_previewed", f"article:{number}", now=now)
    return True


async def _history(office: Office, visit: Visit, number: int) -> HTTPResponse:
    await office.do(_want, office, visit, number)
    return redirect(f"/desk/articles/{number}?said=history", status=303)


def _want(office: Office, visit: Visit, number: int) -> None:
    row, pictures = _find(office, number)
    with writing(office.engine) as session:
        publications.want(session, CHANNEL, number, row.title, visit.officer.name,
                          articles.parts(row.body, len(pictures)), pictures, visit.now)
        record(session, visit.officer.name, "article_to_history", f"article:{number}", now=visit.now)


async def _withdraw(office: Office, visit: Visit, number: int) -> HTTPResponse:
    await office.do(_hide, office, visit, number)
    return redirect(f"/desk/articles/{number}?said=withdrawn", status=303)


def _hide(office: Office, visit: Visit, number: int) -> None:
    with writing(office.engine) as session:
        with records(session) as traffic:
            try:
                articles.withdraw(traffic, number)
            except ArticleError:
                raise Missing("no such announcement") from None
        record(session, visit.officer.name, "article_withdrawn", f"article:{number}", now=visit.now)


async def _picture(office: Office, visit: Visit, number: int, place: int) -> HTTPResponse:
    _, pictures = await office.do(_find, office, number)
    data = await office.do(photos.read, pictures[place - 1]) if 1 <= place <= len(pictures) else None
    if data is None:
        raise Missing("no such picture")
    return raw(data, content_type="image/jpeg")


ROUTES = [
    Route("/articles", _list, may="supervise"),
    Route("/articles/new", _new, may="supervise"),
    Route("/articles", _add, "POST", may="supervise"),
    Route("/articles/<number:int>", _one, may="supervise"),
    Route("/articles/<number:int>", _change, "POST", may="supervise"),
    Route("/articles/<number:int>/publish", _publish, "POST", may="supervise"),
    Route("/articles/<number:int>/preview", _preview, "POST", may="supervise"),
    Route("/articles/<number:int>/history", _history, "POST", may="supervise"),
    Route("/articles/<number:int>/withdraw", _withdraw, "POST", may="supervise"),
    Route("/articles/<number:int>/pictures/<place:int>", _picture, may="supervise"),
]
