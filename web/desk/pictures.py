"""Pictures in a conversation, from the driver and from an officer: kept under their hash, shown to who may see it."""

from __future__ import annotations

import datetime
from typing import Optional

from sqlalchemy.engine import Engine

from messages import desk
from messages.database import reading, writing
from messages.desk import Line
from messages.replies import Reply
from traffic import photos
from traffic.errors import PhotoRefused
from web.desk.conversations import Key, keep_sent, sent_before, subject_of, visible
from web.desk.deeds import record
from web.desk.errors import BadText, Missing
from web.desk.officers import Officer

OURS = "photo:"  # in the outbox: a kept picture, by its path


def send(engine: Engine, officer: Officer, key: Key, data: bytes, form: str, now: datetime.datetime) -> None:
    """Sends it to the driver; the same `form` again sends nothing. Raises BadText, and NotYours of the post room."""
    try:
        photo = photos.clean_photo(data)
    except PhotoRefused as error:
        raise BadText(f"photo_{error.reason}") from None
    with writing(engine) as session:
        if sent_before(session, form):
            return
        reply = Reply(image=OURS + photos.keep(photo), purpose="officer")
        (number,) = desk.say(session, *key, officer.name, [reply], now)
        keep_sent(session, officer, form, number, now)
        record(session, officer.name, "sent_picture", subject_of(key), {"outbox": number, "sha256": photo.sha256},
               now=now)


def shown(engine: Engine, officer: Officer, key: Key, line: str) -> bytes:
    """The picture of a line of this conversation. Raises Missing, Hidden."""
    with reading(engine) as session:
        visible(session, officer, key)
        path = next((path_of(each) for each in desk.story(session, *key) if each.id == line), None)
    data = photos.read(path) if path else None
    if data is None:
        raise Missing("no such picture")
    return data


def path_of(line: Line) -> Optional[str]:
    """Where the picture of a line is kept, None for a line without one (or one that we haven't got)."""
    if line.image and line.image.startswith(OURS):
        return line.image[len(OURS):]
    kept = line.details.get("photo")
    return str(kept) if kept else None
