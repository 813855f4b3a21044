"""One call of the API: what was asked, and what a function may answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Callable, Dict, Optional, Union

from web.phone.errors import ApiError
from web.phone.wechat import WeChat


@dataclass(frozen=True)
class Call:
    """What was asked: the query, the JSON body, the uploaded file, and under which address the stand-in is reached."""

    query: Dict[str, str]
    body: Any = None
    upload: Optional[bytes] = None
    base_url: str = ""

    def text(self, name: str) -> str:
        """A text of the JSON body. Raises ApiError 47001 when it is missing or no text."""
        value = self.mapping().get(name)
        if not isinstance(value, str):
            raise ApiError(47001, f"{name} must be a text")
        return value

    def mapping(self) -> Dict[str, Any]:
        """The JSON body. Raises ApiError 44002 or 47001 when it is empty or no object."""
        if self.body is None:
            raise ApiError(44002)
        if not isinstance(self.body, dict):
            raise ApiError(47001)
        return self.body


@dataclass(frozen=True)
class File:
    """An answer that is a file."""

    data: bytes
    content_type: str
    headers: Dict[str, str] = field(default_factory=dict)


Answer = Union[Dict[str, Any], File]
Handler = Callable[[WeChat, Call], Answer]
DONE: Dict[str, Any] = {"errcode": 0, "errmsg": "ok"}
