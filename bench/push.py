"""What the account says by itself, measured: a broadcast whose process is killed, and drivers who answer all at once.

    weijing bench push [--recipients 100000] [--kills 20] [--per-minute 9000] [--burst 2000] [--within 10]

The stand-in WeChat counts what each recipient got; the burst is answered by a bot that only echoes.
"""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import json
import os
import pathlib
import random
import socket
import subprocess
import sys
import tempfile
import threading
import time
from typing import Any, Iterator, Optional

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import httpx  # noqa: E402
import sqlalchemy as sa  # noqa: E402
from sanic import Sanic  # noqa: E402
from sqlalchemy.engine import Engine  # noqa: E402

from bot.settings import Notice, Outreach, Settings, load_station  # noqa: E402
from connectors.wechat.webhook import webhook_blueprint  # noqa: E402
from messages import broadcasts, database  # noqa: E402
from messages.broadcasts import Progress  # noqa: E402
from messages.clock import utc_now  # noqa: E402
from messages.database import open_engine, reading, writing  # noqa: E402
from messages.replies import Reply  # noqa: E402
from messages.tables import broadcasts as broadcast_table  # noqa: E402
from messages.tables import conversations, inbox  # noqa: E402
from messages.turn_worker import TurnWorker  # noqa: E402
from messages.turns import Turn  # noqa: E402
from web.phone.account import account_from  # noqa: E402
from web.phone.server import StandIn  # noqa: E402

SENTENCES = {"apology": "不好意思", "trying_again": "再查一次", "in_queue": "民警会回您", "left_queue": "好的"}
FILLED_AT_ONCE = 2000
PREFIX = "o-fan-"


@dataclasses.dataclass(frozen=True)
class Broadcasted:
    """One broadcast: how it ended, what WeChat counted, and how fast it went against what was allowed."""

    recipients: int
    kills: int
    progress: Progress
    received: int
    reached: int
    most_to_one: int
    seconds: float
    allowed_a_second: float

    @property
    def of_allowed(self) -> float:
        """Speed against the allowed one."""
        return self.received / self.seconds / self.allowed_a_second

    @property
    def exact(self) -> bool:
        """Whether each got at most one and our count is WeChat's."""
        return self.most_to_one <= 1 and self.received == self.reached == self.progress.sent and not self.progress.left


@dataclasses.dataclass(frozen=True)
class Burst:
    """Drivers who wrote within a few seconds: how many were answered, and how long WeChat waited for us at most."""

    drivers: int
    in_inbox: int
    answered: int
    slowest_ms: float
    median_ms: float
    tries: int


def settings_for(url: str, api: str) -> Settings:
    """An invented account."""
    return Settings(database_url=url, wechat_token="benchtoken", wechat_app_id="wx0123456789abcdef",  # noqa: S106
                    wechat_app_secret="s" * 32, wechat_encoding_aes_key="A" * 43, weijing_secret="w" * 32,
                    wechat_api_base_url=api, wechat_clock_tolerance=300)


def outreach_of(per_minute: int) -> Outreach:
    """Template messages at any hour, so many a minute."""
    template = Notice(id="bench-template", fields={"thing1": "title", "thing2": "note"})
    return Outreach(per_minute=per_minute, quiet="00:00-00:00", templates={"broadcast": template}, per_driver_a_day=20)


def serve(url: str, api: str, listening: socket.socket, per_minute: int) -> None:
    """The process that is killed: webhook, announcer, and a bot that echoes."""
    app = Sanic("bench_push", configure_logging=False)
    app.config.GRACEFUL_SHUTDOWN_TIMEOUT = 0.5
    app.blueprint(webhook_blueprint(settings_for(url, api), outreach=outreach_of(per_minute)), url_prefix="/wechat")

    @app.after_server_start
    async def start(app: Any, _loop: Any) -> None:
        async def echo(turn: Turn, said: list[Reply]) -> None:
            said.append(Reply(f"收到 {turn.text}"))

        app.ctx.worker = TurnWorker(open_engine(url), ["wechat"], echo, SENTENCES)
        app.ctx.worker.start()

    app.run(sock=listening, access_log=False, motd=False)


class Process:
    """Runs `serve` in a process of its own; killed, it is started again at once."""

    def __init__(self, url: str, api: str, listening: socket.socket, per_minute: int) -> None:
        self._command = [sys.executable, "-m", "bench.push", "--serve", url, api, str(listening.fileno()),
                         str(per_minute)]
        self._fd, self._stopping = listening.fileno(), threading.Event()
        self._process = self._start()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(self._command, cwd=ROOT, pass_fds=[self._fd], stdout=subprocess.DEVNULL)

    def _watch(self) -> None:
        while not self._stopping.wait(0.05):
            if self._process.poll() is not None:
                self._process = self._start()

    def kill(self) -> None:
        """kill -9."""
        self._process.kill()

    def end(self) -> None:
        """For good."""
        self._stopping.set()
        self._thread.join()
        self._process.kill()
        self._process.wait()


class Town:
    """A database, the stand-in WeChat with followers, and the process under test."""

    def __init__(self, folder: pathlib.Path, followers: int, per_minute: int, url: str = "") -> None:
        self.url, self.per_minute = url or f"sqlite:///{folder / 'push.db'}", per_minute
        database.upgrade(self.url)
        self.engine: Engine = open_engine(self.url)
        self.drivers = sorted(f"{PREFIX}{number}" for number in range(followers))
        self._listening = socket.socket()
        self._listening.bind(("127.0.0.1", 0))
        self._listening.listen(1024)

    def __enter__(self) -> Town:
        account = account_from(settings_for(self.url, "http://127.0.0.1:9"), load_station())
        port = self._listening.getsockname()[1]
        self.stand_in = StandIn(account, f"http://127.0.0.1:{port}/wechat").__enter__()
        self.http = httpx.Client(base_url=self.stand_in.url, trust_env=False, timeout=120)
        self.ask("followers", count=len(self.drivers), prefix=PREFIX)
        self.ask("limits", path="message/template/send", day=max(100_000, 2 * len(self.drivers)))
        self._know_followers()
        self.process = Process(self.url, self.stand_in.url, self._listening, self.per_minute)
        return self

    def __exit__(self, *error: object) -> None:
        self.process.end()
        self.http.close()
        self.stand_in.__exit__()
        self.engine.dispose()
        self._listening.close()

    def ask(self, path: str, /, **body: Any) -> Any:
        """Tells the stand-in something."""
        answer = self.http.post(f"/stand-in/{path}", json=body)
        answer.raise_for_status()
        return answer

    def received(self, kind: str) -> dict[str, int]:
        """What drivers got."""
        return self.http.get("/stand-in/received", params={"kind": kind}).json()

    def _know_followers(self) -> None:
        with writing(self.engine) as session:
            session.execute(sa.insert(conversations), [
                {"channel": "wechat", "driver": driver, "holder": "bot", "since": utc_now(), "fence": 0,
                 "question": False} for driver in self.drivers])


def broadcast(town: Town, kills: int, seed: int = 7, patience: float = 3600.0) -> Broadcasted:
    """Sends one to all followers and kills the process at random moments."""
    number = _approved(town)
    began, expected = time.monotonic(), len(town.drivers) / (town.per_minute / 60)
    moments = _moments(kills, expected, seed)
    upcoming: Optional[float] = next(moments, None)
    until = began + patience
    while time.monotonic() < until and not _ended(town.engine, number):
        if upcoming is not None and time.monotonic() - began >= upcoming:
            town.process.kill()
            upcoming = next(moments, None)
        time.sleep(0.1)
    seconds = time.monotonic() - began
    with reading(town.engine) as session:
        told = broadcasts.progress(session, number, utc_now())
    got = town.received("notice")
    return Broadcasted(len(town.drivers), kills, told, got["total"], got["drivers"], got["most"], seconds,
                       town.per_minute / 60)


def _moments(kills: int, expected: float, seed: int) -> Iterator[float]:
    dice = random.Random(seed)
    return iter(sorted(dice.uniform(0.05, 0.9) * expected for _ in range(kills)))


def _approved(town: Town) -> int:
    now = utc_now()
    with writing(town.engine) as session:
        values = {"channel": "wechat", "title": "台风通知", "text": "台风要来了，少出门。", "link": "", "until": None,
                  "audience": "所有人", "counted": len(town.drivers), "may_mass": False, "begins_at": now}
        number = broadcasts.write(session, None, values, "bench", now)
        session.execute(sa.update(broadcast_table).where(broadcast_table.c.id == number).values(state="approved"))
    for start in range(0, len(town.drivers), FILLED_AT_ONCE):
        some = town.drivers[start:start + FILLED_AT_ONCE]
        with writing(town.engine) as session:
            found = broadcasts.find(session, number)
            if found:
                broadcasts.fill(session, found, some, some[-1], now)
    with writing(town.engine) as session:
        broadcasts.run(session, number)
    return number


def _ended(engine: Engine, number: int) -> bool:
    with reading(engine) as session:
        found = broadcasts.find(session, number)
    return found is not None and found.state == "done"


def burst(town: Town, drivers: int, within: float, patience: float = 300.0) -> Burst:
    """So many drivers write within so many seconds, each once."""
    asyncio.run(_write(town, town.drivers[:drivers], within))
    until = time.monotonic() + patience
    while time.monotonic() < until and town.received("text")["drivers"] < drivers:
        time.sleep(0.5)
    posts = [line for line in town.http.get("/stand-in/record", params={"kind": "post"}).json()
             if "收到" in str(line.get("answer")) or "MsgType><![CDATA[text" in str(line.get("sent"))]
    times = sorted(float(line["ms"]) for line in posts) or [0.0]
    with reading(town.engine) as session:
        kept = session.execute(sa.select(sa.func.count()).select_from(inbox).where(inbox.c.kind == "text")).scalar()
    return Burst(drivers, kept or 0, town.received("text")["drivers"], times[-1], times[len(times) // 2],
                 max((int(line["attempt"]) for line in posts), default=0))


async def _write(town: Town, drivers: list[str], within: float) -> None:
    async with httpx.AsyncClient(base_url=town.stand_in.url, trust_env=False, timeout=120) as client:
        async def one(number: int, driver: str) -> None:
            await asyncio.sleep(within * number / len(drivers))
            await client.post(f"/stand-in/drivers/{driver}/post", json={
                "MsgType": "text", "Content": f"收到通知{number}", "MsgId": str(10**12 + number)})

        await asyncio.gather(*(one(number, driver) for number, driver in enumerate(drivers)))


def main(arguments: Optional[list[str]] = None) -> int:
    """Measures and prints; 1 when a promise was broken."""
    given = sys.argv[1:] if arguments is None else arguments
    if given[:1] == ["--serve"]:
        serve(given[1], given[2], socket.socket(fileno=int(given[3])), int(given[4]))
        return 0
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--recipients", type=int, default=100_000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--per-minute", type=int, default=9000)
    parser.add_argument("--burst", type=int, default=2000)
    parser.add_argument("--within", type=float, default=10.0)
    parser.add_argument("--database", default="")
    asked = parser.parse_args(given)
    os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
    with tempfile.TemporaryDirectory() as folder, Town(
            pathlib.Path(folder), max(asked.recipients, asked.burst), asked.per_minute, asked.database) as town:
        sent = broadcast(town, asked.kills)
        print(json.dumps({**dataclasses.asdict(sent), "of_allowed": round(sent.of_allowed, 3), "exact": sent.exact},
                         ensure_ascii=False, indent=1), flush=True)
        answered = burst(town, asked.burst, asked.within)
        print(json.dumps(dataclasses.asdict(answered), indent=1))
    whole = answered.answered == answered.in_inbox == answered.drivers and answered.slowest_ms < 5000
    return 0 if sent.exact and sent.of_allowed >= 0.9 and whole else 1


if __name__ == "__main__":
    sys.exit(main())
