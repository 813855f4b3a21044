"""WeChat's signatures and its AES mode (消息加解密), with the checks that wechatpy leaves out."""

from __future__ import annotations

import base64
import binascii
import dataclasses
import hmac
import re
import secrets
import struct
import time
from typing import Optional, Sequence

from wechatpy.crypto import _get_signature
from wechatpy.crypto.base import WeChatCipher
from wechatpy.crypto.pkcs7 import PKCS7Encoder

from connectors.wechat.errors import BadPost, BadSignature

BLOCK = 32  # WeChat pads to 32 bytes, not to AES' 16
TIMESTAMP = re.compile(r"\d{10}")
NONCE = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclasses.dataclass(frozen=True)
class Opened:
    """The XML inside a post and the key (32 bytes) that opened it: the answer is closed with the same."""

    xml: str
    key: bytes


class Seal:
    """Opens posts and closes answers for one account.

    Two keys, because while the key is being changed in WeChat's console posts come under either.
    """

    def __init__(self, token: str, app_id: str, keys: Sequence[str], tolerance: float = 300.0) -> None:
        self._token, self._app_id, self._tolerance = token, app_id, tolerance
        self._keys = [base64.b64decode(key + "=") for key in keys if key]

    def check_visit(self, signature: str, timestamp: str, nonce: str) -> None:
        """Checks the GET by which WeChat's console tries the address. Raises BadSignature."""
        self._check(signature, timestamp, nonce)

    def open(self, encrypted: str, signature: str, timestamp: str, nonce: str) -> Opened:
        """The XML of a post. Raises BadSignature, or BadPost when it is signed but unreadable."""
        self._check(signature, timestamp, nonce, encrypted)
        try:
            sealed = base64.b64decode(encrypted, validate=True)
        except (binascii.Error, ValueError):
            raise BadPost("Encrypt is not base64") from None
        if not sealed or len(sealed) % 16:
            raise BadPost("Encrypt is not a whole number of AES blocks")
        for key in self._keys:
            xml = self._decrypt(sealed, key)
            if xml is not None:
                return Opened(xml, key)
        raise BadSignature("no key opens the message")

    def close(self, xml: str, key: bytes) -> str:
        """The encrypted, signed answer around `xml`."""
        timestamp, nonce = str(int(time.time())), secrets.token_hex(8)
        text = xml.encode()
        plain = secrets.token_bytes(16) + struct.pack(">I", len(text)) + text + self._app_id.encode()
        encrypted = base64.b64encode(WeChatCipher(key).encrypt(PKCS7Encoder.encode(plain))).decode()
        signature = _get_signature(self._token, timestamp, nonce, encrypted)
        return (f"<xml><Encrypt><![CDATA[{encrypted}]]></Encrypt><MsgSignature><![CDATA[{signature}]]></MsgSignature>"
                f"<TimeStamp>{timestamp}</TimeStamp><Nonce><![CDATA[{nonce}]]></Nonce></xml>")

    def _check(self, signature: str, timestamp: str, nonce: str, encrypted: str = "") -> None:
        if not TIMESTAMP.fullmatch(timestamp) or not NONCE.fullmatch(nonce):
            raise BadSignature("timestamp or nonce missing")
        if abs(time.time() - int(timestamp)) > self._tolerance:
            raise BadSignature("timestamp too far from now: is this machine's clock right?")
        right = _get_signature(self._token, timestamp, nonce, encrypted)
        if not hmac.compare_digest(right.encode(), signature.encode("utf-8", "replace")):
            raise BadSignature("wrong signature")

    def _decrypt(self, sealed: bytes, key: bytes) -> Optional[str]:
        """The XML, or None when this key doesn't fit; every length is checked, for padding and size may lie."""
        plain = WeChatCipher(key).decrypt(sealed)
        padding = plain[-1]
        if not 1 <= padding <= BLOCK or plain[-padding:] != bytes([padding]) * padding:
            return None
        content = plain[16:-padding]
        if len(content) < 4:
            return None
        size = struct.unpack(">I", content[:4])[0]
        body, app_id = content[4:4 + size], content[4 + size:]
        if len(body) != size or not hmac.compare_digest(app_id, self._app_id.encode()):
            return None
        try:
            return body.decode("utf-8")
        except UnicodeDecodeError:
            raise BadPost("the message is not UTF-8") from None
