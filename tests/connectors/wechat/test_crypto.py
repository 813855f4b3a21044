from __future__ import annotations

import base64
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.wechat.crypto import Opened, Seal
from connectors.wechat.errors import BadPost, BadSignature
from connectors.wechat.xml import read_xml
from web.phone.ciphers import encrypt, signature

TOKEN, APP = "atesttoken", "wx0123456789abcdef"
NEW, OLD, OTHER = (base64.b64encode(bytes([n]) * 32).decode()[:-1] for n in (1, 2, 3))


def seal(*keys: str) -> Seal:
    return Seal(TOKEN, APP, keys or (NEW, OLD))


def posted(key: str, text: str = "<xml/>", app: str = APP, at: float | None = None) -> tuple[str, str, str, str]:
    timestamp, nonce = str(int(at or time.time())), "n0nce"
    sealed = encrypt(key, text.encode(), app)
    return sealed, signature(TOKEN, timestamp, nonce, sealed), timestamp, nonce


@pytest.mark.parametrize("key", [NEW, OLD])
def test_both_keys_open_and_the_answer_is_closed_with_the_one_that_did(key: str) -> None:
    opened = seal().open(*posted(key, "<xml>你好</xml>"))
    assert opened == Opened("<xml>你好</xml>", base64.b64decode(key + "="))
    answer = read_xml(seal().close("<xml>答</xml>", opened.key))
    again = seal(key).open(answer["Encrypt"], answer["MsgSignature"], answer["TimeStamp"], answer["Nonce"])
    assert again.xml == "<xml>答</xml>"


def test_a_third_key_and_another_account_are_refused() -> None:
    for post in (posted(OTHER), posted(NEW, app="wxffffffffffffffff")):
        with pytest.raises(BadSignature):
            seal().open(*post)


@pytest.mark.parametrize("off", [-301, 302])
def test_an_old_or_future_post_is_refused(off: int) -> None:
    with pytest.raises(BadSignature, match="clock"):
        seal().open(*posted(NEW, at=time.time() + off))


def test_every_signed_part_counts() -> None:
    sealed, signed, timestamp, nonce = posted(NEW)
    for post in ((sealed[:-8] + "AAAAAAA=", signed, timestamp, nonce), (sealed, signed[::-1], timestamp, nonce),
                 (sealed, signed, str(int(timestamp) + 1), nonce), (sealed, signed, timestamp, "other"),
                 (sealed, "é", timestamp, nonce), (sealed, signed, timestamp + "\n", nonce)):
        with pytest.raises(BadSignature):
            seal().open(*post)


@given(st.binary(max_size=200))
@settings(deadline=None)
def test_signed_rubbish_is_refused_and_never_an_exception_of_another_kind(rubbish: bytes) -> None:
    timestamp, sealed = str(int(time.time())), base64.b64encode(rubbish).decode()
    with pytest.raises(BadPost):
        seal().open(sealed, signature(TOKEN, timestamp, "n", sealed), timestamp, "n")
