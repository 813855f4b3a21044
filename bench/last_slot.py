"""The last place of a slot under many simultaneous bookings, round by round, on both databases: one winner each.

    python -m bench.last_slot [--drivers 200] [--rounds 100] [--databases sqlite postgresql]
"""

from __future__ import annotations

import argparse
import contextlib
import datetime
import pathlib
import sys
import tempfile
import threading
import time
from collections import Counter
from typing import Iterator, List, Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.exc import OperationalError

from bench.databases import DATABASES, records_database, say
from traffic.appointments import BookingRow, book
from traffic.database import open_engine, reading, writing
from traffic.errors import SlotFull
from traffic.slots import Site, SlotRow

CONNECTIONS = 15  # of one engine; so many engines are opened that all drivers are connected at once
NOW = datetime.datetime(2026, 11, 2, 1, 0, tzinfo=datetime.timezone.utc)


def main(args: Sequence[str]) -> int:
    """Runs all rounds and fails when one of them had no winner or two."""
    options = _options().parse_args(list(args))
    wrong = 0
    for kind in options.databases:
        with tempfile.TemporaryDirectory(prefix="weijing-bench-") as folder, \
                records_database(kind, pathlib.Path(folder)) as engine, connected(engine, options.drivers) as engines:
            begun = time.perf_counter()
            rounds = [rush(engines, options.drivers, number) for number in range(options.rounds)]
            wrong += sum(outcome != one_winner(options.drivers) for outcome in rounds)
        say(f"{kind}: {options.rounds} rounds of {options.drivers} bookings at once,"
            f" {sum(o == one_winner(options.drivers) for o in rounds)} with one winner,"
            f" {time.perf_counter() - begun:.0f} s")
        for outcome in rounds:
            if outcome != one_winner(options.drivers):
                say(f"  otherwise: {dict(outcome)}")
    return 1 if wrong else 0


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="weijing bench last_slot", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--drivers", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--databases", nargs="+", choices=DATABASES, default=list(DATABASES))
    return parser


def one_winner(drivers: int) -> Counter[str]:
    """What a round must end with."""
    return Counter({"booked": 1, "full": drivers - 1, "rows": 1, "places taken": 1})


@contextlib.contextmanager
def connected(engine: Engine, drivers: int) -> Iterator[List[Engine]]:
    """So many engines on the same database that all drivers can be connected at once; kept for all rounds."""
    url = engine.url.render_as_string(hide_password=False)
    engines = [open_engine(url) for _ in range(-(-drivers // CONNECTIONS))]
    try:
        yield engines
    finally:
        for each in engines:
            each.dispose()


def rush(engines: Sequence[Engine], drivers: int, number: int) -> Counter[str]:
    """One round: what became of so many drivers who book the same last place at once, and what is in the records."""
    slot = _new_slot(engines[0], number)
    start, outcome, writes = threading.Barrier(drivers), Counter[str](), threading.Lock()

    def one(driver: int) -> None:
        start.wait()
        became = _try(engines[driver % len(engines)], slot, f"r{number}d{driver}")
        with writes:
            outcome[became] += 1

    threads = [threading.Thread(target=one, args=(driver,)) for driver in range(drivers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcome + _in_the_records(engines[0], slot)


def _try(engine: Engine, slot: int, driver: str, attempts: int = 12) -> str:
    """What became of it; a lock that was not got in time is tried again, as the post room does with a failed turn."""
    try:
        with writing(engine) as session:
            book(session, driver, "inspection", slot, None, f"key {driver}", now=NOW)
        return "booked"
    except SlotFull:
        return "full"
    except OperationalError as error:
        return _try(engine, slot, driver, attempts - 1) if attempts > 1 else type(error).__name__
    except Exception as error:  # counted and told, whatever it is
        return type(error).__name__


def _new_slot(engine: Engine, number: int) -> int:
    with writing(engine) as session:
        site = session.execute(sa.select(Site)).scalars().first()
        if site is None:
            site = Site(kind="inspection", window="bench", name="测试站", address="测试路1号", phone="0000",
                        slot_minutes=30, places=1)
            session.add(site)
            session.flush()
        starts = NOW + datetime.timedelta(days=1, minutes=30 * number)
        slot = SlotRow(site_id=site.id, starts_at=starts, ends_at=starts + datetime.timedelta(minutes=30),
                       part_of_day="morning", capacity=1, booked=0)
        session.add(slot)
        session.flush()
        return int(slot.id)


def _in_the_records(engine: Engine, slot: int) -> Counter[str]:
    with reading(engine) as session:
        rows: List[int] = list(session.execute(sa.select(BookingRow.id).where(BookingRow.slot_id == slot)).scalars())
        return Counter({"rows": len(rows), "places taken": session.get(SlotRow, slot).booked})


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
