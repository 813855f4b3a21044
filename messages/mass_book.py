"""The budget book of mass sends: few a month, each written down before it leaves."""

from __future__ import annotations

import dataclasses
import datetime
from typing import Any, Optional

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from messages.tables import broadcasts, mass_sends, outbox

MOST_AT_ONCE = 10_000
KEY_LIVES = datetime.timedelta(hours=23)  # WeChat knows a clientmsgid for a day


def used(session: Connection, month: str) -> int:
    """How many broadcasts used a mass send in a month (2026-11); one in several parts reaches nobody twice."""
    return session.execute(sa.select(sa.func.count(sa.distinct(mass_sends.c.broadcast_id))).where(
        mass_sends.c.month == month, mass_sends.c.state != "failed")).scalar() or 0


def promised(session: Connection, but: int = 0) -> int:
    """Broadcasts that are approved and may still use one."""
    going = broadcasts.c.state.in_(("approved", "filling", "running"))
    written = sa.exists().where(mass_sends.c.broadcast_id == broadcasts.c.id)
    return session.execute(sa.select(sa.func.count()).where(going, broadcasts.c.may_mass, ~written,
                                                            broadcasts.c.id != but)).scalar() or 0


def entries(session: Connection, month: str) -> list[Any]:
    """The month's mass sends, oldest first, with the broadcast's title."""
    query = sa.select(mass_sends, broadcasts.c.title).select_from(
        mass_sends.outerjoin(broadcasts, broadcasts.c.id == mass_sends.c.broadcast_id))
    return list(session.execute(query.where(mass_sends.c.month == month).order_by(mass_sends.c.begun_at)))


def unfinished(session: Connection, now: datetime.datetime) -> list[Any]:
    """Mass sends that were written down, whose call may not have been made, and that may be asked for again."""
    young = mass_sends.c.begun_at > now - KEY_LIVES
    running = sa.select(broadcasts.c.id).where(broadcasts.c.state == "running")
    return list(session.execute(sa.select(mass_sends).where(
        mass_sends.c.state == "begun", young, mass_sends.c.broadcast_id.in_(running))))


def begun(session: Connection) -> bool:
    """Whether any was written down whose call is not known to have been made."""
    query = sa.select(mass_sends.c.key).where(mass_sends.c.state == "begun").limit(1)
    return session.execute(query).first() is not None


def give_up(session: Connection, now: datetime.datetime) -> int:
    """Whether those left of a stopped broadcast, or of another day, left WeChat nobody will know; how many."""
    running = sa.select(broadcasts.c.id).where(broadcasts.c.state == "running")
    left = sa.or_(mass_sends.c.begun_at <= now - KEY_LIVES, mass_sends.c.broadcast_id.not_in(running))
    keys = list(session.execute(sa.select(mass_sends.c.key).where(mass_sends.c.state == "begun", left)).scalars())
    if keys:
        session.execute(sa.update(mass_sends).where(mass_sends.c.key.in_(keys)).values(state="unknown"))
        session.execute(sa.update(outbox).where(outbox.c.claim.in_(keys), outbox.c.state == "sending").values(
            state="unknown", reason="nobody knows whether the mass send began"))
    return len(keys)


def waits(session: Connection, broadcast: int) -> bool:
    """Whether recipients of a broadcast wait for a mass send."""
    query = sa.select(outbox.c.id).where(outbox.c.broadcast_id == broadcast, outbox.c.state == "planned",
                                         outbox.c.way == "mass").limit(1)
    return session.execute(query).first() is not None


def open_one(session: Connection, broadcast: int, month: str, most: int, now: datetime.datetime) -> Optional[str]:
    """Puts the recipients who wait for a mass send into one; its key, or None when fewer than two wait.

    Raises nothing when the book is full: the recipients are parked.
    """
    waiting = sa.and_(outbox.c.broadcast_id == broadcast, outbox.c.state == "planned", outbox.c.way == "mass")
    ids = list(session.execute(sa.select(outbox.c.id).where(waiting).order_by(outbox.c.id).limit(MOST_AT_ONCE))
               .scalars())
    parts = session.execute(sa.select(sa.func.count()).where(mass_sends.c.broadcast_id == broadcast)).scalar() or 0
    if len(ids) < 2 or (not parts and used(session, month) >= most):
        reason = "a mass send needs two recipients" if len(ids) < 2 else "the month's mass sends are used up"
        session.execute(sa.update(outbox).where(waiting).values(state="parked", reason=reason, way=None))
        return None
    key = f"weijing-b{broadcast}-{parts + 1}"
    session.execute(sa.insert(mass_sends).values(key=key, broadcast_id=broadcast, month=month, size=len(ids),
                                                 state="begun", begun_at=now))
    first, last = ids[0], ids[-1]
    session.execute(sa.update(outbox).where(waiting, outbox.c.id.between(first, last)).values(
        state="sending", begun=True, claim=key, attempts=outbox.c.attempts + 1, reason="mass send: no other way"))
    return key


def recipients(session: Connection, key: str) -> list[str]:
    """Who is in a mass send."""
    mine = sa.select(outbox.c.driver).where(outbox.c.claim == key)
    return list(session.execute(mine.order_by(outbox.c.id)).scalars())


def taken(session: Connection, key: str, job: str, now: datetime.datetime) -> None:
    """WeChat took it."""
    session.execute(sa.update(mass_sends).where(mass_sends.c.key == key, mass_sends.c.state == "begun").values(
        state="sent", job=job))
    session.execute(sa.update(outbox).where(outbox.c.claim == key, outbox.c.state == "sending").values(
        state="sent", sent_at=now, outside_id=job))


def refused(session: Connection, key: str, reason: str, code: int | None) -> None:
    """WeChat didn't take it: its recipients hear of it when they write."""
    session.execute(sa.update(mass_sends).where(mass_sends.c.key == key).values(state="failed"))
    session.execute(sa.update(outbox).where(outbox.c.claim == key, outbox.c.state == "sending").values(
        state="parked", reason=reason[:255], error_code=code, way=None, claim=None))


def withdraw(session: Connection, key: str) -> bool:
    """Right before the first call: False when its broadcast was stopped; then its recipients are not told."""
    stopped = sa.select(broadcasts.c.id).where(broadcasts.c.state == "stopped")
    row = sa.and_(mass_sends.c.key == key, mass_sends.c.state == "begun", mass_sends.c.broadcast_id.in_(stopped))
    if not session.execute(sa.update(mass_sends).where(row).values(state="failed")).rowcount:
        return True
    session.execute(sa.update(outbox).where(outbox.c.claim == key, outbox.c.state == "sending").values(
        state="withheld", reason="stopped by an officer", way=None, claim=None))
    return False


def finished(session: Connection, job: str, well: bool, total: int, sent: int, errors: int) -> bool:
    """MASSSENDJOBFINISH: how many it reached; False for one that isn't ours, or not yet.

    Whom it didn't reach WeChat doesn't tell: `reached` counts, and the recipients keep their state, unless none was.
    """
    ended = sa.case((mass_sends.c.state == "deleted", "deleted"), else_="done" if well else "failed")
    known = sa.update(mass_sends).where(mass_sends.c.job == job).values(
        state=ended, total=total, sent=sent, errors=errors)
    if not session.execute(known).rowcount:
        return False
    if not sent:
        session.execute(sa.update(outbox).where(outbox.c.outside_id == job, outbox.c.way == "mass").values(
            state="refused", reason="the mass send reached nobody"))
    return True


@dataclasses.dataclass(frozen=True)
class Reached:
    """What WeChat told of a broadcast's ended mass sends; `jobs` are their numbers."""

    jobs: tuple[str, ...]
    sent: int
    refused: int
    withheld: int


def reached(session: Connection, broadcast: int) -> Reached:
    """Sums over the mass sends that ended: reached, not reached, and not reached because they were stopped."""
    rows = session.execute(sa.select(mass_sends).where(
        mass_sends.c.broadcast_id == broadcast, mass_sends.c.sent.is_not(None))).all()
    missed = {stopped: sum(row.size - row.sent for row in rows if (row.state == "deleted") is stopped)
              for stopped in (True, False)}
    return Reached(tuple(row.job for row in rows), sum(row.sent for row in rows), missed[False], missed[True])


def to_delete(session: Connection) -> list[Any]:
    """Mass sends of stopped broadcasts that may still be running at WeChat."""
    query = sa.select(mass_sends).join(broadcasts, broadcasts.c.id == mass_sends.c.broadcast_id)
    return list(session.execute(query.where(broadcasts.c.state == "stopped", mass_sends.c.state == "sent")))


def deleted(session: Connection, key: str) -> None:
    """WeChat was asked to stop it."""
    session.execute(sa.update(mass_sends).where(mass_sends.c.key == key).values(state="deleted"))
