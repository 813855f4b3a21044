"""Empty databases with the records' schema for the benches: a SQLite file and a PostgreSQL of one's own."""

from __future__ import annotations

import contextlib
import pathlib
import sys
from typing import Iterator, Sequence

from sqlalchemy.engine import Engine

from tests.postgresql import cluster, new_database, newest_binaries
from traffic.database import open_engine
from traffic.migrations import upgrade

DATABASES = ("sqlite", "postgresql")


@contextlib.contextmanager
def records_database(kind: str, folder: pathlib.Path) -> Iterator[Engine]:
    """An engine on an empty, migrated database of a kind; gone afterwards."""
    if kind == "sqlite":
        with _opened(f"sqlite:///{folder / 'records.db'}") as engine:
            yield engine
        return
    binaries = newest_binaries()
    if binaries is None:
        raise RuntimeError("no PostgreSQL on this machine: apt install postgresql, or --databases sqlite")
    with cluster(binaries) as server, new_database(server) as url, _opened(url) as engine:
        yield engine


@contextlib.contextmanager
def _opened(url: str) -> Iterator[Engine]:
    upgrade(url)
    engine = open_engine(url)
    try:
        yield engine
    finally:
        engine.dispose()


def say(line: str) -> None:
    """One line of progress or result."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def percentile_ms(seconds: Sequence[float], share: int) -> float:
    """Milliseconds below which that share (percent) lies."""
    ordered = sorted(seconds)
    return 1000 * ordered[min(len(ordered) - 1, len(ordered) * share // 100)]
