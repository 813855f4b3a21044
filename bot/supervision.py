"""Every process of one box under one supervisor (supervisord): started, watched, brought back, stopped together."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import hashlib
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import time
from typing import AsyncIterator, Iterator, List

import httpx

from bot.errors import PortTaken, ServiceFailed
from bot.models import link_live, slot_file
from bot.settings import ROOT, VAR, Settings

LOGS = VAR / "log"
SLOTS = ("rasa", "rasa_spare")
CONFIG = VAR / "supervisord.conf"
START_TIMEOUT = float(os.environ.get("WEIJING_START_SECONDS", 120))  # Rasa's imports alone take 10 to 20


@dataclasses.dataclass(frozen=True)
class Service:
    """One process: its name in logs, what starts it, where it listens, which path says that it is well.

    A `spare` one is started by a promotion only.
    """

    name: str
    command: str
    port: int
    health: str
    spare: bool = False


def services(settings: Settings) -> List[Service]:
    """The processes of this box; the stand-in WeChat only where development values are in force."""
    python = sys.executable
    found = [
        Service("actions", f"{python} -m actions", settings.actions_port, "/health"),
        rasa_service(settings, SLOTS[0]),
        Service("web", f"{python} -m web", settings.web_port, "/health"),
    ]
    if settings.development:
        found.append(Service("phone", f"{python} -m web.phone", settings.phone_port, "/health"))
    return found


def rasa_service(settings: Settings, slot: str) -> Service:
    """A Rasa process; of the two slots the spare one waits until a new model is promoted."""
    spare = slot != SLOTS[0]
    port = settings.rasa_spare_port if spare else settings.rasa_port
    command = (f"{sys.executable} -m bot.rasa_process {slot} --endpoints endpoints.yml --credentials credentials.yml"
               f" --interface {settings.host} --port {port}")
    return Service(slot, command, port, "/", spare)


def control_socket() -> pathlib.Path:
    """Where supervisord listens: a file for this user only; sockets' names may have 107 characters at most."""
    here = VAR / "supervisor.sock"
    if len(str(here)) < 100:
        return here
    return pathlib.Path(tempfile.gettempdir()) / f"weijing-{hashlib.sha256(str(VAR).encode()).hexdigest()[:16]}.sock"


def check_ports(wanted: List[Service], host: str) -> None:
    """Raise PortTaken, naming the port and the setting that moves it, if another program listens there."""
    for service in wanted:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, service.port))
            except OSError:
                setting = f"{service.name.upper()}_PORT"
                raise PortTaken(
                    f"port {service.port} is taken: stop the program that listens there (is Weijing running already?)"
                    f" or set {setting} to another in the environment or .env"
                ) from None


def write_config(wanted: List[Service], path: pathlib.Path = CONFIG) -> None:
    """Write supervisord's configuration: commands through a file only, restarts with back-off, logs in var/log."""
    LOGS.mkdir(parents=True, exist_ok=True)
    head = (
        f"[supervisord]\nnodaemon=true\nlogfile={LOGS}/supervisord.log\npidfile={VAR}/supervisord.pid\n"
        f"childlogdir={LOGS}\nsilent=true\n\n[unix_http_server]\nfile={control_socket()}\nchmod=0700\n\n"
        "[rpcinterface:supervisor]\n"
        "supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface\n"
    )
    programs = (
        f"[program:{s.name}]\ncommand={s.command.replace('%', '%%')}\ndirectory={ROOT}\nautorestart=true\n"
        f"autostart={str(not s.spare).lower()}\n"
        f"startsecs=1\nstartretries=5\nstopwaitsecs=15\nstopasgroup=true\nkillasgroup=true\nredirect_stderr=true\n"
        f"stdout_logfile={LOGS}/{s.name}.log\nstdout_logfile_maxbytes=10MB\nstdout_logfile_backups=3\n"
        for s in wanted
    )
    path.write_text(head + "\n" + "\n".join(programs))


def environment(settings: Settings) -> dict[str, str]:
    """Environment of the processes: quiet TensorFlow, no telemetry, no GPU, UTF-8, what endpoints.yml fills in."""
    return {
        **os.environ,
        "ACTIONS_PORT": str(settings.actions_port),
        "ACTIONS_SECRET": settings.actions_secret,
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "CUDA_VISIBLE_DEVICES": "-1",
        "RASA_TELEMETRY_ENABLED": "false",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "PYTHONWARNINGS": "ignore",
        "PYTHONUTF8": "1",
        "PYTHONUNBUFFERED": "1",
    }


def _last_line(service: Service) -> str:
    log = LOGS / f"{service.name}.log"
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines() if log.exists() else []
    return lines[-1][:200] if lines else "it wrote nothing"


async def _is_well(client: httpx.AsyncClient, host: str, service: Service) -> bool:
    with contextlib.suppress(httpx.HTTPError):
        return (await client.get(f"http://{host}:{service.port}{service.health}")).status_code < 400
    return False


async def wait_until_well(wanted: List[Service], host: str, supervisor: subprocess.Popen) -> AsyncIterator[Service]:
    """Yield each service as it answers; raise ServiceFailed with its last log line when one takes too long."""
    waiting, deadline = list(wanted), time.monotonic() + START_TIMEOUT
    async with httpx.AsyncClient(timeout=2, trust_env=False) as client:
        while waiting:
            for service in list(waiting):
                if await _is_well(client, host, service):
                    waiting.remove(service)
                    yield service
            if supervisor.poll() is not None or time.monotonic() > deadline:
                culprit = waiting[0]
                log = f"var/log/{culprit.name}.log"
                raise ServiceFailed(f"{culprit.name} did not start: {_last_line(culprit)} (see {log})")
            await asyncio.sleep(0.3)


@contextlib.contextmanager
def supervised(wanted: List[Service], settings: Settings) -> Iterator[subprocess.Popen]:
    """Run supervisord with these services; on leaving, stop them all and wait until they are gone."""
    for slot in SLOTS:
        slot_file(slot).unlink(missing_ok=True)  # after a start it is the live model again
    link_live()
    write_config([*wanted, rasa_service(settings, SLOTS[1])])
    command = [sys.executable, "-m", "supervisor.supervisord", "-c", str(CONFIG)]
    process = subprocess.Popen(command, cwd=ROOT, env=environment(settings), start_new_session=True)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=40)
