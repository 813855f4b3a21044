"""One progress bar for every long command."""

from __future__ import annotations

import contextlib
from typing import Callable, Iterator

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

Report = Callable[[int, int, str], None]
"""Hears (steps done, steps in all, what comes next)."""


def both(one: Report, other: Report) -> Report:
    """What each of the two hears."""
    def report(done: int, total: int, what: str) -> None:
        one(done, total, what)
        other(done, total, what)

    return report


@contextlib.contextmanager
def progress_bar(title: str) -> Iterator[Report]:
    """A bar on standard error; yields report(done, total, what)."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        bar = progress.add_task(title, total=None, visible=False)

        def report(done: int, total: int, what: str) -> None:
            progress.update(bar, description=f"{title}: {what}", completed=done, total=total, visible=True)

        yield report
