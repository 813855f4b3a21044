"""Officers' own phones: shown by writing a word to the account, so that nobody types an openid."""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from messages.inserts import insert_or_update
from messages.preview_words import WORD, WRITTEN, preview_code
from messages.tables import inbox
from traffic.opening_days import local_day
from web.desk import officers
from web.desk.tables import officer_phones

VALID = datetime.timedelta(minutes=30)
MOST_TRIES = 5  # of one phone within VALID: a word is not found by trying
RECORDED = "recorded"  # the state of a message that the bot does not answer


@dataclasses.dataclass(frozen=True)
class Shown:
    """A word that came from a phone: `message` its row; `officer` whose word it is, "" for nobody's."""

    message: int
    channel: str
    driver: str
    officer: str


def word_for(officer: str, secret: str, day: datetime.date) -> str:
    """What an officer writes to the account today, e.g. 预览482913."""
    digest = hashlib.sha256(f"{secret}:{officer}:{day.isoformat()}".encode()).hexdigest()
    return f"{WORD}{int(digest[:12], 16) % 1_000_000:06d}"


def words_of(session: Connection, secret: str, today: datetime.date) -> dict[str, str]:
    """Digits → officer, of all who may broadcast; yesterday's words hold on over midnight."""
    days = (today - datetime.timedelta(days=1), today)
    return {preview_code(word_for(each.name, secret, day)): each.name
            for day in days for each in officers.everyone(session) if each.active and each.may("supervise")}


def shown(session: Connection, after: int, now: datetime.datetime, secret: str) -> list[Shown]:
    """Words of the last half hour behind inbox row `after`, without those of a phone that tried too often."""
    query = sa.select(inbox.c.id, inbox.c.channel, inbox.c.driver, inbox.c.text).where(
        inbox.c.id > after, inbox.c.received_at >= now - VALID, inbox.c.state == RECORDED,
        sa.or_(*(inbox.c.text.like(f"%{word}%") for word in WRITTEN)))
    rows = [(row, preview_code(row.text)) for row in session.execute(query.order_by(inbox.c.id))]
    rows = [(row, code) for row, code in rows if code and _tries(session, row, now) <= MOST_TRIES]
    names = words_of(session, secret, local_day(now)) if rows else {}
    return [Shown(row.id, row.channel, row.driver, names.get(code, "")) for row, code in rows]


def _tries(session: Connection, row: Any, now: datetime.datetime) -> int:
    query = sa.select(inbox.c.text).where(
        inbox.c.channel == row.channel, inbox.c.driver == row.driver, inbox.c.id <= row.id,
        inbox.c.received_at >= now - VALID, inbox.c.state == RECORDED)
    return sum(bool(preview_code(text)) for text in session.execute(query).scalars())


def register(session: Connection, word: Shown, now: datetime.datetime) -> None:
    """From now on previews come to this phone; one phone is one officer's."""
    session.execute(sa.delete(officer_phones).where(officer_phones.c.driver == word.driver,
                                                    officer_phones.c.officer != word.officer))
    insert_or_update(session, officer_phones, {"officer": word.officer, "channel": word.channel,
                                               "driver": word.driver, "at": now})


def forget(session: Connection, officer: str) -> bool:
    """No preview comes to this officer's phone any more; False when none did."""
    return bool(session.execute(sa.delete(officer_phones).where(officer_phones.c.officer == officer)).rowcount)


def registered(session: Connection) -> dict[str, str]:
    """Officer → driver's id of their phone, of those who are officers still."""
    active = {each.name for each in officers.everyone(session) if each.active}
    return {row.officer: row.driver for row in session.execute(sa.select(officer_phones).order_by(
        officer_phones.c.officer)) if row.officer in active}
