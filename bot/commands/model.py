"""`weijing train|parse|ask|evaluate|bench`: the model and what it makes of sentences."""

from __future__ import annotations

import json
import sys
from typing import List, Optional

import typer
from rich.console import Console

from bot.commands.progress import progress_bar


def register(root: typer.Typer) -> None:
    """Add the model's commands at the top level."""
    for command in (train, parse, ask):
        root.command()(command)
    passed_on = {"allow_extra_args": True, "ignore_unknown_options": True}
    root.command(context_settings=passed_on)(evaluate)
    root.command("data-check")(data_check)


def train(force: bool = typer.Option(False, "--force", help="Train even if nothing changed.")) -> None:
    """Train a model from data/ and make it the live one (about a minute on two cores).

    Example: weijing train
    """
    from bot.development import settings_or_development
    from bot.models import is_current, put_live, train_model
    from bot.records import export_dictionary, prepare_records

    settings = settings_or_development()
    with progress_bar("records") as report:
        prepare_records(settings, report)
    export_dictionary(settings.database_url)
    if is_current() and not force:
        typer.echo("the live model is of this data already; --force trains anyway")
        return
    with Console(stderr=True).status("training (about a minute)"):
        manifest = train_model(force=force)
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


def evaluate(arguments: Optional[List[str]] = typer.Argument(None, help="--model, --sentences, --folder.")) -> None:
    """Measure the live model on the project's own held-out sentences; fails when a floor is broken.

    Example: weijing evaluate
    """
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
