"""Canned answers (常用语): texts that officers use again and again, with the station's words as placeholders."""

from __future__ import annotations

import dataclasses

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from web.desk.errors import BadText, Missing
from web.desk.sentences import Sentences, canned_to_begin_with, written
from web.desk.tables import canned_answers as table

LONGEST_TITLE = 40


@dataclasses.dataclass(frozen=True)
class CannedAnswer:
    """One of them; `text` still has its placeholders."""

    id: int
    title: str
    text: str


def everything(session: Connection) -> list[CannedAnswer]:
    """All of them, in the order in which they were made."""
    return [CannedAnswer(row.id, row.title, row.text) for row in session.execute(sa.select(table).order_by(table.c.id))]


def save(session: Connection, sentences: Sentences, title: str, text: str, number: int | None = None) -> None:
    """A new one, or another text for one. Raises BadText (`placeholder` for an unknown word) and Missing."""
    title, text = written(title), written(text)
    if len(title) > LONGEST_TITLE:
        raise BadText("long")
    if sentences.unknown(text):
        raise BadText("placeholder")
    if number is None:
        session.execute(sa.insert(table).values(title=title, text=text))
    elif not session.execute(sa.update(table).where(table.c.id == number).values(title=title, text=text)).rowcount:
        raise Missing("no such canned answer")


def remove(session: Connection, number: int) -> None:
    """Takes one away. Raises Missing."""
    if not session.execute(sa.delete(table).where(table.c.id == number)).rowcount:
        raise Missing("no such canned answer")


def begin_with_some(session: Connection) -> None:
    """What a new desk has, from `data/desk.yml`; nothing where there are some."""
    if not everything(session):
        session.execute(sa.insert(table), canned_to_begin_with())
