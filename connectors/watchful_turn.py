"""Around the bot's answer: a rating is kept, an officer's part is told to the bot, and a person is called in."""

from __future__ import annotations

import asyncio
import dataclasses
import datetime
from typing import Any, Mapping, Optional, Protocol, Sequence

from sqlalchemy.engine import Engine

from connectors.signs import Signs
from messages import choices, desk, inbox, ratings, understandings
from messages.clock import utc_now
from messages.database import reading, writing
from messages.desk import Line
from messages.replies import Reply
from messages.turns import Turn
from messages.understandings import Understood

SAME_QUESTION = 3
WELCOME, URGENT = "/welcome", "emergency"
WITHIN = datetime.timedelta(minutes=20)
SHORT = 8  # characters; what is longer is no title or number of a rating


class Bot(Protocol):
    """Who answers: RasaTurn."""

    async def answer(self, turn: Turn, said: list[Reply]) -> Optional[Understood]:
        """Appends the replies."""

    async def tell(self, turn: Turn, payload: str, details: Mapping[str, Any], said: list[Reply]) -> None:
        """Gives the bot one thing more than the driver's words."""

    async def read(self, turn: Turn) -> Optional[Understood]:
        """Understands a message without answering."""


class WatchfulTurn:
    """Answers turns as the bot does, and sees to what the bot alone can't: it knows one message at a time.

    `sentences` has `rated` and `rated_low`. `welcomes`: a channel that people follow, so that somebody who was never
    welcomed (the follow came while we were away) is to be, with the first answer.
    """

    def __init__(self, engine: Engine, bot: Bot, signs: Signs, sentences: Mapping[str, str],
                 welcomes: bool = False) -> None:
        self._engine, self._bot, self._signs, self._sentences = engine, bot, signs, sentences
        self._welcomes = welcomes

    async def answer(self, turn: Turn, said: list[Reply]) -> Optional[Understood]:
        """Appends the replies to `said` and returns what was understood."""
        rated = await asyncio.to_thread(self._rate, turn)
        part, unwelcomed = await asyncio.to_thread(self._before, turn)
        if part:
            await self._bot.tell(turn, "/officer_ended", {"officer_part": [_plain(line) for line in part]}, [])
        if rated is not None:
            said.append(Reply(self._sentences["rated_low" if rated == min(ratings.STARS) else "rated"]))
            return None
        urgent = unwelcomed and await self._is_urgent(turn)
        if unwelcomed and not urgent:
            await self._welcome(turn, said)
        understood = await self._bot.answer(turn, said)
        if urgent:
            await self._welcome(turn, said)
        if turn.text and not any(reply.hand_over is not None for reply in said):
            await self._call_person(turn, understood, said)
            if understood is not None and any(reply.hand_over is not None for reply in said):
                return dataclasses.replace(understood, outcome=understandings.HANDED_OVER)
        return understood

    async def read(self, turn: Turn) -> Optional[Understood]:
        """What the bot makes of a message that an officer will answer."""
        return await self._bot.read(turn)

    def _rate(self, turn: Turn) -> Optional[int]:
        """Keeps the stars when the message is a tap below an officer's goodbye; how many they are."""
        if turn.tap is None and not 0 < len(turn.text or "") <= SHORT:
            return None
        with reading(self._engine) as session:
            picked = choices.resolve(session, turn.channel, turn.driver, turn.text, turn.tap)
        found = ratings.stars_in(picked)
        if found is None:
            return None
        with writing(self._engine) as session:
            ratings.keep(session, turn.channel, turn.driver, *found, utc_now())
        return found[1]

    async def _welcome(self, turn: Turn, said: list[Reply]) -> None:
        """Before the answer, whose question is then the last thing said; only behind what is urgent."""
        await self._bot.tell(turn, WELCOME, {"missed": turn.received_at.isoformat()}, said)

    async def _is_urgent(self, turn: Turn) -> bool:
        understood = await self._bot.read(turn)
        return understood is not None and understood.intent == URGENT

    def _before(self, turn: Turn) -> tuple[Sequence[Line], bool]:
        """An officer's part right before, and whether nobody has ever welcomed the driver."""
        with reading(self._engine) as session:
            part = desk.officer_part(session, turn.channel, turn.driver, turn.message)
            welcomes = self._welcomes and turn.payload != WELCOME
            return part, welcomes and inbox.is_first(session, turn.channel, turn.driver, turn.message)

    async def _call_person(self, turn: Turn, understood: Optional[Understood], said: list[Reply]) -> None:
        """Hands over for what the words say, or for a question that came before; the bot's own questions are void."""
        reason = self._signs.reason_in(turn.text or "") or await asyncio.to_thread(self._repeated, turn, understood)
        if reason is None:
            return
        more: list[Reply] = []
        await self._bot.tell(turn, f'/request_human{{"reason": "{reason}"}}', {}, more)
        if any(reply.hand_over is not None for reply in more):
            said[:] = [_unasked(reply) for reply in said]
        said.extend(more)

    def _repeated(self, turn: Turn, understood: Optional[Understood]) -> Optional[str]:
        """`repeated` for the same words, or the same answer of the book, as in the two messages before."""
        if understood is None:
            return None
        with reading(self._engine) as session:
            before = understandings.asked_before(session, turn.channel, turn.driver, turn.received_at - WITHIN,
                                                 SAME_QUESTION - 1)
        words, answer = (turn.text or "").strip(), understood.answer
        same = [(then == words or (answer is not None and answered == answer)) for then, answered in before]
        return "repeated" if len(same) == SAME_QUESTION - 1 and all(same) else None


def _plain(line: Line) -> dict[str, Optional[str]]:
    return {"side": line.side, "text": line.text}


def _unasked(reply: Reply) -> Reply:
    """The reply without what it asks: nobody will answer that now."""
    return dataclasses.replace(reply, text=None if reply.question else reply.text, choices=(), question=False)
