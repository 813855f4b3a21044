"""What the account says by itself, measured: a broadcast whose process is killed, and drivers who answer all at once.

    weijing bench push [--recipients 100000] [--kills 20] [--per-minute 9000] [--way template|mass]
                       [--burst 2000] [--within 10] [--phone http://127.0.0.1:8090] [--database URL]

The stand-in WeChat counts what each recipient got. The burst is answered by a bot that only echoes; with `--phone` it
is written to a Weijing that runs already (`make run`), and its whole bot answers.
"""

from __future__ import annotations

import argparse
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

from bench.bursts import burst  # noqa: E402
from bot.settings import Notice, Outreach, Settings, load_station  # noqa: E402
from connectors.wechat.webhook import webhook_blueprint  # noqa: E402
from messages import broadcasts, database  # noqa: E402
from messages.broadcasts import Progress  # noqa: E402
from messages.clock import utc_now  # noqa: E402
from messages.database import open_engine, reading, writing  # noqa: E402
from messages.replies import Reply  # noqa: E402
from messages.tables import broadcasts as broadcast_table  # noqa: E402
from messages.tables import conversations, mass_sends  # noqa: E402
from messages.turn_worker import TurnWorker  # noqa: E402
from messages.turns import Turn  # noqa: E402
from web.phone.account import account_from  # noqa: E402
from web.phone.server import StandIn  # noqa: E402

SENTENCES = {"apology": "不好意思", "trying_again": "再查一次", "in_queue": "民警会回您", "left_queue": "好的"}
REAL = ["收到", "好的", "谢谢", "请问封路到几点", "知道了", "75省道现在堵不堵", "退订", "收到，谢谢民警"]
"""What drivers answer a broadcast with."""

FILLED_AT_ONCE = 2000
MASS_SECONDS = 20.0  # in which the kills of a broadcast by mass sends fall; ten calls reach 100,000
STOP_SHOWS = 6.0  # seconds after a stop in which nothing more may come
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
class Stopped:
    """A broadcast stopped on its way: seconds until WeChat got the last of it, and what was sent by then."""

    seconds: float
    received: int
    progress: Progress

    @property
    def exact(self) -> bool:
        """Whether our count is WeChat's."""
        return self.received == self.progress.sent and not self.progress.left


def settings_for(url: str, api: str) -> Settings:
    """An invented account."""
    return Settings(database_url=url, wechat_token="benchtoken", wechat_app_id="wx0123456789abcdef",  # noqa: S106
                    wechat_app_secret="s" * 32, wechat_encoding_aes_key="A" * 43, weijing_secret="w" * 32,
                    wechat_api_base_url=api, wechat_clock_tolerance=300)


def outreach_of(per_minute: int, way: str) -> Outreach:
    """Template messages, or none so that mass sends remain, at any hour, so many a minute."""
    template = Notice(id="bench-template", fields={"thing1": "title", "thing2": "note"})
    return Outreach(per_minute=per_minute, quiet="00:00-00:00", per_driver_a_day=20,
                    templates={"broadcast": template} if way == "template" else {})


def serve(url: str, api: str, listening: socket.socket, per_minute: int, way: str) -> None:
    """The process that is killed: webhook, announcer, and a bot that echoes."""
    app = Sanic("bench_push", configure_logging=False)
    app.config.GRACEFUL_SHUTDOWN_TIMEOUT = 0.5
    outreach = outreach_of(per_minute, way)
    app.blueprint(webhook_blueprint(settings_for(url, api), outreach=outreach), url_prefix="/wechat")

    @app.after_server_start
    async def start(app: Any, _loop: Any) -> None:
        async def echo(turn: Turn, said: list[Reply]) -> None:
            said.append(Reply(f"收到 {turn.text}"))

        app.ctx.worker = TurnWorker(open_engine(url), ["wechat"], echo, SENTENCES)
        app.ctx.worker.start()

    app.run(sock=listening, access_log=False, motd=False)


class Process:
    """Runs `serve` in a process of its own; killed, it is started again at once."""

    def __init__(self, url: str, api: str, listening: socket.socket, per_minute: int, way: str) -> None:
        self._command = [sys.executable, "-m", "bench.push", "--serve", url, api, str(listening.fileno()),
                         str(per_minute), way]
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

    def __init__(self, folder: pathlib.Path, followers: int, per_minute: int, url: str = "",
                 way: str = "template") -> None:
        self.url, self.per_minute, self.way = url or f"sqlite:///{folder / 'push.db'}", per_minute, way
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
        self.process = Process(self.url, self.stand_in.url, self._listening, self.per_minute, self.way)
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
        """What drivers got; "" for all kinds."""
        return self.http.get("/stand-in/received", params={"kind": kind}).json()

    def wait_for_ends(self, patience: float = 300.0) -> None:
        """Until WeChat has told how everything ended."""
        until = time.monotonic() + patience
        while self.http.get("/stand-in/jobs").json()["waiting"] and time.monotonic() < until:
            time.sleep(0.2)

    def settled(self, number: int, patience: float = 30.0) -> Progress:
        """The broadcast's count, once what WeChat told afterwards has settled what nobody knew."""
        until = time.monotonic() + patience
        while True:
            with reading(self.engine) as session:
                told = broadcasts.progress(session, number, utc_now())
            if not (told.unknown or told.left) or time.monotonic() > until:
                return told
            time.sleep(0.5)

    def _know_followers(self) -> None:
        with writing(self.engine) as session:
            session.execute(sa.insert(conversations), [
                {"channel": "wechat", "driver": driver, "holder": "bot", "since": utc_now(), "fence": 0,
                 "question": False} for driver in self.drivers])


def broadcast(town: Town, kills: int, seed: int = 7, patience: float = 3600.0, mass: bool = False) -> Broadcasted:
    """Sends one to all followers and kills the process at random moments."""
    number = _approved(town, mass)
    began, expected = time.monotonic(), MASS_SECONDS if mass else len(town.drivers) / (town.per_minute / 60)
    moments = _moments(kills, expected, seed)
    upcoming: Optional[float] = next(moments, None)
    until = began + patience
    while time.monotonic() < until and not (_ended(town.engine, number) and (not mass or _told(town.engine, number))):
        if upcoming is not None and time.monotonic() - began >= upcoming:
            town.process.kill()
            upcoming = next(moments, None)
        time.sleep(0.1)
    seconds = time.monotonic() - began
    town.wait_for_ends()
    told = town.settled(number)
    got = town.received("text" if mass else "notice")
    return Broadcasted(len(town.drivers), kills, told, got["total"], got["drivers"], got["most"], seconds,
                       len(town.drivers) / expected)


def _moments(kills: int, expected: float, seed: int) -> Iterator[float]:
    dice = random.Random(seed)
    return iter(sorted(dice.uniform(0.05, 0.9) * expected for _ in range(kills)))


def _told(engine: Engine, number: int) -> bool:
    """Whether WeChat told how every mass send ended."""
    with reading(engine) as session:
        sizes = [(row.size, row.sent) for row in session.execute(sa.select(mass_sends).where(
            mass_sends.c.broadcast_id == number))]
    return bool(sizes) and all(sent is not None for _, sent in sizes)


def _approved(town: Town, mass: bool = False) -> int:
    now = utc_now()
    with writing(town.engine) as session:
        values = {"channel": "wechat", "title": "台风通知", "text": "台风要来了，少出门。", "link": "", "until": None,
                  "audience": "所有人", "counted": len(town.drivers), "may_mass": mass, "begins_at": now}
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


def stop(town: Town, after: float = 3.0) -> Stopped:
    """A broadcast that is stopped after so many seconds, as the desk's button does."""
    already = town.received("")["total"]  # who wrote lately gets a customer-service message, the others a template
    number = _approved(town)
    time.sleep(after)
    with writing(town.engine) as session:
        broadcasts.stop(session, number, "bench", utc_now())
    pressed = time.time()
    time.sleep(STOP_SHOWS)
    calls = town.http.get("/stand-in/record", params={"kind": "call"}).json()
    last = max((line["at"] for line in calls if line["path"].endswith("/send")), default=0.0)
    town.wait_for_ends()
    return Stopped(round(last - pressed, 2), town.received("")["total"] - already, town.settled(number))


def main(arguments: Optional[list[str]] = None) -> int:
    """Measures and prints; 1 when a promise was broken."""
    given = sys.argv[1:] if arguments is None else arguments
    if given[:1] == ["--serve"]:
        serve(given[1], given[2], socket.socket(fileno=int(given[3])), int(given[4]), given[5])
        return 0
    asked = _arguments(given)
    os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
    if asked.phone:
        return _against(asked)
    followers = max(asked.recipients, asked.burst)
    with tempfile.TemporaryDirectory() as folder, Town(pathlib.Path(folder), followers, asked.per_minute,
                                                       asked.database, asked.way) as town:
        sent = broadcast(town, asked.kills, mass=asked.way == "mass")
        _print(sent, of_allowed=round(sent.of_allowed, 3), exact=sent.exact)
        town.wait_for_ends()
        answered = burst(town.http, PREFIX, asked.burst, asked.within, ["请问封路到几点"])
        _print(answered, whole=answered.whole)
        halted = stop(town) if asked.way == "template" else None
        if halted:
            _print(halted, exact=halted.exact)
    return 0 if sent.exact and sent.of_allowed >= 0.9 and answered.whole and (
        halted is None or (halted.exact and halted.seconds < 2)) else 1


def _arguments(given: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--recipients", type=int, default=100_000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--per-minute", type=int, default=9000)
    parser.add_argument("--way", choices=("template", "mass"), default="template")
    parser.add_argument("--burst", type=int, default=2000)
    parser.add_argument("--within", type=float, default=10.0)
    parser.add_argument("--phone", default="")
    parser.add_argument("--database", default="")
    return parser.parse_args(given)


def _against(asked: argparse.Namespace) -> int:
    prefix = f"o-crowd-{int(time.time())}-"
    with httpx.Client(base_url=asked.phone, trust_env=False, timeout=120) as http:
        http.post("/stand-in/followers", json={"count": asked.burst, "prefix": prefix}).raise_for_status()
        answered = burst(http, prefix, asked.burst, asked.within, REAL)
    _print(answered, whole=answered.whole)
    return 0 if answered.whole else 1


def _print(measured: Any, **more: Any) -> None:
    print(json.dumps({**dataclasses.asdict(measured), **more}, ensure_ascii=False, indent=1), flush=True)


if __name__ == "__main__":
    sys.exit(main())
