"""`weijing check|test`: what an engineer runs before a commit."""

from __future__ import annotations

import enum
import shutil
import subprocess
import sys
from typing import List, Optional

import typer

from bot.settings import ROOT


class Subject(str, enum.Enum):
    """What `weijing bench` can measure."""

    understanding = "understanding"
    connectors = "connectors"
    inbox = "inbox"
    switches = "switches"
    loop = "loop"
    crashes = "crashes"
    records = "records"
    imports = "imports"
    last_slot = "last_slot"
    push = "push"


def register(root: typer.Typer) -> None:
    """Add the engineers' commands at the top level."""
    root.command()(check)
    passed_on = {"allow_extra_args": True, "ignore_unknown_options": True}
    root.command(context_settings=passed_on)(bench)
    root.command(name="test", context_settings={"allow_extra_args": True, "ignore_unknown_options": True})(run_tests)


def _run(*command: str) -> int:
    return subprocess.run([sys.executable, "-m", *command], cwd=ROOT, check=False).returncode


def check() -> None:
    """Style and types: ruff and mypy over the whole tree.

    Example: weijing check
    """
    codes = [_run("ruff", "check", "."), _run("mypy")]
    sys.exit(max(codes))


def bench(
    subject: Subject = typer.Argument(Subject.understanding, help="What to measure."),
    arguments: Optional[List[str]] = typer.Argument(None, help="Passed on, e.g. --without-stock."),
) -> None:
    """Measure in one run: Weijing beside stock Rasa and a plain SVM, or the connector beside wechatpy alone,
    or the records: look-ups among ten million violations, an import beside the database's own bulk load.

    Example: weijing bench understanding --without-stock
    """
    sys.exit(_run(f"bench.{subject.value}", *(arguments or [])))


def run_tests(arguments: Optional[List[str]] = typer.Argument(None, help="Passed on to pytest.")) -> None:
    """All tests, on both cores; trains a model first if the live one is not of this data.

    Example: weijing test tests/traffic -k plates
    """
    if not shutil.which("chromium"):
        typer.echo("no chromium: browser tests will be skipped (apt-get install chromium fonts-noto-cjk)")
    if code := _run("bot.cli", "train"):  # in a process of its own: TensorFlow keeps its memory
        sys.exit(code)
    # Real processes on a busy machine: what fails is tried once more and then named in the summary as rerun. Tests that
    # count what may never happen are marked `flaky(reruns=0)`.
    sys.exit(_run("pytest", "-n", "2", "--dist", "worksteal", "--reruns", "1", "-raR", *(arguments or [])))
