"""Several needs in one message (查下违章，另外驾照到期怎么换): found by reading its parts, answered in their order."""

from __future__ import annotations

import dataclasses
import re
from typing import Any, Awaitable, Callable, Mapping, Optional

Parsed = Mapping[str, Any]
ReadWords = Callable[[str], Awaitable[Parsed]]

AND = r"另外|顺便|对了|还有(?!几|多少|没|吗|空|号|位|哪|谁|什么)|再问|再帮|还想"  # 驾照还有几分 is one question
BREAK = re.compile(rf"[，。！？；,!?;\n]+|(?={AND})")
MORE = re.compile(AND)
ASKS = re.compile(r"[吗么呢查约办帮几哪]|怎|多少|什么|能不能|可以|要不要|是不是|有没有|告诉")
LONGEST = 120  # characters; longer ones are stories, whose sentences are one need together
MOST = 3
SURE = 0.6
EMERGENCY = "emergency"
NO_NEED = frozenset([
    "greet", "goodbye", "thank", "affirm", "deny", "stop", "help", "inform", "chitchat", "bot_challenge",
    "out_of_scope", "nlu_fallback"])

ASKING = frozenset([
    "query_violations", "query_points", "book_inspection", "book_accident_handling", "change_appointment",
    "cancel_appointment", "subscribe_road", "unsubscribe_road", "report_minor_accident", "file_complaint",
    "give_suggestion", "report_offense", "bind_vehicle", "bind_license", "unbind"])
"""Services that ask for something first: two of them at once would ask over each other."""


@dataclasses.dataclass(frozen=True)
class Need:
    """The words of one need, and what Rasa makes of them; None when it was not asked."""

    words: str
    parsed: Optional[Parsed]

    @property
    def confidence(self) -> float:
        """How sure Rasa is of the intent; 0 where it would not act."""
        intent = (self.parsed or {}).get("intent") or {}
        return 0.0 if intent.get("name") in NO_NEED else float(intent.get("confidence") or 0.0)

    @property
    def service(self) -> Optional[str]:
        """The service's intent, where the need is one that asks for something first."""
        intent = _intent(self.parsed)
        return intent if intent in ASKING else None


def pieces(text: str) -> list[str]:
    """Parts of a message between its commas and its words of more."""
    return [piece.strip() for piece in BREAK.split(text) if piece.strip()]


async def needs_of(text: str, read: ReadWords) -> list[Need]:
    """The needs of a driver's words, one when in doubt; an emergency in any part is the only one."""
    whole = Need(text, await read(text))
    parts = pieces(text)
    if len(parts) < 2 or len(text) > LONGEST or _intent(whole.parsed) == EMERGENCY:
        return [whole]
    read_parts = [Need(part, await read(part)) for part in parts]
    if urgent := [need for need in read_parts if _sure(need.parsed) and _intent(need.parsed) == EMERGENCY]:
        return urgent[:1]
    grouped = _grouped(read_parts, bool(MORE.search(text)))
    if not 2 <= len(grouped) <= MOST:
        return [whole]
    return [Need(words, await read(words)) for words in grouped]


def _grouped(parts: list[Need], more: bool) -> list[str]:
    """Parts of one need together; what is none by itself belongs to the need before it, at the start to the next."""
    found: list[str] = []
    last, waiting = "", ""
    for part in parts:
        stands = _sure(part.parsed) and (more or ASKS.search(part.words) is not None)
        if stands and _intent(part.parsed) != last:
            found.append(f"{waiting}，{part.words}" if waiting else part.words)
            last, waiting = _intent(part.parsed), ""
        elif found:
            found[-1] += f"，{part.words}"
        else:
            waiting = f"{waiting}，{part.words}" if waiting else part.words
    return found


def _intent(parsed: Optional[Parsed]) -> str:
    return str(((parsed or {}).get("intent") or {}).get("name") or "")


def _sure(parsed: Optional[Parsed]) -> bool:
    confidence = float(((parsed or {}).get("intent") or {}).get("confidence") or 0.0)
    return confidence >= SURE and _intent(parsed) not in NO_NEED
