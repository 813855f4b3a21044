"""What stands beside a conversation: the driver's vehicles (masked), appointments and tickets; messages left."""

from __future__ import annotations

import dataclasses
import datetime
from typing import Any, List, Mapping

from sqlalchemy.engine import Connection, Engine

from messages import quotas, ratings
from messages.database import writing
from traffic.appointments import Booking, bookings_of
from traffic.bindings import bound_vehicles
from traffic.plates import mask_plate
from traffic.tickets import Ticket, tickets_of
from web.desk import handlings
from web.desk.conversations import Key, subject_of, visible
from web.desk.database import records
from web.desk.deeds import record
from web.desk.errors import Missing
from web.desk.officers import Officer


@dataclasses.dataclass(frozen=True)
class BoundVehicle:
    """A vehicle that the driver proved to know; `plate` is masked until an officer opens it."""

    id: int
    plate: str
    kind: str


@dataclasses.dataclass(frozen=True)
class Facts:
    """What the records have of a driver; `handled` are rows of handlings, `rated` their stars."""

    vehicles: List[BoundVehicle]
    bookings: List[Booking]
    tickets: List[Ticket]
    handled: List[Any]
    rated: Mapping[int, int]


@dataclasses.dataclass(frozen=True)
class MessagesLeft:
    """How many messages may still be sent unasked, and until when; 0 and None: the next waits for the driver."""

    count: int
    until: datetime.datetime | None


def facts_of(session: Connection, key: Key, now: datetime.datetime) -> Facts:
    """The records of one driver."""
    driver = key[1]
    with records(session) as traffic:
        vehicles = [BoundVehicle(v.id, mask_plate(v.plate), v.kind) for v in bound_vehicles(traffic, driver)]
        return Facts(vehicles, bookings_of(traffic, driver, now=now), tickets_of(traffic, driver, limit=5),
                     handlings.of(session, *key, limit=5), ratings.of(session, *key))


def messages_left(session: Connection, key: Key, now: datetime.datetime) -> MessagesLeft:
    """What the channel still allows."""
    open_ones = quotas.standing(session, *key, now)
    until = max((each.expires_at for each in open_ones), default=None)
    return MessagesLeft(sum(each.left for each in open_ones), until)


def open_plate(engine: Engine, officer: Officer, key: Key, vehicle: int, now: datetime.datetime) -> str:
    """The whole plate of a bound vehicle; goes into the audit log. Raises Missing, Hidden."""
    with writing(engine) as session:
        visible(session, officer, key)
        with records(session) as traffic:
            plates = [v.plate for v in bound_vehicles(traffic, key[1]) if v.id == vehicle]
        if not plates:
            raise Missing("not this driver's vehicle")
        record(session, officer.name, "looked_vehicle", subject_of(key), {"vehicle": vehicle}, now=now)
        return plates[0]
