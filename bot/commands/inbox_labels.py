"""`weijing inbox label`, `write`, `undo`, `second`, `labels`: what sentences mean, said in the terminal."""

from __future__ import annotations

import dataclasses
import getpass
from typing import List, Mapping, Optional, Tuple

import typer
from sqlalchemy.engine import Engine

from bot.commands.inbox_room import BY, console, known, names, now, opened
from bot.errors import CommandError


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command()(label)
    app.command()(write)
    app.command()(undo)
    app.command()(second)
    app.command("labels")(list_labels)


@dataclasses.dataclass(frozen=True)
class Answer:
    """The answer of a new question; `title` where its topic is new, too."""

    text: str
    title: str
    law: str
    owner: str

    @property
    def about(self) -> Mapping[str, str]:
        """As it is kept."""
        return {"title": self.title, "law": self.law, "owner": self.owner}


def label(
    number: Optional[int] = typer.Argument(None, help="A group's number; without it one after the other."),
    meaning: Optional[str] = typer.Argument(None, help="Intent, topic/question, out_of_scope, or ignore."),
    answer: str = typer.Option("", help="The answer, for a question that is new."),
    title: str = typer.Option("", help="What its topic is called, where that is new, too: topic/overview."),
    law: str = typer.Option("", help="What the answer rests on."),
    owner: str = typer.Option("", help="Who keeps it right."),
    also: Optional[List[str]] = typer.Option(None, help="Another way to ask it; may be given often."),
    by: Optional[str] = BY,
) -> None:
    """Say what sentences mean: one group by number, or all in turn by keys.

    Example: weijing inbox label 12 ebike/licence_plate
    """
    from bot.commands.inbox_turn import label_in_turn

    with opened() as engine:
        if number is None:
            label_in_turn(engine, by or getpass.getuser())
        else:
            _label_one(engine, by or getpass.getuser(), number, meaning or "", Answer(answer, title, law, owner),
                       also or [])


def _label_one(engine: Engine, who: str, number: int, meaning: str, answer: Answer, also: List[str]) -> None:
    from bot.training import labels
    from bot.training.applying import least_of
    from bot.training.errors import Refused
    from messages.database import writing

    with writing(engine) as session:
        there = known(session)
        if not answer.text and meaning != "ignore":
            labels.named(meaning, there)
        if answer.text and meaning in there:
            raise Refused(f"{meaning} has an answer already: change it in data/faq or on the desk")
        if answer.text and not labels.QUESTION.fullmatch(meaning):
            raise Refused(f"a new question is called topic/question, a new topic begins with {meaning}/overview")
        batch = labels.decide(session, who, number, "" if meaning == "ignore" else meaning, now())
        labels.add_written(session, who, number, meaning, also, batch, now())
        if answer.text:
            labels.propose_answer(session, who, meaning, answer.text, answer.about, batch, now())
    console.print(f"labelled as {meaning}; `weijing inbox diff` shows the change", markup=False)
    if answer.text:
        console.print(f"it goes in with {least_of(meaning, {each.split('/')[0] for each in there})} sentences or more")


def write(label: str = typer.Argument(..., help="Intent or topic/question."),
          sentences: List[str] = typer.Argument(..., help="Ways in which drivers ask it."),
          by: Optional[str] = BY) -> None:
    """Write sentences of your own for an intent or a question, where drivers' are too few.

    Example: weijing inbox write ebike/plate "电瓶车牌照去哪里上"
    """
    import uuid

    from bot.training import labels
    from messages.database import writing

    with opened() as engine, writing(engine) as session:
        if label not in known(session):
            raise CommandError(f"there is no {label}: `weijing inbox labels` lists all")
        count = labels.add_written(session, by or getpass.getuser(), 0, label, sentences, uuid.uuid4().hex, now())
    typer.echo(f"{count} sentences wait; `weijing inbox diff` shows the change")


def undo(batch: Optional[str] = typer.Argument(None, help="The batch; your last one unless given."),
         by: Optional[str] = BY) -> None:
    """Take back your last label.

    Example: weijing inbox undo
    """
    from bot.training import labels
    from messages.database import writing

    with opened() as engine, writing(engine) as session:
        taken = labels.undo(session, by or getpass.getuser(), batch, now())
    typer.echo(f"{taken} labels taken back")


def second(number: Optional[int] = typer.Argument(None, help="A label's number; without it the list."),
           meaning: Optional[str] = typer.Argument(None, help="What you say it means."),
           by: Optional[str] = BY) -> None:
    """Give a second opinion on a sensitive sentence of somebody else.

    Example: weijing inbox second 7 emergency
    """
    from bot.training import labels
    from messages.database import writing

    who = by or getpass.getuser()
    with opened() as engine, writing(engine) as session:
        if number is None or meaning is None:
            for each in labels.for_second(session, who):
                typer.echo(f"{each.id}\t{each.text}")
            return
        typer.echo(labels.second(session, who, number, labels.named(meaning, known(session)), now()))


def list_labels() -> None:
    """Every intent and every question that a sentence may mean, and what it is called.

    Example: weijing inbox labels | grep 电动车
    """
    from messages.database import reading

    called = names()
    with opened() as engine, reading(engine) as session:
        rows: List[Tuple[str, str]] = [(each, called.get(each, "")) for each in known(session)]
    typer.echo("\n".join(f"{name}\t{title}" for name, title in rows))
