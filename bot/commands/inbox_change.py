"""`weijing inbox diff` and `apply`: the change that the labels make in the files."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING, Optional

import typer

from bot.commands.inbox_room import BY, data_files, held_out, now, opened

if TYPE_CHECKING:
    from bot.training.applying import Change


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command()(diff)
    app.command()(apply)


def diff() -> None:
    """The change in the files that the labels would make, and what is refused and why.

    Example: weijing inbox diff
    """
    from bot.training.applying import planned
    from messages.database import reading

    with opened() as engine, reading(engine) as session:
        change = planned(session, data_files(), held_out(), now())
    typer.echo(change.files.diff(), nl=False)
    _say_left_out(change)


def apply(by: Optional[str] = BY) -> None:
    """Write the labels into data/; the next training learns from them.

    Example: weijing inbox apply
    """
    from bot.training.applying import apply as apply_now
    from messages.database import writing

    with opened() as engine, writing(engine) as session:
        change = apply_now(session, data_files(), held_out(), by or getpass.getuser(), now())
    typer.echo(f"{len(change.taken)} sentences and {len(change.answers)} answers written; "
               "`weijing train --compare` makes a candidate of them")
    _say_left_out(change)


def _say_left_out(change: Change) -> None:
    for number, why in change.refused.items():
        typer.echo(f"refused: label {number} {why}", err=True)
    for label, (has, needs) in change.thin.items():
        typer.echo(f"waits: {label} has {has} sentences, {needs} are needed: label more with it, or "
                   f"`weijing inbox write {label} \"…\"`", err=True)
