"""An import of a million rows beside the databases' own bulk load (`.import`, `COPY`) of the same file, in one run.

    python -m bench.imports [--rows 1000000] [--databases sqlite postgresql]
The bulk load goes into a plain table with the same columns and no index; Weijing's import reads, checks, converts,
finds vehicle and driver, keeps every index, and could be broken off at any row.
"""

from __future__ import annotations

import argparse
import csv
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time
from typing import Iterator, List, Sequence

from sqlalchemy.engine import Engine

from bench.databases import DATABASES, records_database, say
from bench.many_violations import plate
from traffic.imports.files import import_file
from traffic.offenses import OFFENSES

AT_MOST = 5.0
HEADER = ["违法编号", "号牌号码", "号牌种类", "违法时间", "违法地点", "违法城市", "违法代码", "违法内容", "罚款金额",
          "记分", "驾驶证号", "处理时间", "缴款日期", "采集机关"]


def main(args: Sequence[str]) -> int:
    """Measures, prints, and fails when the import takes more than five times as long."""
    options = _options().parse_args(list(args))
    with tempfile.TemporaryDirectory(prefix="weijing-bench-") as folder:
        path = pathlib.Path(folder) / "violations.csv"
        write_file(path, options.rows)
        say(f"{options.rows:,} rows, {path.stat().st_size / 1e6:.0f} MB")
        slow = [kind for kind in options.databases if _measure(kind, path, options.rows) > AT_MOST]
    return 1 if slow else 0


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="weijing bench imports", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--databases", nargs="+", choices=DATABASES, default=list(DATABASES))
    return parser


def write_file(path: pathlib.Path, rows: int) -> None:
    """A CSV as a police export is, of so many invented violations."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        writer.writerows(_rows(rows))


def _rows(count: int) -> Iterator[List[object]]:
    dice = random.Random(577)
    for number in range(1, count + 1):
        offense = OFFENSES[dice.randrange(len(OFFENSES))]
        day = f"202{dice.randrange(1, 6)}-{dice.randrange(1, 13):02d}-{dice.randrange(1, 29):02d}"
        settled = "" if dice.random() < 0.3 else day
        yield [f"3399{number:011d}", plate(1 + dice.randrange(max(1, count // 10))), "02",
               f"{day} {dice.randrange(24):02d}:{dice.randrange(60):02d}:00", f"杜桥大道{dice.randrange(300)}号",
               "台州", offense.code, offense.name, offense.fine_fen // 100, offense.points, "", settled, settled,
               "台州交警"]


def _measure(kind: str, path: pathlib.Path, rows: int) -> float:
    """How many times as long the import takes."""
    with tempfile.TemporaryDirectory(prefix="weijing-bench-") as folder, \
            records_database(kind, pathlib.Path(folder)) as engine:
        begun = time.perf_counter()
        report = import_file(engine, "violations", path)
        ours = time.perf_counter() - begun
        assert (report.good, report.bad_count) == (rows, 0), report
        bulk = (_dot_import if kind == "sqlite" else _copy)(engine, path, pathlib.Path(folder))
    say(f"{kind}: bulk load {bulk:.1f} s ({rows / bulk:,.0f} rows a second), import {ours:.1f} s"
        f" ({rows / ours:,.0f} rows a second): {ours / bulk:.2f} times as long (at most {AT_MOST})")
    return ours / bulk


def _columns() -> str:
    return ", ".join(f"c{number} TEXT" for number in range(len(HEADER)))


def _dot_import(_: Engine, path: pathlib.Path, folder: pathlib.Path) -> float:
    """`sqlite3 .import`, into a file of its own with the same settings."""
    script = f"PRAGMA journal_mode=WAL;\nPRAGMA synchronous=NORMAL;\nCREATE TABLE plain ({_columns()});\n" \
             f".mode csv\n.import --skip 1 {path} plain\nSELECT count(*) FROM plain;\n"
    begun = time.perf_counter()
    command = [shutil.which("sqlite3") or "sqlite3", folder / "plain.db"]
    subprocess.run(command, input=script, text=True, check=True, capture_output=True)
    return time.perf_counter() - begun


def _copy(engine: Engine, path: pathlib.Path, _: pathlib.Path) -> float:
    """`COPY … FROM STDIN WITH (FORMAT csv)`."""
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute(f"CREATE TABLE plain ({_columns()})")
        begun = time.perf_counter()
        with path.open(encoding="utf-8") as file:
            cursor.copy_expert("COPY plain FROM STDIN WITH (FORMAT csv, HEADER true)", file)
        connection.commit()
        return time.perf_counter() - begun
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
