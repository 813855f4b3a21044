from __future__ import annotations

import asyncio
import pathlib
from typing import Iterator, List

import pytest
import sqlalchemy as sa
from rasa.core.agent import Agent
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, SessionStarted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy.exc import OperationalError

from bot.tracker_store import StrictTrackerStore, TrackerStoreError


@pytest.fixture
def store(tmp_path: pathlib.Path) -> Iterator[StrictTrackerStore]:
    opened = StrictTrackerStore(Domain.empty(), host=f"sqlite:///{tmp_path}/conversations.db")
    yield opened
    opened.engine.dispose()


def conversation(*texts: str, sender: str = "driver-1") -> DialogueStateTracker:
    events = [ActionExecuted("action_session_start"), SessionStarted(), ActionExecuted("action_listen")]
    return DialogueStateTracker.from_events(sender, [*events, *(UserUttered(text) for text in texts)])


def texts_in(tracker: DialogueStateTracker | None) -> List[str]:
    return [event.text for event in tracker.events if isinstance(event, UserUttered)] if tracker else []


def test_what_was_saved_is_read_again(store: StrictTrackerStore) -> None:
    asyncio.run(store.save(conversation("查违章", "浙J😀")))
    assert texts_in(asyncio.run(store.retrieve("driver-1"))) == ["查违章", "浙J😀"]
    assert asyncio.run(store.retrieve("driver-2")) is None


def test_only_what_is_new_is_appended(store: StrictTrackerStore) -> None:
    tracker = conversation("一")
    asyncio.run(store.save(tracker))
    tracker.update(UserUttered("二"))
    asyncio.run(store.save(tracker))
    with store.engine.connect() as connection:
        count = connection.execute(sa.text("SELECT count(*) FROM events WHERE type_name = 'user'")).scalar()
    assert count == 2


def test_a_session_begins_at_the_newest_start_even_when_the_clock_went_back(store: StrictTrackerStore) -> None:
    tracker = conversation("旧")
    asyncio.run(store.save(tracker))
    started = SessionStarted(timestamp=1.0)
    for event in (ActionExecuted("action_session_start", timestamp=1.0), started, UserUttered("新", timestamp=1.0)):
        tracker.update(event)
    asyncio.run(store.save(tracker))
    assert texts_in(asyncio.run(store.retrieve("driver-1"))) == ["新"]
    assert texts_in(asyncio.run(store.retrieve_full_tracker("driver-1"))) == ["旧", "新"]


def test_a_message_taken_back_never_came(store: StrictTrackerStore) -> None:
    tracker = conversation("旧")
    for event in (UserUttered("新", metadata={"message_key": "m:2"}), ActionExecuted("action_listen")):
        tracker.update(event)
    asyncio.run(store.save(tracker))
    for key in ("m:2", "m:2", "m:9"):
        asyncio.run(store.take_back("driver-1", key))
    kept = asyncio.run(store.retrieve("driver-1"))
    assert kept
    assert texts_in(kept) == ["旧"]
    kept.update(UserUttered("再来"))
    asyncio.run(store.save(kept))
    assert texts_in(asyncio.run(store.retrieve("driver-1"))) == ["旧", "再来"]


def test_a_corrupt_row_is_an_error_and_not_the_end_of_the_process(store: StrictTrackerStore) -> None:
    asyncio.run(store.save(conversation("查违章")))
    with store.engine.begin() as connection:
        connection.execute(sa.text("UPDATE events SET data = '{' WHERE type_name = 'user'"))
    with pytest.raises(TrackerStoreError, match="cannot be read"):
        asyncio.run(store.retrieve("driver-1"))


def test_a_sender_that_no_database_takes_is_an_error(store: StrictTrackerStore) -> None:
    with pytest.raises(TrackerStoreError, match="cannot be written"):
        asyncio.run(store.save(conversation("查违章", sender="\ud800")))


def test_an_error_says_nothing_that_was_said(store: StrictTrackerStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> None:
        raise OperationalError("INSERT …", {"data": "浙JA1234"}, Exception("gone"))

    monkeypatch.setattr(store, "sessionmaker", away)
    with pytest.raises(TrackerStoreError) as error:
        asyncio.run(store.save(conversation("浙JA1234")))
    assert "浙JA1234" not in str(error.value)


def test_rasas_agent_hears_of_it_instead_of_going_on_in_memory(
        store: StrictTrackerStore, monkeypatch: pytest.MonkeyPatch) -> None:
    agent = Agent(domain=Domain.empty(), tracker_store=store)
    monkeypatch.setattr(store, "sessionmaker", lambda: (_ for _ in ()).throw(OperationalError("x", {}, Exception())))
    with pytest.raises(TrackerStoreError):
        asyncio.run(agent.tracker_store.save(conversation("查违章")))


def test_a_database_that_cannot_be_opened_is_named_at_once() -> None:
    with pytest.raises(TrackerStoreError, match="cannot be opened"):
        StrictTrackerStore(Domain.empty(), host="sqlite:////nowhere/at/all/conversations.db")
