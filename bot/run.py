"""`weijing run`: from an empty machine to a station that answers, and down again."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import subprocess
import sys
import time
from types import FrameType
from typing import List, Optional

from rich.console import Console

from bot.commands.progress import progress_bar
from bot.daily import nightly, seconds_until_night
from bot.development import settings_or_development
from bot.models import is_current, live_manifest
from bot.promotion import settle_broken_off
from bot.records import open_appointments, prepare_records
from bot.settings import ROOT, Settings, Station, load_station
from bot.supervision import Service, check_ports, services, supervised, wait_until_well
from messages.clock import utc_now
from messages.database import open_engine
from messages.errors import describe
from web.desk import officers

console = Console(highlight=False)
SETTLES_EVERY = 15.0  # seconds until a promotion that was broken off has left one process
FIRST_NIGHT_AFTER = 60.0  # seconds: a box that is switched off every night has its nights by day


def run_station() -> None:
    """Prepare what is missing, start every process, say where the phone is, wait for the end."""
    began = time.monotonic()
    settings = settings_or_development()
    load_station()
    wanted = services(settings)
    check_ports(wanted, settings.host)
    with progress_bar("records") as report:
        prepare_records(settings, report)
    open_appointments(settings.database_url)
    _train_if_missing()
    signal.signal(signal.SIGTERM, _end)
    with supervised(wanted, settings) as supervisor:
        asyncio.run(_show_start(wanted, settings.host, supervisor))
        _say_where(settings, time.monotonic() - began)
        _wait(supervisor, settings)


def _train_if_missing() -> None:
    """In a process of its own: TensorFlow keeps its memory."""
    if live_manifest() is None:
        console.print("training the first model (a minute or two)")
        if code := subprocess.run([sys.executable, "-m", "bot.cli", "train"], cwd=ROOT, check=False).returncode:
            sys.exit(code)
    elif not is_current():
        console.print("note: data/ or the pipeline changed since the live model was trained: `weijing train`")


async def _show_start(wanted: List[Service], host: str, supervisor: subprocess.Popen) -> None:
    names = {service.name for service in wanted}
    with console.status("starting " + ", ".join(sorted(names))) as status:
        async for service in wait_until_well(wanted, host, supervisor):
            names.discard(service.name)
            status.update("starting " + ", ".join(sorted(names)))


def _say_where(settings: Settings, seconds: float) -> None:
    console.print(f"Weijing is up after {seconds:.0f} s.")
    if settings.development:
        console.print(f"  phone    http://{settings.host}:{settings.web_port}/phone")
    console.print(f"  desk     http://{settings.host}:{settings.web_port}/desk{_who_may_sign_in(settings)}")
    console.print(f"  webhook  http://{settings.host}:{settings.web_port}/wechat")
    console.print("  logs     var/log/")
    console.print("Ctrl-C ends it.")


def _who_may_sign_in(settings: Settings) -> str:
    """What an operator does before the first officer can sit down."""
    engine = open_engine(settings.database_url)
    try:
        with engine.connect() as session:
            some = any(officer.active for officer in officers.everyone(session))
    finally:
        engine.dispose()
    return "" if some else "   (first: .venv/bin/weijing officer add NAME --role admin --invent)"


def _end(number: int, frame: Optional[FrameType]) -> None:
    raise KeyboardInterrupt


def _wait(supervisor: subprocess.Popen, settings: Settings) -> None:
    """Until the end; this process has nothing else to do, so the night's work is its own."""
    station, night = load_station(), time.monotonic() + FIRST_NIGHT_AFTER
    try:
        while supervisor.poll() is None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                supervisor.wait(SETTLES_EVERY)
                return
            settle_broken_off()
            if time.monotonic() >= night:
                _do_night_work(settings, station)
                night = time.monotonic() + seconds_until_night(station, utc_now())
    except KeyboardInterrupt:
        console.print("stopping …")


def _do_night_work(settings: Settings, station: Station) -> None:
    try:
        console.print(nightly(settings, station))
    except Exception as error:  # a database that is away: the next night may do
        console.print(f"the night's work failed: {describe(error)}")
