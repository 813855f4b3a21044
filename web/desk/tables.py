"""The desk's tables: officers and their sessions, and what only officers see."""

from __future__ import annotations

import sqlalchemy as sa

from messages.tables import UtcTime

metadata = sa.MetaData()

ROLES = ("agent", "lead", "maintainer", "admin")


def _id() -> sa.Column[int]:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    return sa.Column("id", number, sa.Identity(always=False), primary_key=True)


def _driver() -> tuple[sa.Column[str], sa.Column[str]]:
    return sa.Column("channel", sa.String(16), nullable=False), sa.Column("driver", sa.String(64), nullable=False)


officers = sa.Table(
    "officers", metadata, _id(),
    sa.Column("name", sa.String(32), nullable=False, unique=True),
    sa.Column("role", sa.String(12), nullable=False),
    sa.Column("password", sa.String(255), nullable=False),
    sa.Column("active", sa.Boolean, nullable=False, default=True),
    sa.Column("tries", sa.Integer, nullable=False, default=0),
    sa.Column("locked_until", UtcTime),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("one_time_secret", sa.String(255)),  # encrypted: who reads the table makes no codes
    sa.Column("one_time_step", sa.BigInteger),  # the last code's half minute: a code counts once
)

officer_sessions = sa.Table(
    "officer_sessions", metadata,
    sa.Column("digest", sa.String(64), primary_key=True),  # of the token: who reads the table can't sign in with it
    sa.Column("officer_id", sa.BigInteger, sa.ForeignKey("officers.id"), nullable=False, index=True),
    sa.Column("begun_at", UtcTime, nullable=False),
    sa.Column("active_at", UtcTime, nullable=False),
    sa.Column("beat_at", UtcTime, nullable=False),
)

canned_answers = sa.Table(
    "canned_answers", metadata, _id(),
    sa.Column("title", sa.String(40), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
)

notes = sa.Table(
    "notes", metadata, _id(), *_driver(),
    sa.Column("officer", sa.String(32), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.Index("notes_by_driver", "channel", "driver", "id"),
)

sent_answers = sa.Table(
    "sent_answers", metadata,
    sa.Column("key", sa.String(64), primary_key=True),  # of the form: a second press of the button sends nothing
    sa.Column("officer", sa.String(32), nullable=False),
    sa.Column("outbox_id", sa.BigInteger, nullable=False),
    sa.Column("at", UtcTime, nullable=False),
)

handlings = sa.Table(
    "handlings", metadata, _id(), *_driver(),
    sa.Column("officer", sa.String(32), nullable=False),
    sa.Column("reason", sa.String(255)),
    sa.Column("waited_since", UtcTime, nullable=False),
    sa.Column("begun_at", UtcTime, nullable=False),
    sa.Column("ended_at", UtcTime),
    sa.Column("ended_as", sa.String(20)),
    sa.Index("handlings_by_driver", "channel", "driver", "id"),
    sa.Index("handlings_by_time", "begun_at"),
)

officer_phones = sa.Table(
    "officer_phones", metadata,
    sa.Column("officer", sa.String(32), primary_key=True),  # whose WeChat a broadcast is shown on before it goes out
    sa.Column("channel", sa.String(16), nullable=False),
    sa.Column("driver", sa.String(64), nullable=False),
    sa.Column("at", UtcTime, nullable=False),
)
