"""Millions of invented violations in minutes: made by the database itself, indexes last."""

# ruff: noqa: S608 - statements are put together from numbers and names of this file alone

from __future__ import annotations

from typing import List

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from traffic.offenses import OFFENSES
from traffic.plates import PROVINCES
from traffic.violations import Violation

A_VEHICLE = 10  # violations of a vehicle, on the average
STEP = 2_654_435_761  # odd, so that i × STEP visits everybody in an order that looks like chance
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"


def fill(engine: Engine, violations: int) -> int:
    """So many violations of a tenth as many vehicles, spread over six years; returns how many vehicles."""
    vehicles = max(1, violations // A_VEHICLE)
    sqlite = engine.dialect.name == "sqlite"
    table = Violation.__table__
    with engine.connect() as connection:
        _hurry(connection, sqlite)
        indexes = sorted(table.indexes, key=lambda index: str(index.name))
        for index in indexes:
            index.drop(connection)
        for statement in _statements(sqlite, vehicles, violations):
            connection.connection.cursor().execute(statement)  # as it stands: a % is a remainder, no parameter
        for index in indexes:
            index.create(connection)
        connection.commit()
    _settle(engine, sqlite)
    return vehicles


def plate(number: int) -> str:
    """The plate of vehicle `number` (from 1): every one another, of 31 provinces × 24 letters × 100,000."""
    office, serial = divmod(number, 100_000)
    return f"{PROVINCES[office // 24]}{LETTERS[office % 24]}{serial:05d}"


def frame_tail(number: int) -> str:
    """The end of its frame number."""
    return f"{number % 1_000_000:06d}"


def _hurry(connection: Connection, sqlite: bool) -> None:
    if sqlite:
        connection.rollback()
        for pragma in ("cache_size=-400000", "temp_store=MEMORY"):
            connection.exec_driver_sql(f"PRAGMA {pragma}")
    else:
        connection.exec_driver_sql("SET maintenance_work_mem = '512MB'")


def _settle(engine: Engine, sqlite: bool) -> None:
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        for statement in (["ANALYZE"] if sqlite else ["ANALYZE vehicles", "VACUUM ANALYZE violations"]):
            connection.exec_driver_sql(statement)
    engine.dispose()


def _statements(sqlite: bool, vehicles: int, violations: int) -> List[str]:
    """Numbers i from 1 in SQL; what looks like chance follows from i alone. Text is put together, never typed in."""
    numbers = "generate_series(1, {0}) AS n(i)" if not sqlite else \
        "(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {0}) SELECT i FROM n) AS n"
    pad = "printf('%0{1}d', {0})" if sqlite else "lpad(({0})::text, {1}, '0')"
    minute = "datetime('2020-11-01', '+' || ({0}) || ' minutes') || '.000000'" if sqlite else \
        "timestamptz '2020-11-01 00:00+00' + ({0}) * interval '1 minute'"
    day = "date('2020-11-10', '+' || ({0}) || ' days')" if sqlite else "date '2020-11-10' + ({0})::int"
    mix = f"(CAST(i AS BIGINT) * {STEP} % 4294967296)"
    span = f"{mix} / 11 % {6 * 365 * 1440}"
    settled = f"CASE WHEN {mix} % 4 = 0 THEN NULL ELSE {day.format(f'{mix} / 11 % {6 * 365}')} END"
    letters = _pick([f"{province}{letter}" for province in PROVINCES for letter in LETTERS], "i / 100000")
    plates = f"INSERT INTO vehicles (plate, plate_type, frame_tail) SELECT {letters} || " \
             f"{pad.format('i % 100000', 5)}, '02', {pad.format('i % 1000000', 6)} FROM " + numbers.format(vehicles)
    rows = "INSERT INTO violations (record_number, vehicle_id, happened_at, place, city, province, code, offense," \
           " fine_fen, points, decided_on, paid_on, authority) SELECT '3399' || " \
           f"{pad.format('i', 11)}, 1 + {mix} % {vehicles}, {minute.format(span)}, '杜桥大道' || (i % 300) || '号'," \
           f" '台州', '浙江', k.code, k.offense, k.fine_fen, k.points, {settled}, {settled}, '台州交警' FROM " \
           + numbers.format(violations) + f" JOIN _offenses AS k ON k.id = {mix} / 7 % {len(OFFENSES)}"
    kinds = ", ".join(f"({number}, '{o.code}', '{o.name}', {o.fine_fen}, {o.points})"
                      for number, o in enumerate(OFFENSES))
    return ["CREATE TEMPORARY TABLE _offenses (id INTEGER PRIMARY KEY, code VARCHAR(10), offense VARCHAR(120),"
            " fine_fen INTEGER, points INTEGER)", f"INSERT INTO _offenses VALUES {kinds}", plates, rows]


def _pick(values: List[object], index: str) -> str:
    """One of a list by its index, which is known only in SQL."""
    cases = " ".join(f"WHEN {number} THEN {sa.literal(value).compile(compile_kwargs={'literal_binds': True})}"
                     for number, value in enumerate(values))
    return f"CASE {index} {cases} END"
