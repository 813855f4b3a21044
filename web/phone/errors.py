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
    40029: "invalid code", 40032: "invalid openid list size", 40037: "invalid template_id", 40059: "invalid msg id",
    40130: "invalid openid list size, at least two openid", 40152: "invalid tag_id", 40163: "code been used",
    40234: "invalid article", 45003: "title size out of limit", 45004: "description size out of limit",
    45026: "template num exceeds limit", 45028: "has no masssend quota", 45056: "too many tag now",
    45059: "can not add more tag on a user", 45065: "clientmsgid exist", 45067: "clientmsgid size out of limit",
    45157: "invalid tag name, already exist", 45158: "invalid tag name length", 45159: "invalid tag id",
    47003: "argument invalid!", 53503: "invalid draft", 53600: "invalid article_id", 65401: "invalid kf account",
    65413: "no such session", 65414: "user is accepted by another kf", 65415: "kf account is not online",
    45015: "response out of time limit or subscription is canceled", 45047: "out of response count limit",
    45072: "invalid command", 45080: "need to interact with the user within 30 seconds", 45081: "already typing",
    46003: "menu no exist", 47001: "data format error", 48001: "api unauthorized", 50005: "user is unsubscribed",
}


class ApiError(Exception):
    """A call of the API that WeChat refuses, with WeChat's code; `more` is what its answer says besides."""

    def __init__(self, code: int, hint: str = "", **more: Any) -> None:
        super().__init__(code, hint)
        self.code = code
        self.hint = hint
        self.more = more

    def answer(self) -> Dict[str, Any]:
        """The JSON that WeChat answers with."""
        words = MESSAGES.get(self.code, "unknown error") + (f" hint: [{self.hint}]" if self.hint else "")
        return {"errcode": self.code, "errmsg": f"{words} rid: {request_id()}", **self.more}


def request_id() -> str:
    """A rid: time and two random parts of 8 hex digits."""
    return f"{int(time.time()):08x}-{secrets.token_hex(4)}-{secrets.token_hex(4)}"
