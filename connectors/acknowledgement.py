"""A driver who only says 收到, 好的, 谢谢 to what the account said by itself: answered at once, without the bot.

The bot knows nothing of what was said there, and would ask what the yes was for. And 2,000 answer a broadcast within
seconds, most of them so.
"""

from __future__ import annotations

import asyncio
import datetime
import re
from typing import Any, Callable, Coroutine, Optional

from sqlalchemy.engine import Engine

from messages import choices, pushes
from messages.database import reading
from messages.replies import Reply
from messages.turns import Turn
from messages.understandings import Understood

Answer = Callable[[Turn, list[Reply]], Coroutine[Any, Any, Optional[Understood]]]
LATELY = datetime.timedelta(hours=24)
LONGEST = 16  # characters
WORD = r"(?:收到|已阅|好[的嘞哒滴]?|知道|明白|了解|清楚|谢谢|多谢|感谢|辛苦|没问题|可以|行|嗯+|哦+|ok|okay|👌|👍|🙏|🌹)"
TO_WHOM = r"(?:您|你|你们|民警|警官|交警|警察|同志|大家|提醒|通知|告知|分享)*"
THANKS = re.compile(rf"(?:{WORD}{TO_WHOM}[了啦哈呢吧的啊呀]*[\s,，.。!！~～、]*)+", re.IGNORECASE)


def acknowledges(words: str) -> bool:
    """Whether the words say that something was read, and nothing more."""
    return len(words) <= LONGEST and THANKS.fullmatch(words.strip()) is not None


def with_acknowledgement(engine: Engine, answer: Answer, sentence: str) -> Answer:
    """The same answer, but `sentence` for a thank-you to what was said last, and by the account itself."""

    async def acknowledged(turn: Turn, said: list[Reply]) -> Optional[Understood]:
        if turn.text and acknowledges(turn.text) and await asyncio.to_thread(_told_last, engine, turn):
            said.append(Reply(sentence))
            return None
        return await answer(turn, said)

    return acknowledged


def _told_last(engine: Engine, turn: Turn) -> bool:
    with reading(engine) as session:
        if choices.asked(session, turn.channel, turn.driver):
            return False
        return pushes.was_last(session, turn.channel, turn.driver, turn.received_at - LATELY)
