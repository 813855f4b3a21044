from __future__ import annotations

import os
import pathlib

import pytest

from bench import push
from bench.bursts import burst

# The full size: RECIPIENTS=100000 KILLS=20 PER_MINUTE=9000 BURST=2000, or `weijing bench push`.
RECIPIENTS = int(os.environ.get("RECIPIENTS", "400"))
KILLS = int(os.environ.get("KILLS", "2"))
PER_MINUTE = int(os.environ.get("PER_MINUTE", "6000"))
BURST = int(os.environ.get("BURST", "60"))


@pytest.mark.flaky(reruns=0)
def test_a_killed_broadcast_reaches_each_once_and_a_burst_of_answers_loses_none(tmp_path: pathlib.Path) -> None:
    with push.Town(tmp_path, max(RECIPIENTS, BURST), PER_MINUTE) as town:
        sent = push.broadcast(town, KILLS, patience=3000)
        assert sent.exact, sent
        assert (sent.received, sent.progress.unknown) == (RECIPIENTS, 0)
        town.wait_for_ends()
        answered = burst(town.http, push.PREFIX, BURST, within=2.0, texts=["收到"])
        stopped = push.stop(town, after=1.0)
    assert (answered.heard, answered.answered, answered.twice) == (BURST, BURST, 0)
    assert answered.tries <= 3
    assert stopped.exact, stopped
