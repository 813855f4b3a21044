"""Model switches measured: twenty promotions and rollbacks under load; what waits, and whether memory grows.

    python bench/switches.py [--switches 20] [--per-second 5]

Runs its own station on free ports with the live model and a copy of it; nothing of the real one is touched.
"""

from __future__ import annotations

import argparse
import dataclasses
import datetime
import json
import os
import pathlib
import shutil
import signal
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

from bot.models import LIVE, Manifest, live_manifest, put_live, save_manifest, signed  # noqa: E402
from messages import inbox  # noqa: E402
from messages.clock import utc_now  # noqa: E402
from messages.database import open_engine, reading, writing  # noqa: E402
from messages.inbox import Incoming  # noqa: E402
from messages.tables import inbox as rows  # noqa: E402
from tests.test_main_job import free_ports, settings_for  # noqa: E402

SECRET = "m" * 40


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


def waits(engine: Engine, ids: List[int]) -> List[float]:
    """Seconds from receipt to the end of each turn; raises when one was lost."""
    deadline = time.monotonic() + 60
    while True:
        with reading(engine) as session:
            found = session.execute(sa.select(rows.c.state, rows.c.received_at, rows.c.finished_at).where(
                rows.c.id.in_(ids))).all()
        if all(row.state != "waiting" for row in found) or time.monotonic() > deadline:
            break
        time.sleep(0.5)
    lost = [row.state for row in found if row.state not in ("done", "held")]
    if lost or len(found) != len(ids):
        raise SystemExit(f"messages lost or failed: {lost}")
    return sorted((row.finished_at - row.received_at).total_seconds() for row in found)


def memory_of(process: subprocess.Popen) -> float:
    """Megabytes of all processes of the station."""
    children = psutil.Process(process.pid).children(recursive=True)
    return sum(child.memory_info().rss for child in children) / 2**20


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
                  "RASA_SPARE_PORT": str(free_ports(1)[0]), "WEIJING_SECRET": SECRET}
        print(json.dumps(measure(folder, chosen, manifests, options.switches, options.per_second), indent=1))


def measure(folder: pathlib.Path, chosen: Dict[str, str], manifests: List[Manifest], switches: int,
            per_second: float) -> Dict[str, Any]:
    """Starts a station, switches, and reads the clock and the memory."""
    output = folder / "output"
    with output.open("w") as written:
        station = subprocess.Popen([sys.executable, "-m", "bot.cli", "run"], cwd=ROOT, env=chosen, stdout=written,
                                   stderr=subprocess.STDOUT)
    try:
        while "Weijing is up" not in output.read_text():
            if station.poll() is not None:
                raise SystemExit(output.read_text()[-1000:])
            time.sleep(0.5)
        engine = open_engine(chosen["DATABASE_URL"])
        drivers, memory, seconds = Drivers(engine, per_second), [memory_of(station)], []
        drivers.start()
        for number in range(switches):
            began = time.monotonic()
            subprocess.run([sys.executable, "-m", "bot.cli", "promote", manifests[(number + 1) % 2].model], cwd=ROOT,
                           env=chosen, check=True, capture_output=True)
            seconds.append(time.monotonic() - began)
            memory.append(memory_of(station))
        drivers.stop()
        waited = waits(engine, drivers.ids)
        engine.dispose()
    finally:
        station.send_signal(signal.SIGTERM)
        station.wait(60)
    return {"switches": switches, "messages": len(waited), "longest_wait_s": round(waited[-1], 2),
            "p99_wait_s": round(waited[int(len(waited) * 0.99)], 2), "switch_s": [round(s, 1) for s in seconds],
            "memory_mb": [round(m) for m in memory], "at": datetime.datetime.now(datetime.timezone.utc).isoformat()}


if __name__ == "__main__":
    main()
