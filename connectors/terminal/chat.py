"""One conversation with an in-process Rasa agent: what is typed goes through inbox, turn and outbox, in memory."""

from __future__ import annotations

import uuid
from typing import Any, Optional

from bot.settings import load_station
from connectors.rasa_turn import RasaTurn, TrackerMemory
from connectors.sentences import load_sentences, menu_payloads
from connectors.signs import Signs
from connectors.watchful_turn import WatchfulTurn
from messages import inbox, outbox, turns
from messages.clock import utc_now
from messages.database import open_engine, writing
from messages.inbox import Incoming
from messages.replies import Reply
from messages.tables import metadata
from messages.turn_worker import Pace, TurnWorker

CHANNEL = "terminal"


class TerminalChat:
    """A driver at the terminal. `agent` is Rasa's, loaded; `driver` a new identity unless one is given.

    It goes the same way as WeChat's messages, so that a typed "1", a fault or a hand-over does the same here.
    """

    def __init__(self, agent: Any, driver: Optional[str] = None) -> None:
        station = load_station()
        self._driver = driver or f"terminal-{uuid.uuid4().hex}"
        self._engine = open_engine("sqlite://")
        metadata.create_all(self._engine)
        memory = TrackerMemory(lambda: agent.tracker_store)
        sentences = load_sentences(station)
        bot = RasaTurn(self._engine, agent.handle_message, memory, menu_payloads(station),
                       read=agent.processor.parse_message, later=sentences["later"])
        turn = WatchfulTurn(self._engine, bot, Signs(), sentences)
        pace = Pace(attempts=1, deadline=60.0)
        self._worker = TurnWorker(self._engine, [CHANNEL], turn.answer, sentences, pace)

    async def say(self, text: str) -> list[Reply]:
        """What the bot answers to one line, in order."""
        message = self._receive(text)
        with writing(self._engine) as session:
            turn = turns.claim(session, message, utc_now(), lease=120.0)
        assert turn is not None  # nobody else knows this database
        await self._worker.run(turn)
        with writing(self._engine) as session:
            replies = [row.reply for row in outbox.claim_answer(session, message, list, utc_now())]
            outbox.arrived(session, message)
        return replies

    def close(self) -> None:
        """Forgets the conversation."""
        self._engine.dispose()

    def _receive(self, text: str) -> int:
        incoming = Incoming(CHANNEL, self._driver, uuid.uuid4().hex, "text", text)
        with writing(self._engine) as session:
            return inbox.receive(session, incoming, utc_now(), answer_within=60.0).id
