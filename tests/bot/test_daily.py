from __future__ import annotations

import datetime
import os
import pathlib
import subprocess
import types
from typing import Callable, Iterator

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session as RecordsSession

import bot.daily
import bot.run
from bot import model_retention
from bot.daily import clean, nightly, seconds_until_night, teach
from bot.records import upgrade_database
from bot.settings import KeepDays, Settings, load_station
from bot.tracker_retention import remove_old
from bot.training import weekly
from messages import inbox, outbox
from messages.clock import utc_now
from messages.database import open_engine, reading, writing
from messages.inbox import Incoming
from messages.replies import Reply
from messages.tables import understandings
from tests.connectors.wechat.accounts import settings_for
from traffic import photos

DAY = datetime.timedelta(days=1)
Remember = Callable[[str, int, str], None]


@pytest.fixture
def url(tmp_path: pathlib.Path) -> str:
    made = f"sqlite:///{tmp_path}/weijing.db"
    upgrade_database(made)
    return made


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    opened = open_engine(url)
    with writing(opened) as session:
        session.execute(sa.text("CREATE TABLE events (id INTEGER PRIMARY KEY, sender_id TEXT, type_name TEXT,"
                                " timestamp FLOAT, data TEXT)"))
    yield opened
    opened.dispose()


@pytest.fixture
def remember(engine: Engine) -> Remember:
    """Saves an event of a driver, so many days old."""
    def save(driver: str, days: int, kind: str) -> None:
        with writing(engine) as session:
            session.execute(sa.text("INSERT INTO events (sender_id, type_name, timestamp) VALUES (:who, :kind, :at)"),
                            {"who": driver, "kind": kind, "at": (utc_now() - days * DAY).timestamp()})

    return save


def left(engine: Engine) -> list[tuple[str, str]]:
    with reading(engine) as session:
        return [tuple(row) for row in session.execute(sa.text("SELECT sender_id, type_name FROM events ORDER BY id"))]


def test_whole_sessions_leave_and_the_running_one_stays(engine: Engine, remember: Remember) -> None:
    for days, kind in ((60, "session_started"), (60, "user"), (40, "session_started"), (40, "user"), (1, "user")):
        remember("still-writes", days, kind)
    for kind in ("session_started", "user"):
        remember("went-away", 50, kind)
    assert remove_old(engine, 30 * DAY, utc_now(), batch=2) == 4
    assert left(engine) == [("still-writes", "session_started"), ("still-writes", "user"), ("still-writes", "user")]
    assert remove_old(engine, 30 * DAY, utc_now()) == 0


def test_before_rasa_was_ever_started_there_is_nothing_to_remove(url: str) -> None:
    opened = open_engine(url)
    assert remove_old(opened, 30 * DAY, utc_now()) == 0
    opened.dispose()


def write_and_answer(engine: Engine, driver: str, days: int) -> None:
    then = utc_now() - days * DAY
    with writing(engine) as session:
        message = inbox.receive(session, Incoming("wechat", driver, f"{driver}:1", "text", "旧", turn=False), then, 4.3)
        outbox.append(session, "wechat", driver, [Reply("旧答")], then, message=message.id, state="sent")


@pytest.fixture(autouse=True)
def nothing_of_this_machine(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_retention, "MODELS", tmp_path / "models")
    monkeypatch.setattr(photos, "PHOTOS", tmp_path / "photos")


def test_each_room_keeps_what_station_yml_says(url: str, engine: Engine, remember: Remember) -> None:
    photos.keep(photos.as_photo(b"of a chat that is gone"))
    os.utime(photos.PHOTOS / photos.as_photo(b"of a chat that is gone").path, (0, 0))
    write_and_answer(engine, "old", 20)
    write_and_answer(engine, "new", 1)
    remember("old", 20, "user")
    with writing(engine) as session:
        session.execute(sa.text("INSERT INTO notes (channel, driver, officer, text, at) VALUES"
                                " ('wechat', 'old', 'wang', '便签', :at)"), {"at": "2020-01-01 00:00:00.000000"})
    station = load_station().copy(update={"keep_days": KeepDays(messages=10, conversations=10, desk=10)})
    assert clean(url, station) == {"messages": 3, "conversations": 1, "desk": 1, "models": 0, "photos": 1}
    assert clean(url, station) == {"messages": 0, "conversations": 0, "desk": 0, "models": 0, "photos": 0}


def test_the_night_begins_at_three_of_the_station() -> None:
    station = load_station()
    evening = datetime.datetime(2026, 5, 6, 23, 0, tzinfo=datetime.timezone.utc)  # 07:00 there
    assert seconds_until_night(station, evening) == 20 * 3600
    assert seconds_until_night(station, evening - datetime.timedelta(hours=4)) == 24 * 3600


class Supervisor:
    """Runs for so many seconds of a clock that only its waits move, then has ended."""

    def __init__(self, seconds: float, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now, self.end = 0.0, seconds
        monkeypatch.setattr(bot.run, "time", types.SimpleNamespace(monotonic=lambda: self.now))
        monkeypatch.setattr(bot.run, "settle_broken_off", lambda: None)

    def poll(self) -> None:
        return None

    def wait(self, seconds: float) -> None:
        self.now += seconds
        if self.now < self.end:
            raise subprocess.TimeoutExpired("supervisord", seconds)


def test_a_running_station_cleans_up_soon_and_then_every_night(monkeypatch: pytest.MonkeyPatch) -> None:
    nights: list[float] = []
    supervisor = Supervisor(10_000.0, monkeypatch)
    monkeypatch.setattr(bot.run, "seconds_until_night", lambda station, now: 9_000.0)
    monkeypatch.setattr(bot.run, "nightly", lambda settings, station: nights.append(supervisor.now) or "done")
    bot.run._wait(supervisor, settings_for("sqlite:///unused"))
    first = bot.run.FIRST_NIGHT_AFTER
    assert nights == [first, first + 9_000.0]


def test_a_night_that_fails_ends_nothing(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def away(settings: Settings, station: object) -> str:
        raise ConnectionError("secret")

    monkeypatch.setattr(bot.run, "nightly", away)
    bot.run._wait(Supervisor(bot.run.FIRST_NIGHT_AFTER + 1, monkeypatch), settings_for("sqlite:///unused"))
    assert "the night's work failed: ConnectionError" in capsys.readouterr().out


def test_the_night_notes_who_did_not_come(url: str, engine: Engine) -> None:
    from traffic.appointments import BookingRow
    from traffic.slot_opening import open_sites
    from traffic.slots import Site, SlotRow

    with RecordsSession(engine) as session, session.begin():
        open_sites(session)
        slot = SlotRow(site_id=session.execute(sa.select(Site.id)).scalars().first(), starts_at=utc_now() - 2 * DAY,
                       ends_at=utc_now() - 2 * DAY, part_of_day="morning", capacity=2)
        session.add(slot)
        session.flush()
        for number, state in enumerate(("booked", "attended")):
            session.add(BookingRow(number=f"YY{number}", key=f"k{number}", subscriber=f"driver-{number}",
                                   kind="inspection", slot_id=slot.id, state=state, created_at=utc_now()))
    assert nightly(settings_for(url), load_station()).endswith("appointments missed: 1")
    with engine.connect() as connection:
        assert connection.execute(sa.text("SELECT state FROM bookings ORDER BY number")).scalars().all() == [
            "no_show", "attended"]


def test_maintainers_find_the_inbox_gathered_where_somebody_wrote_and_once_a_week_a_report(
        engine: Engine, url: str, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now, started = utc_now(), []
    monkeypatch.setattr(bot.daily.subprocess, "run", lambda command, **_: started.append(command[3:5]))
    monkeypatch.setattr(weekly, "VAR", tmp_path)
    assert teach(url, now) == started == []
    with writing(engine) as session:
        session.execute(sa.insert(understandings).values(
            inbox_id=1, channel="wechat", driver="d", at=now, intent="greet", confidence=0.9, ranking=[]))
    assert teach(url, now) == ["inbox gather", "inbox weekly"]
    (tmp_path / "weekly").mkdir()
    (tmp_path / "weekly" / f"{now:%G-W%V}.json").touch()
    assert teach(url, now) == ["inbox gather"]
    assert started == [["inbox", "gather"], ["inbox", "weekly"], ["inbox", "gather"]]
