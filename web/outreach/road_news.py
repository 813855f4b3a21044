"""Road news to those who asked for it: at once when a bulletin appears or changes, or daily at their hour."""

from __future__ import annotations

import datetime
import itertools
from typing import Dict, FrozenSet, List

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.orm import Session

from bot.settings import load_station
from messages import pushes
from messages.database import reading, writing
from traffic.bulletins import BulletinOrigin
from traffic.opening_days import local_moment, station_zone
from traffic.presentation import short_end, short_moment
from traffic.road_conditions import Bulletin, BulletinRow, as_bulletin, conditions
from traffic.road_subscriptions import RoadSubscription
from traffic.sayings import Saying, say_once
from traffic.subscriber_wishes import quiet_until
from traffic.subscribers import gone
from traffic.weekdays import is_one_of, next_of, with_days
from web.desk.database import records
from web.desk.sentences import Sentences
from web.outreach.saying import say

AHEAD = datetime.timedelta(hours=24)  # what begins later is told a day before
FRESH = datetime.timedelta(hours=2)  # an imported bulletin that is older is no news
LATE = datetime.timedelta(hours=2)  # a daily one that missed its hour by more waits for tomorrow
ENDED_LATELY = datetime.timedelta(hours=1)
LINES = 8
TOPIC = "road"
AT_ONCE = 500


def tell_news(engine: Engine, sentences: Sentences, now: datetime.datetime) -> int:
    """Tells of bulletins that nobody was told of yet; how many messages were planned."""
    with reading(engine) as session, records(session) as traffic:
        news = _news(traffic, now)
    count = 0
    for number, key in news:
        with writing(engine) as session:
            count += _tell(session, sentences, number, key, now)
    return count


def _news(traffic: Session, now: datetime.datetime) -> List[tuple[int, str]]:
    """(bulletin, key) of what is new: published or changed here, or imported and just begun."""
    still = sa.or_(BulletinRow.ends_at.is_(None), BulletinRow.ends_at > now)
    over = sa.and_(BulletinOrigin.ended_early, BulletinOrigin.changed_at > now - ENDED_LATELY)
    known = sa.or_(BulletinOrigin.revision.is_not(None), BulletinRow.starts_at > now - FRESH)
    query = (sa.select(BulletinRow.id, BulletinOrigin.revision).select_from(BulletinRow)
             .outerjoin(BulletinOrigin, BulletinOrigin.bulletin_id == BulletinRow.id)
             .where(sa.or_(still, over), known, BulletinRow.starts_at <= now + AHEAD))
    keys = [(number, f"bulletin:{number}:{revision or 0}") for number, revision in traffic.execute(query)]
    said = set(traffic.execute(sa.select(Saying.key).where(Saying.key.in_([key for _, key in keys]))).scalars())
    return [(number, key) for number, key in keys if key not in said]


def _tell(session: Connection, sentences: Sentences, number: int, key: str, now: datetime.datetime) -> int:
    with records(session) as traffic:
        if not say_once(traffic, key, "", now):
            return 0
        row, origin = traffic.get(BulletinRow, number), traffic.get(BulletinOrigin, number)
        since = origin.changed_at if origin else row.starts_at
        free_again = bool(origin and origin.ended_early)
        told = _interested(traffic, row, since, free_again, now)
        text, fields = news_text(sentences, row, free_again, now)
        urgent = not free_again and _before_morning(row, now)
    pushes.withdraw(session, TOPIC, f"bulletin:{number}:")
    if free_again:  # who never heard that it was closed needn't hear that it is open
        told = {driver: told[driver] for some in _in_parts(sorted(told))
                for driver in pushes.heard(session, some, TOPIC, f"bulletin:{number}:")}
    ends = row.ends_at if row.ends_at and row.ends_at > now else None
    return sum(say(session, driver, f"{key}:{driver}", TOPIC, text, fields, now, ends or day + AHEAD,
                   urgent and (day <= now or row.starts_at >= day), not_before=day if day > now else None)
               for driver, days in told.items()
               for day in [_day_to_speak(days, now)] if not (ends and ends <= day))


def _in_parts(drivers: List[str]) -> List[List[str]]:
    return [drivers[start:start + AT_ONCE] for start in range(0, len(drivers), AT_ONCE)]


def _before_morning(row: BulletinRow, now: datetime.datetime) -> bool:
    """Whether it would come too late at the end of the quiet hours, and is of a kind for which one may be woken."""
    outreach = load_station().outreach
    morning = quiet_until(now.astimezone(station_zone()), outreach.quiet_hours)
    return row.kind in outreach.at_night and row.starts_at < morning


def _day_to_speak(days: str, now: datetime.datetime) -> datetime.datetime:
    """Now, or the beginning of the first day on which one wants to hear."""
    today = now.astimezone(station_zone()).date()
    day = next_of(today, days)
    return now if day == today else local_moment(day, datetime.time())


def _interested(traffic: Session, row: BulletinRow, since: datetime.datetime, free_again: bool,
                now: datetime.datetime) -> Dict[str, str]:
    """Who subscribed to the road, or to all, before there was anything to tell; their days.

    Who wants news once a day is told of a closure that the next daily news would come too late for.
    """
    query = sa.select(RoadSubscription).where(
        RoadSubscription.ended_at.is_(None), RoadSubscription.created_at <= since,
        sa.or_(RoadSubscription.road_id == row.road_id, RoadSubscription.road_id.is_(None)))
    if row.kind != "closed":
        query = query.where(~RoadSubscription.only_closures, RoadSubscription.daily_at.is_(None))
    left = gone(traffic)
    heard = _heard_of(traffic, row.id) if free_again else frozenset()
    told: Dict[str, str] = {}
    for each in traffic.execute(query.order_by(RoadSubscription.subscriber, RoadSubscription.days)).scalars():
        driver, wants = each.subscriber, _wants_at_once(each, row, heard if free_again else None, now)
        if wants and driver not in left:
            told[driver] = with_days(told[driver], each.days) if driver in told else each.days
    return told


def _wants_at_once(each: RoadSubscription, row: BulletinRow, heard: FrozenSet[str] | None,
                   now: datetime.datetime) -> bool:
    """Who hears of roads daily: today, if it begins before the next time, or (`heard`) if the beginning was told."""
    if each.daily_at is None:
        return True
    if heard is not None:
        return each.subscriber in heard
    return _day_to_speak(each.days, now) == now and row.starts_at < _next_daily(each, now)


def _next_daily(each: RoadSubscription, now: datetime.datetime) -> datetime.datetime:
    today = now.astimezone(station_zone()).date()
    at = each.daily_at or datetime.time()
    first = local_moment(next_of(today, each.days), at)
    return first if first > now else local_moment(next_of(today + datetime.timedelta(days=1), each.days), at)


def _heard_of(traffic: Session, number: int) -> FrozenSet[str]:
    """Whom a bulletin was told to before."""
    query = sa.select(Saying.subscriber).where(Saying.key.startswith(f"bulletin:{number}:"), Saying.subscriber != "")
    return frozenset(traffic.execute(query).scalars())


def news_text(sentences: Sentences, row: BulletinRow, free_again: bool,
              now: datetime.datetime) -> tuple[str, Dict[str, str]]:
    """The message, and its parts for templates."""
    bulletin = as_bulletin(row)
    where = bulletin.road + (bulletin.section or "") + (f"（{bulletin.direction}）" if bulletin.direction else "")
    since, until = short_moment(row.starts_at), short_end(row.ends_at) if row.ends_at else ""
    kind = "open" if free_again else row.kind
    fields = {"title": bulletin.road, "where": where, "what": sentences.say(f"what_{kind}"),
              "when": short_moment(now) if free_again else since, "note": row.cause}
    parts = [sentences.say(f"road_{kind}", where=where, cause=_cause(sentences, bulletin))]
    if not free_again:
        begun = row.starts_at <= now
        span = ("road_until" if begun else "road_from_until") if until else ("road_no_end" if begun else "road_from")
        parts.append(sentences.say(span, since=since, until=until))
        parts += [sentences.say("road_detour", detour=bulletin.detour)] if bulletin.detour else []
    return "".join([*parts, "\n", sentences.say("road_stop")]), fields


def _cause(sentences: Sentences, bulletin: Bulletin) -> str:
    return sentences.say("road_cause", cause=bulletin.cause) if bulletin.cause else ""


def tell_daily(engine: Engine, sentences: Sentences, now: datetime.datetime) -> int:
    """The road conditions of each who wants them daily at an hour that has come; how many messages were planned.

    The driver chose the hour: 每天早上七点 does not wait for the end of the station's quiet hours.
    """
    today = now.astimezone(station_zone()).date()
    with reading(engine) as session, records(session) as traffic:
        due = [row for row in _daily(traffic) if row.daily_at and
               is_one_of(today, row.days) and datetime.timedelta() <= now - local_moment(today, row.daily_at) < LATE]
    count = 0
    for (driver, at), rows in itertools.groupby(due, key=lambda row: (row.subscriber, row.daily_at)):
        roads = [row.road.name if row.road else None for row in rows]
        with writing(engine) as session:
            with records(session) as traffic:
                text = daily_text(traffic, sentences, roads, now)
            fields = {"title": sentences.say("daily_what"), "where": roads[0] or sentences.say("daily_what"),
                      "what": sentences.say("daily_what"), "when": short_moment(now), "note": text}
            count += say(session, driver, f"daily:{driver}:{today}:{at:%H%M}", TOPIC, text, fields, now,
                         now + 6 * FRESH, urgent=True)
    return count


def _daily(traffic: Session) -> List[RoadSubscription]:
    query = sa.select(RoadSubscription).where(RoadSubscription.ended_at.is_(None),
                                              RoadSubscription.daily_at.is_not(None))
    left = gone(traffic)
    return [row for row in traffic.execute(query.order_by(
        RoadSubscription.subscriber, RoadSubscription.daily_at, RoadSubscription.id)).scalars()
        if row.subscriber not in left]


def daily_text(traffic: Session, sentences: Sentences, roads: List[str | None], now: datetime.datetime) -> str:
    """What is to be said of these roads (None: of all), now and until the same hour tomorrow; at most LINES of it."""
    found, clear = [], []
    for road in [None] if None in roads else roads:
        some = conditions(traffic, now, road, until=now + AHEAD)
        found += [_daily_line(sentences, each, now) for each in some]
        if not some:
            clear.append(sentences.say("daily_clear", road=road) if road else sentences.say("daily_all_clear"))
    more = [sentences.say("daily_more", more=str(len(found) - LINES))] if len(found) > LINES else []
    return "\n".join([sentences.say("daily_head"), *found[:LINES], *more, *clear, sentences.say("road_stop")])


def _daily_line(sentences: Sentences, each: Bulletin, now: datetime.datetime) -> str:
    since = sentences.say("daily_line_since", since=short_moment(each.starts)) if each.starts > now else ""
    until = sentences.say("daily_line_until", until=short_end(each.ends)) if each.ends else ""
    return sentences.say("daily_line", where=each.road + (each.section or ""), cause=_cause(sentences, each),
                         kind=sentences.say(f"what_{each.kind}"), since=since, until=until)
