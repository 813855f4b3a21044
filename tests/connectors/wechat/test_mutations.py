from __future__ import annotations

import asyncio
from typing import Callable, Iterator

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.wechat.client import WeChatClient
from connectors.wechat.errors import BadPost
from connectors.wechat.planner import PushRules
from connectors.wechat.webhook import Webhook
from messages.database import open_engine, reading
from messages.errors import BadDriver
from messages.tables import inbox
from tests.connectors.wechat.accounts import settings_for
from tests.connectors.wechat.posting import signed_post

Query = dict[str, str]
Mutation = Callable[[Query, bytes, int], tuple[Query, bytes]]


@pytest.fixture
def webhook(database_url: str) -> Iterator[Webhook]:
    engine = open_engine(database_url)
    made = settings_for(database_url)
    yield Webhook(made, engine, WeChatClient(made, engine), PushRules(), seconds=0.01)
    engine.dispose()


def received(webhook: Webhook) -> int:
    with reading(webhook._engine) as session:
        return session.execute(sa.select(sa.func.count()).select_from(inbox)).scalar_one()


def in_body(change: Callable[[bytes, int], bytes]) -> Mutation:
    return lambda query, body, at: (query, change(body, 9 + at % (len(body) - 20)))


def in_query(name: str, change: Callable[[str, int], str]) -> Mutation:
    return lambda query, body, at: ({**query, name: change(query[name], at)}, body)


ENCRYPTED = b"<Encrypt>"
SPOILT: list[Mutation] = [
    in_body(lambda body, at: body[:at]),
    in_body(lambda body, at: body[:at] + b"\xff" + body[at + 1:]),
    in_body(lambda body, at: body[:at] + b"</xml>" + body[at:]),
    in_body(lambda body, at: body.replace(b"Encrypt>", b"Decrypt>")),
    in_body(lambda body, at: b"<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>" + body),
    in_body(lambda body, at: body.replace(b"</xml>", b"<Encrypt>AAAA</Encrypt></xml>")),
    in_body(lambda body, at: body.decode().encode("utf-16")),
    in_body(lambda body, at: b""),
    in_body(lambda body, at: b"<xml>" * (at % 3000)),
    in_query("timestamp", lambda value, at: str(int(value) - 301 - at)),
    in_query("timestamp", lambda value, at: value + "0"),
    in_query("nonce", lambda value, at: value + chr(at % 0xD000)),
    in_query("msg_signature", lambda value, at: value[:-1] + ("0" if value[-1] != "0" else "1")),
    in_query("msg_signature", lambda value, at: ""),
    in_query("encrypt_type", lambda value, at: "raw"),
]


@given(st.sampled_from(SPOILT), st.integers(0, 4000))
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nothing_changes_without_a_right_signature(webhook: Webhook, mutation: Mutation, at: int) -> None:
    query, body = mutation(*signed_post("o-1", MsgType="text", Content="查违章", MsgId=1), at)
    with pytest.raises(BadPost):
        asyncio.run(webhook.post(query, body))
    assert received(webhook) == 0


FIELDS = st.dictionaries(
    st.sampled_from(["MsgType", "MsgId", "Content", "Event", "EventKey", "FromUserName", "CreateTime", "ToUserName",
                     "Location_X", "bizmsgmenuid", "MediaId", "Recognition", "Encrypt"]),
    st.sampled_from(["text", "event", "CLICK", "subscribe", "unsubscribe", "user_authorization_revoke", "location",
                     "", "1e999", "-1", "1" * 3000, "../..", "/restart", "o" * 65, "甲" * 300])
    | st.text(alphabet=st.characters(blacklist_categories=("Cs", "Cc")), max_size=40), max_size=8)


@given(FIELDS)
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_signed_post_is_answered_or_refused(webhook: Webhook, fields: dict[str, str]) -> None:
    query, body = signed_post("o-1", **fields)
    try:
        assert asyncio.run(webhook.post(query, body)) == "success"
    except (BadPost, BadDriver):
        assert fields
