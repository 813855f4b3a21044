"""`weijing inbox label` without a number: one group after the other, by keys."""

from __future__ import annotations

import dataclasses
from typing import Any, Dict, List, Optional, Set, Tuple

import typer
from sqlalchemy.engine import Engine

from bot.commands.inbox_room import console, known, names, now
from bot.training import labels
from bot.training.errors import Refused
from bot.training.labels import Group, Label
from messages.database import reading, writing

KEYS = """Enter or 1-5 takes a suggestion · topic/question or intent another · /words finds one · o out of scope
i ignore · n a new question · x 2 leaves sentence 2 out · m 1 75省道 road marks words · s skip · u undo · r second
opinions · ? this · q quit"""
ENTITIES = ("plate_number", "road", "place", "time", "phone", "license_number", "ticket_number", "offense")
FOUND = 9
Marks = List[Tuple[str, int, int]]


@dataclasses.dataclass
class Turn:
    """One group on the screen: its sentences' marks as they are changed, and those that are left out."""

    group: Group
    marks: Dict[int, Marks]
    out: Set[int]

    @property
    def chosen(self) -> Dict[int, Marks]:
        """Sentence id → marks, of those that are meant."""
        return {number: marks for number, marks in self.marks.items() if number not in self.out}


def label_in_turn(engine: Engine, who: str) -> None:
    """Until nothing waits or q is pressed."""
    console.print(KEYS, markup=False)
    skipped = 0
    while (turn := _next(engine, skipped)) is not None:
        done = _one(engine, who, turn)
        if done == "q":
            return
        skipped += done == "s"
    console.print("nothing waits")


def _next(engine: Engine, skipped: int) -> Optional[Turn]:
    with reading(engine) as session:
        found = labels.open_groups(session, 1, skipped)
        group = labels.group(session, found[0].id) if found else None
    if group is None:
        return None
    return Turn(group, {each.id: list(each.marks) for each in group.sentences if each.label is None}, set())


def _one(engine: Engine, who: str, turn: Turn) -> str:
    """Shows the group until something is decided; returns the key."""
    _show(turn)
    while True:
        pressed = typer.prompt("", default="", show_default=False, prompt_suffix="> ").strip()
        try:
            if pressed in ("q", "s"):
                return pressed
            if _decided(engine, who, turn, pressed):
                return pressed
        except Refused as error:
            console.print(str(error), style="red", markup=False)


def _decided(engine: Engine, who: str, turn: Turn, pressed: str) -> bool:
    """Whether the group is done with."""
    key, _, rest = pressed.partition(" ")
    if pressed == "?":
        console.print(KEYS, markup=False)
    elif pressed.startswith("/"):
        _find(engine, pressed[1:])
    elif key == "x":
        turn.out ^= {_sentence(turn, rest).id}
        _show(turn)
    elif key == "m" and rest:
        _mark(turn, rest)
        _show(turn)
    elif pressed == "r":
        _second_opinions(engine, who)
    else:
        _keep(engine, who, turn, pressed)
        return True
    return False


def _keep(engine: Engine, who: str, turn: Turn, pressed: str) -> None:
    with writing(engine) as session:
        if pressed == "u":
            labels.undo(session, who, None, now())
        elif pressed == "n":
            _new_question(session, who, turn)
        else:
            labels.decide(session, who, turn.group.id, _meaning(pressed, turn.group, known(session)), now(),
                          turn.chosen)


def _new_question(session: Any, who: str, turn: Turn) -> None:
    label = typer.prompt("topic/question (a new topic: topic/overview)").strip()
    if label in known(session) or not labels.QUESTION.fullmatch(label):
        raise Refused(f"{label} is there already, or is not like topic/question in small letters")
    topics = {each.split("/")[0] for each in known(session)}
    about = {} if label.split("/")[0] in topics else {"title": typer.prompt("what the topic is called, in Chinese")}
    text = typer.prompt("answer")
    about |= {name: typer.prompt(name, default="", show_default=False) for name in ("law", "owner")}
    console.print("other ways to ask it, a line each, an empty one ends it")
    batch = labels.decide(session, who, turn.group.id, label, now(), turn.chosen)
    labels.add_written(session, who, turn.group.id, label, _lines(), batch, now())
    labels.propose_answer(session, who, label, text, about, batch, now())


def _lines() -> List[str]:
    lines: List[str] = []
    while line := typer.prompt("", default="", show_default=False, prompt_suffix="+ ").strip():
        lines.append(line)
    return lines


def _meaning(pressed: str, group: Group, there: List[str]) -> str:
    if pressed in ("o", "i"):
        return labels.OUT_OF_SCOPE if pressed == "o" else labels.IGNORED
    if pressed == "" or pressed.isdigit():
        at = int(pressed or 1) - 1
        if not 0 <= at < len(group.suggestions):
            raise Refused("there is no such suggestion")
        return str(group.suggestions[at][0])
    if pressed not in there:
        raise Refused(f"there is no {pressed}: /words finds one, n makes a new question")
    return pressed


def _find(engine: Engine, words: str) -> None:
    called = names()
    with reading(engine) as session:
        every = known(session)
    fit = [name for name in every if all(word in f"{name} {called.get(name, '')}" for word in words.split())]
    for name in fit[:FOUND]:
        console.print(f"  {name}  {called.get(name, '')}", markup=False)
    console.print(f"  {len(fit)} found" if len(fit) > FOUND or not fit else "", style="dim")


def _mark(turn: Turn, rest: str) -> None:
    number, _, more = rest.partition(" ")
    words, _, kind = more.rpartition(" ")
    sentence = _sentence(turn, number)
    start = sentence.text.find(words)
    if not words or start < 0 or kind not in (*ENTITIES, "none"):
        raise Refused(f"m, the sentence's number, words of it, and one of {', '.join(ENTITIES)} or none")
    end = start + len(words)
    kept = [mark for mark in turn.marks[sentence.id] if mark[2] <= start or end <= mark[1]]
    turn.marks[sentence.id] = [*kept, (kind, start, end)] if kind != "none" else kept


def _sentence(turn: Turn, number: str) -> labels.Sentence:
    open_ones = [each for each in turn.group.sentences if each.id in turn.marks]
    if not number.isdigit() or not 0 < int(number) <= len(open_ones):
        raise Refused(f"there is no sentence {number}")
    return open_ones[int(number) - 1]


def _second_opinions(engine: Engine, who: str) -> None:
    with reading(engine) as session:
        waiting = labels.for_second(session, who)
    for each in waiting:
        if not _second_opinion(engine, who, each):
            break
    console.print("no sentence waits for your opinion")


def _second_opinion(engine: Engine, who: str, each: Label) -> bool:
    console.print(f"\n[bold]second opinion[/] {'(two disagree)' if each.state == 'disagreed' else ''}")
    console.print(each.text, markup=False)
    said = typer.prompt("intent or topic/question, s skips, q ends", default="s").strip()
    if said not in ("s", "q"):
        with writing(engine) as session:
            console.print(labels.second(session, who, each.id, _meaning(said, _nobody(), known(session)), now()))
    return said != "q"


def _nobody() -> Group:
    """A second person sees no suggestion: the first one's word would be the nearest."""
    return Group(0, "", 0, 0, 0.0, 0.0, {}, [], [], None, True)


def _show(turn: Turn) -> None:
    group, called = turn.group, names()
    console.print(f"\n[bold]{group.drivers} drivers[/] · {' '.join(group.reasons)}")
    for at, sentence in enumerate((each for each in group.sentences if each.id in turn.marks), start=1):
        marks = " ".join(f"[{sentence.text[start:end]}={kind}]" for kind, start, end in turn.marks[sentence.id])
        console.print(f"  {'×' if sentence.id in turn.out else at} {sentence.text}  {marks}", markup=False)
    for at, (name, score) in enumerate(group.suggestions, start=1):
        console.print(f"    {at}) {called.get(name, name)}  {name} {score:.2f}", markup=False)
    for text, name, likeness in group.nearest[:3]:
        console.print(f"       like {text} ({called.get(name, name)}, {likeness:.2f})", style="dim", markup=False)
    if group.answer:
        console.print(f"       an officer answered: {group.answer}", style="dim", markup=False)
