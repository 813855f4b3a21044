"""Model switches measured: twenty promotions and rollbacks under load; what waits, and whether memory grows.

    python bench/switches.py [--switches 20] [--per-second 5]

Runs its own station on free ports with the live model and a copy of it; nothing of the real one is touched.
"""

from __future__ import annotations

import argparse
import collections
import contextlib
import dataclasses
import datetime
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from typing import Any, Dict, List

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import psutil  # noqa: E402
import sqlalchemy as sa  # noqa: E402
from sqlalchemy.engine import Engine  # noqa: E402

from bench.station import few_records, started, weijing  # noqa: E402
from bot.models import LIVE, Manifest, live_manifest, put_live, save_manifest, signed  # noqa: E402
from messages import inbox  # noqa: E402
from messages.clock import utc_now  # noqa: E402
from messages.database import open_engine, reading, writing  # noqa: E402
from messages.inbox import Incoming  # noqa: E402
from messages.tables import inbox as rows  # noqa: E402
from tests.test_main_job import free_ports, settings_for  # noqa: E402

SECRET = "m" * 40
STEADY = 15.0
"""Seconds of load before the first switch: what a message waits without one."""
LAST_ANSWERS = 300.0


def two_models(folder: pathlib.Path) -> List[Manifest]:
    """The live model twice, under two names, signed for this station."""
    live = live_manifest()
    if live is None:
        raise SystemExit("no model is live: weijing train")
    made = []
    for number in (1, 2):
        name = f"weijing-2000010{number}-000000.tar.gz"
        shutil.copy(LIVE.resolve(), folder / name)
        moment = f"2000-01-0{number}T00:00:00+00:00"
        manifest = signed(dataclasses.replace(live, model=name, made=moment, gate={"passed": True, "reasons": []}),
                          SECRET)
        save_manifest(manifest, folder)
        made.append(manifest)
    put_live(made[0], folder)
    return made


class Drivers:
    """Writes `per_second` messages until it is stopped."""

    def __init__(self, engine: Engine, per_second: float) -> None:
        self._engine, self._pause, self._ended = engine, 1 / per_second, threading.Event()
        self.ids: List[int] = []
        self._thread = threading.Thread(target=self._write)

    def start(self) -> None:
        """Begins."""
        self._thread.start()

    def stop(self) -> None:
        """Ends."""
        self._ended.set()
        self._thread.join()

    def _write(self) -> None:
        while not self._ended.wait(self._pause):
            message = Incoming("wechat", f"o-bench-{uuid.uuid4().hex[:10]}", uuid.uuid4().hex, "text", "今天哪里堵")
            with writing(self._engine) as session:
                self.ids.append(inbox.receive(session, message, utc_now(), answer_within=3600).id)


def waits(engine: Engine, ids: List[int]) -> List[Wait]:
    """When each message came and how long it took to the end of its turn; raises when one was lost."""
    deadline = time.monotonic() + LAST_ANSWERS
    while True:
        with reading(engine) as session:
            found = session.execute(sa.select(rows.c.state, rows.c.received_at, rows.c.finished_at).where(
                rows.c.id.in_(ids))).all()
        if all(row.state != "waiting" for row in found) or time.monotonic() > deadline:
            break
        time.sleep(0.5)
    states = collections.Counter(row.state for row in found)
    if set(states) - {"done", "held"} or len(found) != len(ids):
        raise SystemExit(f"messages lost, failed or still waiting: {len(ids)} written, {dict(states)}")
    return [Wait(row.received_at, (row.finished_at - row.received_at).total_seconds()) for row in found]


@dataclasses.dataclass(frozen=True)
class Wait:
    """A message: when it came, seconds until its turn was over."""

    at: datetime.datetime
    seconds: float


@dataclasses.dataclass
class Switch:
    """One promotion: when it began and ended, and megabytes of each process behind it."""

    began: datetime.datetime
    ended: datetime.datetime
    memory: Dict[str, int]

    def told(self, waited: List[Wait]) -> Dict[str, Any]:
        """For the report; `wait_s` is the longest of the messages that came while it went on."""
        mine = [wait.seconds for wait in waited if self.began <= wait.at <= self.ended]
        return {"seconds": round((self.ended - self.began).total_seconds(), 1), "messages": len(mine),
                "wait_s": round(max(mine, default=0.0), 2), "memory_mb": self.memory}


def memory_of(process: subprocess.Popen) -> Dict[str, int]:
    """Megabytes of the station's processes: web, actions, phone, and Rasa, whichever slot it has.

    Without what is mapped from files: SQLite maps its file, and that grows with the records, not with switches.
    """
    found: Dict[str, int] = {}
    for child in psutil.Process(process.pid).children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            words = child.cmdline()[1:3]
            name = "rasa" if words == ["-m", "bot.rasa_process"] else words[-1] if words[:1] == ["-m"] else ""
            if name:
                memory = child.memory_info()
                found[name] = found.get(name, 0) + (memory.rss - memory.shared) // 2**20
    return found


def main() -> None:
    """Prints the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--switches", type=int, default=20)
    parser.add_argument("--per-second", type=float, default=5.0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "models").mkdir()
        manifests = two_models(folder / "models")
        chosen = {**os.environ, **settings_for(folder), "WEIJING_MODELS": str(folder / "models"),
                  "RASA_SPARE_PORT": str(free_ports(1)[0]), "WEIJING_SECRET": SECRET,
                  "WEIJING_START_SECONDS": "400"}
        print(json.dumps(measure(folder, chosen, manifests, options.switches, options.per_second), indent=1))


def measure(folder: pathlib.Path, chosen: Dict[str, str], manifests: List[Manifest], switches: int,
            per_second: float) -> Dict[str, Any]:
    """Starts a station, switches, and reads the clock and the memory."""
    few_records(chosen["DATABASE_URL"])
    station, engine = started(folder / "output", chosen), open_engine(chosen["DATABASE_URL"])
    drivers = Drivers(engine, per_second)
    try:
        drivers.start()
        time.sleep(STEADY)
        before, made = memory_of(station), []
        for number in range(switches):
            began = utc_now()
            weijing(chosen, "promote", manifests[(number + 1) % 2].model)
            made.append(Switch(began, utc_now(), memory_of(station)))
            print(f"{number + 1}/{switches} in {(made[-1].ended - began).total_seconds():.0f} s", file=sys.stderr)
        drivers.stop()
        return told(before, made, waits(engine, drivers.ids))
    finally:
        drivers.stop()
        engine.dispose()
        station.terminate()
        station.wait(60)


def told(before: Dict[str, int], made: List[Switch], waited: List[Wait]) -> Dict[str, Any]:
    """The figures; `wait_s` outside switches shows what the machine's own load costs."""
    quiet = [w.seconds for w in waited if w.at < made[0].began]
    each = sorted(round(w.seconds, 2) for w in waited)
    return {"switches": len(made), "messages": len(waited), "lost": 0, "longest_wait_s": each[-1],
            "p50_wait_s": each[len(each) // 2], "p99_wait_s": each[len(each) * 99 // 100],
            "longest_wait_before_s": round(max(quiet), 2), "memory_before_mb": before,
            "memory_after_mb": made[-1].memory, "each": [switch.told(waited) for switch in made]}


if __name__ == "__main__":
    main()
