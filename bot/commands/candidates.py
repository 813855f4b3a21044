"""`weijing train --candidate`, `evaluate --against live`, `promote`, `rollback`, `models`: from new data to live."""

from __future__ import annotations

import concurrent.futures
import dataclasses
import datetime
import getpass
import os
import pathlib
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any, Dict, List, Optional, Tuple

import typer
from rich.console import Console
from rich.table import Table

from bot.commands.progress import Report
from bot.errors import CommandError

if TYPE_CHECKING:
    from bot.models import Manifest
    from bot.settings import Settings
    from bot.training.comparison import Comparison, Conversations

console = Console(highlight=False, stderr=True)


def register(root: typer.Typer) -> None:
    """Add the commands at the top level."""
    for command in (promote, rollback, models):
        root.command()(command)


def find(name: str) -> Manifest:
    """The manifest of a model by name; the newest one that isn't live where the name is empty."""
    from bot.models import candidates, live_manifest

    live = live_manifest()
    found = [m for m in candidates() if (m.model.startswith(name) if name else live is None or m.made > live.made)]
    if not found:
        raise CommandError(f"there is no model {name}".rstrip() + ": `weijing train --candidate` makes one")
    return found[0]


def compare_with_live(model: str, days: int, report: Report, who: str, sentences: Optional[pathlib.Path] = None,
                      scripts: Optional[pathlib.Path] = None) -> bool:
    """Compares, writes the page, keeps scores and the gate's word in the manifest; whether it may go live."""
    from bot.development import settings_or_development
    from bot.models import check_model, live_manifest
    from bot.training.comparison_page import folder_of, write_comparison

    settings, live, candidate = settings_or_development(), live_manifest(), find(model)
    if live is None:
        raise CommandError("no model is live: `weijing train`")
    for each in (live, candidate):
        check_model(each, None if settings.development else settings.weijing_secret)
    console.print(f"{candidate.model} against {live.model}")
    found = _compared(settings, live, candidate, days, report, sentences, scripts)
    page = write_comparison(folder_of(candidate.model), found, live.model, candidate.model)
    _keep(candidate, live, found)
    log_deed(settings, who, "compared", f"model:{candidate.model}", {"passed": found.passed})
    _tell(found)
    typer.echo(f"page: {page}")
    return found.passed


def _compared(settings: Settings, live: Manifest, candidate: Manifest, days: int, report: Report,
              sentences: Optional[pathlib.Path], scripts: Optional[pathlib.Path]) -> Comparison:
    """The conversation tests run beside it, in a process of their own: together the two cores have work."""
    from bot.commands.inbox import masker
    from bot.commands.model import STEPS
    from bot.models import MODELS
    from bot.parse import load_parser
    from bot.settings import ROOT
    from bot.training.comparison import compare, read_tolerances, with_conversations
    from bot.training.evaluation import HELD_OUT
    from bot.training.sentences import read_sentences

    with concurrent.futures.ThreadPoolExecutor(1) as beside, console.status("both models on the same sentences"):
        report(2, STEPS, "held_out")
        conversations = beside.submit(run_conversations, MODELS / candidate.model, scripts)
        models = load_parser(MODELS / live.model), load_parser(MODELS / candidate.model)
        said = _said(settings, days)
        found = compare(*models, read_sentences(sentences or HELD_OUT), said, masker(), None,
                        read_tolerances(ROOT / "tests" / "nlu" / "tolerances.yml"))
        report(4, STEPS, "conversations")
        return with_conversations(found, conversations.result())


def _said(settings: Settings, days: int) -> List[Tuple[str, int]]:
    from bot.records import upgrade_database
    from bot.training.comparison import said_since
    from messages.database import open_engine, reading

    upgrade_database(settings.database_url)
    engine = open_engine(settings.database_url)
    with reading(engine) as session:
        said = said_since(session, datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=days))
    engine.dispose()
    return said


def run_conversations(model: pathlib.Path, scripts: Optional[pathlib.Path]) -> Conversations:
    """The conversation tests with this model, in a process of their own."""
    from bot.settings import ROOT
    from bot.training.comparison import Conversations

    chosen = {"WEIJING_MODEL": str(model), **({"WEIJING_SCRIPTS": str(scripts)} if scripts else {})}
    command = [sys.executable, "-m", "pytest", "tests/conversations", "-q", "-rf", "-n", "0", "-p", "no:cacheprovider",
               "--no-header"]
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, **chosen}, capture_output=True, text=True, check=False)
    failed = re.findall(r"^(?:FAILED|ERROR) \S*?::?([^\n]*?)(?: - .*)?$", done.stdout, re.MULTILINE)
    passed = re.search(r"(\d+) passed", done.stdout)
    if done.returncode != 0 and not failed:
        failed = [((done.stdout + done.stderr).strip().splitlines() or ["no word"])[-1][:200]]
    return Conversations(int(passed[1]) if passed else 0, failed)


def _keep(candidate: Manifest, live: Manifest, found: Comparison) -> None:
    from bot.models import save_manifest

    after = found.after
    scores = {"accuracy": after.accuracy, "second_best": after.second_best, "wrong_service": after.wrong_service,
              "calibration_error": after.calibration_error,
              "intents": {name: round(share.f1, 4) for name, share in after.intents.items()}}
    gate = {"passed": found.passed, "reasons": found.reasons, "against": live.model, "changed": len(found.changed),
            "better": sum(each.better for each in found.turned),
            "worse": sum(not each.better for each in found.turned),
            "at": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds")}
    save_manifest(dataclasses.replace(candidate, scores=scores, gate=gate))


def _tell(found: Comparison) -> None:
    table = Table("intent", "before", "after", "change")
    for step in found.steps:
        if step.gain:
            table.add_row(step.intent, f"{step.before:.2f}", f"{step.after:.2f}", f"{step.gain:+.2f}")
    Console().print(table)
    typer.echo(f"understood {found.before.accuracy:.3f} before, {found.after.accuracy:.3f} after; "
               f"{len(found.changed)} of {found.replayed} drivers' messages would be answered differently")
    typer.echo("the gate is open" if found.passed else "\n".join(["the gate refuses:", *found.reasons]))


def promote(
    model: str = typer.Argument("", help="A model's name; the newest candidate unless given."),
    overrule: str = typer.Option("", help="A lead's reason for letting through what the gate refused; it is kept."),
    by: str = typer.Option("", help="Who does it; to overrule, an officer of the desk with role lead or admin."),
) -> None:
    """Put a candidate live: a new process warms up, takes over, the old one finishes; no message is lost.

    Example: weijing promote
    """
    from bot import promotion
    from bot.development import settings_or_development
    from bot.training.jobs import working

    who, settings, manifest = by or getpass.getuser(), settings_or_development(), find(model)
    with working("promote", who):
        if overrule:
            _check_lead(settings, by)
            now = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds")
            manifest = promotion.overrule(manifest, by, overrule, now)
        promotion.promote(settings, manifest, console.print)
        log_deed(settings, who, "promoted", f"model:{manifest.model}", {"overruled": overrule} if overrule else {})
    typer.echo(f"{manifest.model} is live")


def rollback(by: str = typer.Option("", help="Who does it; the user of the machine unless given.")) -> None:
    """Put the model live that was live before; its answers come back as they were.

    Example: weijing rollback
    """
    from bot import promotion
    from bot.development import settings_or_development
    from bot.training.jobs import working

    who, settings = by or getpass.getuser(), settings_or_development()
    with working("rollback", who):
        before = promotion.rollback(settings, console.print)
        log_deed(settings, who, "rolled_back", f"model:{before.model}", {})
    typer.echo(f"{before.model} is live again")


def models() -> None:
    """The models on disk: when made, how good, what the gate said, which one is live.

    Example: weijing models
    """
    from bot.models import candidates, live_manifest

    live = live_manifest()
    table = Table("model", "made", "understood", "gate", "")
    for each in candidates():
        gate = "" if each.gate is None else "open" if each.gate["passed"] else f"refused ({len(each.gate['reasons'])})"
        gate += f" overruled by {each.overruled['who']}" if each.overruled else ""
        score = f"{each.scores['accuracy']:.3f}" if each.scores else ""
        table.add_row(each.model, each.made, score, gate, "live" if live and live.model == each.model else "")
    Console().print(table)


def _check_lead(settings: Settings, name: str) -> None:
    from messages.database import open_engine, reading
    from web.desk import officers
    from web.desk.errors import DeskError

    engine = open_engine(settings.database_url)
    try:
        with reading(engine) as session:
            officer = officers.find(session, name)
    except DeskError as error:
        raise CommandError(f"only a lead overrules: {error}") from None
    finally:
        engine.dispose()
    if not officer.active or not officer.may("supervise"):
        raise CommandError(f"only a lead overrules; {name} is {officer.role}")


def log_deed(settings: Settings, who: str, deed: str, subject: str, detail: Dict[str, Any]) -> None:
    """Who did what with a model: into the maintainers' log and, for good, into the audit chain."""
    from bot.records import upgrade_database
    from bot.training.database import log
    from messages.database import open_engine, writing
    from web.desk.deeds import record

    upgrade_database(settings.database_url)
    engine, now = open_engine(settings.database_url), datetime.datetime.now(datetime.timezone.utc)
    with writing(engine) as session:
        log(session, who[:32], deed, {"subject": subject, **detail}, now)
        record(session, who[:64], deed, subject, detail, now=now)
    engine.dispose()
