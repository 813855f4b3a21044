"""What can go wrong with WeChat, in its own words."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any, Mapping

import messages.errors


class WeChatError(Exception):
    """Base of the connector's errors. None of them ever holds a secret."""


class BadPost(WeChatError):
    """Raised for a post that WeChat can't have sent; `status` is the HTTP answer."""

    status = 400


class BadSignature(BadPost):
    """Raised when signature, time or account of a post are not right."""

    status = 403


class TooLarge(BadPost):
    """Raised when the body is over the limit."""

    status = 413


class ApiError(WeChatError):
    """Raised when WeChat's API answers with an `errcode`; `rid` is WeChat's id of the request.

    `answer` is all that WeChat said; some errors name what is there already.
    """

    def __init__(self, call: str, code: int, rid: str = "", advice: str = "",
                 answer: Mapping[str, Any] = MappingProxyType({})) -> None:
        super().__init__(f"{call}: WeChat error {code}{', ' + advice if advice else ''}{', rid ' + rid if rid else ''}")
        self.call, self.code, self.rid, self.advice, self.answer = call, code, rid, advice, answer


class NotSent(WeChatError):
    """Raised when a call surely never reached WeChat."""


class TooLong(NotSent):
    """Raised when a file is longer than it may be."""


class OutcomeUnknown(WeChatError):
    """Raised when a call may or may not have reached WeChat."""


def describe(error: BaseException) -> str:
    """One harmless line about an error, for logs: its kind, and its text only when it is ours or the database's own."""
    return f"{type(error).__name__}: {error}" if isinstance(error, WeChatError) else messages.errors.describe(error)
