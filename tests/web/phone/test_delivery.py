from __future__ import annotations

import dataclasses
import struct
import time
import urllib.parse

import pytest
from wechatpy.crypto import WeChatCrypto
from wechatpy.exceptions import InvalidAppIdException, InvalidSignatureException

from tests.web.fake_account import ACCOUNT, FakeAccount, Phone, text_reply, wait_until
from web.phone.spoiling import SPOILS, envelope_spoilt
from web.phone.wechat import OUT_OF_SERVICE


def words(entry: dict) -> str:
    return "".join(part["text"] for part in entry["parts"])


def test_a_text_is_signed_encrypted_and_answered(follower: Phone, fake: FakeAccount) -> None:
    fake.answer = lambda fields: text_reply(fields, "收到：" + fields["Content"])
    follower.act("text", content="查违章")
    assert words(follower.shown()[0]) == "收到：查违章"
    assert fake.posts[-1]["MsgType"] == "text"
    assert fake.queries[-1]["encrypt_type"] == "aes"
    assert fake.queries[-1]["openid"] == follower.openid


def test_success_shows_nothing(follower: Phone, fake: FakeAccount) -> None:
    follower.act("text", content="你好")
    fake.wait_for_posts(2)
    wait_until(lambda: len(follower.record("post")) == 2)
    assert [entry["side"] for entry in follower.state()["entries"]] == ["driver"]


def test_a_slow_account_gets_the_same_message_again(follower: Phone, fake: FakeAccount) -> None:
    fake.delays, fake.answer = [3.0, 0], lambda fields: text_reply(fields, "来晚了")
    follower.fault(path="post", patience=1.0)
    follower.act("text", content="慢")
    assert words(follower.shown()[0]) == "来晚了"
    first, second = fake.posts[1:3]
    assert first == second
    assert fake.queries[1]["msg_signature"] != fake.queries[2]["msg_signature"]
    assert follower.record("post")[1]["why"].startswith("cut after")


def test_after_three_tries_the_driver_hears_that_the_account_is_out_of_order(
        follower: Phone, fake: FakeAccount) -> None:
    fake.delays = [4.0] * 3
    follower.fault(path="post", patience=0.8)
    began = time.monotonic()
    follower.act("text", content="太慢")
    assert words(follower.shown()[0]) == OUT_OF_SERVICE
    assert time.monotonic() - began > 3 * 0.8 - 0.1
    assert [line["attempt"] for line in follower.record("post")[1:]] == [1, 2, 3]


def test_a_failing_account_gets_the_same_message_again(follower: Phone, fake: FakeAccount) -> None:
    fake.status = 503
    follower.fault(path="post", patience=0.8)
    follower.act("text", content="坏了")
    assert words(follower.shown()[0]) == OUT_OF_SERVICE
    assert [line["attempt"] for line in follower.record("post")[1:]] == [1, 2, 3]


def test_an_unreadable_answer_is_not_asked_for_again(follower: Phone, fake: FakeAccount) -> None:
    fake.answer = lambda fields: b'{"reply": "hello"}'
    follower.act("text", content="你好")
    assert words(follower.shown()[0]) == OUT_OF_SERVICE
    assert len(fake.posts) == 2
    assert "not XML" in follower.record("unreadable")[0]["why"]


def test_a_post_can_come_three_times_at_once(follower: Phone, fake: FakeAccount) -> None:
    fake.answer = lambda fields: text_reply(fields, "一次就好")
    follower.fault(path="post", together=3)
    follower.act("text", content="你好")
    follower.shown()
    assert len({post["MsgId"] for post in fake.wait_for_posts(4)[1:]}) == 1
    assert len(follower.shown()) == 1


def test_a_post_can_come_again_after_its_answer(follower: Phone, fake: FakeAccount) -> None:
    follower.fault(path="post", repeat=1)
    follower.act("text", content="你好")
    first, second = fake.wait_for_posts(3)[1:]
    assert first == second


def good(query: str, body: str) -> bool:
    """Whether a post is one that an account must accept."""
    asked = dict(urllib.parse.parse_qsl(query))
    if "<!DOCTYPE" in body or "<Encrypt>" not in body or abs(time.time() - int(asked["timestamp"])) > 300:
        return False
    crypto = WeChatCrypto(ACCOUNT.token, ACCOUNT.encoding_aes_key, ACCOUNT.app_id)
    try:
        return "hello" in crypto.decrypt_message(body, asked["msg_signature"], asked["timestamp"], asked["nonce"])
    except (InvalidSignatureException, InvalidAppIdException, ValueError, struct.error):
        return False


def test_an_unspoilt_post_is_good() -> None:
    assert good(*envelope_spoilt(ACCOUNT, "<xml>hello</xml>", "oDriver1", None))


@pytest.mark.parametrize("spoil", SPOILS)
def test_a_spoilt_post_is_not_good(spoil: str) -> None:
    assert not good(*envelope_spoilt(ACCOUNT, "<xml>hello</xml>", "oDriver1", spoil))


def test_the_address_is_tried_as_the_console_does(follower: Phone, fake: FakeAccount) -> None:
    assert follower.client.post("/stand-in/visit").json() == {"echoed": True}
    fake.account = None  # type: ignore[assignment]
    assert follower.client.post("/stand-in/visit").json() == {"echoed": False}


def test_a_new_key_is_used_at_once(follower: Phone, fake: FakeAccount) -> None:
    key = "ZYXWVUTSRQPONMLKJIHGFEDCBA9876543210abcdefg"
    follower.client.post("/stand-in/account", json={"encoding_aes_key": key})
    fake.account = dataclasses.replace(fake.account, encoding_aes_key=key)
    follower.act("text", content="换钥匙了")
    assert fake.wait_for_posts(2)[-1]["Content"] == "换钥匙了"
