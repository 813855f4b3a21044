"""Runs the processes of a small Weijing and starts a new one when one dies, as the supervisor does."""

from __future__ import annotations

import logging
import multiprocessing
import os
import socket
import threading
import time
from typing import Sequence

from messages.crash_points import VARIABLE

# Processes are forked from one that has imported everything: the new one answers in a moment, not after seconds.
processes = multiprocessing.get_context("forkserver")
processes.set_forkserver_preload(["tests.connectors.wechat.process"])


def serve(database_url: str, api: str, listening: socket.socket, environment: dict[str, str]) -> None:
    from tests.connectors.wechat.process import run

    os.environ.update(environment)
    logging.basicConfig(level=logging.WARNING)
    run(database_url, api, listening)


class Supervised:
    """`crash_at` names the points at which the first process is killed, then the second, and so on; `lease` is s.

    `outreach` is JSON of how the account speaks by itself, "" as `station.yml` says.
    """

    def __init__(self, database_url: str, api: str, listening: socket.socket, crash_at: Sequence[str] = (),
                 lease: float = 3.0, outreach: str = "") -> None:
        self._environment = {"WEIJING_TEST_LEASE": str(lease), "WEIJING_TEST_OUTREACH": outreach}
        self._arguments = (database_url, api, listening)
        self._crash_at = list(crash_at)
        self._stopping = threading.Event()
        self._process = self._start()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    @property
    def points_left(self) -> int:
        """How many of the points no process has died at yet."""
        return len(self._crash_at)

    def _start(self) -> multiprocessing.process.BaseProcess:
        armed = {VARIABLE: self._crash_at[0]} if self._crash_at else {}
        self._killed = False
        started = processes.Process(target=serve, args=(*self._arguments, {**self._environment, **armed}), daemon=True)
        started.start()
        return started

    def _watch(self) -> None:
        while not self._stopping.wait(0.05):
            if not self._process.is_alive():
                if not self._killed:
                    del self._crash_at[:1]
                self._process = self._start()

    def kill(self) -> None:
        """Kills the process that runs now, wherever it is."""
        self._killed = True
        self._process.kill()

    def __enter__(self) -> Supervised:
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._thread.join(10)
        self._process.terminate()
        self._process.join(8)
        if self._process.is_alive():
            self._process.kill()
            self._process.join(8)


def wait_until_up(listening: socket.socket, seconds: float = 90) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex(listening.getsockname()) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("the process did not come up")
