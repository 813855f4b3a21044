"""What the account says by itself: rows of the outbox that nobody asked for, each with a key that lets it be said once.

They wait as `planned` until a channel's announcer finds a way out, apart from replies: 100,000 of them hold up none.
"""

from __future__ import annotations

import collections
import dataclasses
import datetime
import functools
import json
from typing import Any, Iterable, Mapping, Optional, Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from messages import quotas
from messages.inserts import insert_all, insert_once
from messages.tables import UtcTime, broadcasts, outbox

RESENDABLE = ("template", "mass")  # ways whose key makes the channel send once, however often it is asked
URGENT = "urgent"
COUNTED = ("sent", "passive", "unknown", "sending")


@dataclasses.dataclass(frozen=True)
class Push:
    """One thing to be said to one driver. `fields` are its parts for templates (title, when, where, note, …), and with
    `picture` (an address) also for a card that opens `link`; a preview may bring the `packed` article.

    Not said before `not_before` nor after `until`; the same `key` is said once. What is `urgent` doesn't wait for the
    end of the station's quiet hours.
    """

    key: str
    topic: str
    text: str
    fields: Mapping[str, str] = dataclasses.field(default_factory=dict)
    link: str = ""
    not_before: Optional[datetime.datetime] = None
    until: Optional[datetime.datetime] = None
    urgent: bool = False


@dataclasses.dataclass(frozen=True)
class Planned:
    """A row that waits for its way out; `way` is set when it must leave the same way again."""

    id: int
    driver: str
    topic: str
    text: str
    fields: Mapping[str, str]
    link: str
    broadcast: Optional[int]
    way: Optional[str]
    attempts: int
    resend_until: Optional[datetime.datetime]
    urgent: bool


@dataclasses.dataclass(frozen=True)
class Ended:
    """How the sending of one row ended: sent, refused, unknown, parked, or planned again after `again_in` seconds."""

    id: int
    state: str
    reason: str = ""
    code: Optional[int] = None
    outside_id: Optional[str] = None
    again_in: Optional[float] = None
    same_way: bool = False


def packed(parts: Sequence[Sequence[Any]], pictures: Sequence[str]) -> str:
    """An article as a field; parts and pictures as `publications.want` takes them."""
    return json.dumps({"parts": parts, "pictures": pictures})


def plan(session: Connection, channel: str, driver: str, push: Push, now: datetime.datetime, *,
         author: str = "system") -> Optional[int]:
    """Puts it into the outbox; None when its key is there already."""
    return insert_once(session, outbox, {**_values(channel, driver, push, None, now), "author": author})


def plan_many(session: Connection, channel: str, drivers: Iterable[str], push: Push, broadcast: int,
              now: datetime.datetime) -> None:
    """The same for each driver of a broadcast, under `key`:driver; who has it already gets no second."""
    rows = [_values(channel, driver, dataclasses.replace(push, key=f"{push.key}:{driver}"), broadcast, now)
            for driver in drivers]
    if rows:
        insert_all(session, outbox, rows)


def _values(channel: str, driver: str, push: Push, broadcast: Optional[int],
            now: datetime.datetime) -> dict[str, Any]:
    return {"channel": channel, "driver": driver, "author": "system", "state": "planned",
            "purpose": URGENT if push.urgent else "push",
            "text": push.text, "choices": [], "question": False, "created_at": now, "attempts": 0, "begun": False,
            "key": push.key[:120], "topic": push.topic, "broadcast_id": broadcast, "fields": dict(push.fields),
            "link": push.link, "not_before": push.not_before, "until": push.until}


def ripe(session: Connection, channel: str, now: datetime.datetime, limit: int) -> list[Planned]:
    """Rows that may leave now, oldest first: those of no broadcast before those of running ones."""
    found = _ripe(session, channel, now, limit, outbox.c.broadcast_id.is_(None))
    running = sa.select(broadcasts.c.id).where(broadcasts.c.channel == channel, broadcasts.c.state == "running")
    for number in session.execute(running.order_by(broadcasts.c.id)).scalars().all():
        if len(found) < limit:
            waiting = sa.or_(outbox.c.way.is_(None), outbox.c.way != "mass")
            found += _ripe(session, channel, now, limit - len(found), outbox.c.broadcast_id == number, waiting)
    return found


def _ripe(session: Connection, channel: str, now: datetime.datetime, limit: int, *where: Any) -> list[Planned]:
    due = sa.or_(outbox.c.not_before.is_(None), outbox.c.not_before <= now)
    still = sa.or_(outbox.c.until.is_(None), outbox.c.until > now)
    query = (sa.select(outbox).where(outbox.c.state == "planned", *where, due, still, outbox.c.channel == channel)
             .order_by(outbox.c.id).limit(limit))
    return [Planned(r.id, r.driver, r.topic, r.text or "", r.fields or {}, r.link or "", r.broadcast_id, r.way,
                    r.attempts, r.lease_until, r.purpose == URGENT) for r in session.execute(query)]


def unsent(session: Connection, broadcast: int) -> bool:
    """Whether recipients of a broadcast still wait for, or are on, a way of their own."""
    own = sa.or_(outbox.c.way.is_(None), outbox.c.way != "mass")
    query = sa.select(outbox.c.id).where(outbox.c.broadcast_id == broadcast, own,
                                         outbox.c.state.in_(("planned", "sending"))).limit(1)
    return session.execute(query).first() is not None


def take(session: Connection, ids: Sequence[int], way: str, reason: str, claim: str, resend_until: datetime.datetime,
         allowance: Optional[str] = None) -> None:
    """Claims rows for one way; those that WeChat would send twice when asked twice have not begun yet (`outbox.begin`).

    A row that leaves again keeps the moment until which asking again is safe.
    """
    same = {"to_way": way, "why": reason[:255], "by": claim, "of_allowance": allowance, "end": resend_until}
    session.execute(_taking(way in RESENDABLE), [{**same, "number": number} for number in ids])


@functools.cache
def _taking(resendable: bool) -> sa.sql.Update:
    end = sa.bindparam("end", type_=UtcTime)
    kept = sa.case((outbox.c.lease_until.is_(None), end), else_=outbox.c.lease_until)
    return _planned().values(
        state="sending", way=sa.bindparam("to_way", type_=sa.String), reason=sa.bindparam("why", type_=sa.String),
        claim=sa.bindparam("by", type_=sa.String), attempts=outbox.c.attempts + 1, begun=resendable,
        allowance=sa.bindparam("of_allowance", type_=sa.String), lease_until=kept if resendable else end)


def _planned() -> sa.sql.Update:
    """One by one: asked for many ids at once, SQLite would look at every planned row there is."""
    return sa.update(outbox).where(outbox.c.id == sa.bindparam("number"), outbox.c.state == "planned")


def begin(session: Connection, number: int, claim: str) -> bool:
    """Right before a row leaves by a way that can't be repeated; False when it was taken back."""
    held = sa.and_(outbox.c.id == number, outbox.c.state == "sending", outbox.c.claim == claim)
    return bool(session.execute(sa.update(outbox).where(held).values(begun=True)).rowcount)


def settle(session: Connection, ended: Iterable[Ended], now: datetime.datetime) -> None:
    """Writes how rows ended; what an event of the channel has settled already stays as it is."""
    every = list(ended)
    plain = [each for each in every if _plainly_sent(each)]
    if plain:
        session.execute(_sent(), [{"number": each.id, "outside": each.outside_id, "at": now} for each in plain])
    for each in every:
        if not _plainly_sent(each):
            _settle(session, each, now)
    if any(each.state == "planned" for each in every):
        withdraw_stopped(session)


def _plainly_sent(each: Ended) -> bool:
    return each.state == "sent" and not each.reason and each.code is None


@functools.cache
def _sent() -> sa.sql.Update:
    on_its_way = sa.and_(outbox.c.id == sa.bindparam("number"), outbox.c.state == "sending")
    return sa.update(outbox).where(on_its_way).values(
        state="sent", claim=None, error_code=None, outside_id=sa.bindparam("outside", type_=sa.String),
        sent_at=sa.bindparam("at", type_=UtcTime))


def _settle(session: Connection, each: Ended, now: datetime.datetime) -> None:
    values: dict[str, Any] = {"state": each.state, "error_code": each.code, "claim": None}
    if each.reason:
        values["reason"] = each.reason[:255]
    if each.outside_id:
        values["outside_id"] = each.outside_id
    if each.state == "sent":
        values["sent_at"] = now
    if each.state == "planned":
        values["not_before"] = now + datetime.timedelta(seconds=each.again_in or 0)
        values.update({} if each.same_way else {"way": None, "lease_until": None, "begun": False})
    session.execute(sa.update(outbox).where(outbox.c.id == each.id, outbox.c.state == "sending").values(values))


def withdraw_stopped(session: Connection) -> None:
    """What came back to wait after its broadcast was stopped is not said; what may have arrived before is unknown."""
    stopped = list(session.execute(sa.select(broadcasts.c.id).where(broadcasts.c.state == "stopped")).scalars())
    if stopped:
        withhold(session, stopped)


def withhold(session: Connection, stopped: Sequence[int]) -> None:
    """Rows of stopped broadcasts that wait are not said; who knows of those that were asked for in vain before."""
    waits = sa.and_(outbox.c.broadcast_id.in_(stopped), outbox.c.state.in_(("planned", "parked")))
    session.execute(sa.update(outbox).where(waits, outbox.c.begun, outbox.c.way.is_not(None)).values(
        state="unknown", reason="stopped by an officer while on its way"))
    session.execute(sa.update(outbox).where(waits).values(state="withheld", reason="stopped by an officer"))


def postpone(session: Connection, ids: Sequence[int], moment: datetime.datetime, reason: str) -> None:
    """Lets planned rows wait until then."""
    session.execute(_planned().values(not_before=moment, reason=reason[:255]), [{"number": each} for each in ids])


def put_aside(session: Connection, ids: Sequence[int], state: str, reason: str, way: Optional[str] = None) -> None:
    """Planned rows that don't leave now: parked for the driver's next message, withheld, or kept for a mass send."""
    session.execute(_planned().values(state=state, reason=reason[:255], way=way), [{"number": each} for each in ids])


def drop_what_is_over(session: Connection, channel: str, now: datetime.datetime) -> int:
    """What nobody needs to hear any more is not said; how many rows."""
    over = sa.and_(outbox.c.channel == channel, outbox.c.state.in_(("planned", "parked")), outbox.c.until <= now)
    return session.execute(sa.update(outbox).where(over).values(state="withheld", reason="over before it was said")
                           ).rowcount


def withdraw(session: Connection, topic: str, begins: str) -> int:
    """What waits or is parked under keys that begin so is not said: there is something newer; how many rows."""
    waits = sa.and_(outbox.c.topic == topic, outbox.c.state.in_(("planned", "parked")), outbox.c.key.startswith(begins))
    return session.execute(sa.update(outbox).where(waits).values(state="withheld", reason="newer news came")).rowcount


def heard(session: Connection, drivers: Sequence[str], topic: str, begins: str) -> frozenset[str]:
    """Which of these drivers were, or may have been, told something under keys that begin so."""
    query = sa.select(outbox.c.driver).where(outbox.c.driver.in_(drivers), outbox.c.topic == topic,
                                             outbox.c.state.in_(COUNTED), outbox.c.key.startswith(begins))
    return frozenset(session.execute(query).scalars())


def said_since(session: Connection, channel: str, drivers: Sequence[str],
               since: datetime.datetime) -> collections.Counter[str]:
    """How many things the account said by itself to each of these drivers."""
    query = (sa.select(outbox.c.driver, sa.func.count()).where(
        outbox.c.channel == channel, outbox.c.driver.in_(drivers), outbox.c.topic.is_not(None),
        outbox.c.topic != "preview", outbox.c.state.in_(COUNTED),
        sa.or_(outbox.c.sent_at >= since, outbox.c.state == "sending")).group_by(outbox.c.driver))
    return collections.Counter({driver: count for driver, count in session.execute(query)})


def was_last(session: Connection, channel: str, driver: str, since: datetime.datetime) -> bool:
    """Whether what the driver heard last, not before `since`, was said by the account itself."""
    at = sa.func.coalesce(outbox.c.sent_at, outbox.c.created_at)
    query = sa.select(outbox.c.topic, at.label("at")).where(
        outbox.c.channel == channel, outbox.c.driver == driver, outbox.c.state.in_(COUNTED)).order_by(at.desc(),
                                                                                                  outbox.c.id.desc())
    row = session.execute(query.limit(1)).first()
    return row is not None and row.topic is not None and row.topic != "preview" and _utc(row.at) >= since


def _utc(moment: datetime.datetime) -> datetime.datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=datetime.timezone.utc)


def recover(session: Connection, channel: str, now: datetime.datetime) -> int:
    """Settles rows whose announcer died; returns how many may have arrived and are not sent again.

    What had not begun to leave, and what the channel sends once however often it is asked, is planned again.
    """
    dead = sa.and_(outbox.c.channel == channel, outbox.c.topic.is_not(None), outbox.c.state == "sending",
                   sa.or_(outbox.c.way.is_(None), outbox.c.way != "mass"))
    unused = sa.select(outbox.c.driver, outbox.c.allowance).where(dead, ~outbox.c.begun, outbox.c.way == "custom")
    for row in session.execute(unused).all():
        if row.allowance:
            quotas.give_back(session, channel, row.driver, row.allowance)
    session.execute(sa.update(outbox).where(dead, ~outbox.c.begun).values(state="planned", way=None, lease_until=None,
                                                                          claim=None))
    again = sa.and_(dead, outbox.c.way.in_(RESENDABLE), outbox.c.lease_until > now)
    session.execute(sa.update(outbox).where(again).values(state="planned", claim=None))
    withdraw_stopped(session)
    return session.execute(sa.update(outbox).where(dead).values(
        state="unknown", reason="the announcing process died", sent_at=now)).rowcount
