"""One reply, as every channel gets it from whoever speaks."""

from __future__ import annotations

import dataclasses
import itertools
from typing import Any, Optional, Sequence


@dataclasses.dataclass(frozen=True)
class Choice:
    """One thing the driver may pick: the words shown, the payload Rasa gets for it (`/intent{…}`), its number."""

    title: str
    payload: str
    number: int = 0


@dataclasses.dataclass(frozen=True)
class Reply:
    """What is said at once; `custom` is for what is neither text, picture nor choice (`hand_over`, `news`)."""

    text: Optional[str] = None
    image: Optional[str] = None
    choices: tuple[Choice, ...] = ()
    question: bool = False
    custom: Optional[dict[str, Any]] = None
    purpose: str = "reply"

    @property
    def speaks(self) -> bool:
        """Whether the driver sees anything of it."""
        silent = self.hand_over is not None or self.forgets
        return bool(self.text or self.image or self.choices or (self.custom and not silent))

    @property
    def forgets(self) -> bool:
        """Whether the driver's data are to be forgotten in every room."""
        return "forget" in (self.custom or {})

    @property
    def hand_over(self) -> Optional[dict[str, Any]]:
        """The wish for a person in it, e.g. `{"reason": "asked"}`."""
        return (self.custom or {}).get("hand_over")

    def as_dict(self) -> dict[str, Any]:
        """The reply as `weijing ask` prints it."""
        choices = [{"title": choice.title, "payload": choice.payload} for choice in self.choices]
        return {"text": self.text, "image": self.image, "choices": choices, "question": self.question,
                "custom": self.custom}


def numbered(replies: Sequence[Reply]) -> list[Reply]:
    """The replies of one turn, their choices numbered from 1 through all of them."""
    count = itertools.count(1)
    return [dataclasses.replace(reply, choices=tuple(dataclasses.replace(c, number=next(count)) for c in reply.choices))
            for reply in replies]
