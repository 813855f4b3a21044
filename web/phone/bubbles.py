"""Turns the content of a passive reply or of a customer-service message into what the chat shows."""

from __future__ import annotations

from typing import Any, Callable, Dict

from web.phone.errors import ApiError
from web.phone.media import Media
from web.phone.segments import segments

Content = Dict[str, Any]
MAX_TEXT_BYTES = 2048


def bubble(kind: str, content: Content, media: Media, now: float) -> Content:
    """The entry's fields for a message of MsgType `kind`. Raises ApiError as custom/send would."""
    if kind in ("image", "voice", "video"):
        return _media(kind, content, media, now)
    if kind not in BUBBLES:
        raise ApiError(40008)
    return {"kind": kind, **BUBBLES[kind](content)}


def _words(content: Content, name: str, required: bool = True) -> str:
    words = content.get(name) or ""
    if not isinstance(words, str):
        raise ApiError(47001)
    if required and not words.strip():
        raise ApiError(44004)
    if len(words.encode("utf-8", "replace")) > MAX_TEXT_BYTES:
        raise ApiError(45002)
    return words


def _text(content: Content) -> Content:
    return {"parts": segments(_words(content, "content"))}


def _news(content: Content) -> Content:
    articles = content.get("articles") or []
    if len(articles) != 1:
        raise ApiError(45008 if articles else 44004)
    article = articles[0]
    return {"title": _words(article, "title"), "description": _words(article, "description", False),
            "picture": article.get("picurl") or "", "url": article.get("url") or ""}


def _menu(content: Content) -> Content:
    choices = [{"id": str(item["id"]), "content": str(item["content"])} for item in content.get("list") or []]
    if not choices:
        raise ApiError(44004)
    return {"head": segments(_words(content, "head_content", False)), "choices": choices,
            "tail": segments(_words(content, "tail_content", False))}


def _titled(content: Content) -> Content:
    return {"title": _words(content, "title", False), "description": _words(content, "description", False),
            "url": content.get("musicurl") or content.get("pagepath") or ""}


def _media(kind: str, content: Content, media: Media, now: float) -> Content:
    medium = media.get(str(content.get("media_id") or ""), now)
    if medium.kind != kind:
        raise ApiError(40007)
    return {"kind": kind, "url": f"/phone/media/{medium.media_id}", "title": content.get("title") or ""}


BUBBLES: Dict[str, Callable[[Content], Content]] = {
    "text": _text, "news": _news, "msgmenu": _menu, "music": _titled, "miniprogrampage": _titled,
}
