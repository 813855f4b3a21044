from __future__ import annotations

import datetime
import uuid
from typing import Any, Dict, List, Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from actions import records
from connectors.terminal.chat import CHANNEL, TerminalChat
from messages import conversations, inbox
from messages.database import reading, writing
from messages.inbox import Incoming
from messages.replies import Reply
from traffic.appointments import BookingRow, book, free_slots
from traffic.bindings import bind_license, bind_vehicle
from traffic.demo.examples import DRIVERS, VEHICLES
from traffic.slots import Site, SlotRow


class Driver(TerminalChat):
    def __init__(self, agent: Any) -> None:
        super().__init__(agent, f"driver-{uuid.uuid4().hex[:12]}")
        self._agent = agent
        self._payload: str | None = None
        self._details: Dict[str, Any] = {}
        self.replies: List[Reply] = []

    async def act(self, turn: Mapping[str, Any]) -> None:
        self._payload, self._details = turn.get("sends"), turn.get("details") or {}
        self.replies = await self.say(str(turn.get("says", "")))

    @property
    def text(self) -> str:
        return "\n".join(reply.text or "" for reply in self.replies)

    @property
    def titles(self) -> List[str]:
        return [choice.title for reply in self.replies for choice in reply.choices]

    @property
    def handed_over(self) -> bool:
        with reading(self._engine) as session:
            found = conversations.find(session, CHANNEL, self._driver)
        return found is not None and found.holder == "queue"

    async def names(self) -> List[str]:
        tracker = await self._agent.tracker_store.retrieve(self._driver)
        events = list(tracker.events)
        heard = max(i for i, event in enumerate(events) if event.type_name == "user")
        return [event.metadata.get("utter_action", "custom") for event in events[heard:] if event.type_name == "bot"]

    async def bind(self, plates: Sequence[str], licenses: Sequence[str]) -> None:
        vehicles = {v.plate: v.frame_tail for v in VEHICLES}
        drivers = {d.license_number: d.file_tail for d in DRIVERS}
        now = datetime.datetime.now(datetime.timezone.utc)
        for plate in plates:
            await records.change(bind_vehicle, self._driver, plate, vehicles[plate], now)
        for number in licenses:
            await records.change(bind_license, self._driver, number, drivers[number], now)

    async def let_another_book(self, plate: str) -> None:
        now = datetime.datetime.now(datetime.timezone.utc)
        month = now + datetime.timedelta(days=30)
        latest = (await records.look_up(free_slots, "inspection", now, month, None, 500))[-1]
        await records.change(book, f"{self._driver}-x", "inspection", latest.id, plate, f"{self._driver}-x")

    async def miss_appointments(self, times: int) -> None:
        await records.change(_missed, self._driver, times)

    async def fill_days(self, kind: str, first: datetime.datetime, last: datetime.datetime) -> None:
        await records.change(_filled, kind, first, last)

    def _receive(self, text: str) -> int:
        incoming = Incoming(CHANNEL, self._driver, uuid.uuid4().hex, "text", None if self._payload else text,
                            payload=self._payload, details=self._details)
        with writing(self._engine) as session:
            return inbox.receive(session, incoming, datetime.datetime.now(datetime.timezone.utc),
                                 answer_within=60.0).id


def _missed(session: Session, subscriber: str, times: int) -> None:
    """As the nights after leave them: appointments of the last days to which nobody came."""
    now = datetime.datetime.now(datetime.timezone.utc)
    site = session.execute(sa.select(Site).where(Site.kind == "inspection")).scalars().one()
    for number in range(times):
        starts = now - datetime.timedelta(days=2 * number + 2, microseconds=uuid.uuid4().int % 1000000)
        slot = SlotRow(site_id=site.id, starts_at=starts, ends_at=starts + datetime.timedelta(minutes=30),
                       part_of_day="morning", capacity=1, booked=1)
        session.add(slot)
        session.flush()
        session.add(BookingRow(number=f"YY{uuid.uuid4().hex[:10]}", key=uuid.uuid4().hex, subscriber=subscriber,
                               kind="inspection", slot_id=slot.id, plate=None, state="no_show", created_at=starts))


def _filled(session: Session, kind: str, first: datetime.datetime, last: datetime.datetime) -> None:
    sites = sa.select(Site.id).where(Site.kind == kind)
    session.execute(sa.update(SlotRow).where(SlotRow.site_id.in_(sites), SlotRow.starts_at >= first,
                                             SlotRow.starts_at < last).values(booked=SlotRow.capacity),
                    execution_options={"synchronize_session": False})
