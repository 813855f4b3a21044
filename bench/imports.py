"""An import of a million rows beside the databases' own bulk load (`.import`, `COPY`) of as many, in one run.

    python -m bench.imports [--rows 1000000] [--databases sqlite postgresql]
Compared is the bulk load of the same violations into the same table: its indexes and constraints stand, the values are
what the table holds, vehicles are there already (`sqlite3` checks no foreign keys, PostgreSQL does). Weijing's import
begins with the police's file: it reads, checks, converts, finds or makes vehicles, and could be broken off at any row.
Told beside it: the bulk load of the police's file as it stands into a plain table of texts without any index.
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
from typing import Any, Iterator, List, Sequence, Tuple

from sqlalchemy.engine import Engine

from bench.databases import DATABASES, records_database, say
from bench.many_violations import plate
from traffic.imports.files import import_file
from traffic.migrations import upgrade
from traffic.offenses import OFFENSES

AT_MOST = 5.0
HEADER = ["违法编号", "号牌号码", "号牌种类", "违法时间", "违法地点", "违法城市", "违法代码", "违法内容", "罚款金额",
          "记分", "驾驶证号", "处理时间", "缴款日期", "采集机关"]


def main(args: Sequence[str]) -> int:
    """Measures, prints, and fails when the import takes more than five times as long as into the same table."""
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
    """How many times as long the import takes as the bulk load into the same table."""
    with tempfile.TemporaryDirectory(prefix="weijing-bench-") as name, \
            records_database(kind, pathlib.Path(name)) as engine:
        folder = pathlib.Path(name)
        begun = time.perf_counter()
        report = import_file(engine, "violations", path)
        ours = time.perf_counter() - begun
        assert (report.good, report.bad_count) == (rows, 0), report
        load = _sqlite_loads if kind == "sqlite" else _postgresql_loads
        plain, same = load(engine, path, folder)
    say(f"{kind}: import {ours:.1f} s ({rows / ours:,.0f} rows a second); bulk load into the same table {same:.1f} s:"
        f" {ours / same:.2f} times as long (at most {AT_MOST}); into a plain table {plain:.1f} s: {ours / plain:.2f}")
    return ours / same


def _columns() -> str:
    return ", ".join(f"c{number} TEXT" for number in range(len(HEADER)))


def _sqlite_loads(engine: Engine, path: pathlib.Path, folder: pathlib.Path) -> Tuple[float, float]:
    """Seconds of `sqlite3 .import` into a plain table and into the same one, each in a file of its own."""
    rows, same = folder / "rows.csv", folder / "same.db"
    upgrade(f"sqlite:///{same}")
    _sqlite3(pathlib.Path(str(engine.url.database)), f".mode csv\n.once {rows}\nSELECT * FROM violations;\n")
    settings = "PRAGMA journal_mode=WAL;\nPRAGMA synchronous=NORMAL;\nPRAGMA cache_size=-131072;\n"
    plain = _sqlite3(folder / "plain.db", f"{settings}CREATE TABLE plain ({_columns()});\n"
                                          f".mode csv\n.import --skip 1 {path} plain\n")
    return plain, _sqlite3(same, f"{settings}.mode csv\n.import {rows} violations\n")


def _sqlite3(database: pathlib.Path, script: str) -> float:
    """Seconds that the shell takes for it."""
    begun = time.perf_counter()
    command = [shutil.which("sqlite3") or "sqlite3", "-bail", str(database)]
    subprocess.run(command, input=script, text=True, check=True, capture_output=True)
    return time.perf_counter() - begun


def _postgresql_loads(engine: Engine, path: pathlib.Path, folder: pathlib.Path) -> Tuple[float, float]:
    """Seconds of `COPY … FROM STDIN` into a plain table and, emptied before, into the same one."""
    rows = folder / "rows"
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        with rows.open("wb") as file:
            cursor.copy_expert("COPY violations TO STDOUT", file)
        cursor.execute(f"TRUNCATE violations; CREATE TABLE plain ({_columns()})")
        connection.commit()
        return (_copy(connection, "plain FROM STDIN WITH (FORMAT csv, HEADER true)", path),
                _copy(connection, "violations FROM STDIN", rows))
    finally:
        connection.close()


def _copy(connection: Any, what: str, path: pathlib.Path) -> float:
    begun = time.perf_counter()
    with path.open("rb") as file:
        connection.cursor().copy_expert(f"COPY {what}", file, 1 << 20)
    connection.commit()
    return time.perf_counter() - begun


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
