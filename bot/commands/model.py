"""`weijing train|parse|ask|evaluate|bench`: the model and what it makes of sentences."""

from __future__ import annotations

import json
import pathlib
import sys
from typing import List, Optional

import typer
from rich.console import Console

from bot.commands.progress import progress_bar
from bot.errors import CommandError


def register(root: typer.Typer) -> None:
    """Add the model's commands at the top level."""
    for command in (train, parse, ask):
        root.command()(command)
    passed_on = {"allow_extra_args": True, "ignore_unknown_options": True}
    root.command(context_settings=passed_on)(evaluate)
    root.command("data-check")(data_check)


def train(
    force: bool = typer.Option(False, "--force", help="Train even if nothing changed."),
    candidate: bool = typer.Option(False, "--candidate", help="Keep it beside the live one; `weijing promote` later."),
) -> None:
    """Train a model from data/ and make it the live one (about a minute on two cores).

    Example: weijing train --candidate
    """
    from bot.development import settings_or_development
    from bot.models import is_current, put_live, save_manifest, signed, train_model
    from bot.records import export_dictionary, prepare_records

    settings = settings_or_development()
    with progress_bar("records") as report:
        prepare_records(settings, report)
    export_dictionary(settings.database_url)
    if is_current() and not force:
        typer.echo("the live model is of this data already; --force trains anyway")
        return
    with Console(stderr=True).status("training (about a minute)"):
        manifest = signed(train_model(force=force), settings.weijing_secret)
    if candidate:
        save_manifest(manifest)
        typer.echo(f"{manifest.model} is trained in {manifest.seconds:.0f} s; `weijing evaluate --against live`")
        return
    put_live(manifest)
    typer.echo(f"{manifest.model} is live, trained in {manifest.seconds:.0f} s")


def parse() -> None:
    """What the live model understands: a JSON object for each line of standard input.

    Example: printf '查违章\\n' | weijing parse
    """
    from bot.models import live_model
    from bot.parse import load_parser

    parser = load_parser(live_model())
    for line in sys.stdin:
        print(json.dumps(parser.parse(line.rstrip("\n")), ensure_ascii=False), flush=True)


def evaluate(
    arguments: Optional[List[str]] = typer.Argument(None, help="--model, --sentences, --folder."),
    against: str = typer.Option("", help="`live`: compare a candidate with the live model, for the gate."),
    candidate: str = typer.Option("", help="With --against: the model's name; the newest unless given."),
    days: int = typer.Option(7, help="With --against: replay drivers' messages of so many days."),
    held_out: Optional[pathlib.Path] = typer.Option(None, help="With --against: other held-out sentences."),
    scripts: Optional[pathlib.Path] = typer.Option(None, help="With --against: other conversation tests."),
) -> None:
    """Measure the live model on the project's own held-out sentences, or a candidate against it; 1 when it fails.

    Example: weijing evaluate --against live --days 7
    """
    if against:
        if against != "live":
            raise CommandError("a candidate is compared with the live model: --against live")
        from bot.commands.candidates import compare_with_live

        raise typer.Exit(0 if compare_with_live(candidate, days, held_out, scripts) else 1)
    from bot.training.evaluation import main

    raise typer.Exit(main(arguments or []))


def data_check() -> None:
    """Find what spoils training: sentences that stand twice or under two intents, unmarked plates and roads.

    Example: weijing data-check
    """
    from bot.training.data_check import main

    raise typer.Exit(main([]))


def ask() -> None:
    """Chat with the whole bot in the terminal; lines on standard input are each answered in a fresh conversation.

    Example: printf '今天哪里堵\\n' | weijing ask
    """
    from bot.ask import answer_lines, chat

    if sys.stdin.isatty():
        chat()
    else:
        answer_lines(sys.stdin)
