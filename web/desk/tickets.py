"""The station's answers to tickets: stored with the ticket, and on their way to its driver."""

from __future__ import annotations

import datetime

from sqlalchemy.engine import Connection, Engine

from messages import desk, outbox, pushes, quotas
from messages.database import reading, writing
from messages.pushes import Push
from messages.replies import Reply
from traffic.errors import NotYours
from traffic.sayings import say_once
from traffic.ticket_answers import answer_ticket, any_ticket
from traffic.tickets import Ticket
from web.desk.database import records
from web.desk.deeds import of_words, record
from web.desk.errors import Missing
from web.desk.officers import Officer
from web.desk.sentences import Sentences, written


def find(session: Connection, number: str) -> Ticket:
    """Anybody's ticket. Raises Missing."""
    try:
        with records(session) as traffic:
            return any_ticket(traffic, number)
    except NotYours:
        raise Missing("no such ticket") from None


def answer(engine: Engine, sentences: Sentences, officer: Officer, number: str, text: str,
           now: datetime.datetime) -> bool:
    """Answers the ticket; False when it was answered before. Raises BadText, Missing.

    The driver hears at once or, when no message is left, with the answer to the next message.
    """
    words = written(text)
    said = sentences.say("ticket_answered", ticket_number=number, answer=words)
    with reading(engine) as session:
        find(session, number)
    with writing(engine) as session:
        with records(session) as traffic:
            ticket = answer_ticket(traffic, number, words, now=now)
        if ticket is None:
            return False
        _tell(session, sentences, officer, ticket, said, now)
        record(session, officer.name, "answered_ticket", f"ticket:{number}", of_words(words), now=now)
        return True


def _tell(session: Connection, sentences: Sentences, officer: Officer, ticket: Ticket, said: str,
          now: datetime.datetime) -> None:
    """At once where the driver wrote lately; else by whatever way is open, a template message for example."""
    with records(session) as traffic:
        say_once(traffic, f"ticket:{ticket.number}", ticket.subscriber, now)  # no reminder besides
    channel = desk.channel_of(session, ticket.subscriber)
    if channel and quotas.standing(session, channel, ticket.subscriber, now):
        outbox.append(session, channel, ticket.subscriber, [Reply(said, purpose="result")], now, author=officer.name)
    elif channel:
        push = Push(f"ticket:{ticket.number}", "ticket", said, {"title": ticket.number, "note": said,
                                                                "what": sentences.say("ticket_answered_short")})
        pushes.plan(session, channel, ticket.subscriber, push, now, author=officer.name)
