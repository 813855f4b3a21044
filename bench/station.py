"""A station of its own for a measurement: few records, free ports, commands run as a maintainer runs them."""

from __future__ import annotations

import pathlib
import subprocess
import sys
import time
from typing import Dict

from bot.records import upgrade_database
from bot.settings import ROOT
from traffic.database import open_engine
from traffic.demo import make_demo


def few_records(url: str) -> None:
    """Where records are, the station makes no demo city, which takes longer than a switch."""
    upgrade_database(url)
    engine = open_engine(url)
    make_demo(engine, vehicles=200, drivers=150, violations=300)
    engine.dispose()


def started(output: pathlib.Path, chosen: Dict[str, str]) -> subprocess.Popen:
    """A station that answers."""
    with output.open("w") as written:
        station = subprocess.Popen([sys.executable, "-m", "bot.cli", "run"], cwd=ROOT, env=chosen, stdout=written,
                                   stderr=subprocess.STDOUT)
    while "Weijing is up" not in output.read_text():
        if station.poll() is not None:
            raise SystemExit(output.read_text()[-1000:])
        time.sleep(0.5)
    return station


def weijing(chosen: Dict[str, str], *words: str, may_fail: bool = False) -> str:
    """What a command of Weijing's says; its failure ends the measurement unless it `may_fail`."""
    done = subprocess.run([sys.executable, "-m", "bot.cli", *words], cwd=ROOT, env=chosen, check=False,
                          capture_output=True, text=True)
    if done.returncode and not may_fail:
        raise SystemExit(f"weijing {words[0]} failed: {done.stderr[-800:]}")
    return done.stdout
