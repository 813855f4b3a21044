"""Where Rasa keeps its conversations: in the one database, strictly. What can't be read or written is an error."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
from typing import Any, Iterator, List, Optional

import rasa.core.agent
import sqlalchemy as sa
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import SQLTrackerStore, TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event, SessionStarted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.exceptions import RasaException
from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Query, Session, sessionmaker
from sqlalchemy.pool import QueuePool

from bot.personal_numbers import covered_event
from bot.settings import load_settings


class TrackerStoreError(RasaException):
    """The conversation could not be read or written; the turn must be tried again."""


class StrictTrackerStore(SQLTrackerStore):
    """Rasa's SQL store without its ways of losing a turn (its own: sys.exit on ValueError, silent memory fallback).

    Any fault raises TrackerStoreError, also through the Agent; connections are tested before use; nothing runs on the
    event loop; a session begins at the newest session event, whatever the clocks said.
    """

    def __init__(self, domain: Optional[Domain] = None, host: Optional[str] = None,
                 event_broker: Optional[EventBroker] = None, **kwargs: Any) -> None:
        """`host` is a database address; without one it is DATABASE_URL."""
        TrackerStore.__init__(self, domain, event_broker)
        self.engine = _open(host or load_settings().database_url)
        self.sessionmaker = sessionmaker(bind=self.engine)
        with _named("cannot be opened"):
            self.Base.metadata.create_all(self.engine)
        rasa.core.agent.FailSafeTrackerStore = _unwrapped  # else the Agent goes on in memory when we raise

    @contextlib.contextmanager
    def session_scope(self) -> Iterator[Session]:
        """A session that is always closed."""
        session = self.sessionmaker()
        try:
            yield session
        finally:
            session.close()

    async def _retrieve(self, sender_id: str, fetch_events_from_all_sessions: bool) -> Optional[DialogueStateTracker]:
        with _named("cannot be read"):
            events = await asyncio.to_thread(self._read, sender_id, fetch_events_from_all_sessions)
            return DialogueStateTracker.from_dict(sender_id, events, self.domain.slots) if events else None

    def _read(self, sender_id: str, all_sessions: bool) -> List[Any]:
        with self.session_scope() as session:
            return [json.loads(row.data) for row in self._event_query(session, sender_id, all_sessions)]

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Appends what is new; raises TrackerStoreError when it did not get into the database."""
        with _named("cannot be written"):
            await self.stream_events(tracker)
            await asyncio.to_thread(self._append, tracker)

    def _append(self, tracker: DialogueStateTracker) -> None:
        with self.session_scope() as session:
            session.add_all([self._row(tracker.sender_id, e.as_dict())
                             for e in self._additional_events(session, tracker)])
            session.commit()

    def _row(self, sender_id: str, event: Any) -> Any:
        data = covered_event(event)
        intent = data.get("parse_data", {}).get("intent", {}).get("name")
        return self.SQLEvent(sender_id=sender_id, type_name=data["event"], timestamp=data.get("timestamp"),
                             intent_name=intent, action_name=data.get("name"), data=json.dumps(data))

    def _additional_events(self, session: Session, tracker: DialogueStateTracker) -> Iterator[Event]:
        """What comes after the events that are stored; Rasa's own counts wrong when a tracker is saved twice."""
        stored = [json.loads(row.data) for row in self._event_query(session, tracker.sender_id, False)]
        begun = stored[0].get("timestamp") if stored and stored[0]["event"] == SessionStarted.type_name else None
        first = next((i for i, e in enumerate(tracker.events)
                      if isinstance(e, SessionStarted) and e.timestamp == begun), 0)
        return itertools.islice(tracker.events, first + len(stored), None)

    async def take_back(self, sender_id: str, message_key: str) -> None:
        """Forgets the message whose metadata has this key, and all after it, as if it had never come."""
        with _named("cannot be written"):
            await asyncio.to_thread(self._take_back, sender_id, message_key)

    def _take_back(self, sender_id: str, message_key: str) -> None:
        with self.session_scope() as session:
            said = self._event_query(session, sender_id, False).filter(self.SQLEvent.type_name == UserUttered.type_name)
            first = next((row.id for row in said if _key_of(row) == message_key), None)
            if first is not None:
                session.query(self.SQLEvent).filter(
                    self.SQLEvent.sender_id == sender_id, self.SQLEvent.id >= first).delete()
            session.commit()

    async def forget(self, sender_id: str) -> None:
        """Deletes every event of the conversation."""
        with _named("cannot be written"):
            await asyncio.to_thread(self._forget, sender_id)

    def _forget(self, sender_id: str) -> None:
        with self.session_scope() as session:
            session.query(self.SQLEvent).filter(self.SQLEvent.sender_id == sender_id).delete()
            session.commit()

    def _event_query(self, session: Session, sender_id: str, fetch_events_from_all_sessions: bool) -> Query:
        own = session.query(self.SQLEvent).filter(self.SQLEvent.sender_id == sender_id)
        if not fetch_events_from_all_sessions:
            begun = session.query(sa.func.max(self.SQLEvent.id)).filter(
                self.SQLEvent.sender_id == sender_id, self.SQLEvent.type_name == SessionStarted.type_name)
            own = own.filter(self.SQLEvent.id >= sa.func.coalesce(begun.scalar_subquery(), 0))
        return own.order_by(self.SQLEvent.id)


def _key_of(row: Any) -> Any:
    return (json.loads(row.data).get("metadata") or {}).get("message_key")


def _unwrapped(store: TrackerStore, *_: Any) -> TrackerStore:
    return store


def _open(url: str) -> Engine:
    if not url.startswith("sqlite"):
        return sa.create_engine(url, pool_pre_ping=True)
    engine = sa.create_engine(url, pool_pre_ping=True, poolclass=QueuePool,  # else each turn opens the file anew
                              connect_args={"check_same_thread": False, "timeout": 15})
    event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA journal_mode=WAL"))
    return engine


@contextlib.contextmanager
def _named(fault: str) -> Iterator[None]:
    try:
        yield
    except (SQLAlchemyError, ValueError) as error:
        raise TrackerStoreError(f"conversation {fault}: {type(error).__name__}") from error
