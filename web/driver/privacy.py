"""One's own data: see what is kept, take it along (JSON, ZIP), have it deleted."""

from __future__ import annotations

import datetime
import io
import json
import zipfile
from typing import Any, Dict, List

from sanic.response import HTTPResponse, raw
from sqlalchemy.engine import Engine

from messages import desk, erasure
from messages.database import reading, writing
from traffic.privacy import data_of, forget, written
from web.desk import erasure as desk_erasure
from web.desk.database import records
from web.driver.guard import Route, Visit, drop_session
from web.driver.hall import Hall

CHANNEL = "wechat"  # these pages are opened from there alone
NAME = "weijing-data"
MOST_LINES = 100_000
Data = Dict[str, List[Dict[str, Any]]]


async def _privacy(hall: Hall, visit: Visit) -> HTTPResponse:
    return hall.page("privacy.html", visit=visit, data=await hall.do(everything_of, hall.engine, visit.subscriber))


async def _export(hall: Hall, visit: Visit, kind: str) -> HTTPResponse:
    text = json.dumps(await hall.do(everything_of, hall.engine, visit.subscriber), ensure_ascii=False, indent=2)
    name = f"{NAME}-{hall.today().isoformat()}.{kind}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    if kind == "zip":
        return raw(_zipped(f"{NAME}.json", text), content_type="application/zip", headers=headers)
    return raw(text.encode(), content_type="application/json; charset=utf-8", headers=headers)


async def _json(hall: Hall, visit: Visit) -> HTTPResponse:
    return await _export(hall, visit, "json")


async def _zip(hall: Hall, visit: Visit) -> HTTPResponse:
    return await _export(hall, visit, "zip")


def _zipped(name: str, text: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(name, text)
    return file.getvalue()


async def _ask_delete(hall: Hall, visit: Visit) -> HTTPResponse:
    return hall.page("delete.html", visit=visit)


async def _delete(hall: Hall, visit: Visit) -> HTTPResponse:
    await hall.do(forget_everything, hall.engine, visit.subscriber, visit.now)
    gone = hall.page("deleted.html")
    drop_session(gone)
    return gone


def everything_of(engine: Engine, subscriber: str) -> Data:
    """What the records keep, and what was said in the chat."""
    with reading(engine) as connection:
        said = [{"at": written(line.at), "side": line.side, "text": line.text}
                for line in desk.story(connection, CHANNEL, subscriber, MOST_LINES) if line.text]
        with records(connection) as session:
            return {**data_of(session, subscriber), "messages": said}


def forget_everything(engine: Engine, subscriber: str, now: datetime.datetime) -> None:
    """Deletes it here at once, all or nothing; the rooms that this process doesn't know follow within a minute."""
    with writing(engine) as connection:
        erasure.demand(connection, CHANNEL, subscriber, now)
        desk_erasure.erase(connection, CHANNEL, subscriber)
        with records(connection) as session:
            forget(session, subscriber, now=now)


ROUTES = [
    Route("/privacy", _privacy), Route("/privacy/export.json", _json), Route("/privacy/export.zip", _zip),
    Route("/privacy/delete", _ask_delete), Route("/privacy/delete", _delete, "POST"),
]
