"""Posts spoilt by their structure: bytes, tags, sizes, encodings, padding, query; the same ones for the same seed."""

from __future__ import annotations

import base64
import dataclasses
import random
import struct
import time
from typing import Any, Callable
from urllib.parse import parse_qsl

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from tests.connectors.wechat.posting import ACCOUNT
from web.phone.posts import addressed, envelope, sealed, to_xml

Query = list[tuple[str, str]]
KEY = base64.b64decode(ACCOUNT.encoding_aes_key + "=")
SIGNED = ("msg_signature", "timestamp", "nonce")


@dataclasses.dataclass
class Post:
    """`right` are the query and the cipher before it was spoilt."""

    query: Query
    body: bytes
    right: tuple[dict[str, str], bytes]
    chunked: bool = False

    @property
    def rightly_signed(self) -> bool:
        """Whether what the signature is about is still what it was."""
        query, cipher = self.right
        given = [(name, value) for name, value in self.query if name in SIGNED]
        return sorted(given) == sorted((name, query[name]) for name in SIGNED) and cipher in self.body


def text_in(number: int, content: str = "查违章") -> dict[str, Any]:
    return {"MsgType": "text", "Content": content, "MsgId": number}


def signed(number: int, xml: str | None = None) -> Post:
    """A right post of one of forty drivers, around `xml` when it is given."""
    openid, now = f"o-{number % 40}", time.time()
    inside = xml or to_xml(addressed(text_in(number), openid, ACCOUNT.original_id, now))
    return as_post(*envelope(ACCOUNT, inside, openid, now))


def as_post(query: str, body: str) -> Post:
    pairs = parse_qsl(query)
    cipher = body.partition("<Encrypt>")[2].partition("</Encrypt>")[0].removeprefix("<![CDATA[").removesuffix("]]>")
    return Post(pairs, body.encode(), (dict(pairs), cipher.encode()))


def spoilt(number: int) -> Post:
    """Post `number` of a run: what is signed is spoilt, or what anybody on the way can reach, or both."""
    chance = random.Random(number)
    beginning = chance.choice(BEGINNINGS)
    post = beginning(number, chance)
    for _ in range(chance.choice((1, 1, 1, 2, 3) if beginning is plain else (0, 0, 0, 1))):
        spoil = chance.choice(SPOILERS)
        spoil(post, chance)
    post.chunked = chance.random() < 0.1
    return post


# Right posts, or rightly signed ones around something wrong.
def plain(number: int, chance: random.Random) -> Post:
    return signed(number)


def odd_fields(number: int, chance: random.Random) -> Post:
    fields = addressed(text_in(number), f"o-{number % 40}", ACCOUNT.original_id, time.time())
    for _ in range(chance.randint(1, 4)):
        fields[chance.choice(FIELDS)] = chance.choice(VALUES)
    return signed(number, to_xml(fields))


def odd_xml(number: int, chance: random.Random) -> Post:
    right = to_xml(addressed(text_in(number), f"o-{number % 40}", ACCOUNT.original_id, time.time()))
    return signed(number, chance.choice(XML)(right))


def odd_cipher(number: int, chance: random.Random) -> Post:
    inside = to_xml(addressed(text_in(number), f"o-{number % 40}", ACCOUNT.original_id, time.time())).encode()
    size, app_id = chance.choice(((len(inside), ACCOUNT.app_id.encode()), (len(inside), b"wx-other"),
                                  (0xFFFFFFFF, ACCOUNT.app_id.encode()), (0, b""), (len(inside) + 5, b"")))
    clear = bytes(16) + struct.pack(">I", size) + inside + app_id
    pad = 32 - len(clear) % 32
    ends = (bytes([pad]) * pad, bytes([pad + 1]) * pad, bytes(pad), b"\x21" * pad, b"\xff" * pad)
    encryptor = Cipher(algorithms.AES(KEY), modes.CBC(KEY[:16])).encryptor()
    closed = encryptor.update(clear + chance.choice(ends)) + encryptor.finalize()
    closed = closed[:chance.choice((len(closed), len(closed), 16, 0, len(closed) - 3))]
    return as_post(*sealed(ACCOUNT, base64.b64encode(closed).decode(), f"o-{number % 40}", time.time()))


BEGINNINGS: list[Callable[[int, random.Random], Post]] = [plain, plain, odd_fields, odd_xml, odd_cipher]
FIELDS = ["MsgType", "MsgId", "Content", "Event", "EventKey", "FromUserName", "CreateTime", "ToUserName", "Location_X",
          "Location_Y", "Label", "bizmsgmenuid", "MediaId", "Recognition", "Encrypt", "Ticket", "ScanCodeInfo"]
VALUES = ["text", "event", "image", "voice", "location", "CLICK", "subscribe", "unsubscribe", "SCAN", "location_select",
          "user_authorization_revoke", "subscribe_msg_popup_event", "", "1e999", "nan", "-1", "9" * 400, "../..",
          "/restart", "／restart", "o" * 65, "甲" * 300, "\u200b/\u202e", "0x10", "1 OR 1=1", "{{7*7}}", "true",
          {"ScanType": "x"}, {"a": {"b": {"c": {"d": {"e": {"f": {"g": "1"}}}}}}}]
XML: list[Callable[[str], str]] = [
    lambda xml: xml[:len(xml) // 2], lambda xml: "<!DOCTYPE x>" + xml, lambda xml: xml * 2, lambda xml: "",
    lambda xml: "<xml>" * 50 + xml, lambda xml: xml.replace("<Content>", "<Content><Content>"),
    lambda xml: xml.replace("</xml>", "<MsgType>event</MsgType></xml>"), lambda xml: xml.replace("CDATA", "CDATB"),
    lambda xml: xml.replace("查违章", "]]>&amp;<![CDATA[\ufffe"), lambda xml: xml.replace("查违章", "长" * 20_000),
    lambda xml: xml.replace("</xml>", "".join(f"<a{n}>1</a{n}>" for n in range(500)) + "</xml>"),
    lambda xml: "\ufeff" + xml, lambda xml: xml,
    lambda xml: xml.replace("<xml>", "<?xml version='1.1' encoding='gbk'?><xml>"), lambda xml: f"<!-- {xml} -->"]


# What anybody on the way may do to a post.
def some_bytes(post: Post, chance: random.Random) -> None:
    at, many = chance.randrange(len(post.body) + 1), chance.randint(0, 4)
    post.body = post.body[:at] + bytes(chance.randrange(256) for _ in range(many)) + post.body[at + many:]


def cut(post: Post, chance: random.Random) -> None:
    post.body = post.body[:chance.randrange(len(post.body) + 1)]


def bigger(post: Post, chance: random.Random) -> None:
    filling = b"<a>" * 9_000 if chance.random() < 0.5 else b" " * chance.choice((100, 60_000, 70_000))
    post.body += filling


def tags(post: Post, chance: random.Random) -> None:
    post.body = post.body.replace(*chance.choice(TAGS))


TAGS = [(b"Encrypt>", b"Decrypt>"), (b"</xml>", b"<Encrypt>AAAA</Encrypt></xml>"), (b"<xml>", b""), (b"]]>", b""),
        (b"<xml>", b"<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><xml>"), (b"<xml>", b"<xml>" * 70),
        (b"ToUserName", b"To\x00UserName"), (b"<Encrypt>", b"<Encrypt><b>")]


def encodings(post: Post, chance: random.Random) -> None:
    text = post.body.decode("utf-8", "replace")
    post.body = text.encode(chance.choice(("utf-16", "utf-32", "utf-7", "utf-8-sig")))


def cipher(post: Post, chance: random.Random) -> None:
    right = post.right[1]
    at = chance.randrange(max(len(right), 1))
    post.body = post.body.replace(right, right[:at] + chance.choice((b"A", b"/", b"=", b"")) + right[at + 1:])


def query(post: Post, chance: random.Random) -> None:
    name, value = chance.choice([*post.query, ("echostr", "1")])
    others = [pair for pair in post.query if pair[0] != name]
    post.query = others + chance.choice((
        [], [(name, "")], [(name, value), (name, value)], [(name, value + "0")], [(name, "甲" + value)],
        [(name, value[:-1])], [(name, "9" * 3000)], [(name, "\x00")], [(name, value.upper())], [("x" + name, value)]))


def stale(post: Post, chance: random.Random) -> None:
    moved = {"timestamp": str(int(time.time()) + chance.choice((-301, -100_000, 301, 10**9)))}
    post.query = [(name, moved.get(name, value)) for name, value in post.query]


SPOILERS: list[Callable[[Post, random.Random], None]] = [
    some_bytes, some_bytes, cut, bigger, tags, tags, encodings, cipher, query, query, stale]
