"""Drives a whole Rasa server with messages of many drivers and counts what comes back."""

from __future__ import annotations

import asyncio
import contextlib
import os
import pathlib
import socket
import subprocess
import sys
import time
from typing import Any, Dict, Iterator, List, Sequence

import httpx

DRIVERS = 20
PATIENCE = 300.0


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def running(project: pathlib.Path, model: pathlib.Path, root: pathlib.Path) -> Iterator[str]:
    """A server of the project on this machine's own address; yields its URL and ends it."""
    port = free_port()
    command = [sys.executable, "-m", "rasa", "run", "--model", str(model), "--port", str(port), "--interface",
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


def drive(url: str, texts: Sequence[str], messages: int) -> Dict[str, Any]:
    """Sends so many messages by DRIVERS drivers at once, each waiting for its answer: messages a second, ms each."""
    times, seconds = asyncio.run(_drive(url, texts, messages))
    return {"per_second": len(times) / seconds, "server_ms": times}


async def _drive(url: str, texts: Sequence[str], messages: int) -> tuple[List[float], float]:
    times: List[float] = []
    numbers = iter(range(messages))
    async with httpx.AsyncClient(timeout=60) as client:
        began = time.perf_counter()
        await asyncio.gather(*(_driver(client, url, f"driver-{d}", texts, numbers, times) for d in range(DRIVERS)))
        return times, time.perf_counter() - began


async def _driver(client: httpx.AsyncClient, url: str, sender: str, texts: Sequence[str], numbers: Iterator[int],
                  times: List[float]) -> None:
    for number in numbers:
        began = time.perf_counter()
        body = {"sender": f"{sender}-{number // 50}", "message": texts[number % len(texts)]}
        answer = await client.post(f"{url}/webhooks/rest/webhook", json=body)
        answer.raise_for_status()
        times.append((time.perf_counter() - began) * 1000)
