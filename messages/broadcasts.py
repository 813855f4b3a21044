"""Broadcasts: written by one officer, approved by another, sent to each recipient at most once, stopped at a word."""

from __future__ import annotations

import dataclasses
import datetime
from typing import Any, Optional, Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from messages import mass_book, pushes
from messages.errors import NotAllowed
from messages.pushes import Push
from messages.tables import broadcasts, conversations, follows, outbox

TOPIC = "broadcast"
PREVIEWS = 2
SPEED_OVER = datetime.timedelta(seconds=10)
LATELY = datetime.timedelta(minutes=5)  # longer than any batch is on its way


@dataclasses.dataclass(frozen=True)
class Broadcast:
    """One broadcast; `audience` is in the station's words, `counted` how many it meant when it was written.

    `article` is what it carries with pictures, as it was then: number, address of its page, picture (its address),
    parts and pictures as `publications.want` takes them.
    """

    id: int
    channel: str
    title: str
    text: str
    link: str
    audience: str
    counted: int
    may_mass: bool
    author: str
    approved_by: Optional[str]
    state: str
    begins_at: datetime.datetime
    until: Optional[datetime.datetime]
    created_at: datetime.datetime
    previewed_at: Optional[datetime.datetime]
    begun_at: Optional[datetime.datetime]
    ended_at: Optional[datetime.datetime]
    stopped_by: Optional[str]
    filled_to: str
    article: Optional[dict[str, Any]] = None


@dataclasses.dataclass(frozen=True)
class Progress:
    """Recipients by what became of them; `left` still wait, `speed` a second over the last ten."""

    sent: int
    refused: int
    unknown: int
    parked: int
    withheld: int
    left: int
    speed: float

    @property
    def total(self) -> int:
        """All recipients."""
        return self.sent + self.refused + self.unknown + self.parked + self.withheld + self.left


def write(session: Connection, number: Optional[int], values: dict[str, Any], author: str,
          now: datetime.datetime) -> int:
    """A draft, new (None) or changed: title, text, link, article, audience, counted, may_mass, begins_at, until.

    A changed draft has to be previewed again. Raises NotAllowed when it is no draft any more.
    """
    if number is None:
        made = {**values, "author": author, "state": "draft", "created_at": now, "filled_to": ""}
        return session.execute(sa.insert(broadcasts).values(made)).inserted_primary_key[0]
    draft = sa.and_(broadcasts.c.id == number, broadcasts.c.state == "draft")
    if not session.execute(sa.update(broadcasts).where(draft).values(**values, author=author, previewed_at=None)
                           ).rowcount:
        raise NotAllowed("not a draft any more")
    return number


def find(session: Connection, number: int) -> Optional[Broadcast]:
    """One broadcast."""
    row = session.execute(sa.select(broadcasts).where(broadcasts.c.id == number)).one_or_none()
    return Broadcast(**row._mapping) if row else None


def listed(session: Connection, limit: int = 50) -> list[Broadcast]:
    """The newest first."""
    rows = session.execute(sa.select(broadcasts).order_by(broadcasts.c.id.desc()).limit(limit))
    return [Broadcast(**row._mapping) for row in rows]


def in_state(session: Connection, *states: str) -> list[Broadcast]:
    """Broadcasts in these states, oldest first."""
    rows = session.execute(sa.select(broadcasts).where(broadcasts.c.state.in_(states)).order_by(broadcasts.c.id))
    return [Broadcast(**row._mapping) for row in rows]


def preview(session: Connection, broadcast: Broadcast, phones: Sequence[str], now: datetime.datetime) -> None:
    """Shows it on the officers' phones. Raises NotAllowed with fewer than two of them."""
    if len(set(phones)) < PREVIEWS or broadcast.state != "draft":
        raise NotAllowed("a preview goes to two phones")
    shown = Push(f"preview:{broadcast.id}:{now.timestamp():.3f}", "preview", broadcast.text,
                 {**_fields(broadcast), **_whole(broadcast)}, broadcast.link)
    for phone in dict.fromkeys(phones):
        pushes.plan(session, broadcast.channel, phone, dataclasses.replace(shown, key=f"{shown.key}:{phone}"), now)
    session.execute(sa.update(broadcasts).where(broadcasts.c.id == broadcast.id).values(previewed_at=now))


def approve(session: Connection, number: int, officer: str, now: datetime.datetime) -> None:
    """Lets it go out at its time. Raises NotAllowed: not previewed, no draft, or the officer wrote it."""
    ready = sa.and_(broadcasts.c.id == number, broadcasts.c.state == "draft", broadcasts.c.author != officer,
                    broadcasts.c.previewed_at.is_not(None))
    if not session.execute(sa.update(broadcasts).where(ready).values(state="approved", approved_by=officer)).rowcount:
        raise NotAllowed("somebody other than its author approves a broadcast, after its preview")


def remove(session: Connection, number: int) -> None:
    """Throws a draft away. Raises NotAllowed for anything else."""
    draft = sa.and_(broadcasts.c.id == number, broadcasts.c.state == "draft")
    if not session.execute(sa.delete(broadcasts).where(draft)).rowcount:
        raise NotAllowed("not a draft")


def stop(session: Connection, number: int, officer: str, now: datetime.datetime) -> bool:
    """Nothing more of it leaves; False when it had ended."""
    going = sa.and_(broadcasts.c.id == number, broadcasts.c.state.in_(("approved", "filling", "running")))
    if not session.execute(sa.update(broadcasts).where(going).values(
            state="stopped", stopped_by=officer, ended_at=now)).rowcount:
        return False
    pushes.withhold(session, [number])
    return True


def lately_stopped(session: Connection, now: datetime.datetime) -> frozenset[int]:
    """Broadcasts of which something claimed before the stop may still be about to leave."""
    query = sa.select(broadcasts.c.id).where(broadcasts.c.state == "stopped", broadcasts.c.ended_at > now - LATELY)
    return frozenset(session.execute(query).scalars())


def due(session: Connection, now: datetime.datetime) -> list[Broadcast]:
    """Broadcasts whose recipients are to be written down now."""
    return [each for each in in_state(session, "approved", "filling") if each.begins_at <= now]


def fill(session: Connection, broadcast: Broadcast, drivers: Sequence[str], to: str, now: datetime.datetime) -> bool:
    """Writes some recipients down and how far one is; False when it was stopped meanwhile. Repeatable."""
    going = sa.and_(broadcasts.c.id == broadcast.id, broadcasts.c.state.in_(("approved", "filling")))
    begun = broadcast.begun_at or now
    if not session.execute(sa.update(broadcasts).where(going).values(
            state="filling", filled_to=to, begun_at=begun)).rowcount:
        return False
    push = Push(f"broadcast:{broadcast.id}", TOPIC, broadcast.text,
                _fields(broadcast), broadcast.link, until=broadcast.until)
    pushes.plan_many(session, broadcast.channel, drivers, push, broadcast.id, now)
    return True


def _fields(broadcast: Broadcast) -> dict[str, str]:
    picture = str((broadcast.article or {}).get("picture", ""))
    return {"title": broadcast.title, "note": broadcast.text, **({"picture": picture} if picture else {})}


def _whole(broadcast: Broadcast) -> dict[str, str]:
    return {"article": pushes.packed(broadcast.article["parts"], broadcast.article["pictures"])} if (
        broadcast.article) else {}


def run(session: Connection, number: int) -> None:
    """All recipients are written down: the announcer may begin."""
    session.execute(sa.update(broadcasts).where(broadcasts.c.id == number, broadcasts.c.state == "filling")
                    .values(state="running"))


def end_finished(session: Connection, now: datetime.datetime) -> None:
    """Running broadcasts of which nothing waits are done."""
    waits = sa.exists().where(outbox.c.broadcast_id == broadcasts.c.id, outbox.c.state.in_(("planned", "sending")))
    session.execute(sa.update(broadcasts).where(broadcasts.c.state == "running", ~waits).values(
        state="done", ended_at=now))


def progress(session: Connection, number: int, now: datetime.datetime) -> Progress:
    """How far it is; the sums are exact at this moment. Ended mass sends count as WeChat counted them."""
    mine, mass = outbox.c.broadcast_id == number, mass_book.reached(session, number)
    counted = sa.or_(outbox.c.outside_id.is_(None), outbox.c.outside_id.not_in(mass.jobs)) if mass.jobs else sa.true()
    by_state = sa.select(outbox.c.state, sa.func.count()).where(mine, counted).group_by(outbox.c.state)
    states = {state: count for state, count in session.execute(by_state)}
    lately = session.execute(sa.select(sa.func.count()).where(mine, outbox.c.state == "sent",
                                                              outbox.c.sent_at > now - SPEED_OVER)).scalar() or 0
    return Progress(states.get("sent", 0) + states.get("passive", 0) + mass.sent,
                    states.get("refused", 0) + mass.refused, states.get("unknown", 0), states.get("parked", 0),
                    states.get("withheld", 0) + mass.withheld,
                    states.get("planned", 0) + states.get("sending", 0) + states.get("ready", 0),
                    lately / SPEED_OVER.total_seconds())


def waiting(session: Connection, number: int, now: datetime.datetime) -> Optional[tuple[int, datetime.datetime, str]]:
    """How many recipients are put off (quiet hours, heard enough today), until when at the earliest, and why."""
    later = sa.and_(outbox.c.broadcast_id == number, outbox.c.state == "planned", outbox.c.not_before > now,
                    outbox.c.way.is_(None))
    row = session.execute(sa.select(sa.func.count(), sa.func.min(outbox.c.not_before), sa.func.max(outbox.c.reason))
                          .where(later)).one()
    return (row[0], row[1], row[2] or "") if row[0] else None


def results(session: Connection, number: int, states: Sequence[str] = (), after: int = 0,
            limit: int = 100) -> list[Any]:
    """Recipients (id, driver, state, way, reason, error_code, sent_at), in the order they were written down."""
    query = sa.select(outbox.c.id, outbox.c.driver, outbox.c.state, outbox.c.way, outbox.c.reason, outbox.c.error_code,
                      outbox.c.sent_at).where(outbox.c.broadcast_id == number, outbox.c.id > after)
    query = query.where(outbox.c.state.in_(states)) if states else query
    return list(session.execute(query.order_by(outbox.c.id).limit(limit)))


def followers(session: Connection, channel: str, after: str, limit: int) -> list[str]:
    """Drivers who had a conversation and did not leave since, by openid, behind `after`."""
    later = sa.alias(follows)
    last = sa.select(sa.func.max(later.c.id)).where(later.c.channel == conversations.c.channel,
                                                    later.c.driver == conversations.c.driver).scalar_subquery()
    left = sa.exists().where(follows.c.id == last, follows.c.event == "left")
    query = sa.select(conversations.c.driver).where(conversations.c.channel == channel,
                                                    conversations.c.driver > after, ~left)
    return list(session.execute(query.order_by(conversations.c.driver).limit(limit)).scalars())
