"""What maintainers say that sentences mean: labels, second opinions, undoing; nothing here touches a file."""

from __future__ import annotations

import dataclasses
import datetime
import uuid
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.training.database import log
from bot.training.errors import Refused
from bot.training.sentences import squeezed
from bot.training.tables import training_answers as answers
from bot.training.tables import training_groups as groups
from bot.training.tables import training_labels as labels
from bot.training.tables import training_sentences as sentences
from bot.training.write_back import QUESTION

SENSITIVE = frozenset({"emergency", "file_complaint", "report_minor_accident", "book_accident_handling",
                       "accident_procedure", "accident_liability", "accident_compensation"})
"""A label to or from one of these needs a second person."""
SETTLED = ("ready", "applied", "ignored", "waiting_second", "disagreed", "refused")
UNDOABLE = ("ready", "waiting_second", "ignored", "refused")
IGNORED = ""
OUT_OF_SCOPE = "out_of_scope"


@dataclasses.dataclass(frozen=True)
class Sentence:
    """One wording of a group; `label` is what it was given already."""

    id: int
    text: str
    marks: List[Tuple[str, int, int]]
    messages: int
    confidence: float
    intent: str
    label: Optional[str] = None


@dataclasses.dataclass(frozen=True)
class Group:
    """Sentences that probably mean the same. `suggestions` are [label, score], `nearest` [text, label, likeness]."""

    id: int
    head: str
    drivers: int
    messages: int
    teach: float
    confidence: float
    reasons: Dict[str, int]
    suggestions: List[List[Any]]
    nearest: List[List[Any]]
    answer: Optional[str]
    open: bool
    sentences: List[Sentence] = dataclasses.field(default_factory=list)


@dataclasses.dataclass(frozen=True)
class Label:
    """What a sentence was said to mean, by whom."""

    id: int
    text: str
    marks: List[Tuple[str, int, int]]
    label: str
    state: str
    batch: str
    officer: str
    at: datetime.datetime
    second: Optional[str]
    second_label: Optional[str]
    refused: Optional[str]


@dataclasses.dataclass(frozen=True)
class Agreement:
    """How often two people said the same of a sensitive sentence; `kappa` leaves out what chance explains."""

    pairs: int
    share: float
    kappa: float


def open_groups(session: Connection, limit: int = 20, skip: int = 0) -> List[Group]:
    """Groups that wait, those that teach most first; without their sentences."""
    rows = session.execute(sa.select(groups).where(groups.c.open).order_by(groups.c.teach.desc(), groups.c.id)
                           .limit(limit).offset(skip))
    return [_group(row) for row in rows]


def counts(session: Connection) -> Dict[str, int]:
    """How many groups are open, and how many labels are in each state."""
    found = {row.state: row.n for row in session.execute(
        sa.select(labels.c.state, sa.func.count().label("n")).group_by(labels.c.state))}
    waiting = session.execute(sa.select(sa.func.count()).select_from(groups).where(groups.c.open)).scalar_one()
    return {**found, "open": waiting}


def group(session: Connection, number: int) -> Group:
    """One group with its sentences. Raises Refused when the inbox was gathered anew and it is gone."""
    row = session.execute(sa.select(groups).where(groups.c.id == number)).one_or_none()
    if row is None:
        raise Refused(f"there is no group {number}: the inbox was gathered anew, look at its list")
    given = {each.key: each.label for each in session.execute(
        sa.select(labels.c.key, labels.c.label).where(labels.c.group_id == number, labels.c.state != "undone"))}
    mine = session.execute(sa.select(sentences).where(sentences.c.group_id == number).order_by(
        sentences.c.messages.desc(), sentences.c.id))
    return dataclasses.replace(_group(row), sentences=[
        Sentence(r.id, r.text, _marks(r.marks), r.messages, r.confidence, r.intent, given.get(squeezed(r.text)))
        for r in mine])


def decide(session: Connection, officer: str, number: int, label: str, now: datetime.datetime,
           chosen: Optional[Mapping[int, Sequence[Sequence[Any]]]] = None) -> str:
    """Says what the group's sentences mean; returns the batch, by which it can be undone.

    `chosen`: sentence id → its marks, for those that are meant; all that have no label yet unless given. A label that
    is or was likely a sensitive one waits for a second person. Raises Refused when nothing is left to label.
    """
    found = group(session, number)
    wanted = [s for s in found.sentences if s.label is None and (chosen is None or s.id in chosen)]
    if not wanted:
        raise Refused("nothing is chosen that has no label yet")
    likely = found.suggestions[0][0] if found.suggestions else ""
    sensitive = label != IGNORED and bool({intent_of(label), intent_of(likely)} & SENSITIVE)
    batch = uuid.uuid4().hex
    state = "ignored" if label == IGNORED else "waiting_second" if sensitive else "ready"
    session.execute(sa.insert(labels), [
        {"key": squeezed(s.text)[:255], "text": s.text, "marks": [list(m) for m in (chosen or {}).get(s.id, s.marks)],
         "label": label, "sensitive": sensitive, "state": state, "batch": batch, "group_id": number,
         "officer": officer, "at": now} for s in wanted])
    left = any(s.label is None and s not in wanted for s in found.sentences)
    session.execute(sa.update(groups).where(groups.c.id == number).values(open=left))
    log(session, officer, "labelled", {"label": label, "sentences": len(wanted), "batch": batch}, now)
    return batch


def undo(session: Connection, officer: str, batch: Optional[str], now: datetime.datetime) -> int:
    """Takes back a batch, or the officer's last one; returns how many labels. What is in the files stays there."""
    if batch is None:
        batch = session.execute(sa.select(labels.c.batch).where(
            labels.c.officer == officer, labels.c.state.in_(UNDOABLE)).order_by(labels.c.id.desc()).limit(1)).scalar()
    mine = sa.and_(labels.c.batch == batch, labels.c.state.not_in(("applied", "undone")))
    numbers = list(session.execute(sa.select(labels.c.group_id).where(mine).distinct()).scalars())
    taken = session.execute(sa.update(labels).where(mine).values(state="undone")).rowcount
    if not taken:
        raise Refused("nothing to undo: it is undone or in the files already")
    session.execute(sa.update(groups).where(groups.c.id.in_(numbers)).values(open=True))
    session.execute(sa.update(answers).where(answers.c.batch == batch, answers.c.state == "ready").values(
        state="undone"))
    log(session, officer, "undone", {"batch": batch, "labels": taken}, now)
    return taken


def propose_answer(session: Connection, officer: str, label: str, text: str, about: Mapping[str, str], batch: str,
                   now: datetime.datetime) -> None:
    """The answer of a new question, written together with the sentences of the batch; `about`: law, owner, review
    and a title, which becomes the topic's where the topic is new, too. Raises Refused."""
    if not text.strip():
        raise Refused("a new question needs an answer")
    if label in proposed(session):
        raise Refused(f"{label} has an answer that waits already: label with it")
    session.execute(sa.insert(answers).values(
        label=label, text=text.strip(), officer=officer, at=now, batch=batch, state="ready",
        **{name: about.get(name) or None for name in ("title", "law", "owner", "review")}))


def proposed(session: Connection) -> Dict[str, str]:
    """New questions whose answers wait to be written: label → title, "" where it has none."""
    rows = session.execute(sa.select(answers.c.label, answers.c.title).where(answers.c.state == "ready"))
    return {row.label: row.title or "" for row in rows}


def ready_of(session: Connection, names: Sequence[str], states: Sequence[str] = ("ready",)) -> Dict[str, int]:
    """How many sentences wait to be written under each of these labels; or are in other states."""
    rows = session.execute(sa.select(labels.c.label, sa.func.count().label("n")).where(
        labels.c.label.in_(names), labels.c.state.in_(states)).group_by(labels.c.label))
    return {row.label: row.n for row in rows}


def last(session: Connection, officer: str) -> Optional[Label]:
    """The first sentence of the officer's last batch that can be undone, or None."""
    mine = sa.and_(labels.c.officer == officer, labels.c.state.in_(UNDOABLE))
    batch = session.execute(sa.select(labels.c.batch).where(mine).order_by(labels.c.id.desc()).limit(1)).scalar()
    return next(iter(of_state(session, labels.c.batch == batch, 1)), None) if batch else None


def group_of(session: Connection, batch: str) -> Optional[int]:
    """The group of a batch, or None when the inbox was gathered anew and it is gone."""
    query = sa.select(groups.c.id).join(labels, labels.c.group_id == groups.c.id).where(labels.c.batch == batch)
    return session.execute(query.limit(1)).scalar()


def next_open(session: Connection, number: int) -> Optional[int]:
    """The open group after this one in the list's order; the first where it was the last; None where none is."""
    teach = session.execute(sa.select(groups.c.teach).where(groups.c.id == number)).scalar()
    waiting = sa.select(groups.c.id).where(groups.c.open).order_by(groups.c.teach.desc(), groups.c.id).limit(1)
    if teach is not None:
        behind = sa.or_(groups.c.teach < teach, sa.and_(groups.c.teach == teach, groups.c.id > number))
        found = session.execute(waiting.where(behind)).scalar()
        if found is not None:
            return int(found)
    return session.execute(waiting).scalar()


def add_written(session: Connection, officer: str, number: int, label: str, texts: Sequence[str], batch: str,
                now: datetime.datetime) -> int:
    """Sentences that a person wrote beside those of the group, in its batch; returns how many are new to it."""
    there = set(session.execute(sa.select(labels.c.key).where(labels.c.batch == batch)).scalars())
    fresh = {key: text for text in texts if (key := squeezed(text)[:255]) and key not in there}
    sensitive = intent_of(label) in SENSITIVE
    if fresh:
        session.execute(sa.insert(labels), [
            {"key": key, "text": text.strip(), "marks": [], "label": label, "sensitive": sensitive,
             "state": "waiting_second" if sensitive else "ready", "batch": batch, "group_id": number,
             "officer": officer, "at": now} for key, text in fresh.items()])
    return len(fresh)


def for_second(session: Connection, officer: str, limit: int = 50) -> List[Label]:
    """Sensitive labels of others that wait for a second person, or for a third after two disagreed."""
    waiting = sa.and_(labels.c.state.in_(("waiting_second", "disagreed")), labels.c.officer != officer,
                      sa.or_(labels.c.second.is_(None), labels.c.second != officer))
    return of_state(session, waiting, limit)


def second(session: Connection, officer: str, number: int, label: str, now: datetime.datetime) -> str:
    """Another person's opinion; returns the state: ready when two agree, else disagreed until a third decides."""
    row = session.execute(sa.select(labels).where(labels.c.id == number)).one_or_none()
    if row is None or row.state not in ("waiting_second", "disagreed"):
        raise Refused("this sentence waits for nobody")
    if officer in (row.officer, row.second):
        raise Refused("a second opinion is somebody else's")
    if row.state == "disagreed":
        values: Dict[str, Any] = {"label": label, "state": "ready" if label else "ignored"}
    else:
        agreed = label == row.label
        values = {"second": officer, "second_label": label, "second_at": now,
                  "state": "ready" if agreed else "disagreed"}
    session.execute(sa.update(labels).where(labels.c.id == number).values(values))
    log(session, officer, "second", {"label": label, "state": values["state"]}, now)
    return str(values["state"])


def agreement(session: Connection) -> Agreement:
    """Over all sensitive sentences that two people have read."""
    pairs = session.execute(sa.select(labels.c.label, labels.c.second_label, labels.c.state).where(
        labels.c.second.is_not(None), labels.c.state != "undone")).all()
    if not pairs:
        return Agreement(0, 0.0, 0.0)
    same = sum(one == other for one, other, _ in pairs) / len(pairs)
    names = {name for one, other, _ in pairs for name in (one, other)}
    chance = sum(sum(p[0] == n for p in pairs) * sum(p[1] == n for p in pairs) for n in names) / len(pairs) ** 2
    return Agreement(len(pairs), same, 1.0 if chance == 1 else (same - chance) / (1 - chance))


def of_state(session: Connection, which: Any, limit: int = 500) -> List[Label]:
    """Labels that fit, oldest first."""
    rows = session.execute(sa.select(labels).where(which).order_by(labels.c.id).limit(limit))
    return [Label(r.id, r.text, _marks(r.marks), r.label, r.state, r.batch, r.officer, r.at, r.second, r.second_label,
                  r.refused) for r in rows]


def intent_of(label: str) -> str:
    """The intent or topic of a label."""
    return label.split("/")[0]


def named(label: str, known: Sequence[str]) -> str:
    """The label as it is known; a new one in the right form. Raises Refused."""
    if label in known or QUESTION.fullmatch(label):
        return label
    raise Refused(f"there is no intent {label}: `weijing inbox labels` lists all, topic/question makes a new one")


def _group(row: Any) -> Group:
    return Group(row.id, row.head, row.drivers, row.messages, row.teach, row.confidence, row.reasons, row.suggestions,
                 row.nearest, row.answer, row.open)


def _marks(stored: Sequence[Sequence[Any]]) -> List[Tuple[str, int, int]]:
    return [(str(kind), int(start), int(end)) for kind, start, end in stored]
