"""What officers see and do in the post room: who waits, the story so far, their words, passing on."""

from __future__ import annotations

import dataclasses
import datetime
from typing import Any, Optional

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from messages import outbox as replies_out
from messages.errors import NotYours
from messages.outside_desk import PREFIX
from messages.replies import Reply
from messages.tables import allowances, conversations, inbox, media, outbox

NOT_OFFICERS = ("bot", "system")
NEVER = datetime.datetime.min.replace(tzinfo=datetime.timezone.utc)


@dataclasses.dataclass(frozen=True)
class Entry:
    """A conversation that waits for an officer or is at one, with the driver's last message (`kind` … `last_at`).

    `answered_at` is when the officer last wrote since getting it.
    """

    channel: str
    driver: str
    holder: str
    officer: Optional[str]
    reason: Optional[str]
    since: datetime.datetime
    kind: Optional[str]
    text: Optional[str]
    payload: Optional[str]
    last_at: Optional[datetime.datetime]
    last_id: Optional[int]
    answered_at: Optional[datetime.datetime]

    @property
    def waits_for_answer(self) -> bool:
        """Whether the driver wrote after the officer did."""
        return self.answered_at is None or (self.last_at is not None and self.last_at > self.answered_at)


@dataclasses.dataclass(frozen=True)
class Line:
    """One message of the story; `side` is driver, bot, system or officer, `state` that of its row.

    `code` is the channel's where it refused the message.
    """

    id: str
    at: datetime.datetime
    side: str
    author: str
    kind: str
    text: Optional[str]
    payload: Optional[str]
    image: Optional[str]
    choices: tuple[str, ...]
    details: dict[str, Any]
    state: str
    code: Optional[int] = None


def entries(session: Connection, limit: int = 500) -> list[Entry]:
    """Conversations that wait for an officer or are at one, longest first."""
    last, answered = _last_said(), _last_answer()
    query = (sa.select(conversations, inbox.c.kind, inbox.c.text, inbox.c.payload, inbox.c.received_at,
                       inbox.c.id.label("last_id"), outbox.c.created_at.label("answered_at"))
             .select_from(conversations.outerjoin(inbox, inbox.c.id == last).outerjoin(outbox, outbox.c.id == answered))
             .where(conversations.c.holder.in_(("queue", "officer"))).order_by(conversations.c.since).limit(limit))
    return [Entry(r.channel, r.driver, r.holder, r.officer, r.reason, r.since, r.kind, r.text, r.payload,
                  r.received_at, r.last_id, r.answered_at) for r in session.execute(query)]


def _last_said() -> Any:
    mine = sa.alias(inbox)
    query = sa.select(mine.c.id).where(mine.c.channel == conversations.c.channel,
                                       mine.c.driver == conversations.c.driver,
                                       sa.or_(mine.c.text.is_not(None), mine.c.payload.is_not(None)))
    return query.order_by(mine.c.id.desc()).limit(1).correlate(conversations).scalar_subquery()


def _last_answer() -> Any:
    mine = sa.alias(outbox)
    query = sa.select(mine.c.id).where(mine.c.channel == conversations.c.channel,
                                       mine.c.driver == conversations.c.driver,
                                       mine.c.author.not_in(NOT_OFFICERS), mine.c.created_at >= conversations.c.since)
    return query.order_by(mine.c.id.desc()).limit(1).correlate(conversations).scalar_subquery()


def story(session: Connection, channel: str, driver: str, limit: int = 100) -> list[Line]:
    """The last messages both ways, oldest first."""
    came = session.execute(sa.select(inbox).where(inbox.c.channel == channel, inbox.c.driver == driver)
                           .order_by(inbox.c.id.desc()).limit(limit))
    went = session.execute(sa.select(outbox).where(outbox.c.channel == channel, outbox.c.driver == driver)
                           .order_by(outbox.c.id.desc()).limit(limit))
    lines = [_incoming(row) for row in came] + [_outgoing(row) for row in went]
    return sorted(lines, key=lambda line: (line.at, line.side != "driver", len(line.id), line.id))[-limit:]


def officer_part(session: Connection, channel: str, driver: str, message: int, limit: int = 20) -> list[Line]:
    """What was said while an officer had the conversation, if that was right before inbox row `message`; else nothing.

    Right before: the bot has answered nothing in between.
    """
    mine = sa.and_(inbox.c.channel == channel, inbox.c.driver == driver)
    answered = session.execute(sa.select(inbox.c.id, inbox.c.received_at).where(
        mine, inbox.c.id < message, inbox.c.state.in_(("done", "failed"))).order_by(inbox.c.id.desc()).limit(1)).first()
    since = answered.received_at if answered else NEVER
    spoke = session.execute(sa.select(outbox).where(
        outbox.c.channel == channel, outbox.c.driver == driver, outbox.c.author.not_in(NOT_OFFICERS),
        outbox.c.created_at > since).order_by(outbox.c.id.desc()).limit(limit)).all()
    if not spoke:
        return []
    heard = session.execute(sa.select(inbox).where(mine, inbox.c.id < message, inbox.c.received_at > since)
                            .order_by(inbox.c.id.desc()).limit(limit))
    lines = [_incoming(row) for row in heard] + [_outgoing(row) for row in spoke]
    return sorted(lines, key=lambda line: line.at)[-limit:]


def _incoming(row: Any) -> Line:
    return Line(f"in{row.id}", row.received_at, "driver", row.driver, row.kind, row.text, row.payload, None, (),
                row.details, row.state)


def _outgoing(row: Any) -> Line:
    side = row.author if row.author in NOT_OFFICERS else "officer"
    titles = tuple(choice["title"] for choice in row.choices)
    return Line(f"out{row.id}", row.created_at, side, row.author, row.purpose, row.text, None, row.image, titles,
                row.custom or {}, row.state, row.error_code)


def fingerprint(session: Connection, channel: str, driver: str) -> tuple[Any, ...]:
    """Changes whenever what an officer sees of the conversation does."""
    thread = session.execute(sa.select(conversations.c.holder, conversations.c.officer, conversations.c.since).where(
        conversations.c.channel == channel, conversations.c.driver == driver)).one_or_none()
    came = session.execute(sa.select(sa.func.max(inbox.c.id)).where(
        inbox.c.channel == channel, inbox.c.driver == driver)).scalar()
    went = session.execute(sa.select(outbox.c.id, outbox.c.state).where(
        outbox.c.channel == channel, outbox.c.driver == driver).order_by(outbox.c.id.desc()).limit(20)).all()
    left = session.execute(sa.select(allowances.c.kind, allowances.c.left, allowances.c.opened_at).where(
        allowances.c.channel == channel, allowances.c.driver == driver).order_by(allowances.c.kind)).all()
    pictures = session.execute(sa.select(sa.func.count()).select_from(media).where(
        media.c.channel == channel, media.c.driver == driver, media.c.state == "kept")).scalar()
    return (thread and tuple(thread), came, tuple(map(tuple, went)), tuple(map(tuple, left)), pictures)


def say(session: Connection, channel: str, driver: str, officer: str, replies: list[Reply],
        now: datetime.datetime) -> list[int]:
    """Writes an officer's words into the outbox. Raises NotYours for a conversation that the officer doesn't have."""
    # An update, not a select: it locks the row, so that nobody takes the conversation over before the commit.
    held_still = sa.update(conversations).where(_at(channel, driver, officer)).values(officer=officer)
    if not session.execute(held_still).rowcount:
        raise NotYours("this conversation is not yours")
    return replies_out.append(session, channel, driver, replies, now, author=officer)


def return_to_queue(session: Connection, channel: str, driver: str, officer: str, now: datetime.datetime) -> bool:
    """Puts the officer's conversation back into the queue; False when the officer hasn't got it."""
    return _move(session, _at(channel, driver, officer), now, holder="queue", officer=None)


def pass_to(session: Connection, channel: str, driver: str, officer: str, colleague: str,
            now: datetime.datetime) -> bool:
    """Gives the officer's conversation to a colleague; False when the officer hasn't got it."""
    return _move(session, _at(channel, driver, officer), now, holder="officer", officer=colleague)


def _move(session: Connection, which: Any, now: datetime.datetime, **values: Any) -> bool:
    moved = session.execute(sa.update(conversations).where(which).values(since=now, told_at=None, **values))
    return bool(moved.rowcount)


def held(session: Connection) -> list[tuple[str, str, str, datetime.datetime]]:
    """(channel, driver, officer, since) of every conversation at an officer of ours."""
    columns = (conversations.c.channel, conversations.c.driver, conversations.c.officer, conversations.c.since)
    ours = sa.and_(conversations.c.holder == "officer", sa.not_(conversations.c.officer.startswith(PREFIX)))
    return [tuple(row) for row in session.execute(sa.select(*columns).where(ours))]


def channel_of(session: Connection, driver: str) -> Optional[str]:
    """The channel on which the driver last had a conversation, None for one who never did."""
    query = sa.select(conversations.c.channel).where(conversations.c.driver == driver)
    return session.execute(query.order_by(conversations.c.since.desc()).limit(1)).scalar()


def _at(channel: str, driver: str, officer: str) -> Any:
    return sa.and_(conversations.c.channel == channel, conversations.c.driver == driver,
                   conversations.c.holder == "officer", conversations.c.officer == officer)
