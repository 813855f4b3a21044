"""Drives a whole Rasa server with messages of many drivers and counts what comes back."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import os
import pathlib
import socket
import subprocess
import sys
import time
from typing import Any, Dict, Iterable, Iterator, List, Mapping, Sequence

import httpx

DRIVERS = 20
ROUND = 250  # messages
PATIENCE = 300.0


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def running(project: pathlib.Path, model: pathlib.Path, root: pathlib.Path, rasa: str = "rasa") -> Iterator[str]:
    """A server of the project on this machine's own address; yields its URL and ends it. `rasa`: the module to run."""
    port = free_port()
    command = [sys.executable, "-m", rasa, "run", "--model", str(model), "--port", str(port), "--interface",
               "127.0.0.1", "--credentials", str(project / "credentials.yml"), "--endpoints",
               str(project / "endpoints.yml")]
    quiet = {**os.environ, "PYTHONPATH": str(root), "RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3",
             "LOG_LEVEL": "ERROR"}
    process = subprocess.Popen(command, cwd=root, env=quiet, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield _when_ready(f"http://127.0.0.1:{port}", process)
    finally:
        process.terminate()
        process.wait(30)


def _when_ready(url: str, process: subprocess.Popen[bytes]) -> str:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(httpx.HTTPError):
            if _say(url, "bench", "你好").status_code == 200:
                return url
        time.sleep(0.5)
    raise RuntimeError("the server did not start; run `rasa run` with the same model to see why")


def _say(url: str, sender: str, text: str) -> httpx.Response:
    return httpx.post(f"{url}/webhooks/rest/webhook", json={"sender": sender, "message": text}, timeout=60)


@dataclasses.dataclass
class Driven:
    """What came back so far: ms of each answer, and the seconds that all took."""

    url: str
    times: List[float] = dataclasses.field(default_factory=list)
    seconds: float = 0.0

    def figures(self) -> Dict[str, Any]:
        """Messages a second, ms each."""
        return {"per_second": len(self.times) / self.seconds, "server_ms": self.times}


def drive_in_turns(urls: Mapping[str, str], texts: Sequence[str], messages: int) -> Dict[str, Dict[str, Any]]:
    """Sends so many messages to each server, a round to one, then to the next: a machine's speed changes by the minute.

    DRIVERS drivers at once, each waiting for its answer. The first round of each warms it and isn't counted.
    """
    every = {name: Driven(url) for name, url in urls.items()}
    for driven in every.values():
        asyncio.run(_drive(Driven(driven.url), texts, range(ROUND)))
    for first in range(0, messages, ROUND):
        for driven in every.values():
            asyncio.run(_drive(driven, texts, range(first, min(first + ROUND, messages))))
    return {name: driven.figures() for name, driven in every.items()}


async def _drive(driven: Driven, texts: Sequence[str], numbers: Iterable[int]) -> None:
    left = iter(numbers)
    async with httpx.AsyncClient(timeout=60) as client:
        began = time.perf_counter()
        await asyncio.gather(*(_driver(client, driven, f"driver-{d}", texts, left) for d in range(DRIVERS)))
        driven.seconds += time.perf_counter() - began


async def _driver(client: httpx.AsyncClient, driven: Driven, sender: str, texts: Sequence[str],
                  numbers: Iterator[int]) -> None:
    for number in numbers:
        began = time.perf_counter()
        body = {"sender": f"{sender}-{number // 50}", "message": texts[number % len(texts)]}
        answer = await client.post(f"{driven.url}/webhooks/rest/webhook", json=body)
        answer.raise_for_status()
        driven.times.append((time.perf_counter() - began) * 1000)
