"""The post room's tables. Every time is UTC; every state is a word of the tuples below."""

from __future__ import annotations

import datetime
from typing import Any, Optional

import sqlalchemy as sa
from sqlalchemy.types import TypeDecorator

metadata = sa.MetaData()

INBOX_STATES = ("waiting", "done", "failed", "held", "recorded")
OUTBOX_STATES = ("ready", "planned", "passive", "sending", "sent", "parked", "unknown", "refused", "withheld")
BROADCAST_STATES = ("draft", "approved", "filling", "running", "done", "stopped")
HOLDERS = ("bot", "queue", "officer")


class UtcTime(TypeDecorator[datetime.datetime]):
    """A point in time. Refuses naive values: a time without its zone is how appointments move by eight hours."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: Optional[datetime.datetime], dialect: Any) -> Optional[datetime.datetime]:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive time {value!r}: give it a time zone")
        value = value.astimezone(datetime.timezone.utc)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: Optional[datetime.datetime], dialect: Any) -> Optional[datetime.datetime]:
        if value is None:
            return None
        utc = datetime.timezone.utc
        return value.replace(tzinfo=utc) if value.tzinfo is None else value.astimezone(utc)


def _id() -> sa.Column[int]:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    return sa.Column("id", number, sa.Identity(always=False), primary_key=True)


def _driver() -> tuple[sa.Column[str], sa.Column[str]]:
    return sa.Column("channel", sa.String(16), nullable=False), sa.Column("driver", sa.String(64), nullable=False)


inbox = sa.Table(
    "inbox", metadata, _id(), *_driver(),
    sa.Column("key", sa.String(255), nullable=False),
    sa.Column("kind", sa.String(40), nullable=False),
    sa.Column("text", sa.Text),
    sa.Column("payload", sa.String(255)),
    sa.Column("tap", sa.String(64)),
    sa.Column("details", sa.JSON, nullable=False),
    sa.Column("received_at", UtcTime, nullable=False),
    sa.Column("passive_until", UtcTime),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False, default=0),
    sa.Column("not_before", UtcTime),
    sa.Column("finished_at", UtcTime),
    sa.Column("fault", sa.String(255)),
    sa.UniqueConstraint("channel", "key", name="inbox_once"),
    sa.Index("inbox_by_state", "state", "channel", "driver", "id"),
    sa.Index("inbox_by_driver", "channel", "driver", "id"),
    sqlite_autoincrement=True,  # an id must never be used again: a request may still wait for the old one
)

conversations = sa.Table(
    "conversations", metadata, *_driver(),
    sa.Column("holder", sa.String(10), nullable=False, default="bot"),
    sa.Column("officer", sa.String(64)),
    sa.Column("reason", sa.String(255)),
    sa.Column("since", UtcTime, nullable=False),
    sa.Column("told_at", UtcTime),
    sa.Column("fence", sa.BigInteger, nullable=False, default=0),
    sa.Column("turn_until", UtcTime),
    sa.Column("offered_by", sa.BigInteger),
    sa.Column("question", sa.Boolean, nullable=False, default=False),
    sa.PrimaryKeyConstraint("channel", "driver"),
    sa.Index("conversations_by_holder", "holder", "since"),
)

outbox = sa.Table(
    "outbox", metadata, _id(), *_driver(),
    sa.Column("inbox_id", sa.BigInteger),
    sa.Column("author", sa.String(64), nullable=False, default="bot"),
    sa.Column("purpose", sa.String(10), nullable=False, default="reply"),
    sa.Column("text", sa.Text),
    sa.Column("image", sa.String(1024)),
    sa.Column("choices", sa.JSON, nullable=False),
    sa.Column("question", sa.Boolean, nullable=False, default=False),
    sa.Column("custom", sa.JSON),
    sa.Column("state", sa.String(10), nullable=False, default="ready"),
    sa.Column("reason", sa.String(255)),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("not_before", UtcTime),
    sa.Column("attempts", sa.Integer, nullable=False, default=0),
    sa.Column("lease_until", UtcTime),
    sa.Column("begun", sa.Boolean, nullable=False, default=False),
    sa.Column("claim", sa.String(32)),
    sa.Column("allowance", sa.String(16)),
    sa.Column("answered_with", sa.BigInteger),
    sa.Column("sent_at", UtcTime),
    sa.Column("error_code", sa.Integer),
    sa.Column("key", sa.String(120)),  # what the account says by itself is said once
    sa.Column("topic", sa.String(16)),
    sa.Column("broadcast_id", sa.BigInteger),
    sa.Column("fields", sa.JSON),
    sa.Column("link", sa.String(512)),
    sa.Column("until", UtcTime),
    sa.Column("way", sa.String(10)),
    sa.Column("outside_id", sa.String(64)),
    sa.Index("outbox_once", "channel", "key", unique=True),
    sa.Index("outbox_by_broadcast", "broadcast_id", "state", "id"),
    sa.Index("outbox_by_outside_id", "outside_id"),
    sa.Index("outbox_by_state", "state", "channel", "driver", "id"),
    sa.Index("outbox_by_message", "inbox_id"),
    sa.Index("outbox_by_answer", "answered_with"),
    sa.Index("outbox_by_claim", "claim"),
    sa.Index("outbox_by_driver", "channel", "driver", "id"),
    sqlite_autoincrement=True,
)

choices = sa.Table(
    "choices", metadata, _id(), *_driver(),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("title", sa.String(255), nullable=False),
    sa.Column("payload", sa.String(255), nullable=False),
    sa.Index("choices_by_driver", "channel", "driver"),
    sqlite_autoincrement=True,
)

allowances = sa.Table(
    "allowances", metadata, *_driver(),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("opened_at", UtcTime, nullable=False),
    sa.Column("expires_at", UtcTime, nullable=False),
    sa.Column("left", sa.Integer, nullable=False),
    sa.PrimaryKeyConstraint("channel", "driver", "kind"),
    sa.Index("allowances_by_end", "expires_at"),
)

access_tokens = sa.Table(
    "access_tokens", metadata,
    sa.Column("name", sa.String(64), primary_key=True),
    sa.Column("value", sa.String(1024)),
    sa.Column("expires_at", UtcTime),
    sa.Column("forced_at", UtcTime),
    sa.Column("refreshing_until", UtcTime),
)

follows = sa.Table(
    "follows", metadata, _id(), *_driver(),
    sa.Column("event", sa.String(12), nullable=False),
    sa.Column("scene", sa.String(64), nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.Index("follows_by_time", "at"),
    sa.Index("follows_by_driver", "channel", "driver"),
)

understandings = sa.Table(
    "understandings", metadata,
    sa.Column("inbox_id", sa.BigInteger, primary_key=True, autoincrement=False), *_driver(),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("intent", sa.String(80), nullable=False),
    sa.Column("confidence", sa.Float, nullable=False),
    sa.Column("answer", sa.String(120)),
    sa.Column("ranking", sa.JSON, nullable=False),
    sa.Column("intents", sa.JSON),
    sa.Column("entities", sa.JSON),
    sa.Column("outcome", sa.String(12)),
    sa.Column("model", sa.String(64)),
    sa.Column("answer_book", sa.String(16)),
    sa.Index("understandings_by_time", "at"),
    sa.Index("understandings_by_driver", "channel", "driver", "inbox_id"),
)

ratings = sa.Table(
    "ratings", metadata, *_driver(),
    sa.Column("about", sa.BigInteger, nullable=False),
    sa.Column("stars", sa.Integer, nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.PrimaryKeyConstraint("channel", "driver", "about"),
    sa.Index("ratings_by_time", "at"),
)

broadcasts = sa.Table(
    "broadcasts", metadata, _id(),
    sa.Column("channel", sa.String(16), nullable=False),
    sa.Column("title", sa.String(40), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("link", sa.String(512), nullable=False, default=""),
    sa.Column("audience", sa.String(200), nullable=False),
    sa.Column("counted", sa.Integer, nullable=False, default=0),
    sa.Column("may_mass", sa.Boolean, nullable=False, default=False),
    sa.Column("author", sa.String(64), nullable=False),
    sa.Column("approved_by", sa.String(64)),
    sa.Column("state", sa.String(10), nullable=False, default="draft"),
    sa.Column("begins_at", UtcTime, nullable=False),
    sa.Column("until", UtcTime),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("previewed_at", UtcTime),
    sa.Column("begun_at", UtcTime),
    sa.Column("ended_at", UtcTime),
    sa.Column("stopped_by", sa.String(64)),
    sa.Column("filled_to", sa.String(64), nullable=False, default=""),
    sa.Column("article", sa.JSON(none_as_null=True)),
    sa.Index("broadcasts_by_state", "state", "begins_at"),
    sqlite_autoincrement=True,
)

mass_sends = sa.Table(
    "mass_sends", metadata,
    sa.Column("key", sa.String(32), primary_key=True),
    sa.Column("broadcast_id", sa.BigInteger, nullable=False),
    sa.Column("month", sa.String(7), nullable=False),
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("job", sa.String(64)),
    sa.Column("state", sa.String(10), nullable=False, default="begun"),
    sa.Column("total", sa.Integer),
    sa.Column("sent", sa.Integer),
    sa.Column("errors", sa.Integer),
    sa.Column("begun_at", UtcTime, nullable=False),
    sa.Index("mass_sends_by_month", "month"),
    sa.Index("mass_sends_by_job", "job"),
)

notice_consents = sa.Table(
    "notice_consents", metadata, *_driver(),
    sa.Column("template", sa.String(64), nullable=False),
    sa.Column("left", sa.Integer, nullable=False),
    sa.Column("given", sa.Integer, nullable=False, default=0),
    sa.Column("changed_at", UtcTime, nullable=False),
    sa.PrimaryKeyConstraint("channel", "driver", "template"),
)

job_ends = sa.Table(
    "job_ends", metadata,
    sa.Column("channel", sa.String(16), primary_key=True),
    sa.Column("outside_id", sa.String(64), primary_key=True),
    sa.Column("driver", sa.String(64), nullable=False),
    sa.Column("well", sa.Boolean, nullable=False),
    sa.Column("why", sa.String(255), nullable=False),
    sa.Column("counts", sa.JSON),
    sa.Column("at", UtcTime, nullable=False),
)

leases = sa.Table(
    "leases", metadata,
    sa.Column("name", sa.String(32), primary_key=True),
    sa.Column("holder", sa.String(32), nullable=False),
    sa.Column("until", UtcTime, nullable=False),
)

erasures = sa.Table(
    "erasures", metadata, _id(), *_driver(),
    sa.Column("room", sa.String(16), nullable=False),
    sa.Column("photos", sa.JSON, nullable=False),
    sa.Column("asked_at", UtcTime, nullable=False),
    sa.UniqueConstraint("channel", "driver", "room", name="erasures_once"),
)

media = sa.Table(
    "media", metadata, *_driver(),
    sa.Column("key", sa.String(255), nullable=False),
    sa.Column("reference", sa.String(255), nullable=False),
    sa.Column("state", sa.String(10), nullable=False, default="waiting"),
    sa.Column("attempts", sa.Integer, nullable=False, default=0),
    sa.Column("reason", sa.String(20)),
    sa.Column("path", sa.String(80)),
    sa.Column("received_at", UtcTime, nullable=False),
    sa.Column("not_before", UtcTime),
    sa.Column("fetched_at", UtcTime),
    sa.PrimaryKeyConstraint("channel", "key"),
    sa.Index("media_by_state", "state", "channel", "received_at"),
    sa.Index("media_by_driver", "channel", "driver"),
)

publications = sa.Table(
    "publications", metadata, _id(),
    sa.Column("channel", sa.String(16), nullable=False),
    sa.Column("article", sa.Integer, nullable=False),  # the records' number of the announcement
    sa.Column("title", sa.String(64), nullable=False),
    sa.Column("author", sa.String(32), nullable=False),
    sa.Column("parts", sa.JSON, nullable=False),
    sa.Column("pictures", sa.JSON, nullable=False),
    sa.Column("state", sa.String(12), nullable=False),
    sa.Column("draft", sa.String(128)),
    sa.Column("outside_id", sa.String(64)),
    sa.Column("urls", sa.JSON),
    sa.Column("reason", sa.String(255)),
    sa.Column("wanted_at", UtcTime, nullable=False),
    sa.Column("changed_at", UtcTime, nullable=False),
    sa.Index("publications_by_state", "state", "id"),
    sa.Index("publications_by_article", "article", "id"),
    sqlite_autoincrement=True,
)
