"""`weijing ask`: the whole bot in the terminal, without a server of its own kept running."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import socket
import subprocess
import sys
import tempfile
import time
from typing import Any, Iterable, Iterator, List

import httpx
from rich.console import Console

from bot.development import settings_or_development
from bot.errors import ServiceFailed
from bot.models import live_model
from bot.parse import quiet
from bot.records import prepare_records
from bot.settings import ROOT, Settings
from bot.supervision import environment
from connectors.terminal import TerminalChat
from messages.replies import Reply, numbered

START_TIMEOUT = 60.0  # seconds


def chat() -> None:
    """Reads lines from the keyboard until the end of input; one conversation."""
    console = Console(highlight=False)
    with _bot() as agent:
        console.print("您说，我答。Ctrl-D 结束。" if sys.stdout.isatty() else "")
        asyncio.run(_converse(agent, console))


async def _converse(agent: Any, console: Console) -> None:
    conversation = TerminalChat(agent)
    with contextlib.suppress(EOFError), contextlib.closing(conversation):
        while True:
            text = await asyncio.to_thread(console.input, "[bold]> [/]")
            for reply in numbered(await conversation.say(text)):
                console.print(_in_words(reply), style="cyan", markup=False)


def answer_lines(lines: Iterable[str]) -> None:
    """Prints `{"text", "replies": [...]}` for each line, each in a fresh conversation."""
    with _bot() as agent:
        asyncio.run(_answer_each(agent, lines))


async def _answer_each(agent: Any, lines: Iterable[str]) -> None:
    for line in lines:
        text = line.rstrip("\n")
        with contextlib.closing(TerminalChat(agent)) as conversation:
            replies = [reply.as_dict() for reply in numbered(await conversation.say(text))]
        print(json.dumps({"text": text, "replies": replies}, ensure_ascii=False), flush=True)


def _in_words(reply: Reply) -> str:
    listed = [f"{choice.number}. {choice.title}" for choice in reply.choices]
    return "\n".join(part for part in (reply.text, reply.image, *listed) if part)


@contextlib.contextmanager
def _bot() -> Iterator[Any]:
    """Rasa's agent in this process, its actions in a child, its conversations in a file that is thrown away."""
    settings, model = settings_or_development(), live_model()
    prepare_records(settings)
    port = _free_port()
    with tempfile.TemporaryDirectory() as folder, _actions(settings, port):
        os.environ.update(environment(settings.copy(update={"actions_port": port})))
        with quiet():
            from rasa.core.agent import load_agent
            from rasa.core.utils import AvailableEndpoints
            from rasa.utils.log_utils import configure_structlog

            configure_structlog(logging.ERROR)

            endpoints = AvailableEndpoints.read_endpoints(str(ROOT / "endpoints.yml"))
            endpoints.tracker_store.url = f"sqlite:///{folder}/conversations.db"
            agent = asyncio.run(load_agent(str(model), endpoints=endpoints))
        yield agent


@contextlib.contextmanager
def _actions(settings: Settings, port: int) -> Iterator[None]:
    chosen = {**environment(settings), "ACTIONS_PORT": str(port)}
    command: List[str] = [sys.executable, "-m", "actions"]
    process = subprocess.Popen(command, cwd=ROOT, env=chosen, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_until_well(f"http://{settings.host}:{port}/health", process)
        yield
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait_until_well(url: str, process: subprocess.Popen) -> None:
    deadline = time.monotonic() + START_TIMEOUT
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(httpx.HTTPError):
            if httpx.get(url, trust_env=False).status_code == httpx.codes.OK:
                return
        time.sleep(0.2)
    raise ServiceFailed("the actions did not start: `python -m actions` says why")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
