"""Deeds that take minutes, one at a time in each lane; what they are at stands in a file that page and terminal read.

A lane's lock is held by the process that works and dies with it: what says "running" without the lock broke off.
Files: `var/jobs/<lane>.json`, `.lock`, `.log`.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import fcntl
import json
import os
import pathlib
import signal
import subprocess
import sys
import threading
import time
from typing import Any, Callable, Dict, Iterator, List, Optional, Sequence

from bot.settings import ROOT, VAR
from bot.training.errors import TrainingError

TEACH, SWITCH = "teach", "switch"
LANES = {"gather": TEACH, "train": TEACH, "compare": TEACH, "weekly": TEACH, "promote": SWITCH, "rollback": SWITCH}
"""Kind of deed → its lane: going back to the old model never waits for a training."""
INHERITED = "WEIJING_JOB_LOCK"
GRACE = 5.0  # seconds between asking a process to end and ending it
Report = Callable[[int, int, str], None]
"""Hears (steps done, steps in all, what comes next)."""


class Busy(TrainingError):
    """Something else is at work in this lane."""


class Cancelled(KeyboardInterrupt):
    """Somebody ended the deed."""


@dataclasses.dataclass(frozen=True)
class Job:
    """One deed. `state`: running, done, failed, cancelled; `began` and `ended` are ISO times, UTC; `words` its end;
    `expected` how many seconds the last of its kind took, 0 when none did."""

    kind: str
    who: str
    pid: int
    began: str
    state: str = "running"
    step: str = ""
    done: int = 0
    total: int = 0
    ended: str = ""
    words: str = ""
    expected: int = 0

    @property
    def running(self) -> bool:
        """Whether it is at work."""
        return self.state == "running"

    def seconds(self, now: datetime.datetime) -> int:
        """How long it has been, or was, at work."""
        end = datetime.datetime.fromisoformat(self.ended) if self.ended else now
        return max(0, int((end - datetime.datetime.fromisoformat(self.began)).total_seconds()))


def latest(lane: str) -> Optional[Job]:
    """The lane's last deed, or None; one whose process is gone without a word has failed."""
    job = _read(lane)
    if job is not None and job.running and not _is_held(lane):
        job = _read(lane) or job  # it may have ended between the two looks
        return dataclasses.replace(job, state="failed", words=_last_words(lane)) if job.running else job
    return job


def start(kind: str, who: str, words: Sequence[str]) -> Job:
    """Starts `weijing <words>` on its own: it outlives the page's process. Raises Busy.

    The child inherits the lock, so there is no moment in which a second one could begin.
    """
    lane = LANES[kind]
    with _held(lane) as lock, _file(lane, "log").open("w") as log:
        child = subprocess.Popen([sys.executable, "-m", "bot.cli", *words], cwd=ROOT, stdin=subprocess.DEVNULL,
                                 stdout=log, stderr=subprocess.STDOUT, start_new_session=True, pass_fds=[lock],
                                 env={**os.environ, INHERITED: str(lock), "COLUMNS": "200"})
        job = Job(kind, who, child.pid, _now(), expected=_seconds().get(kind, 0))
        _write(lane, job)
    threading.Thread(target=child.wait, daemon=True).start()  # or the dead child stays a zombie
    return job


@contextlib.contextmanager
def working(kind: str, who: str) -> Iterator[Report]:
    """Inside the process that does the deed: yields report(done, total, what); keeps how it ended. Raises Busy."""
    lane, lock = LANES[kind], os.environ.pop(INHERITED, "")
    with _inherited(int(lock)) if lock else _held(lane):
        job = Job(kind, who, os.getpid(), _now(), expected=_seconds().get(kind, 0))
        _write(lane, job)
        try:
            with _ended_by_signal():
                yield lambda done, total, step: _write(lane, dataclasses.replace(
                    _read(lane) or job, done=done, total=total, step=step))
        except BaseException as error:
            state = "cancelled" if isinstance(error, KeyboardInterrupt) else "failed"
            _write(lane, _ended(_read(lane) or job, state, str(error)))
            raise
        job = _ended(_read(lane) or job, "done", "")
        _write(lane, job)
        _keep_seconds(kind, job.seconds(datetime.datetime.now(datetime.timezone.utc)))


@contextlib.contextmanager
def kept_free(lane: str) -> Iterator[None]:
    """Nobody begins a deed in this lane meanwhile. Raises Busy where one is at work."""
    with _held(lane):
        yield


def cancel(lane: str, who: str) -> None:
    """Ends what is at work and everything it started. Raises TrainingError where nothing is."""
    job = latest(lane)
    if job is None or not job.running:
        raise TrainingError("nothing is at work")
    for number in (signal.SIGTERM, signal.SIGKILL):
        _signal(job.pid, number)
        until = time.monotonic() + GRACE
        while (_is_held(lane) or _is_alive(job.pid)) and time.monotonic() < until:
            time.sleep(0.05)
        if not _is_alive(job.pid):  # it lets go of the lock before a thread that still learns has ended
            break
    _write(lane, _ended(job, "cancelled", who))


def _signal(pid: int, number: int) -> None:
    """To the process's whole group where it leads one, as those from the page do; its lock is held, so it is it."""
    with contextlib.suppress(ProcessLookupError):
        if os.getpgid(pid) == pid:
            os.killpg(pid, number)
        else:
            os.kill(pid, number)


def _is_alive(pid: int) -> bool:
    """Whether it works; a dead one that nobody has fetched yet doesn't."""
    try:
        return " Z " not in pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return False


def _ended(job: Job, state: str, words: str) -> Job:
    return dataclasses.replace(job, state=state, ended=_now(), words=words.strip()[-400:])


@contextlib.contextmanager
def _ended_by_signal() -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, _cancelled)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _cancelled(number: int, frame: Any) -> None:
    raise Cancelled("ended")


@contextlib.contextmanager
def _held(lane: str) -> Iterator[int]:
    path = _file(lane, "lock")
    lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if not _taken(lock):
            raise Busy(_busy(lane))
        yield lock
    finally:
        os.close(lock)


def _taken(lock: int) -> bool:
    """Whether it is ours now; a page that only looks has it for a moment, so it is tried again."""
    for _ in range(10):
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        time.sleep(0.02)
    return False


@contextlib.contextmanager
def _inherited(lock: int) -> Iterator[int]:
    os.set_inheritable(lock, False)
    try:
        yield lock
    finally:
        os.close(lock)


def _busy(lane: str) -> str:
    job = _read(lane)
    if job is None:
        return "another one is at work: wait for its end"
    return f"{job.who} began {job.kind} at {job.began[11:16]} UTC and is still at work: wait or cancel it (page 模型)"


def _is_held(lane: str) -> bool:
    lock = os.open(_file(lane, "lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(lock)
    return False


def _read(lane: str) -> Optional[Job]:
    try:
        return Job(**json.loads(_file(lane, "json").read_text(encoding="utf-8")))
    except (FileNotFoundError, TypeError, ValueError):
        return None


def _write(lane: str, job: Job) -> None:
    path = _file(lane, "json")
    draft = path.with_suffix(f".{os.getpid()}.draft")
    draft.write_text(json.dumps(dataclasses.asdict(job), ensure_ascii=False), encoding="utf-8")
    draft.replace(path)


def _seconds() -> Dict[str, int]:
    """Kind of deed → how long the last one took that was done."""
    try:
        return dict(json.loads(_file("all", "seconds").read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError):
        return {}


def _keep_seconds(kind: str, seconds: int) -> None:
    _file("all", "seconds").write_text(json.dumps({**_seconds(), kind: seconds}), encoding="utf-8")


def _last_words(lane: str) -> str:
    path = _file(lane, "log")
    lines: List[str] = path.read_text(encoding="utf-8", errors="replace").split("\n") if path.exists() else []
    said = [line.strip() for line in lines if line.strip()]
    return said[-1][-400:] if said else "it ended without a word"


def _file(lane: str, kind: str) -> pathlib.Path:
    folder = VAR / "jobs"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{lane}.{kind}"


def _now() -> str:
    return datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds")

