"""Drivers who took their permission back: the web app's process forgets them at the desk and in the records."""

from __future__ import annotations

import asyncio
from typing import Iterable

import sqlalchemy as sa
from sanic import Sanic
from sqlalchemy.engine import Connection, Engine

from bot.settings import Settings
from messages.database import open_engine, writing
from messages.erasure import Eraser, Erasure
from messages.media import PHOTOS
from messages.tables import media
from traffic.accidents import AccidentPhoto
from traffic.photos import PATH
from traffic.privacy import forget
from traffic.tickets import TicketPhoto
from web.desk import erasure as desk
from web.desk.database import records


def add_erasers(app: Sanic, settings: Settings) -> None:
    """Runs them as long as the app serves."""

    @app.after_server_start
    async def start(app: Sanic, _loop: object) -> None:
        app.ctx.erasing = open_engine(settings.database_url)
        app.ctx.erasers = erasers(app.ctx.erasing)
        for eraser in app.ctx.erasers:
            eraser.start()

    @app.before_server_stop
    async def stop(app: Sanic, _loop: object) -> None:
        await asyncio.gather(*(eraser.stop() for eraser in app.ctx.erasers))
        app.ctx.erasing.dispose()


def erasers(engine: Engine) -> list[Eraser]:
    """One for the desk's notes, one for the records and the pictures."""

    async def at_the_desk(erasure: Erasure) -> None:
        await asyncio.to_thread(_forget_at_desk, engine, erasure)

    async def in_the_records(erasure: Erasure) -> None:
        await asyncio.to_thread(_forget_in_records, engine, erasure)

    return [Eraser(engine, "desk", at_the_desk), Eraser(engine, "records", in_the_records)]


def _forget_at_desk(engine: Engine, erasure: Erasure) -> None:
    with writing(engine) as session:
        desk.erase(session, erasure.channel, erasure.driver)


def _forget_in_records(engine: Engine, erasure: Erasure) -> None:
    with writing(engine) as connection, records(connection) as session:
        forget(session, erasure.driver)
    with writing(engine) as connection:
        for path in _unused(connection, erasure.photos):
            (PHOTOS / path).unlink(missing_ok=True)


def _unused(connection: Connection, paths: Iterable[str]) -> list[str]:
    """Pictures that are no evidence in a case or a report and that no other driver sent too."""
    used = {path for column in (AccidentPhoto.path, TicketPhoto.path, media.c.path)
            for path in connection.execute(sa.select(column).where(column.in_(list(paths)))).scalars()}
    return [path for path in paths if path not in used and PATH.fullmatch(path)]
