"""A bounded record of all the stand-in saw: posts with their replies, and calls of the API."""

from __future__ import annotations

import collections
import time
from typing import Any, Callable, Deque, Dict, List, Optional

Line = Dict[str, Any]
BODY_CHARACTERS = 8000


class Record:
    """Lines {"number", "at", "kind": "post"|"call", "driver", …}; the oldest leave when there are too many."""

    def __init__(self, limit: int = 20_000) -> None:
        self._lines: Deque[Line] = collections.deque(maxlen=limit)
        self._number = 0
        self.listener: Optional[Callable[[Line], None]] = None

    def add(self, kind: str, driver: Optional[str], **facts: Any) -> Line:
        """Writes a line down; long texts are cut."""
        self._number += 1
        short = {key: value[:BODY_CHARACTERS] if isinstance(value, str) else value for key, value in facts.items()}
        line = {"number": self._number, "at": time.time(), "kind": kind, "driver": driver, **short}
        self._lines.append(line)
        if self.listener:
            self.listener(line)
        return line

    def lines(self, kind: Optional[str] = None, driver: Optional[str] = None, after: int = 0) -> List[Line]:
        """Lines of a kind, of a driver, with a number above `after`; all of them without arguments."""
        return [line for line in self._lines
                if line["number"] > after and kind in (None, line["kind"]) and driver in (None, line["driver"])]

    def clear(self) -> None:
        """Forgets every line; numbers go on."""
        self._lines.clear()
