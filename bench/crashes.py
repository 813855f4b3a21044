"""The whole station killed while drivers write: real model, real Rasa, one supervisor, `kill -9` again and again.

    weijing bench crashes [--drivers 8] [--kills 6] [--database postgresql://…]

Drivers of the stand-in WeChat book a visit and hand in a complaint, each waiting for an answer before the next line.
Afterwards the database says what was lost, said twice, done twice or out of order. Needs models/live.tar.gz.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from typing import Any, Dict, Iterator, List

import httpx
import psutil
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bench.server import free_port
from bot.models import live_model
from bot.settings import ROOT, load_station
from connectors.sentences import load_sentences
from messages.database import open_engine, reading

VICTIMS = ("bot.rasa_process", "web", "actions")
START_S, ANSWER_S, PATIENCE_S = 300, 150, 240
BOOK = ("我要预约事故处理", "{plate}", "随便", "就约这个", "随便", "就约这个")  # another may have the first slot
COMPLAIN = ("我要投诉", "解放路口第{driver}号红绿灯坏了三天没人修，早晚高峰堵得走不动", "提交")
ASK = ("今天哪里堵", "我的预约", "我的投诉处理得怎么样了")


class Station:
    """`weijing run` with ports and a folder of its own."""

    def __init__(self, folder: pathlib.Path, url: str) -> None:
        ports = {name: str(free_port()) for name in ("WEB_PORT", "RASA_PORT", "ACTIONS_PORT", "PHONE_PORT")}
        self.phone = f"http://127.0.0.1:{ports['PHONE_PORT']}"
        self._settings = {
            **ports, "WEIJING_VAR": str(folder), "DATABASE_URL": url, "WECHAT_API_BASE_URL": self.phone,
            "WECHAT_TOKEN": "benchtoken", "WECHAT_APP_ID": "wxbench", "WECHAT_APP_SECRET": "secret",
            "WECHAT_ENCODING_AES_KEY": "m" * 43, "WEIJING_SECRET": "m" * 40, "WEIJING_START_SECONDS": str(START_S)}
        self._output = folder / "output"
        with self._output.open("w") as written:
            self.process = subprocess.Popen([sys.executable, "-m", "bot.cli", "run"], cwd=ROOT, stdout=written,
                                            stderr=subprocess.STDOUT, env={**os.environ, **self._settings})

    def wait_until_up(self) -> None:
        """Raises RuntimeError with the last lines when it does not come up."""
        until = time.monotonic() + START_S
        while "Weijing is up" not in self._output.read_text():
            if self.process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"the station did not come up: {self._output.read_text()[-800:]}")
            time.sleep(0.3)

    def kill(self, module: str) -> bool:
        """kill -9 to the process of this module; whether one was there."""
        for child in psutil.Process(self.process.pid).children(recursive=True):
            with contextlib.suppress(psutil.Error):
                if child.cmdline()[1:3] == ["-m", module]:
                    child.kill()
                    return True
        return False

    def stop(self) -> None:
        """Ends all its processes."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(90)


class Driver(threading.Thread):
    """Writes its lines, each after the last was answered, and goes on asking until it is told to stop."""

    def __init__(self, phone: str, number: int) -> None:
        super().__init__(daemon=True)
        self.openid, self.written, self.enough = f"o-bench-{number}", 0, threading.Event()
        self._again = load_sentences(load_station())["trying_again"][:12]  # a word in between is no answer
        self._http = httpx.Client(base_url=phone, trust_env=False, timeout=60)
        self._lines = [line.format(plate=f"浙J3K{900 + number}", driver=number) for line in (*BOOK, *COMPLAIN)]

    def run(self) -> None:
        """Follows and writes."""
        self._http.post(f"/phone/{self.openid}/follow", json={"scene": ""})
        self._await_answer(0)
        while self._lines or not self.enough.is_set():
            self._write(self._lines.pop(0) if self._lines else ASK[self.written % len(ASK)])

    def _write(self, line: str) -> None:
        heard = len(self._entries())
        self.written += 1
        number = str(int(time.time() * 1000) * 1000 + self.written)
        self._http.post(f"/stand-in/drivers/{self.openid}/post",
                        json={"MsgType": "text", "Content": line, "MsgId": number})
        self._await_answer(heard)

    def _await_answer(self, heard: int) -> None:
        until = time.monotonic() + ANSWER_S
        while len(self._entries()) <= heard and time.monotonic() < until:
            time.sleep(0.2)

    def _entries(self) -> List[Any]:
        entries = self._http.get(f"/stand-in/drivers/{self.openid}").json()["entries"]
        return [entry for entry in entries if entry["side"] == "account" and self._again not in str(entry)]

    def acknowledged(self) -> List[str]:
        """What WeChat posted for this driver and got a 200 for, as XML."""
        posts = self._http.get("/stand-in/record", params={"kind": "post", "driver": self.openid}).json()
        return [post["sent"] for post in posts if post["status"] == 200]


def settled(session: Connection) -> bool:
    """Whether nothing is under way."""
    asked = ("SELECT count(*) FROM inbox WHERE state = 'waiting'",
             "SELECT count(*) FROM outbox WHERE state IN ('ready', 'sending')")
    return not any(session.execute(sa.text(query)).scalar() for query in asked)


# Name → how many; the first column of each query counts what may never be.
FAULTS = {
    "lost": "SELECT count(*) FROM inbox i WHERE i.payload IS NULL AND i.text IS NOT NULL AND NOT EXISTS "
            "(SELECT 1 FROM outbox o WHERE o.inbox_id = i.id AND o.state IN ('passive', 'sent', 'parked', 'unknown'))",
    "said_twice": "SELECT count(*) FROM (SELECT inbox_id, text FROM outbox WHERE inbox_id IS NOT NULL AND text IS NOT "
                  "NULL AND author = 'bot' AND state IN ('passive', 'sent') GROUP BY inbox_id, text "
                  "HAVING count(*) > 1) AS twice",
    "out_of_order": "SELECT count(*) FROM outbox a JOIN outbox b ON a.driver = b.driver AND a.id < b.id "
                    "AND a.inbox_id > b.inbox_id AND a.author = 'bot' AND b.author = 'bot'",
    "booked_twice": "SELECT count(*) FROM (SELECT subscriber FROM bookings WHERE subscriber LIKE 'o-bench-%' "
                    "GROUP BY subscriber HAVING count(*) > 1) AS twice",
    "tickets_twice": "SELECT count(*) FROM (SELECT subscriber FROM tickets WHERE subscriber LIKE 'o-bench-%' "
                     "GROUP BY subscriber HAVING count(*) > 1) AS twice",
}
SEEN = {
    "messages": "SELECT count(*) FROM inbox", "second_runs": "SELECT count(*) FROM inbox WHERE attempts > 1",
    "apologies": "SELECT count(*) FROM inbox WHERE state = 'failed'",
    "bookings": "SELECT count(*) FROM bookings WHERE subscriber LIKE 'o-bench-%'",
    "tickets": "SELECT count(*) FROM tickets WHERE subscriber LIKE 'o-bench-%'",
    "outcome_unknown": "SELECT count(*) FROM outbox WHERE state = 'unknown'",
}


def remembered_twice(session: Connection) -> int:
    """Messages that Rasa's memory has more than once."""
    said = session.execute(sa.text("SELECT data FROM events WHERE type_name = 'user'")).scalars()
    keys = [key for data in said if (key := (json.loads(data).get("metadata") or {}).get("message_key"))]
    return len(keys) - len(set(keys))


def unrecorded(session: Connection, drivers: List[Driver]) -> int:
    """Posts that were acknowledged and are in no row of the inbox."""
    keys = set(session.execute(sa.text("SELECT key FROM inbox")).scalars())
    numbers = [sent.partition("<MsgId>")[2].partition("<")[0] for each in drivers for sent in each.acknowledged()]
    return sum(bool(number) and not any(number in key for key in keys) for number in set(numbers))


def measure(folder: pathlib.Path, url: str, drivers: int, kills: int) -> Dict[str, Any]:
    """One run; the figures."""
    station = Station(folder, url)
    try:
        station.wait_until_up()
        town = [Driver(station.phone, number) for number in range(drivers)]
        began = time.monotonic()
        for each in town:
            each.start()
        killed = list(_kill_again_and_again(station, kills))
        for each in town:
            each.enough.set()
        for each in town:
            each.join(PATIENCE_S)
        return {"drivers": drivers, "killed": killed, "seconds": round(time.monotonic() - began), **_judge(url, town)}
    finally:
        station.stop()


def _kill_again_and_again(station: Station, kills: int) -> Iterator[str]:
    chance = random.Random(7)
    for number in range(kills):
        time.sleep(chance.uniform(6, 14))
        victim = VICTIMS[0] if number % 2 == 0 else chance.choice(VICTIMS)
        if station.kill(victim):
            yield victim


def _judge(url: str, town: List[Driver]) -> Dict[str, Any]:
    engine, until = open_engine(url), time.monotonic() + PATIENCE_S
    try:
        while time.monotonic() < until:
            with reading(engine) as session:
                if settled(session):
                    break
            time.sleep(1)
        with reading(engine) as session:
            figures = {name: session.execute(sa.text(query)).scalar() for name, query in {**SEEN, **FAULTS}.items()}
            return {**figures, "unrecorded": unrecorded(session, town), "remembered_twice": remembered_twice(session),
                    "settled": settled(session)}
    finally:
        engine.dispose()


def main() -> int:
    """Prints the figures as JSON; 1 when anything happened that may never happen."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--drivers", type=int, default=8)
    parser.add_argument("--kills", type=int, default=6)
    parser.add_argument("--database", help="URL of an empty PostgreSQL database; SQLite in a temporary folder without")
    asked = parser.parse_args()
    live_model()  # a model that is missing is named before anything starts
    with tempfile.TemporaryDirectory() as folder:
        url = asked.database or f"sqlite:///{folder}/weijing.db"
        found = measure(pathlib.Path(folder), url, asked.drivers, asked.kills)
    print(json.dumps(found, indent=2, ensure_ascii=False))
    never = [*FAULTS, "unrecorded", "remembered_twice"]
    return int(any(found[name] for name in never) or not found["settled"])


if __name__ == "__main__":
    sys.exit(main())
