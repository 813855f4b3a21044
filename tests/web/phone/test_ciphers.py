from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wechatpy.crypto import WeChatCrypto

from tests.web.fake_account import ACCOUNT
from web.phone.ciphers import CipherError, decrypt, encrypt, signature

KEY, APP = ACCOUNT.encoding_aes_key, ACCOUNT.app_id


@given(st.binary(max_size=200))
def test_what_is_encrypted_can_be_decrypted(message: bytes) -> None:
    assert decrypt(KEY, encrypt(KEY, message, APP), APP) == message


def test_the_same_message_never_looks_the_same_twice() -> None:
    assert encrypt(KEY, b"hello", APP) != encrypt(KEY, b"hello", APP)


def test_wechatpy_reads_what_is_encrypted_and_signed() -> None:
    encrypted = encrypt(KEY, "<xml>你好</xml>".encode(), APP)
    signed = signature(ACCOUNT.token, "1700000000", "77", encrypted)
    crypto = WeChatCrypto(ACCOUNT.token, KEY, APP)
    post = f"<xml><ToUserName>x</ToUserName><Encrypt>{encrypted}</Encrypt></xml>"
    assert "你好" in crypto.decrypt_message(post, signed, "1700000000", "77")


def test_another_app_id_is_refused() -> None:
    with pytest.raises(CipherError, match="another app id"):
        decrypt(KEY, encrypt(KEY, b"hello", "wx-someone-else"), APP)


@pytest.mark.parametrize("broken", ["", "AAAA", "not base64!", base64.b64encode(b"x" * 48).decode()])
def test_garbage_is_refused(broken: str) -> None:
    with pytest.raises(CipherError):
        decrypt(KEY, broken, APP)


def test_another_key_is_refused() -> None:
    with pytest.raises(CipherError):
        decrypt(KEY[::-1], encrypt(KEY, b"hello", APP), APP)
