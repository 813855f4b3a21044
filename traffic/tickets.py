"""Tickets (工单): complaint, suggestion, report, question, each with a receipt number and a promised date."""

from __future__ import annotations

import datetime
import re
from typing import List

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session

from traffic.database import Base, UtcDateTime, utc_now
from traffic.errors import NotYours
from traffic.numbers import next_number
from traffic.opening_days import local_day, working_days_after

PREFIXES = {"complaint": "TS", "suggestion": "JY", "report": "JB", "question": "ZX"}  # 投诉 建议 举报 咨询
PROMISED_WORKING_DAYS = {"complaint": 5, "suggestion": 10, "report": 7, "question": 2}
UNANSWERED = ("open", "in_work")
LONGEST_TEXT = 2000
MOST_PHOTOS = 9
PHOTO_PATH = re.compile(r"[0-9a-f]{2}/([0-9a-f]{64})\.jpg")


class Ticket(Base):
    """What a subscriber asks the station to look into: open, in_work, answered, closed or withdrawn."""

    __tablename__ = "tickets"
    __table_args__ = (sa.Index("ix_tickets_subscriber", "subscriber"), sa.Index("ix_tickets_state", "state"))

    id: Mapped[int] = sa.Column(sa.Integer, primary_key=True)
    number: Mapped[str] = sa.Column(sa.String(16), nullable=False, unique=True)
    key: Mapped[str] = sa.Column(sa.String(128), nullable=False, unique=True)
    subscriber: Mapped[str] = sa.Column(sa.String(64), nullable=False)
    kind: Mapped[str] = sa.Column(sa.String(12), nullable=False)
    text: Mapped[str] = sa.Column(sa.Text, nullable=False)
    plate: Mapped[str | None] = sa.Column(sa.String(12))
    place: Mapped[str | None] = sa.Column(sa.String(100))
    happened_at: Mapped[datetime.datetime | None] = sa.Column(UtcDateTime)
    state: Mapped[str] = sa.Column(sa.String(12), nullable=False, default="open")
    created_at: Mapped[datetime.datetime] = sa.Column(UtcDateTime, nullable=False)
    promised_on: Mapped[datetime.date] = sa.Column(sa.Date, nullable=False)
    answer: Mapped[str | None] = sa.Column(sa.Text)
    answered_at: Mapped[datetime.datetime | None] = sa.Column(UtcDateTime)
    told_at: Mapped[datetime.datetime | None] = sa.Column(UtcDateTime)
    rating: Mapped[int | None] = sa.Column(sa.Integer)


class TicketPhoto(Base):
    """A picture sent with a ticket, fetched at once and hashed."""

    __tablename__ = "ticket_photos"

    id: Mapped[int] = sa.Column(sa.Integer, primary_key=True)
    ticket_id: Mapped[int] = sa.Column(sa.ForeignKey("tickets.id"), nullable=False, index=True)
    path: Mapped[str] = sa.Column(sa.String(200), nullable=False)
    sha256: Mapped[str] = sa.Column(sa.String(64), nullable=False)
    received_at: Mapped[datetime.datetime] = sa.Column(UtcDateTime, nullable=False)


def open_ticket(session: Session, subscriber: str, kind: str, text: str, key: str, *, plate: str | None = None,
                place: str | None = None, happened_at: datetime.datetime | None = None,
                now: datetime.datetime | None = None) -> Ticket:
    """A new ticket of kind complaint, suggestion, report or question; the same `key` gives the same one again."""
    known = _by_key(session, key)
    if known:
        return known
    now = now or utc_now()
    try:
        with session.begin_nested():
            ticket = _new(session, subscriber, kind, text, key, now)
            ticket.plate, ticket.place, ticket.happened_at = plate, place, happened_at
            session.add(ticket)
        return ticket
    except IntegrityError:
        return session.execute(sa.select(Ticket).where(Ticket.key == key)).scalar_one()


def _new(session: Session, subscriber: str, kind: str, text: str, key: str, now: datetime.datetime) -> Ticket:
    today = local_day(now)
    return Ticket(number=next_number(session, PREFIXES[kind], today), key=key, subscriber=subscriber, kind=kind,
                  text=text[:LONGEST_TEXT], state="open", created_at=now,
                  promised_on=working_days_after(today, PROMISED_WORKING_DAYS[kind]))


def _by_key(session: Session, key: str) -> Ticket | None:
    return session.execute(sa.select(Ticket).where(Ticket.key == key)).scalar_one_or_none()


def tickets_of(session: Session, subscriber: str, limit: int = 10) -> List[Ticket]:
    """A subscriber's tickets, newest first."""
    query = sa.select(Ticket).where(Ticket.subscriber == subscriber)
    return list(session.execute(query.order_by(Ticket.id.desc()).limit(limit)).scalars())


def ticket(session: Session, subscriber: str, number: str) -> Ticket:
    """One ticket of this subscriber; raises NotYours, equal for unknown and another's."""
    query = sa.select(Ticket).where(Ticket.subscriber == subscriber, Ticket.number == number)
    found = session.execute(query).scalar_one_or_none()
    if found is None:
        raise NotYours("no such ticket")
    return found


def rate(session: Session, subscriber: str, number: str, stars: int) -> Ticket:
    """A subscriber's rating (1 to 5) of an answered ticket; the last one counts."""
    found = ticket(session, subscriber, number)
    found.rating = max(1, min(5, stars))
    session.flush()
    return found


def withdraw(session: Session, subscriber: str, number: str) -> Ticket | None:
    """Its writer takes it back; None once it was answered. Again changes nothing. Raises NotYours."""
    taken = sa.update(Ticket).where(Ticket.subscriber == subscriber, Ticket.number == number,
                                    Ticket.state.in_(UNANSWERED)).values(state="withdrawn")
    session.execute(taken, execution_options={"synchronize_session": False})
    found = ticket(session, subscriber, number)
    session.refresh(found)
    return found if found.state == "withdrawn" else None


def add_ticket_photo(session: Session, of: Ticket, path: str, now: datetime.datetime) -> TicketPhoto | None:
    """Puts a kept picture (`ab/<sha256>.jpg`) to a ticket, once; None when it has enough or the path is no such."""
    named = PHOTO_PATH.fullmatch(path)
    there = photos_of(session, of.id)
    known = next((photo for photo in there if photo.path == path), None)
    if known or not named or len(there) >= MOST_PHOTOS:
        return known
    photo = TicketPhoto(ticket_id=of.id, path=path, sha256=named[1], received_at=now)
    session.add(photo)
    session.flush()
    return photo


def photos_of(session: Session, ticket_id: int) -> List[TicketPhoto]:
    """The pictures of a ticket, first sent first."""
    query = sa.select(TicketPhoto).where(TicketPhoto.ticket_id == ticket_id).order_by(TicketPhoto.id)
    return list(session.execute(query).scalars())
