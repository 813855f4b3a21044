"""What an officer does with a conversation. Each deed and its audit entry are one transaction."""

from __future__ import annotations

import datetime
from typing import Tuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from messages import choices, conversations, desk, outbox, ratings
from messages.conversations import Conversation
from messages.database import reading, writing
from messages.replies import Reply
from web.desk import handlings, notes, sessions
from web.desk.deeds import of_words, record
from web.desk.errors import BadText, Hidden, Missing
from web.desk.officers import Officer
from web.desk.sentences import Sentences, written
from web.desk.tables import sent_answers

Key = Tuple[str, str]
"""Channel and driver."""


def subject_of(key: Key) -> str:
    """How the audit log names a driver."""
    return ":".join(key)


def may_see(officer: Officer, found: Conversation) -> bool:
    """Officers see who waits and whom they have; who supervises sees all."""
    return found.holder == "queue" or found.officer == officer.name or officer.may("supervise")


def visible(session: Connection, officer: Officer, key: Key) -> Conversation:
    """The conversation. Raises Missing, and Hidden where it is not the officer's business."""
    return _seen(officer, conversations.find(session, *key))


def _seen(officer: Officer, found: Conversation | None) -> Conversation:
    if found is None:
        raise Missing("no such conversation")
    if not may_see(officer, found):
        raise Hidden("the bot or a colleague has this conversation")
    return found


def claim(engine: Engine, officer: Officer, key: Key, now: datetime.datetime) -> bool:
    """Takes a waiting conversation; False when a colleague was faster. Raises Missing, Hidden."""
    with reading(engine) as session:  # who is too late shouldn't wait for those who write
        seen = conversations.find(session, *key)
    if seen is not None and seen.holder == "officer":
        return seen.officer == officer.name
    with writing(engine) as session:
        found = conversations.find(session, *key)
        if found is not None and found.holder == "officer":
            return found.officer == officer.name
        found = _seen(officer, found)  # not read again: a colleague may have it by now, and that is no offence
        if not conversations.take(session, *key, officer.name, now):
            return False
        _begun(session, officer, key, found, now)
        record(session, officer.name, "claimed", subject_of(key), now=now)
        return True


def take_over(engine: Engine, officer: Officer, key: Key, now: datetime.datetime) -> bool:
    """A supervisor takes a colleague's conversation; False when the colleague has it no longer."""
    if not officer.may("supervise"):
        raise Hidden("only a lead may take over")
    with writing(engine) as session:
        found = visible(session, officer, key)
        if not found.officer or not desk.pass_to(session, *key, found.officer, officer.name, now):
            return False
        handlings.end(session, *key, handlings.PASSED, now)
        _begun(session, officer, key, found, now)
        record(session, officer.name, "took_over", subject_of(key), {"from": found.officer}, now=now)
        return True


def _begun(session: Connection, officer: Officer, key: Key, found: Conversation, now: datetime.datetime) -> None:
    handlings.begin(session, *key, officer.name, found.reason, found.since, now)


def answer(engine: Engine, sentences: Sentences, officer: Officer, key: Key, text: str, form: str,
           now: datetime.datetime) -> None:
    """Says it to the driver; the same `form` again says nothing. Raises BadText, and NotYours of the post room."""
    words = sentences.say("officer_says", answer=written(text))
    with writing(engine) as session:
        if sent_before(session, form):
            return
        (number,) = desk.say(session, *key, officer.name, [Reply(words, purpose="officer")], now)
        keep_sent(session, officer, form, number, now)
        record(session, officer.name, "answered", subject_of(key), {"outbox": number, **of_words(words)}, now=now)


def sent_before(session: Connection, form: str) -> bool:
    """Whether the form was sent. Raises BadText for one that is none of ours."""
    if not 8 <= len(form) <= 64:
        raise BadText("form")
    return session.execute(sa.select(sent_answers.c.key).where(sent_answers.c.key == form)).first() is not None


def keep_sent(session: Connection, officer: Officer, form: str, number: int, now: datetime.datetime) -> None:
    """Remembers that the form was sent."""
    session.execute(sa.insert(sent_answers).values(key=form, officer=officer.name, outbox_id=number, at=now))


def note(engine: Engine, officer: Officer, key: Key, text: str, now: datetime.datetime) -> None:
    """Keeps an internal note. Raises BadText, Missing, Hidden."""
    words = written(text)
    with writing(engine) as session:
        visible(session, officer, key)
        notes.add(session, *key, officer.name, words, now)
        record(session, officer.name, "noted", subject_of(key), of_words(words), now=now)


def end(engine: Engine, sentences: Sentences, officer: Officer, key: Key, ending: str, now: datetime.datetime) -> None:
    """Gives the conversation back to the bot and tells the driver. Raises BadText, NotYours of the post room."""
    if ending not in handlings.ENDINGS:
        raise BadText("ending")
    with writing(engine) as session:
        conversations.give_back(session, *key, officer.name, now)
        _say_goodbye(session, sentences, key, handlings.running(session, *key), ending, now)
        handlings.end(session, *key, ending, now)
        record(session, officer.name, "ended", subject_of(key), {"as": ending}, now=now)


def _say_goodbye(session: Connection, sentences: Sentences, key: Key, handling: int | None, ending: str,
                 now: datetime.datetime) -> None:
    """The end is said, with three taps to rate it where something was answered."""
    rated = handling is not None and ending in handlings.RATED
    taps = ratings.choices_for(handling or 0, sentences.several("ratings")) if rated else ()
    outbox.append(session, *key, [Reply(sentences.say("ended_rate" if taps else "ended"), choices=taps)], now,
                  author="system")
    choices.offer(session, *key, taps, False, 0)


def pass_on(engine: Engine, officer: Officer, key: Key, colleague: str, now: datetime.datetime) -> None:
    """Gives it to a colleague who is present, or with "" back to the queue. Raises Missing, Hidden."""
    with writing(engine) as session:
        if colleague and colleague not in sessions.present(session, now):
            raise Missing("this colleague isn't here")
        before = visible(session, officer, key)
        gone = desk.pass_to(session, *key, officer.name, colleague, now) if colleague else \
            desk.return_to_queue(session, *key, officer.name, now)
        if not gone:
            raise Hidden("this conversation is not yours")
        handlings.end(session, *key, handlings.PASSED, now)
        if colleague:
            handlings.begin(session, *key, colleague, before.reason, now, now)
        record(session, officer.name, "passed_on", subject_of(key), {"to": colleague or "queue"}, now=now)


def return_abandoned(engine: Engine, now: datetime.datetime) -> int:
    """Puts back into the queue what officers hold who are gone (a closed laptop); returns how many."""
    with reading(engine) as session:
        if not _abandoned(session, now):
            return 0
    with writing(engine) as session:
        gone = _abandoned(session, now)
        for channel, driver, officer in gone:
            desk.return_to_queue(session, channel, driver, officer, now)
            handlings.end(session, channel, driver, handlings.ABSENT, now)
            record(session, "desk", "returned", subject_of((channel, driver)), {"from": officer}, now=now)
        return len(gone)


def _abandoned(session: Connection, now: datetime.datetime) -> list[tuple[str, str, str]]:
    here = sessions.present(session, now)
    return [(channel, driver, officer) for channel, driver, officer, since in desk.held(session)
            if officer not in here and since < now - sessions.ABSENT_AFTER]
