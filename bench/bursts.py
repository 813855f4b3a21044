"""Many drivers who write at once, through the stand-in WeChat: whether each hears, and after how long."""

from __future__ import annotations

import dataclasses
import functools
import time
from typing import Any

import httpx

from bot.settings import load_station
from connectors.sentences import load_sentences


@functools.cache
def _soon() -> str:
    return load_sentences(load_station())["soon"]


@dataclasses.dataclass(frozen=True)
class Burst:
    """Drivers who wrote within a few seconds: whether each heard and was answered once, and after how long (s).

    `tries` is how often WeChat had to post a message at most, `slowest_post` what it waited for us at most.
    """

    drivers: int
    heard: int
    answered: int
    twice: int
    tries: int
    slowest_post: float
    heard_slowest: float
    answered_median: float
    answered_slowest: float

    @property
    def whole(self) -> bool:
        """Nobody waited longer than WeChat allows, nobody was lost, nobody answered twice."""
        return (self.heard, self.answered, self.twice) == (self.drivers, self.drivers, 0) and self.slowest_post < 5


def burst(http: httpx.Client, prefix: str, drivers: int, within: float, texts: list[str],
          patience: float = 300.0) -> Burst:
    """So many drivers write within so many seconds, each once, to the stand-in behind `http`."""
    http.delete("/stand-in/record")
    http.post("/stand-in/crowd", json={"count": drivers, "prefix": prefix, "texts": texts,
                                       "within": within}).raise_for_status()
    until = time.monotonic() + within + patience
    time.sleep(within)
    while True:
        waits: dict[str, list[dict[str, Any]]] = http.get("/stand-in/waits", params={"prefix": prefix}).json()
        answers = [_answers(heard) for heard in waits.values()]
        if (len(waits) == drivers and all(answers)) or time.monotonic() > until:
            break
        time.sleep(1)
    time.sleep(2)  # what comes twice comes soon
    return _burst(http, prefix, drivers)


def _answers(heard: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Without being told to wait, and without WeChat's own word that the account is out of order."""
    return [each for each in heard if not each["fault"] and not each["text"].startswith(_soon())]


def _burst(http: httpx.Client, prefix: str, drivers: int) -> Burst:
    waits: dict[str, list[dict[str, Any]]] = http.get("/stand-in/waits", params={"prefix": prefix}).json()
    answers = [_answers(heard) for heard in waits.values()]
    posts = [line for line in http.get("/stand-in/record", params={"kind": "post"}).json()
             if str(line["driver"]).startswith(prefix) and "<Content>" in str(line["sent"])]
    first = sorted(heard[0]["after"] for heard in waits.values() if heard)
    last = sorted(each[0]["after"] for each in answers if each) or [0.0]
    return Burst(drivers, len(first), sum(map(bool, answers)), sum(len(each) > 1 for each in answers),
                 max((int(line["attempt"]) for line in posts), default=0),
                 max((float(line["ms"]) for line in posts), default=0) / 1000, max(first, default=0.0),
                 last[len(last) // 2], last[-1])
