"""Renews the leases of running turns, in a thread: a busy event loop must not look like a dead process."""

from __future__ import annotations

import logging
import threading
import time

from sqlalchemy.engine import Engine

from messages import turns
from messages.clock import utc_now
from messages.database import writing
from messages.errors import describe
from messages.turns import Turn

logger = logging.getLogger(__name__)


class LeaseKeeper:
    """Holds turns as long as their process lives, but no longer than their deadline allows."""

    def __init__(self, engine: Engine, lease: float, deadline: float) -> None:
        self._engine, self._lease = engine, lease
        self._longest = deadline + 2 * lease
        self._held: dict[int, tuple[Turn, float]] = {}
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="lease-keeper", daemon=True)

    def start(self) -> None:
        """Starts the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Ends the thread; what is still held runs out by itself."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join(timeout=self._lease)

    def hold(self, turn: Turn) -> None:
        """From now on the turn's lease is renewed."""
        with self._lock:
            self._held[turn.message] = (turn, time.monotonic())

    def let_go(self, turn: Turn) -> None:
        """The turn ended."""
        with self._lock:
            self._held.pop(turn.message, None)

    def _keep(self) -> None:
        while not self._stopped.wait(self._lease / 3):
            try:
                self._renew()
            except Exception as error:
                logger.error("leases could not be renewed: %s", describe(error))

    def _renew(self) -> None:
        with self._lock:
            young = [turn for turn, since in self._held.values() if time.monotonic() - since < self._longest]
        if young:
            with writing(self._engine) as session:
                for turn in young:
                    turns.renew(session, turn, utc_now(), self._lease)
