"""The database as the commands need it: both rooms' schemas, the demo city, names for the understanding."""

from __future__ import annotations

import datetime
import pathlib

from bot.commands.progress import Report
from bot.errors import CommandError
from bot.settings import VAR, Settings

DEMO_SEED = 577
SQLITE = "sqlite:///"


def upgrade_database(url: str) -> None:
    """Bring the tables of the records, the post room and the desk to this program's schema."""
    import bot.training.database
    import messages.database
    import traffic.migrations
    import web.desk.database

    VAR.mkdir(exist_ok=True)
    traffic.migrations.upgrade(url)
    messages.database.upgrade(url)
    web.desk.database.upgrade(url)
    bot.training.database.upgrade(url)


def make_demo_city(url: str, seed: int, report: Report) -> bool:
    """Fill an empty database with the demo city; says whether it did."""
    from traffic.database import open_engine
    from traffic.demo import has_records, make_demo

    upgrade_database(url)
    engine = open_engine(url)
    try:
        if has_records(engine):
            return False
        make_demo(engine, seed=seed, progress=report)
    finally:
        engine.dispose()
    export_dictionary(url)
    return True


def prepare_records(settings: Settings, report: Report = lambda done, total, what: None) -> None:
    """Bring the schema up to date; in development fill an empty database with the demo city.

    A real station's records come from its files, never from here.
    """
    upgrade_database(settings.database_url)
    if settings.development:
        make_demo_city(settings.database_url, DEMO_SEED, report)


def put_database_aside(url: str) -> None:
    """Rename an SQLite database, with the time of day, so that a fresh one can begin; PostgreSQL's stays."""
    if not url.startswith(SQLITE):
        raise CommandError("--fresh puts only an SQLite file aside: make an empty PostgreSQL database yourself")
    path = pathlib.Path(url.removeprefix(SQLITE))
    stamp = f"{datetime.datetime.now(datetime.timezone.utc):%Y%m%d-%H%M%S}"
    for suffix in ("", "-wal", "-shm"):
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.rename(path.with_name(f"{path.name}.{stamp}{suffix}"))


def open_appointments(url: str) -> None:
    """Open the slots that are missing in the next 30 days."""
    from traffic.database import open_engine, utc_now, writing
    from traffic.opening_days import local_day
    from traffic.slot_opening import open_sites, open_slots

    engine = open_engine(url)
    with writing(engine) as session:
        open_sites(session)
        open_slots(session, local_day(utc_now()))
    engine.dispose()


def export_dictionary(url: str) -> None:
    """Write the roads and places of the records to var/dictionary/, where the training finds them."""
    from traffic.database import open_engine
    from traffic.dictionary import write_dictionary

    upgrade_database(url)
    engine = open_engine(url)
    write_dictionary(engine, VAR / "dictionary")
    engine.dispose()
