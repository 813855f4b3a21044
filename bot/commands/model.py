"""`weijing train|parse|ask|evaluate|bench`: the model and what it makes of sentences."""

from __future__ import annotations

import getpass
import json
import pathlib
import sys
from typing import TYPE_CHECKING, List, Optional

import typer
from rich.console import Console

from bot.commands.progress import Report, progress_bar
from bot.errors import CommandError

if TYPE_CHECKING:
    from bot.models import Manifest
    from bot.settings import Settings

COMPARED_DAYS = 7
STEPS = 5
"""Records, training, both models on the same sentences, drivers' messages, conversation tests."""


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
    compare: bool = typer.Option(False, "--compare", help="A candidate, compared with the live one at once."),
    by: str = typer.Option("", help="Who asks for it; the user of the machine unless given."),
) -> None:
    """Train a model from data/ and make it the live one (about a minute on two cores).

    Example: weijing train --candidate
    """
    from bot.commands.candidates import compare_with_live, log_deed
    from bot.development import settings_or_development
    from bot.models import is_current, put_live, save_manifest
    from bot.training.jobs import working

    settings, who = settings_or_development(), by or getpass.getuser()
    with working("train", who) as report:
        if is_current() and not force:
            typer.echo("the live model is of this data already; --force trains anyway")
            return
        manifest = (None if force else _already_trained()) or _trained(settings, force, report)
        if not (candidate or compare):
            put_live(manifest)
            typer.echo(f"{manifest.model} is live, trained in {manifest.seconds:.0f} s")
            return
        save_manifest(manifest)
        log_deed(settings, who, "trained", f"model:{manifest.model}", {"seconds": manifest.seconds})
        typer.echo(f"{manifest.model} is trained in {manifest.seconds:.0f} s; `weijing evaluate --against live`")
        if compare:
            compare_with_live(manifest.model, COMPARED_DAYS, report, who)


def _already_trained() -> Optional[Manifest]:
    """A model of the data as it is now that only waits to be compared or promoted."""
    from bot.models import candidates, sources_hash

    now = sources_hash()
    return next((manifest for manifest in candidates() if manifest.sources == now), None)


def _trained(settings: Settings, force: bool, report: Report) -> Manifest:
    from bot.models import signed, train_model
    from bot.records import export_dictionary, prepare_records

    report(0, STEPS, "records")
    with progress_bar("records") as bar:
        prepare_records(settings, bar)
    export_dictionary(settings.database_url)
    report(1, STEPS, "training")
    with Console(stderr=True).status("training (about a minute)"):
        return signed(train_model(force=force), settings.weijing_secret)


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
    days: int = typer.Option(COMPARED_DAYS, help="With --against: replay drivers' messages of so many days."),
    held_out: Optional[pathlib.Path] = typer.Option(None, help="With --against: other held-out sentences."),
    scripts: Optional[pathlib.Path] = typer.Option(None, help="With --against: other conversation tests."),
    by: str = typer.Option("", help="With --against: who asks for it; the user of the machine unless given."),
) -> None:
    """Measure the live model on the project's own held-out sentences, or a candidate against it; 1 when it fails.

    Example: weijing evaluate --against live --days 7
    """
    if against:
        if against != "live":
            raise CommandError("a candidate is compared with the live model: --against live")
        from bot.commands.candidates import compare_with_live
        from bot.training.jobs import working

        who = by or getpass.getuser()
        with working("compare", who) as report:
            passed = compare_with_live(candidate, days, report, who, held_out, scripts)
        raise typer.Exit(0 if passed else 1)
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
