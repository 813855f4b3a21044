"""`weijing inbox …`: what drivers wrote that would teach the bot: gathered, listed, and who did what with it."""

from __future__ import annotations

import datetime
import getpass
import json
from typing import TYPE_CHECKING, Callable, Optional

import typer
from rich.table import Table

from bot.commands import inbox_change, inbox_labels, inbox_week
from bot.commands.inbox_room import BY, console, data_files, names, now, opened
from bot.commands.progress import both, progress_bar

if TYPE_CHECKING:
    from bot.training.masking import Masked

app = typer.Typer(help="The maintainers' inbox: gather, label, see the change, write it.", invoke_without_command=True)
for room in (inbox_labels, inbox_change, inbox_week):
    room.register(app)


@app.callback()
def show(context: typer.Context) -> None:
    """Without a command: the list of what waits, what teaches most first."""
    if context.invoked_subcommand is None:
        list_groups(20)


@app.command()
def gather(days: int = typer.Option(30, help="How far back the log is read."), by: Optional[str] = BY) -> None:
    """Read the log anew: masked, grouped, ordered by how much a label would teach.

    Example: weijing inbox gather --days 7
    """
    from bot.training.gathering import gather as gather_now
    from bot.training.jobs import working
    from bot.training.sentences import read_sentences

    since = now() - datetime.timedelta(days=days)
    with opened() as engine, working("gather", by or getpass.getuser()) as tell, progress_bar("inbox") as bar:
        count = gather_now(engine, masker(), read_sentences(data_files().data), since,
                           both(bar, tell))
    typer.echo(f"groups to label: {count}; `weijing inbox label` begins with what teaches most")


def masker() -> Callable[[str], Masked]:
    """Takes personal data out of a sentence; loads the words first, which takes seconds."""
    from bot.training.station_mask import station_mask

    return station_mask()


@app.command("list")
def list_groups(limit: int = typer.Option(20, help="How many groups.")) -> None:
    """What waits, what teaches most first.

    Example: weijing inbox list --limit 5
    """
    from bot.training import labels
    from messages.database import reading

    table, called = Table("number", "drivers", "sentence", "likely", "why"), names()
    with opened() as engine, reading(engine) as session:
        for group in labels.open_groups(session, limit):
            likely = "".join(f"{called.get(name, name)} {score:.2f}" for name, score in group.suggestions[:1])
            table.add_row(str(group.id), str(group.drivers), group.head, likely, " ".join(group.reasons))
        counted, agreement = labels.counts(session), labels.agreement(session)
    console.print(table)
    console.print(" · ".join(f"{state} {count}" for state, count in counted.items()))
    if agreement.pairs:
        console.print(f"two people agreed on {agreement.share:.0%} of {agreement.pairs} (kappa {agreement.kappa:.2f})")


@app.command("log")
def show_log(limit: int = typer.Option(30, help="How many entries.")) -> None:
    """Who did what, newest first.

    Example: weijing inbox log
    """
    from bot.training.database import deeds
    from messages.database import reading

    with opened() as engine, reading(engine) as session:
        for each in deeds(session, limit):
            said = json.dumps(each.detail, ensure_ascii=False)
            typer.echo(f"{each.at:%Y-%m-%d %H:%M}\t{each.who}\t{each.deed}\t{said}")
