"""The calendar: what goes out when, two weeks ahead."""

from __future__ import annotations

import collections
import dataclasses
import datetime
from typing import Dict, List

import sqlalchemy as sa
from sanic.response import HTTPResponse
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from messages import broadcasts
from messages.database import reading
from traffic.announcements import Announcement
from traffic.bulletins import listed
from traffic.opening_days import local_day, local_moment
from traffic.reminders import counted_ahead
from traffic.road_conditions import as_bulletin
from traffic.road_subscriptions import RoadSubscription
from traffic.weekdays import is_one_of
from web.desk.database import records
from web.desk.guard import Route, Visit
from web.desk.office import Office
from web.outreach.reminders import APPOINTMENTS_FROM

DAYS = 14


@dataclasses.dataclass(frozen=True)
class Entry:
    """One thing that goes out; `link` is its page.

    `kind` is broadcast, draft, stopped, road, road_end, daily, article, article_end or reminder.
    """

    at: datetime.datetime
    kind: str
    what: str
    count: int = 0
    link: str = ""


async def _calendar(office: Office, visit: Visit) -> HTTPResponse:
    days = await office.do(_days, office, visit.now)
    return office.page("calendar.html", visit=visit, days=days, now=visit.now, said="")


def _days(office: Office, now: datetime.datetime) -> Dict[datetime.date, List[Entry]]:
    today = office.clock.local(now).date()
    with reading(office.engine) as session:
        with records(session) as traffic:
            entries = [*_roads(traffic, now), *_daily(traffic, today), *_articles(traffic, now),
                       *_reminders(traffic, today, office.station.outreach.quiet_hours[1])]
        entries += _broadcasts(session, now)
    days: Dict[datetime.date, List[Entry]] = {today + datetime.timedelta(days=n): [] for n in range(DAYS)}
    for entry in sorted(entries, key=lambda entry: entry.at):
        day = office.clock.local(entry.at).date()
        if day in days:
            days[day].append(entry)
    return days


def _broadcasts(session: Connection, now: datetime.datetime) -> List[Entry]:
    """Those to come, those under way, and those of today that have ended."""
    ended = broadcasts.in_state(session, "done", "stopped")
    over = [each for each in ended if local_day(each.begins_at) == local_day(now)]
    waiting = broadcasts.in_state(session, "draft", "approved", "filling", "running")
    kinds = {"draft": "draft", "stopped": "stopped"}
    late = local_moment(local_day(now), datetime.time())  # what began days ago and goes on is shown today
    going = ("filling", "running")
    return [Entry(max(each.begins_at, late) if each.state in going else each.begins_at,
                  kinds.get(each.state, "broadcast"), each.title, each.counted, f"/desk/broadcasts/{each.id}")
            for each in [*over, *waiting]]


def _roads(traffic: Session, now: datetime.datetime) -> List[Entry]:
    entries = []
    for row in listed(traffic, now):
        each = as_bulletin(row)
        name = f"{each.road}{each.section or ''} {each.cause}"
        if row.starts_at > now:
            entries.append(Entry(row.starts_at, "road", name, link=f"/desk/bulletins/{row.id}"))
        if row.ends_at:
            entries.append(Entry(row.ends_at, "road_end", name, link=f"/desk/bulletins/{row.id}"))
    return entries


def _daily(traffic: Session, today: datetime.date) -> List[Entry]:
    query = sa.select(RoadSubscription.daily_at, RoadSubscription.days, RoadSubscription.subscriber).where(
        RoadSubscription.ended_at.is_(None), RoadSubscription.daily_at.is_not(None)).distinct()
    who = collections.defaultdict(set)
    for at, days, subscriber in traffic.execute(query):
        for day in (today + datetime.timedelta(days=n) for n in range(DAYS)):
            if is_one_of(day, days):
                who[day, at].add(subscriber)
    return [Entry(local_moment(day, at), "daily", "", len(subscribers)) for (day, at), subscribers in who.items()]


def _articles(traffic: Session, now: datetime.datetime) -> List[Entry]:
    query = sa.select(Announcement).where(sa.or_(Announcement.published_at > now, Announcement.ends_at > now))
    rows = list(traffic.execute(query).scalars())
    begin = [Entry(row.published_at, "article", row.title, link=f"/desk/articles/{row.id}") for row in rows
             if row.published_at and row.published_at > now]
    return begin + [Entry(row.ends_at, "article_end", row.title, link=f"/desk/articles/{row.id}") for row in rows
                    if row.ends_at]


def _reminders(traffic: Session, today: datetime.date, morning: datetime.time) -> List[Entry]:
    """Reminders whose day is known: appointments of the next day, in the afternoon; inspections and licences 30, 7 …
    days before, in the morning."""
    counts: collections.Counter[tuple[datetime.date, str]] = counted_ahead(traffic, today, DAYS)
    return [Entry(local_moment(day, APPOINTMENTS_FROM if kind == "appointment" else morning), "reminder", kind, count)
            for (day, kind), count in sorted(counts.items())]


ROUTES = [Route("/calendar", _calendar, may="supervise")]
