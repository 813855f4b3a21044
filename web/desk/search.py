"""Search: a driver by what was said, by a plate, or a ticket by its number."""

from __future__ import annotations

import dataclasses
from typing import List

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from messages import search
from messages.conversations import Conversation
from messages.search import Hit
from traffic.bindings import VehicleBinding
from traffic.errors import PlateError
from traffic.plates import parse_plate
from traffic.tickets import Ticket
from traffic.vehicles import Vehicle
from web.desk.conversations import may_see
from web.desk.database import records
from web.desk.officers import Officer

SHORTEST, MOST = 2, 50


@dataclasses.dataclass(frozen=True)
class Found:
    """Conversations that this officer may open, how many others there are, and tickets."""

    conversations: List[Hit]
    hidden: int
    tickets: List[Ticket]


def found(session: Connection, officer: Officer, asked: str) -> Found:
    """All that fits; nothing for less than two characters."""
    if len(asked) < SHORTEST:
        return Found([], 0, [])
    with records(session) as traffic:
        owners, tickets = _owners(traffic, asked), _tickets(traffic, asked)
    hits = [*search.of_drivers(session, owners), *search.by_words(session, asked, MOST)]
    once = list({(hit.channel, hit.driver): hit for hit in reversed(hits)}.values())[::-1]
    seen = [hit for hit in once if may_see(officer, _conversation(hit))]
    return Found(seen, len(once) - len(seen), tickets)


def _conversation(hit: Hit) -> Conversation:
    return Conversation(hit.channel, hit.driver, hit.holder, hit.officer, None, hit.at)


def _owners(traffic: Session, asked: str) -> List[str]:
    """Subscribers who have bound the vehicle of this plate."""
    try:
        plate = parse_plate(asked).text
    except PlateError:
        return []
    query = sa.select(VehicleBinding.subscriber).join(Vehicle, Vehicle.id == VehicleBinding.vehicle_id)
    return list(traffic.execute(query.where(Vehicle.plate == plate).limit(MOST)).scalars())


def _tickets(traffic: Session, asked: str) -> List[Ticket]:
    query = sa.select(Ticket).where(Ticket.number == asked.strip().upper())
    return list(traffic.execute(query).scalars())
