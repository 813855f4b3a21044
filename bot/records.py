"""The database as the commands need it: both rooms' schemas, the demo city, names for the understanding."""

from __future__ import annotations

import datetime
import zoneinfo

from bot.commands.progress import Report
from bot.settings import VAR, load_station


def today() -> datetime.date:
    """Today at the station."""
    return datetime.datetime.now(zoneinfo.ZoneInfo(load_station().timezone)).date()


def upgrade_database(url: str) -> None:
    """Bring the tables of the records and of the post room to this program's schema."""
    import messages.database
    import traffic.database

    VAR.mkdir(exist_ok=True)
    traffic.database.upgrade(url)
    messages.database.upgrade(url)


def make_demo_city(url: str, seed: int, fresh: bool, report: Report) -> bool:
    """Fill an empty database with the demo city; says whether it did."""
    from traffic.database import open_engine
    from traffic.demo import has_records, make_demo

    upgrade_database(url)
    engine = open_engine(url)
    try:
        if has_records(engine) and not fresh:
            return False
        make_demo(engine, seed=seed, today=today(), progress=report)
    finally:
        engine.dispose()
    export_dictionary(url)
    return True


def export_dictionary(url: str) -> None:
    """Write the roads and places of the records to var/dictionary/, where the training finds them."""
    from sqlalchemy.orm import Session
    from traffic.database import open_engine
    from traffic.road_conditions import places, roads

    upgrade_database(url)
    folder = VAR / "dictionary"
    folder.mkdir(exist_ok=True)
    engine = open_engine(url)
    with Session(engine) as session:
        for name, found in (("roads", roads(session)), ("places", places(session))):
            lines = sorted(" ".join([entry.name, *entry.aliases]) for entry in found)
            (folder / f"{name}.txt").write_text("".join(line + "\n" for line in lines), encoding="utf-8")
    engine.dispose()
