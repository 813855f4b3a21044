"""Posts made outside the stand-in, for storms and for mutations."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import parse_qsl

from bot.settings import load_station
from tests.connectors.wechat.accounts import settings_for
from web.phone.account import account_from
from web.phone.posts import addressed, envelope, to_xml

ACCOUNT = account_from(settings_for("sqlite:///unused"), load_station())


def signed_post(openid: str, **fields: Any) -> tuple[dict[str, str], bytes]:
    """(query, body) of one post."""
    now = time.time()
    query, body = envelope(ACCOUNT, to_xml(addressed(fields, openid, ACCOUNT.original_id, now)), openid, now)
    return dict(parse_qsl(query)), body.encode()


def text_post(openid: str, content: str, number: int) -> tuple[dict[str, str], bytes]:
    return signed_post(openid, MsgType="text", Content=content, MsgId=number)
