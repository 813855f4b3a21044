"""How sendings ended, as the channel tells afterwards: perhaps twice, late, or before its answer is written down."""

from __future__ import annotations

import dataclasses
import datetime
from typing import Any, Optional

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from messages import mass_book
from messages.inserts import insert_missing
from messages.tables import job_ends, outbox

KEEP = datetime.timedelta(days=2)
MASS = ""  # driver of an end that is a whole mass send's


@dataclasses.dataclass(frozen=True)
class JobEnd:
    """One sending's end by the channel's number; `counts` (total, sent, errors) for a mass send, whose driver is ""."""

    outside_id: str
    driver: str
    well: bool
    why: str = ""
    counts: Optional[tuple[int, int, int]] = None


def note(session: Connection, channel: str, end: JobEnd, now: datetime.datetime) -> None:
    """Writes the end to what was sent under its number; keeps it while nothing has that number."""
    if not _apply(session, channel, end, now):
        counts = None if end.counts is None else list(end.counts)
        insert_missing(session, job_ends, {"channel": channel, "outside_id": end.outside_id[:64], "at": now,
                                           "driver": end.driver, "well": end.well, "why": end.why[:255],
                                           "counts": counts})


def _apply(session: Connection, channel: str, end: JobEnd, now: datetime.datetime) -> bool:
    if end.counts is not None:
        return mass_book.finished(session, end.outside_id, end.well, *end.counts)
    mine = sa.and_(outbox.c.channel == channel, outbox.c.driver == end.driver, outbox.c.way == "template")
    row = session.execute(sa.select(outbox.c.id, outbox.c.state).where(
        mine, outbox.c.outside_id == end.outside_id)).first()
    if row is None:
        return False
    if row.state != ("sent" if end.well else "refused"):
        session.execute(sa.update(outbox).where(outbox.c.id == row.id).values(_ended(end.well, end.why, now)))
    return True


def _ended(well: bool, why: str, now: datetime.datetime) -> dict[str, Any]:
    return {"state": "sent", "sent_at": now} if well else {"state": "refused", "reason": why[:255]}


def settle_kept(session: Connection, channel: str, now: datetime.datetime) -> int:
    """Gives the kept ends to what has got its number since, or will never get one; returns how many found theirs."""
    kept = session.execute(sa.select(job_ends).where(job_ends.c.channel == channel).order_by(job_ends.c.at)).all()
    found = [row.outside_id for row in kept if _settle(session, row, now)]
    gone = sa.or_(job_ends.c.outside_id.in_(found), job_ends.c.at < now - KEEP)
    if kept:
        session.execute(sa.delete(job_ends).where(job_ends.c.channel == channel, gone))
    return len(found)


def _settle(session: Connection, row: Any, now: datetime.datetime) -> bool:
    end = JobEnd(row.outside_id, row.driver, row.well, row.why, row.counts and tuple(row.counts))
    return _apply(session, row.channel, end, now) or (
        row.driver != MASS and nameless(session, row.channel, end, "template", ("unknown",), now))


def any_kept(session: Connection, channel: str) -> bool:
    """Whether `settle_kept` has anything to do."""
    return session.execute(sa.select(job_ends.c.at).where(job_ends.c.channel == channel).limit(1)).first() is not None


def nameless(session: Connection, channel: str, end: JobEnd, way: str, states: tuple[str, ...],
             now: datetime.datetime) -> bool:
    """The end of the driver's oldest sending by that way whose number nobody wrote down."""
    mine = sa.and_(outbox.c.channel == channel, outbox.c.driver == end.driver, outbox.c.way == way,
                   outbox.c.state.in_(states), outbox.c.outside_id.is_(None))
    row = session.execute(sa.select(outbox.c.id).where(mine).order_by(outbox.c.id).limit(1)).scalar()
    if row is None:
        return False
    session.execute(sa.update(outbox).where(outbox.c.id == row).values(
        outside_id=end.outside_id or None, **_ended(end.well, end.why, now)))
    return True


def note_notice(session: Connection, channel: str, end: JobEnd, now: datetime.datetime) -> None:
    """As `note`, for a way whose answer has no number: it is the driver's oldest without an end."""
    known = sa.and_(outbox.c.channel == channel, outbox.c.driver == end.driver, outbox.c.way == "notice",
                    outbox.c.outside_id == end.outside_id)
    if session.execute(sa.select(outbox.c.id).where(known)).first() is None:
        nameless(session, channel, end, "notice", ("sending", "sent", "unknown"), now)
