"""WeChat's side of message encryption: AES-256-CBC, PKCS#7 with blocks of 32, and SHA-1 signatures.

Source: 消息加解密 in WeChat's manual. Written on `cryptography` alone, apart from the connector's.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import struct

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK = 32


class CipherError(Exception):
    """An encrypted text can't be read; the message says at which step."""


def signature(*parts: str) -> str:
    """SHA-1 (hex) of the parts, sorted and joined."""
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()  # noqa: S324  # WeChat's choice


def encrypt(encoding_aes_key: str, message: bytes, app_id: str) -> str:
    """Base64 of: 16 random bytes, length (4 bytes, big-endian), message, app id; padded and encrypted."""
    body = os.urandom(16) + struct.pack(">I", len(message)) + message + app_id.encode()
    missing = BLOCK - len(body) % BLOCK
    encryptor = _cipher(encoding_aes_key).encryptor()
    return base64.b64encode(encryptor.update(body + bytes([missing]) * missing) + encryptor.finalize()).decode()


def decrypt(encoding_aes_key: str, encrypted: str, app_id: str) -> bytes:
    """The message inside `encrypted`. Raises CipherError when a byte of it is not as WeChat would accept."""
    body = _unpad(_decrypted(encoding_aes_key, encrypted))
    if len(body) < 20:
        raise CipherError("shorter than its own head")
    (length,) = struct.unpack(">I", body[16:20])
    message, owner = body[20 : 20 + length], body[20 + length :]
    if len(message) != length or owner != app_id.encode():
        raise CipherError("for another app id")
    return message


def _cipher(encoding_aes_key: str) -> Cipher[modes.CBC]:
    key = base64.b64decode(encoding_aes_key + "=")
    return Cipher(algorithms.AES(key), modes.CBC(key[:16]))


def _decrypted(encoding_aes_key: str, encrypted: str) -> bytes:
    try:
        data = base64.b64decode(encrypted, validate=True)
        decryptor = _cipher(encoding_aes_key).decryptor()
        return decryptor.update(data) + decryptor.finalize()
    except (binascii.Error, ValueError) as error:
        raise CipherError(f"not AES blocks in base64: {error}") from None


def _unpad(body: bytes) -> bytes:
    missing = body[-1] if body else 0
    if not 1 <= missing <= BLOCK or body[-missing:] != bytes([missing]) * missing:
        raise CipherError("wrong padding or wrong key")
    return body[:-missing]
