"""Pictures that drivers sent: noted with their message, fetched at once, kept under their hash below `var/photos`."""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import os
import pathlib
import tempfile
from typing import Any, Optional

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.settings import VAR
from messages.inserts import insert_missing
from messages.tables import inbox, media, outbox

PHOTOS = VAR / "photos"
MOST_ATTEMPTS = 8


@dataclasses.dataclass(frozen=True)
class Wanted:
    """One picture to be fetched; `reference` is the channel's own name of it."""

    channel: str
    key: str
    reference: str
    attempts: int


@dataclasses.dataclass(frozen=True)
class Fetched:
    """How far a picture is: waiting, kept (with its path below PHOTOS and hash) or refused (with the reason too_big,
    no_picture, gone or unreachable)."""

    state: str
    path: Optional[str]
    reason: Optional[str]
    received_at: datetime.datetime


def expect(session: Connection, channel: str, driver: str, key: str, reference: str, now: datetime.datetime) -> None:
    """Notes, in the transaction that receives message `key`, that its picture is to be fetched."""
    insert_missing(session, media, {"channel": channel, "driver": driver, "key": key, "reference": reference,
                                    "state": "waiting", "attempts": 0, "received_at": now})


def claim(session: Connection, channel: str, now: datetime.datetime, lease: float, limit: int = 4) -> list[Wanted]:
    """Takes pictures that nobody fetches for `lease` seconds, oldest first."""
    free = sa.and_(media.c.channel == channel, media.c.state == "waiting",
                   sa.or_(media.c.not_before.is_(None), media.c.not_before <= now))
    rows = session.execute(sa.select(media).where(free).order_by(media.c.received_at).limit(limit)).all()
    until = now + datetime.timedelta(seconds=lease)
    return [Wanted(row.channel, row.key, row.reference, row.attempts + 1) for row in rows if session.execute(
        sa.update(media).where(_is(row.channel, row.key), free).values(
            not_before=until, attempts=media.c.attempts + 1)).rowcount]


def any_waiting(session: Connection, channel: str, now: datetime.datetime) -> bool:
    """Whether `claim` would find one; needs no lock."""
    due = sa.and_(media.c.channel == channel, media.c.state == "waiting",
                  sa.or_(media.c.not_before.is_(None), media.c.not_before <= now))
    return session.execute(sa.select(media.c.key).where(due).limit(1)).first() is not None


def keep(session: Connection, wanted: Wanted, path: str, now: datetime.datetime) -> None:
    """Notes where the picture is, also with the message itself."""
    _end(session, wanted, now, state="kept", path=path)
    which = sa.and_(inbox.c.channel == wanted.channel, inbox.c.key == wanted.key)
    details = session.execute(sa.select(inbox.c.details).where(which)).scalar_one_or_none()
    if details is not None:
        session.execute(sa.update(inbox).where(which).values(details={**details, "photo": path}))


def refuse(session: Connection, wanted: Wanted, reason: str, now: datetime.datetime) -> None:
    """Notes that there will be no picture, and why."""
    _end(session, wanted, now, state="refused", reason=reason)


def put_off(session: Connection, wanted: Wanted, now: datetime.datetime) -> None:
    """Another try after a while, longer each time; after the last the picture is unreachable."""
    if wanted.attempts >= MOST_ATTEMPTS:
        refuse(session, wanted, "unreachable", now)
        return
    again = now + datetime.timedelta(seconds=2 ** (wanted.attempts - 1))
    session.execute(sa.update(media).where(_is(wanted.channel, wanted.key)).values(not_before=again))


def _end(session: Connection, wanted: Wanted, now: datetime.datetime, **values: Any) -> None:
    session.execute(sa.update(media).where(_is(wanted.channel, wanted.key), media.c.state == "waiting").values(
        fetched_at=now, **values))


def _is(channel: str, key: str) -> sa.sql.ColumnElement[bool]:
    return sa.and_(media.c.channel == channel, media.c.key == key)


def fetched(session: Connection, channel: str, key: str) -> Optional[Fetched]:
    """How far the picture of a message is, None for a message without one."""
    row = session.execute(sa.select(media).where(_is(channel, key))).one_or_none()
    return Fetched(row.state, row.path, row.reason, row.received_at) if row else None


def paths_in_use(session: Connection) -> set[str]:
    """Paths of all kept pictures that a message, either way, still shows."""
    came = session.execute(sa.select(media.c.path).where(media.c.path.is_not(None))).scalars()
    went = session.execute(sa.select(outbox.c.image).where(outbox.c.image.like("photo:%"))).scalars()
    return {str(path) for path in came} | {str(image).split(":", 1)[1] for image in went}


def store(data: bytes, folder: Optional[pathlib.Path] = None) -> str:
    """Writes a cleaned JPEG whole or not at all, once whatever how often it comes; its path below PHOTOS.

    The records room keeps evidence in the same folder in the same way (`traffic.photos`).
    """
    name = hashlib.sha256(data).hexdigest()
    path = f"{name[:2]}/{name}.jpg"
    place = (folder or PHOTOS) / path
    if not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=place.parent, delete=False) as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(file.name, place)
    return path
