"""`weijing inbox …`: what drivers wrote that would teach the bot, labelled in the terminal."""

from __future__ import annotations

import contextlib
import datetime
import getpass
import json
from typing import TYPE_CHECKING, Callable, Iterator, List, Optional

import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy.engine import Engine

from bot.commands.progress import progress_bar
from bot.development import settings_or_development
from bot.errors import CommandError

if TYPE_CHECKING:
    from bot.training.labels import Group
    from bot.training.masking import Masked
    from bot.training.write_back import Files

app = typer.Typer(help="The maintainers' inbox: gather, label, see the change, write it.", invoke_without_command=True)
console = Console(highlight=False)
BY = typer.Option(None, "--by", help="Who labels; the user of the machine unless given.")
KEYS = "Enter takes the first · 1-5 · topic/question or intent · o out of scope · i ignore · s skip · u undo · q quit"


@app.callback()
def show(context: typer.Context) -> None:
    """Without a command: the list of what waits, what teaches most first."""
    if context.invoked_subcommand is None:
        list_groups(20)


@app.command()
def gather(days: int = typer.Option(30, help="How far back the log is read.")) -> None:
    """Read the log anew: masked, grouped, ordered by how much a label would teach.

    Example: weijing inbox gather --days 7
    """
    from bot.training.gathering import gather as gather_now
    from bot.training.sentences import read_sentences

    with _inbox() as engine, progress_bar("inbox") as report:
        count = gather_now(engine, masker(), read_sentences(_files().data), _now() - datetime.timedelta(days=days),
                           report)
    typer.echo(f"{count} groups wait; `weijing inbox label` begins with what teaches most")


def masker() -> Callable[[str], Masked]:
    """Takes personal data out of a sentence; loads the words first, which takes seconds."""
    from bot.nlu.chinese_tokenizer import WordCutter, read_words
    from bot.settings import ROOT
    from bot.training.masking import mask_personal
    from bot.training.personal_names import PersonalNames, ordinary_words
    from bot.training.sentences import read_sentences

    ordinary = ordinary_words(sentence.text for sentence in read_sentences(ROOT / "data"))
    names = PersonalNames(WordCutter(read_words(ROOT / "data" / "dictionary")), ordinary)
    return lambda text: mask_personal(text, names)


@app.command("list")
def list_groups(limit: int = typer.Option(20, help="How many groups.")) -> None:
    """What waits, what teaches most first.

    Example: weijing inbox list --limit 5
    """
    from bot.training import labels
    from messages.database import reading

    table = Table("number", "drivers", "sentence", "likely", "why")
    with _inbox() as engine, reading(engine) as session:
        for group in labels.open_groups(session, limit):
            likely = f"{group.suggestions[0][0]} {group.suggestions[0][1]:.2f}" if group.suggestions else ""
            table.add_row(str(group.id), str(group.drivers), group.head, likely, " ".join(group.reasons))
        counted = labels.counts(session)
        agreement = labels.agreement(session)
    console.print(table)
    console.print(" · ".join(f"{state} {count}" for state, count in counted.items()))
    if agreement.pairs:
        console.print(f"two people agreed on {agreement.share:.0%} of {agreement.pairs} (kappa {agreement.kappa:.2f})")


@app.command()
def label(
    number: Optional[int] = typer.Argument(None, help="A group's number; without it one after the other."),
    meaning: Optional[str] = typer.Argument(None, help="Intent, topic/question, out_of_scope, or ignore."),
    answer: str = typer.Option("", help="The answer, for a question or an intent that is new."),
    by: Optional[str] = BY,
) -> None:
    """Say what sentences mean: one group by number, or all in turn by keys.

    Example: weijing inbox label 12 ebike/licence_plate
    """
    with _inbox() as engine:
        if number is None:
            _label_in_turn(engine, by or getpass.getuser())
        else:
            _label_one(engine, by or getpass.getuser(), number, meaning or "", answer)


def _label_one(engine: Engine, who: str, number: int, meaning: str, answer: str) -> None:
    from bot.training import labels
    from bot.training.errors import Refused
    from messages.database import writing

    if not answer and meaning != "ignore":
        labels.named(meaning, _known())
    with writing(engine) as session:
        batch = labels.decide(session, who, number, "" if meaning == "ignore" else meaning, _now())
        if answer:
            if meaning in _known():
                raise Refused(f"{meaning} has an answer already: change it in data/faq or on the desk")
            labels.propose_answer(session, who, meaning, answer, {}, batch, _now())
    typer.echo(f"labelled as {meaning}; `weijing inbox diff` shows the change")


def _label_in_turn(engine: Engine, who: str) -> None:
    from bot.training import labels
    from bot.training.errors import Refused
    from messages.database import reading, writing

    console.print(KEYS)
    skipped = 0
    while True:
        with reading(engine) as session:
            found = labels.open_groups(session, 1, skipped)
            group = labels.group(session, found[0].id) if found else None
        if group is None:
            console.print("nothing waits")
            return
        _print_group(group)
        pressed = typer.prompt("", default="", show_default=False, prompt_suffix="> ").strip()
        if pressed == "q":
            return
        if pressed == "s":
            skipped += 1
            continue
        try:
            with writing(engine) as session:
                if pressed == "u":
                    labels.undo(session, who, None, _now())
                else:
                    labels.decide(session, who, group.id, _meaning(pressed, group), _now())
        except Refused as error:
            console.print(str(error), style="red")


def _meaning(pressed: str, group: Group) -> str:
    from bot.training import labels
    from bot.training.errors import Refused

    if pressed in ("o", "i"):
        return labels.OUT_OF_SCOPE if pressed == "o" else labels.IGNORED
    if pressed == "" or pressed.isdigit():
        at = int(pressed or 1) - 1
        if not 0 <= at < len(group.suggestions):
            raise Refused("there is no such suggestion")
        return str(group.suggestions[at][0])
    return labels.named(pressed, _known())


def _print_group(group: Group) -> None:
    console.print(f"\n[bold]{group.head}[/]  {group.drivers} drivers · {' '.join(group.reasons)}", markup=True)
    for sentence in group.sentences[1:6]:
        console.print(f"   {sentence.text}", markup=False)
    for at, (name, score) in enumerate(group.suggestions, start=1):
        console.print(f"  {at} {name} {score:.2f}", markup=False)
    for text, name, likeness in group.nearest[:3]:
        console.print(f"    like {text} ({name}, {likeness:.2f})", style="dim", markup=False)
    if group.answer:
        console.print(f"    an officer answered: {group.answer}", style="dim", markup=False)


@app.command()
def undo(batch: Optional[str] = typer.Argument(None, help="The batch; your last one unless given."),
         by: Optional[str] = BY) -> None:
    """Take back your last label.

    Example: weijing inbox undo
    """
    from bot.training import labels
    from messages.database import writing

    with _inbox() as engine, writing(engine) as session:
        taken = labels.undo(session, by or getpass.getuser(), batch, _now())
    typer.echo(f"{taken} labels taken back")


@app.command()
def second(number: Optional[int] = typer.Argument(None, help="A label's number; without it the list."),
           meaning: Optional[str] = typer.Argument(None, help="What you say it means."),
           by: Optional[str] = BY) -> None:
    """Give a second opinion on a sensitive sentence of somebody else.

    Example: weijing inbox second 7 emergency
    """
    from bot.training import labels
    from messages.database import writing

    who = by or getpass.getuser()
    with _inbox() as engine, writing(engine) as session:
        if number is None or meaning is None:
            for each in labels.for_second(session, who):
                typer.echo(f"{each.id}\t{each.text}")
            return
        typer.echo(labels.second(session, who, number, labels.named(meaning, _known()), _now()))


@app.command("labels")
def list_labels() -> None:
    """Every intent and every question that a sentence may mean.

    Example: weijing inbox labels | grep ebike
    """
    typer.echo("\n".join(_known()))


@app.command()
def diff() -> None:
    """The change in the files that the labels would make, and what is refused and why.

    Example: weijing inbox diff
    """
    from bot.training.applying import planned
    from messages.database import reading

    with _inbox() as engine, reading(engine) as session:
        change = planned(session, _files(), _held_out(), _now())
    typer.echo(change.files.diff(), nl=False)
    _say_refused({each: why for each, why in change.refused.items()})


@app.command()
def apply(by: Optional[str] = BY) -> None:
    """Write the labels into data/; the next training learns from them.

    Example: weijing inbox apply
    """
    from bot.training.applying import apply as apply_now
    from messages.database import writing

    with _inbox() as engine, writing(engine) as session:
        change = apply_now(session, _files(), _held_out(), by or getpass.getuser(), _now())
    typer.echo(f"{len(change.taken)} sentences and {len(change.answers)} answers written; "
               "`weijing train --candidate` makes a model of them")
    _say_refused(change.refused)


@app.command("log")
def show_log(limit: int = typer.Option(30, help="How many entries.")) -> None:
    """Who did what, newest first.

    Example: weijing inbox log
    """
    import sqlalchemy as sa

    from bot.training.tables import training_log
    from messages.database import reading

    with _inbox() as engine, reading(engine) as session:
        for row in session.execute(sa.select(training_log).order_by(training_log.c.id.desc()).limit(limit)):
            typer.echo(f"{row.at:%Y-%m-%d %H:%M}\t{row.who}\t{row.deed}\t{json.dumps(row.detail, ensure_ascii=False)}")


@app.command()
def weekly() -> None:
    """The last seven days: coverage, topics that moved, new words, confused intents, what labelling brought.

    Example: weijing inbox weekly
    """
    import jieba

    from bot.training.weekly import week_of
    from messages.database import reading

    jieba.setLogLevel("WARNING")
    words = jieba.Tokenizer()
    words.initialize()
    own = {word for path in (_files().data / "dictionary").glob("*.txt")
           for word in path.read_text(encoding="utf-8").split()}
    with _inbox() as engine, reading(engine) as session:
        week = week_of(session, _now(), lambda word: bool(words.FREQ.get(word)) or word in own, masker())
    console.print(f"{week.messages} messages in drivers' words; answered without a person {week.answered:.0%}, "
                  f"the week before {week.answered_before:.0%}")
    for title, lines in (
        ("topics that moved", [f"{name}: {old:.1%} → {new:.1%}" for name, old, new in week.moved if new or old]),
        ("nearly taken for each other", [f"{one} / {other}: {count}" for one, other, count in week.confused]),
        ("new words (proposed for data/dictionary/words.txt)", [f"{word}: {count} drivers"
                                                                for word, count in week.words]),
        (f"{week.labelled} labelled sentences went in; confidence before and after",
         [f"{name}: {old:.2f} → {new:.2f}" for name, old, new in week.helped]),
    ):
        console.print(f"\n[bold]{title}[/]", *(lines or ["–"]), sep="\n  ")


def _say_refused(refused: dict[int, str]) -> None:
    for number, why in refused.items():
        typer.echo(f"refused: label {number} {why}", err=True)


def _known() -> List[str]:
    from bot.training.sentences import read_sentences

    return sorted({sentence.label for sentence in read_sentences(_files().data)})


def _held_out() -> List:
    from bot.settings import ROOT
    from bot.training.sentences import read_sentences

    return read_sentences(ROOT / "tests" / "nlu" / "held_out.yml")


def _files() -> Files:
    from bot.settings import DATA, DOMAIN
    from bot.training.write_back import Files

    return Files(DATA, DOMAIN)


@contextlib.contextmanager
def _inbox() -> Iterator[Engine]:
    """An engine on an upgraded database; this room's errors become one line and an exit code."""
    from bot.records import upgrade_database
    from bot.training.errors import TrainingError
    from messages.database import open_engine

    url = settings_or_development().database_url
    upgrade_database(url)
    engine = open_engine(url)
    try:
        yield engine
    except TrainingError as error:
        raise CommandError(str(error)) from None
    finally:
        engine.dispose()


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.timezone.utc)
