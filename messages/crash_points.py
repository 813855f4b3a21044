"""Named places where a test may kill the process: what is promised must hold wherever it dies."""

from __future__ import annotations

import os
import signal

POINTS = (
    "before receive", "after receive", "before turn claim", "after turn claim", "before turn end", "after turn end",
    "before answer claim", "after answer claim", "before answer", "before arrival noted", "before push claim",
    "after push claim", "after push begin", "after send", "after push end", "after announcement claim",
    "after announcement", "after announcements settled", "after announcements", "before mass send", "after mass send",
)
VARIABLE = "WEIJING_CRASH_AT"  # "<point>:<n>": kill -9 when the point is passed the n-th time
_passed: dict[str, int] = {}


def pass_by(point: str) -> None:
    """Does nothing, unless a test named this point in the environment."""
    wanted = os.environ.get(VARIABLE)
    if not wanted:
        return
    name, _, count = wanted.partition(":")
    if name == point:
        _passed[point] = _passed.get(point, 0) + 1
        if _passed[point] == int(count or 1):
            os.kill(os.getpid(), signal.SIGKILL)
