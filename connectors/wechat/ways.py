"""By which way something that nobody asked for may leave: the cheapest lawful one, and why."""

from __future__ import annotations

import dataclasses
import datetime
import zoneinfo
from typing import Mapping, Optional, Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.settings import Notice, Outreach
from connectors.wechat.intake import CHANNEL, KEPT
from messages import notices, pushes, quotas
from messages.pushes import Planned
from messages.tables import allowances

ANYTIME = frozenset({"preview"})
HOLDING = datetime.timedelta(hours=1)


@dataclasses.dataclass(frozen=True)
class Decision:
    """What becomes of a row: a way (custom, notice, template, preview), or `mass`, `park`, `later` with `moment`."""

    row: Planned
    way: str
    reason: str
    allowance: Optional[str] = None
    moment: Optional[datetime.datetime] = None


class Ways:
    """The rules of `station.yml`, with what WeChat said lately about a way that is closed."""

    def __init__(self, outreach: Outreach, timezone: str) -> None:
        self.outreach, self._zone = outreach, zoneinfo.ZoneInfo(timezone)
        self._closed: dict[str, datetime.datetime] = {}

    def close(self, way: str, until: datetime.datetime) -> None:
        """Leaves a way out until then: the day's quota is used up, or the account may not."""
        self._closed[way] = until

    def open(self, way: str, now: datetime.datetime) -> bool:
        """Whether WeChat hasn't closed the way."""
        return self._closed.get(way, now) <= now

    def tomorrow(self, now: datetime.datetime) -> datetime.datetime:
        """When the next day begins at the station."""
        day = now.astimezone(self._zone).date() + datetime.timedelta(days=1)
        return datetime.datetime.combine(day, datetime.time(), self._zone)

    def month(self, now: datetime.datetime) -> str:
        """The station's month, e.g. 2026-11."""
        return now.astimezone(self._zone).strftime("%Y-%m")

    def loud_at(self, now: datetime.datetime) -> datetime.datetime:
        """Now, or when the station's quiet hours end."""
        here, (begins, ends) = now.astimezone(self._zone), self.outreach.quiet_hours
        clock = here.time()
        quiet = begins <= clock < ends if begins < ends else clock >= begins or clock < ends
        end = here.replace(hour=ends.hour, minute=ends.minute, second=0, microsecond=0)
        return now if not quiet or begins == ends else end if end > here else end + datetime.timedelta(days=1)

    def decide(self, session: Connection, rows: Sequence[Planned], now: datetime.datetime,
               may_mass: Mapping[int, bool]) -> list[Decision]:
        """A decision for each row; spends windows and consents for those that leave by them."""
        drivers = list(dict.fromkeys(row.driver for row in rows))
        today = self.tomorrow(now) - datetime.timedelta(days=1)
        said = pushes.said_since(session, CHANNEL, drivers, today)
        windows, agreed = _windows(session, drivers, now), notices.with_consent(session, CHANNEL, drivers)
        decisions = []
        for row in rows:
            held = self._held_back(row, said[row.driver], now)
            decision = held or self._way(session, row, now, row.driver in windows, agreed,
                                         may_mass.get(row.broadcast or 0, False))
            said[row.driver] += decision.way not in ("later", "park", "mass")
            decisions.append(decision)
        return decisions

    def _held_back(self, row: Planned, said: int, now: datetime.datetime) -> Optional[Decision]:
        if row.topic in ANYTIME or row.way in pushes.RESENDABLE:
            return None
        loud = self.loud_at(now)
        if loud > now and not row.urgent:
            return Decision(row, "later", "quiet hours", moment=loud)
        if said >= self.outreach.per_driver_a_day:
            return Decision(row, "later", "the driver heard enough today", moment=self.loud_at(self.tomorrow(now)))
        return None

    def _way(self, session: Connection, row: Planned, now: datetime.datetime, window: bool,
             agreed: set[tuple[str, str]], may_mass: bool) -> Decision:
        if row.way == "template":
            return _again(row, now)
        kind = quotas.spend(session, CHANNEL, row.driver, "push", now, KEPT) if (
            window and self.open("custom", now)) else None
        if kind:
            return Decision(row, "custom", f"the driver wrote lately; {kind}", kind)
        notice = self.outreach.notices.get(row.topic)
        if notice and self.open("notice", now) and (row.driver, notice.id) in agreed and notices.spend(
                session, CHANNEL, row.driver, notice.id):
            return Decision(row, "notice", "the driver agreed to this notice", notice.id[:16])
        if row.topic in self.outreach.templates and self.open("template", now) and self.open(row.topic, now):
            return Decision(row, "template", "template message: no open window, no consent")
        if row.topic == "preview":
            return Decision(row, "preview", "preview of a mass send")
        if may_mass:
            return Decision(row, "mass", "waits for a mass send: no other way")
        return Decision(row, "park", "no way out: said when the driver writes")

    def fields(self, notice: Notice, row: Planned) -> dict[str, str]:
        """The row's parts as WeChat's fields; an empty one would be refused."""
        return {name: row.fields.get(part) or self.outreach.empty_field for name, part in notice.fields.items()}


def _again(row: Planned, now: datetime.datetime) -> Decision:
    if row.resend_until is None or row.resend_until > now:
        return Decision(row, "template", "template message again, under the same key")
    return Decision(row, "unknown", "WeChat no longer knows the key under which it was asked for")


def _windows(session: Connection, drivers: Sequence[str], now: datetime.datetime) -> set[str]:
    """Those of the drivers who have an open window."""
    query = sa.select(allowances.c.driver).where(
        allowances.c.channel == CHANNEL, allowances.c.driver.in_(drivers), allowances.c.expires_at > now,
        allowances.c.left > 0)
    return set(session.execute(query).scalars())
