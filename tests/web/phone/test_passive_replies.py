from __future__ import annotations

import time
from typing import Callable

import pytest
from wechatpy.crypto import WeChatCrypto

from tests.web.fake_account import ACCOUNT, reply, text_reply
from web.phone.passive_replies import UnreadableReply, read_reply

FIELDS = {"FromUserName": "oDriver1", "ToUserName": ACCOUNT.original_id}


def sealed(xml: str, app_id: str = ACCOUNT.app_id) -> bytes:
    crypto = WeChatCrypto(ACCOUNT.token, ACCOUNT.encoding_aes_key, app_id)
    return crypto.encrypt_message(xml, "nonce", str(int(time.time()))).encode()


def read(xml: str) -> tuple[str, dict]:
    found = read_reply(sealed(xml), ACCOUNT, "oDriver1")
    assert found is not None
    return found.kind, found.content


@pytest.mark.parametrize("body", [b"", b"success", b" success\n"])
def test_nothing_to_say_is_no_reply(body: bytes) -> None:
    assert read_reply(body, ACCOUNT, "oDriver1") is None


def test_a_text_sealed_by_wechatpy_is_read() -> None:
    assert read(text_reply(FIELDS, "您好")) == ("text", {"content": "您好"})


def test_of_several_articles_the_first_is_shown() -> None:
    item = "<item><Title>{}</Title><Description>d</Description><PicUrl>p</PicUrl><Url>u</Url></item>"
    articles = item.format("一") + item.format("二")
    kind, content = read(reply(FIELDS, f"<MsgType>news</MsgType><ArticleCount>2</ArticleCount>"
                                       f"<Articles>{articles}</Articles>"))
    assert kind == "news"
    assert content["articles"] == [{"title": "一", "description": "d", "picurl": "p", "url": "u"}]


def test_a_transfer_to_the_desk_is_read() -> None:
    found = read(reply(FIELDS, "<MsgType>transfer_customer_service</MsgType>"))
    assert found == ("transfer_customer_service", {"kf_account": ""})


UNREADABLE: dict[str, Callable[[], bytes]] = {
    "not XML": lambda: b'{"text": "hello"}',
    "not encrypted": lambda: b"<xml><MsgType>text</MsgType></xml>",
    "DOCTYPE": lambda: b"<!DOCTYPE a><xml></xml>",
    "MsgSignature": lambda: sealed(text_reply(FIELDS, "x")).replace(b"Signature><![CDATA[", b"Signature><![CDATA[0"),
    "another app id": lambda: sealed(text_reply(FIELDS, "x"), app_id="wx-someone-else"),
    "ToUserName": lambda: sealed(text_reply({**FIELDS, "FromUserName": "oDriver2"}, "x")),
    "0 bytes": lambda: sealed(text_reply(FIELDS, "")),
    "2049 bytes": lambda: sealed(text_reply(FIELDS, "长" * 683)),
    "unknown": lambda: sealed(reply(FIELDS, "<MsgType>hologram</MsgType>")),
    "without MediaId": lambda: sealed(reply(FIELDS, "<MsgType>image</MsgType>")),
}


@pytest.mark.parametrize("why", UNREADABLE)
def test_what_wechat_would_not_understand_is_refused(why: str) -> None:
    with pytest.raises(UnreadableReply, match=why):
        read_reply(UNREADABLE[why](), ACCOUNT, "oDriver1")


def test_a_text_of_2048_bytes_is_still_read() -> None:
    assert read(text_reply(FIELDS, "长" * 682 + "ab"))[0] == "text"
