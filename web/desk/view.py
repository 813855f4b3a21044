"""One conversation as its page shows it."""

from __future__ import annotations

import dataclasses
import datetime
from typing import List, Union

from sqlalchemy.engine import Connection

from messages import desk
from messages.conversations import Conversation
from messages.desk import Line
from web.desk import canned_answers, notes, officers, sessions
from web.desk.canned_answers import CannedAnswer
from web.desk.conversations import Key, visible
from web.desk.facts import Facts, MessagesLeft, facts_of, messages_left
from web.desk.notes import Note
from web.desk.officers import Officer
from web.desk.sentences import Sentences

Told = Union[Line, Note]


@dataclasses.dataclass(frozen=True)
class Moving:
    """What changes while one looks: who has it, what was said, what may still be sent."""

    conversation: Conversation
    lines: List[Told]
    left: MessagesLeft


@dataclasses.dataclass(frozen=True)
class Standing:
    """What stays: the driver's records, canned answers with the station's words, colleagues who are here."""

    facts: Facts
    canned: List[CannedAnswer]
    colleagues: List[str]


def moving(session: Connection, officer: Officer, key: Key, now: datetime.datetime) -> Moving:
    """Raises Missing, Hidden."""
    found = visible(session, officer, key)
    lines: List[Told] = [*desk.story(session, *key), *notes.of(session, *key)]
    return Moving(found, sorted(lines, key=lambda line: line.at), messages_left(session, key, now))


def standing(session: Connection, sentences: Sentences, officer: Officer, key: Key,
             now: datetime.datetime) -> Standing:
    """What stands beside and below the story."""
    canned = [dataclasses.replace(each, text=sentences.filled(each.text))
              for each in canned_answers.everything(session)]
    here = sessions.present(session, now)
    colleagues = [each.name for each in officers.everyone(session)
                  if each.name in here and each.name != officer.name and each.may("answer")]
    return Standing(facts_of(session, key[1], now), canned, colleagues)
