"""What a driver may pick, and what a bare "1" means. Only payloads kept here ever reach Rasa with a leading slash."""

from __future__ import annotations

import functools
import re
import unicodedata
from typing import Mapping, Optional, Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from messages.replies import Choice
from messages.tables import choices, conversations

CHINESE = {character: number for number, character in enumerate("一二三四五六七八九十", start=1)}
ONE = r"(\d{1,2}|[一二三四五六七八九十])"
NUMBER = re.compile(rf"(?:我?选|回复|按)?(?:第{ONE}(?:个|号|项|条)?|{ONE}(?:号|项)?)吧?[.。、,!)]*")


def offer(session: Connection, channel: str, driver: str, offered: Sequence[Choice], question: bool,
          message: int) -> None:
    """Keeps what the turn of inbox row `message` offered; what earlier turns offered is no longer valid."""
    own = {"of_channel": channel, "of_driver": driver}
    session.execute(_withdraw(), own)
    rows = [{"channel": channel, "driver": driver, "number": number, "title": each.title[:255],
             "payload": each.payload[:255]} for number, each in enumerate(offered, start=1)]
    if rows:
        session.execute(sa.insert(choices), rows)
    session.execute(_note_question(), {**own, "asks": question, "by": message})


def offered(session: Connection, channel: str, driver: str) -> list[tuple[str, Choice]]:
    """(tap id, choice) of the last turn, in the order shown."""
    rows = session.execute(_offered(), {"of_channel": channel, "of_driver": driver})
    return [(str(row.id), Choice(row.title, row.payload)) for row in rows]


def resolve(session: Connection, channel: str, driver: str, text: Optional[str], tap: Optional[str] = None,
            menu: Mapping[str, str] = {}) -> Optional[str]:
    """The payload that the words or the tap stand for, or None when they are to be understood as a sentence.

    `menu` maps a menu number ("1") to its payload; it counts only where the last turn asked and offered nothing.
    """
    last = offered(session, channel, driver)
    for identity, choice in last:
        if tap == identity or (text is not None and text.strip() == choice.title):
            return choice.payload
    number = number_in(text or "")
    if number is None or (tap is not None and last):
        return None
    if last:
        return last[number - 1][1].payload if 1 <= number <= len(last) else None
    return None if asked(session, channel, driver) else menu.get(str(number))


def number_in(text: str) -> Optional[int]:
    """The number that is all of the text: "1", "１", "1.", "第一个", "选1", "一"; else None."""
    found = NUMBER.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if not found:
        return None
    digits = found[1] or found[2]
    return CHINESE[digits] if digits in CHINESE else int(digits)


def harmless(text: str) -> str:
    """The driver's text without the leading slashes that Rasa would take for a command (rasa-facts 12)."""
    return re.sub(r"^[\s/／\u200b-\u200f\u2060\ufeff]+", "", text)


def asked(session: Connection, channel: str, driver: str) -> bool:
    """Whether the driver was asked something that waits for an answer."""
    return bool(session.execute(_question(), {"of_channel": channel, "of_driver": driver}).scalar())


def _own(table: sa.Table) -> sa.sql.ColumnElement[bool]:
    return sa.and_(table.c.channel == sa.bindparam("of_channel"), table.c.driver == sa.bindparam("of_driver"))


@functools.cache  # here and below: built more slowly than run, and run for every message
def _withdraw() -> sa.sql.Delete:
    return sa.delete(choices).where(_own(choices))


@functools.cache
def _offered() -> sa.sql.Select:
    return sa.select(choices).where(_own(choices)).order_by(choices.c.number)


@functools.cache
def _question() -> sa.sql.Select:
    return sa.select(conversations.c.question).where(_own(conversations))


@functools.cache
def _note_question() -> sa.sql.Update:
    return sa.update(conversations).where(_own(conversations)).values(
        question=sa.bindparam("asks", type_=sa.Boolean), offered_by=sa.bindparam("by", type_=sa.BigInteger))
