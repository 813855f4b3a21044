"""What is done once a night: old rows leave, missed appointments are noted, slots are opened a month ahead."""

from __future__ import annotations

import datetime
import subprocess
import sys
import zoneinfo
from typing import Dict, List

from sqlalchemy.engine import Engine

from bot.records import open_appointments
from bot.settings import ROOT, Settings, Station
from messages.clock import utc_now

HOUR = 3  # of the station's clock: nobody writes


def clean(url: str, station: Station) -> Dict[str, int]:
    """Deletes what is older than `keep_days` in station.yml; room → how many. The schema must be up to date."""
    import bot.model_retention
    import bot.tracker_retention
    import messages.retention
    import web.desk.retention
    from messages.database import open_engine

    keep, engine = station.keep_days, open_engine(url)
    try:
        return {
            "messages": messages.retention.remove_old(engine, datetime.timedelta(days=keep.messages)),
            "conversations": bot.tracker_retention.remove_old(
                engine, datetime.timedelta(days=keep.conversations), utc_now()),
            "desk": web.desk.retention.remove_old(engine, datetime.timedelta(days=keep.desk)),
            "models": bot.model_retention.remove_old(utc_now() - datetime.timedelta(days=keep.models)),
            "photos": _remove_photos(engine, utc_now() - datetime.timedelta(days=keep.messages)),
        }
    finally:
        engine.dispose()


def _remove_photos(engine: Engine, before: datetime.datetime) -> int:
    """Pictures of chats that are gone; those of accident cases and tickets are the station's files."""
    import messages.media
    from messages.database import reading
    from traffic import evidence, photos

    with reading(engine) as session:
        in_use = messages.media.paths_in_use(session) | evidence.paths_in_use(session)
    return photos.remove_others(in_use, before)


def nightly(settings: Settings, station: Station) -> str:
    """Does the night's work; says what was done in one line."""
    open_appointments(settings.database_url)
    missed = note_missed(settings.database_url)
    removed = clean(settings.database_url, station)
    teach(settings.database_url, utc_now())
    return "what was old is removed: " + ", ".join(f"{count} {room}" for room, count in removed.items()) + \
        f"; appointments missed: {missed}"


def teach(url: str, now: datetime.datetime) -> List[str]:
    """What the maintainers find in the morning: the inbox gathered anew and, once a week, the report.

    In processes of their own, for they load the words of a language; returns the commands. None where nobody wrote.
    """
    from bot.training.weekly import weeks

    commands = [["inbox", "gather"], *([] if f"{now:%G-W%V}" in weeks() else [["inbox", "weekly"]])]
    if not _spoken_to(url, now - datetime.timedelta(days=7)):
        return []
    for words in commands:
        subprocess.run([sys.executable, "-m", "bot.cli", *words, "--by", "night"], cwd=ROOT, check=False,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return [" ".join(words) for words in commands]


def _spoken_to(url: str, since: datetime.datetime) -> bool:
    import sqlalchemy as sa

    from messages.database import open_engine, reading
    from messages.tables import understandings

    engine = open_engine(url)
    try:
        with reading(engine) as session:
            rows = sa.select(understandings.c.inbox_id).where(understandings.c.at >= since).limit(1)
            return session.execute(rows).first() is not None
    finally:
        engine.dispose()


def note_missed(url: str) -> int:
    """Marks yesterday's appointments to which nobody came; how many. The schema must be up to date."""
    from traffic.database import open_engine, writing
    from traffic.no_shows import mark_missed

    engine = open_engine(url)
    try:
        with writing(engine) as session:
            return mark_missed(session)
    finally:
        engine.dispose()


def seconds_until_night(station: Station, now: datetime.datetime) -> float:
    """Until HOUR o'clock comes next at the station."""
    here = now.astimezone(zoneinfo.ZoneInfo(station.timezone))
    night = here.replace(hour=HOUR, minute=0, second=0, microsecond=0)
    if night <= here:
        night += datetime.timedelta(days=1)
    return (night - here).total_seconds()
