"""Officers' own phones: shown by writing a word to the account, so that nobody types an openid."""

from __future__ import annotations

import datetime
import hashlib

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from messages.desk import who_wrote
from messages.inserts import insert_or_update
from web.desk.tables import officer_phones

VALID = datetime.timedelta(minutes=30)


def word_for(officer: str, secret: str, day: datetime.date) -> str:
    """What an officer writes to the account today, e.g. 预览482913."""
    digest = hashlib.sha256(f"{secret}:{officer}:{day.isoformat()}".encode()).hexdigest()
    return f"预览{int(digest[:12], 16) % 1_000_000:06d}"


def register(session: Connection, officer: str, word: str, now: datetime.datetime) -> bool:
    """Keeps the phone from which the word came within half an hour; False when none did."""
    found = who_wrote(session, word, now - VALID)
    if found is None:
        return False
    insert_or_update(session, officer_phones, {"officer": officer, "channel": found[0], "driver": found[1], "at": now})
    return True


def registered(session: Connection) -> dict[str, str]:
    """Officer → driver's id of their phone."""
    return {row.officer: row.driver for row in session.execute(sa.select(officer_phones).order_by(
        officer_phones.c.officer))}
