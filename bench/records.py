"""Look-ups among ten million violations beside those among ten thousand, in turns, on both databases.

    python -m bench.records [--small 10000] [--large 10000000] [--look-ups 2000] [--databases sqlite postgresql]
A look-up is what a driver's question costs the records: whose vehicle it is, its violations, their sums. The large
one takes about 3 GB below the temporary folder for each database.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime
import pathlib
import random
import sys
import tempfile
import time
from typing import Dict, Iterator, List, Sequence

from sqlalchemy.engine import Engine

from bench.databases import DATABASES, percentile_ms, records_database, say
from bench.many_violations import fill, frame_tail, plate
from traffic.bindings import bind_vehicle, owns
from traffic.database import reading, writing
from traffic.violations import totals, violations_of

AT_MOST = 2.0
NOW = datetime.datetime(2026, 11, 1, 2, 0, tzinfo=datetime.timezone.utc)
WARM_UP = 200


def main(args: Sequence[str]) -> int:
    """Measures, prints a table, and fails when the large one takes more than twice as long (p99)."""
    options = _options().parse_args(list(args))
    slow = [kind for kind in options.databases if _measure(kind, options) > AT_MOST]
    return 1 if slow else 0


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="weijing bench records", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--small", type=int, default=10_000)
    parser.add_argument("--large", type=int, default=10_000_000)
    parser.add_argument("--look-ups", type=int, default=2000)
    parser.add_argument("--databases", nargs="+", choices=DATABASES, default=list(DATABASES))
    return parser


def _measure(kind: str, options: argparse.Namespace) -> float:
    """The ratio of the 99th percentiles."""
    with contextlib.ExitStack() as stack:
        looks = {size: _LookUps(stack.enter_context(_filled(stack, kind, size)), size, options.look_ups)
                 for size in (options.small, options.large)}
        for number in range(options.look_ups + WARM_UP):
            for look in looks.values():
                look.up(number)
    p99 = [percentile_ms(looks[size].seconds, 99) for size in (options.small, options.large)]
    for size, look in looks.items():
        say(f"{kind}: among {size:>10,}  median {percentile_ms(look.seconds, 50):6.2f} ms"
            f"  p99 {percentile_ms(look.seconds, 99):6.2f} ms  ({look.rows / len(look.seconds):.1f} rows each)")
    say(f"{kind}: p99 {p99[1] / p99[0]:.2f} times as long (at most {AT_MOST})")
    return p99[1] / p99[0]


@contextlib.contextmanager
def _filled(stack: contextlib.ExitStack, kind: str, size: int) -> Iterator[Engine]:
    folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="weijing-bench-")))
    with records_database(kind, folder) as engine:
        begun = time.perf_counter()
        fill(engine, size)
        say(f"{kind}: {size:,} violations made in {time.perf_counter() - begun:.0f} s")
        yield engine


class _LookUps:
    """The same number of drivers, each with one vehicle, in a database of a size."""

    def __init__(self, engine: Engine, size: int, count: int) -> None:
        self.engine, self.rows = engine, 0
        self.seconds: List[float] = []
        dice = random.Random(577)
        vehicles = max(1, size // 10)
        self.plates: Dict[int, str] = {}
        for driver in range(min(count, vehicles)):
            number = dice.randint(1, vehicles)
            self.plates[driver] = plate(number)
            with writing(engine) as session:
                bind_vehicle(session, f"bench_{driver}", plate(number), frame_tail(number), NOW)

    def up(self, number: int) -> None:
        """One look-up; the first ones only warm up."""
        driver = number % len(self.plates)
        begun = time.perf_counter()
        with reading(self.engine) as session:
            vehicle = owns(session, f"bench_{driver}", self.plates[driver])
            assert vehicle is not None
            found = violations_of(session, vehicle.id)
            totals(found)
        if number >= WARM_UP:
            self.seconds.append(time.perf_counter() - begun)
            self.rows += len(found)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
