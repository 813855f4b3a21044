"""Errors of WeChat's API: a code, WeChat's words for it, and a request id (rid)."""

from __future__ import annotations

import secrets
import time
from typing import Any, Dict

# 全局返回码 of WeChat's manual: those that the stand-in can answer.
MESSAGES: Dict[int, str] = {
    -1: "system error", 40001: "invalid credential, access_token is invalid or not latest",
    40002: "invalid grant_type", 40003: "invalid openid", 40004: "invalid media type", 40005: "invalid file type",
    40006: "invalid meida size", 40007: "invalid media_id", 40008: "invalid message type", 40013: "invalid appid",
    40014: "invalid access_token", 40016: "invalid button size", 40017: "invalid button type",
    40018: "invalid button name size", 40019: "invalid button key size", 40020: "invalid button url size",
    40023: "invalid sub button size", 40025: "invalid sub button name size", 40035: "invalid args",
    40066: "invalid url", 40125: "invalid appsecret", 40164: "invalid ip, not in whitelist",
    41001: "access_token missing", 41005: "media data missing", 42001: "access_token expired",
    43002: "require POST method", 43004: "require subscribe", 43019: "user blocked",
    43101: "user refuse to accept the msg",
    44002: "empty post data", 44004: "empty content", 45002: "content size out of limit",
    45008: "article size out of limit", 45009: "reach max api daily quota limit", 45011: "api minute-quota reach limit",
    45015: "response out of time limit or subscription is canceled", 45047: "out of response count limit",
    45072: "invalid command", 45080: "need to interact with the user within 30 seconds", 45081: "already typing",
    46003: "menu no exist", 47001: "data format error", 48001: "api unauthorized", 50005: "user is unsubscribed",
}


class ApiError(Exception):
    """A call of the API that WeChat refuses, with WeChat's code."""

    def __init__(self, code: int, hint: str = "") -> None:
        super().__init__(code, hint)
        self.code = code
        self.hint = hint

    def answer(self) -> Dict[str, Any]:
        """The JSON that WeChat answers with."""
        words = MESSAGES.get(self.code, "unknown error") + (f" hint: [{self.hint}]" if self.hint else "")
        return {"errcode": self.code, "errmsg": f"{words} rid: {request_id()}"}


def request_id() -> str:
    """A rid: time and two random parts of 8 hex digits."""
    return f"{int(time.time()):08x}-{secrets.token_hex(4)}-{secrets.token_hex(4)}"
