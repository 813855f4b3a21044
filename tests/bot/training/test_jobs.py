from __future__ import annotations

import datetime
import os
import pathlib
import signal
import subprocess
import sys
import textwrap
import time
from typing import Any, Callable

import pytest

from bot.settings import ROOT
from bot.training import jobs
from bot.training.errors import TrainingError

PATIENCE = 60.0


@pytest.fixture(autouse=True)
def var(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    monkeypatch.setattr(jobs, "VAR", tmp_path)
    return tmp_path


@pytest.fixture
def command(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], jobs.Job]:
    """Starts a job whose process runs these lines instead of the command line's."""
    def begin(lines: str) -> jobs.Job:
        script = tmp_path / "deed.py"
        script.write_text("import pathlib, subprocess, sys, time\n"
                          f"sys.path.insert(0, {str(ROOT)!r})\nfrom bot.training import jobs\n"
                          f"jobs.VAR = pathlib.Path({str(tmp_path)!r})\n" + textwrap.dedent(lines))
        real = subprocess.Popen
        monkeypatch.setattr(subprocess, "Popen", lambda words, **more: real([sys.executable, str(script)], **more))
        try:
            return jobs.start("train", "lin", ["train"])
        finally:
            monkeypatch.setattr(subprocess, "Popen", real)

    return begin


def until(fits: Callable[[jobs.Job], bool]) -> jobs.Job:
    deadline = time.monotonic() + PATIENCE
    while True:
        job = jobs.latest(jobs.TEACH)
        if job is not None and fits(job):
            return job
        assert time.monotonic() < deadline, job
        time.sleep(0.02)


WORKS = """
    with jobs.working("train", "lin") as report:
        report(2, 5, "training")
        while not (jobs.VAR / "go").exists():
            time.sleep(0.02)
"""


def test_another_process_sees_how_far_it_is_and_how_it_ended(command: Any, var: pathlib.Path) -> None:
    command(WORKS)
    job = until(lambda each: each.step == "training")
    assert (job.who, job.done, job.total, job.running) == ("lin", 2, 5, True)
    (var / "go").touch()
    assert until(lambda each: not each.running).state == "done"


@pytest.mark.flaky(reruns=0)
def test_two_never_run_at_once_but_going_back_waits_for_no_training(command: Any, var: pathlib.Path) -> None:
    command(WORKS)
    with pytest.raises(jobs.Busy, match="lin began train"):
        command(WORKS)
    with pytest.raises(jobs.Busy), jobs.working("gather", "mei"):
        pass
    with jobs.working("rollback", "zhou"):
        pass
    assert jobs.latest(jobs.SWITCH).state == "done"  # type: ignore[union-attr]
    (var / "go").touch()
    until(lambda each: not each.running)
    with jobs.working("gather", "mei"):
        pass


def test_cancelling_ends_it_and_what_it_started(command: Any, var: pathlib.Path) -> None:
    command("""
        with jobs.working("train", "lin") as report:
            child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
            report(1, 5, str(child.pid))
            child.wait()
    """)
    child = int(until(lambda each: each.step != "").step)
    jobs.cancel(jobs.TEACH, "mei")
    job = until(lambda each: not each.running)
    assert (job.state, job.words) == ("cancelled", "mei")
    deadline = time.monotonic() + PATIENCE
    while pathlib.Path(f"/proc/{child}/stat").exists() and " Z " not in pathlib.Path(f"/proc/{child}/stat").read_text():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    with pytest.raises(TrainingError):
        jobs.cancel(jobs.TEACH, "mei")


def test_cancelling_also_ends_what_goes_on_without_the_lock(command: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "GRACE", 0.5)
    job = command("""
        import threading
        threading.Thread(target=time.sleep, args=(600,)).start()
        with jobs.working("train", "lin") as report:
            report(1, 5, "training")
            time.sleep(600)
    """)
    until(lambda each: each.step == "training")
    jobs.cancel(jobs.TEACH, "mei")
    assert not jobs._is_alive(job.pid)


def test_one_that_was_killed_has_failed_with_its_last_words(command: Any) -> None:
    job = command("""
        print("no space left on the disk", flush=True)
        with jobs.working("train", "lin") as report:
            report(1, 5, "training")
            time.sleep(600)
    """)
    until(lambda each: each.step == "training")
    os.kill(job.pid, signal.SIGKILL)
    ended = until(lambda each: not each.running)
    assert (ended.state, ended.words) == ("failed", "no space left on the disk")


def test_an_error_is_kept_with_its_words() -> None:
    with pytest.raises(TrainingError), jobs.working("train", "lin"):
        raise TrainingError("there is no sentence to learn")
    job = jobs.latest(jobs.TEACH)
    assert job is not None
    assert (job.state, job.words) == ("failed", "there is no sentence to learn")


def test_the_next_one_knows_how_long_the_last_took(monkeypatch: pytest.MonkeyPatch) -> None:
    began = datetime.datetime(2026, 5, 6, 9, 0, tzinfo=datetime.timezone.utc)
    moments = iter([began + datetime.timedelta(seconds=90 * n) for n in range(9)])
    monkeypatch.setattr(jobs, "_now", lambda: next(moments).isoformat())
    for _ in range(2):
        with jobs.working("train", "lin"):
            pass
    assert jobs.latest(jobs.TEACH).expected == 90  # type: ignore[union-attr]
