from __future__ import annotations

import datetime
import pathlib
import shutil
from typing import Iterator

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from tests.postgresql import new_database
from traffic.database import open_engine, writing
from traffic.drivers import Driver
from traffic.migrations import upgrade
from traffic.slots import Site, SlotRow
from traffic.vehicles import Vehicle

NOW = datetime.datetime(2026, 8, 3, 1, 30, tzinfo=datetime.timezone.utc)  # Monday 09:30 at the station


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    path = tmp_path_factory.mktemp("migrated") / "template.db"
    upgrade(f"sqlite:///{path}")
    engine = open_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def migrated_template(postgresql_server: str) -> Iterator[str]:
    with new_database(postgresql_server) as url:
        upgrade(url)
        yield url.rsplit("/", 1)[1]


@pytest.fixture
def sqlite_engine(migrated_file: pathlib.Path, tmp_path: pathlib.Path) -> Iterator[Engine]:
    shutil.copy(migrated_file, tmp_path / "records.db")
    engine = open_engine(f"sqlite:///{tmp_path / 'records.db'}")
    yield engine
    engine.dispose()


@pytest.fixture
def postgresql_engine(postgresql_server: str, migrated_template: str) -> Iterator[Engine]:
    with new_database(postgresql_server, migrated_template) as url:
        engine = open_engine(url)
        yield engine
        engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> Engine:
    return request.getfixturevalue(f"{request.param}_engine")


@pytest.fixture
def session(sqlite_engine: Engine) -> Iterator[Session]:
    with writing(sqlite_engine) as session:
        yield session


def add_vehicle(session: Session, plate: str = "浙JA1234", frame_tail: str | None = "123456",
                **columns: object) -> Vehicle:
    vehicle = Vehicle(plate=plate, frame_tail=frame_tail, **columns)
    session.add(vehicle)
    session.flush()
    return vehicle


def add_driver(session: Session, number: str = "339999199001010011", **columns: object) -> Driver:
    driver = Driver(**{"name": "测试甲", "license_number": number, "file_tail": "654321",
                       "first_issued_on": datetime.date(2020, 5, 10), **columns})
    session.add(driver)
    session.flush()
    return driver


def add_slots(session: Session, count: int = 3, capacity: int = 1, kind: str = "inspection",
              first: datetime.datetime = NOW + datetime.timedelta(hours=3)) -> list[int]:
    site = session.execute(sa.select(Site).where(Site.kind == kind)).scalar_one_or_none()
    if site is None:
        site = Site(kind=kind, window=kind, name="测试站", address="测试路1号", phone="0000", slot_minutes=30, places=1)
        session.add(site)
        session.flush()
    rows = [SlotRow(site_id=site.id, starts_at=first + n * datetime.timedelta(minutes=30),
                    ends_at=first + (n + 1) * datetime.timedelta(minutes=30), part_of_day="afternoon",
                    capacity=capacity) for n in range(count)]
    session.add_all(rows)
    session.flush()
    return [row.id for row in rows]
