"""One conversation as its page shows it."""

from __future__ import annotations

import dataclasses
import datetime
from typing import Dict, List, Set, Union

from sqlalchemy.engine import Connection

from messages import desk, understandings
from messages.conversations import Conversation
from messages.desk import Line
from messages.understandings import Understood
from web.desk import canned_answers, notes, officers, sessions
from web.desk.answer_book import AnswerBook, Proposal
from web.desk.canned_answers import CannedAnswer
from web.desk.conversations import Key, visible
from web.desk.facts import Facts, MessagesLeft, facts_of, messages_left
from web.desk.notes import Note
from web.desk.officers import Officer
from web.desk.pictures import path_of
from web.desk.sentences import Sentences

Told = Union[Line, Note]


@dataclasses.dataclass(frozen=True)
class Moving:
    """What changes while one looks: who has it, what was said and understood, what may still be sent.

    `understood` and `pictures` (those we have got) are by the line's id.
    """

    conversation: Conversation
    lines: List[Told]
    left: MessagesLeft
    understood: Dict[str, Understood]
    proposals: List[Proposal]
    pictures: Set[str]


@dataclasses.dataclass(frozen=True)
class Standing:
    """What stays: the driver's records, canned answers with the station's words, colleagues who are here."""

    facts: Facts
    canned: List[CannedAnswer]
    colleagues: List[str]


def moving(session: Connection, book: AnswerBook, officer: Officer, key: Key, now: datetime.datetime) -> Moving:
    """Raises Missing, Hidden."""
    found = visible(session, officer, key)
    story = desk.story(session, *key)
    understood = _understood(session, story)
    lines: List[Told] = [*story, *notes.of(session, *key)]
    return Moving(found, sorted(lines, key=lambda line: line.at), messages_left(session, key, now), understood,
                  _proposals(book, story, understood, now), {line.id for line in story if path_of(line)})


def _understood(session: Connection, story: List[Line]) -> Dict[str, Understood]:
    numbers = [int(line.id.removeprefix("in")) for line in story if line.side == "driver"]
    return {f"in{number}": each for number, each in understandings.of(session, numbers).items()}


def _proposals(book: AnswerBook, story: List[Line], understood: Dict[str, Understood],
               now: datetime.datetime) -> List[Proposal]:
    """What the answer book has for the last message that was a question to it."""
    last = next((understood[line.id] for line in reversed(story)
                 if line.id in understood and understood[line.id].questions), None)
    return book.proposals(last.questions, now.date()) if last else []


def standing(session: Connection, sentences: Sentences, officer: Officer, key: Key,
             now: datetime.datetime) -> Standing:
    """What stands beside and below the story."""
    canned = [dataclasses.replace(each, text=sentences.filled(each.text))
              for each in canned_answers.everything(session)]
    here = sessions.present(session, now)
    colleagues = [each.name for each in officers.everyone(session)
                  if each.name in here and each.name != officer.name and each.may("answer")]
    return Standing(facts_of(session, key, now), canned, colleagues)
