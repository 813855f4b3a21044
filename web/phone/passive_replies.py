"""Reads what an account answers to a post: the passive reply (被动回复), checked as strictly as WeChat does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable, Dict, Optional
from xml.etree import ElementTree

from web.phone.account import OfficialAccount
from web.phone.ciphers import CipherError, decrypt, signature

MAX_TEXT_BYTES = 2048


class UnreadableReply(Exception):
    """The account answered something WeChat doesn't understand; the driver sees that the account is out of order."""


@dataclass(frozen=True)
class PassiveReply:
    """A readable reply: `kind` is its MsgType, `content` what custom/send would hold under that name."""

    kind: str
    content: Dict[str, Any]
    xml: str


def read_reply(body: bytes, account: OfficialAccount, openid: str) -> Optional[PassiveReply]:
    """The reply in an HTTP body; None for `success` or an empty one. Raises UnreadableReply, saying what is wrong."""
    if body.strip() in (b"", b"success"):
        return None
    outer = _parse(body)
    encrypted, stamp, nonce = (_text(outer, name) for name in ("Encrypt", "TimeStamp", "Nonce"))
    if not encrypted:
        raise UnreadableReply("not encrypted though the account is in safe mode")
    if _text(outer, "MsgSignature") != signature(account.token, stamp, nonce, encrypted):
        raise UnreadableReply("MsgSignature does not match")
    try:
        xml = decrypt(account.encoding_aes_key, encrypted, account.app_id)
    except CipherError as error:
        raise UnreadableReply(f"Encrypt: {error}") from None
    return _reply(_parse(xml), xml.decode("utf-8", "replace"), account, openid)


def _reply(root: ElementTree.Element, xml: str, account: OfficialAccount, openid: str) -> PassiveReply:
    addressed = (_text(root, "ToUserName"), _text(root, "FromUserName"))
    if addressed != (openid, account.original_id) or not _text(root, "CreateTime").isdigit():
        raise UnreadableReply("ToUserName, FromUserName or CreateTime is wrong")
    kind = _text(root, "MsgType")
    if kind not in READERS:
        raise UnreadableReply(f"MsgType {kind!r} is unknown")
    return PassiveReply(kind, READERS[kind](root), xml)


def _parse(body: bytes) -> ElementTree.Element:
    if b"<!DOCTYPE" in body:
        raise UnreadableReply("a DOCTYPE in XML")
    try:
        return ElementTree.fromstring(body)  # noqa: S314  # the developer's own account, and no DOCTYPE
    except ElementTree.ParseError as error:
        raise UnreadableReply(f"not XML: {error}") from None


def _text(root: Optional[ElementTree.Element], path: str) -> str:
    return (root.findtext(path) or "").strip() if root is not None else ""


def _read_text(root: ElementTree.Element) -> Dict[str, Any]:
    content = root.findtext("Content") or ""
    if not content or len(content.encode()) > MAX_TEXT_BYTES:
        raise UnreadableReply(f"Content has {len(content.encode())} bytes, allowed are 1 to {MAX_TEXT_BYTES}")
    return {"content": content}


def _read_media(name: str) -> Callable[[ElementTree.Element], Dict[str, Any]]:
    def read(root: ElementTree.Element) -> Dict[str, Any]:
        media_id = _text(root, f"{name}/MediaId")
        if not media_id:
            raise UnreadableReply(f"{name} without MediaId")
        return {"media_id": media_id, "title": _text(root, f"{name}/Title")}

    return read


def _read_music(root: ElementTree.Element) -> Dict[str, Any]:
    return {"title": _text(root, "Music/Title"), "description": _text(root, "Music/Description"),
            "musicurl": _text(root, "Music/MusicUrl")}


def _read_news(root: ElementTree.Element) -> Dict[str, Any]:
    items = root.findall("Articles/item")
    if not items or _text(root, "ArticleCount") != str(len(items)):
        raise UnreadableReply("ArticleCount and the number of items differ")
    names = {"title": "Title", "description": "Description", "picurl": "PicUrl", "url": "Url"}
    # WeChat shows the first of several items since October 2018.
    return {"articles": [{key: _text(items[0], name) for key, name in names.items()}]}


def _read_transfer(root: ElementTree.Element) -> Dict[str, Any]:
    return {"kf_account": _text(root, "TransInfo/KfAccount")}


READERS: Dict[str, Callable[[ElementTree.Element], Dict[str, Any]]] = {
    "text": _read_text, "image": _read_media("Image"), "voice": _read_media("Voice"), "video": _read_media("Video"),
    "music": _read_music, "news": _read_news, "transfer_customer_service": _read_transfer,
}
