"""Replies as WeChat shows them: numbered choices, texts cut by bytes, XML of passive replies."""

from __future__ import annotations

import dataclasses
import re
import time
from typing import Mapping, Sequence

from connectors.wechat.xml import cdata
from messages.replies import Choice, Reply

MAX_BYTES = 2000  # WeChat refuses more than 2,048 bytes of UTF-8 (45002)
UNBREAKABLE = re.compile(r"<a\b[^<]*</a>|https?://[\w\-./?%&=#:~+]+|.", re.S)
ENDS = "\n。！？!?；;"


def joined(replies: Sequence[Reply]) -> str:
    """Replies as one text, what may be picked numbered below each."""
    blocks = ([reply.text or "", *(f"{each.number}. {each.title}" for each in reply.choices)] for reply in replies)
    return "\n\n".join("\n".join(line for line in block if line) for block in blocks)


def size(text: str) -> int:
    """Bytes of UTF-8, which is how WeChat counts."""
    return len(text.encode("utf-8"))


def split_text(text: str, limit: int = MAX_BYTES) -> list[str]:
    """The text in parts of at most `limit` bytes, cut at sentence ends where there are any, never in a link."""
    parts: list[str] = []
    while size(text) > limit:
        at = _cut(text, limit)
        parts.append(text[:at].rstrip())
        text = text[at:].lstrip()
    return [part for part in [*parts, text] if part]


def _cut(text: str, limit: int) -> int:
    """Where to cut: after the last sentence end in the second half, else as late as the bytes allow."""
    used = good = position = 0
    for piece in UNBREAKABLE.finditer(text):
        used += size(piece[0])
        if used > limit:
            break
        position = piece.end()
        if piece[0] in ENDS and used > limit // 2:
            good = position
    return good or position or 1


def passive_text(to: str, account: str, text: str) -> str:
    """XML of a text as passive reply (被动回复)."""
    return _passive(to, account, "text", f"<Content>{cdata(text)}</Content>")


def passive_image(to: str, account: str, media: str) -> str:
    """XML of a picture as passive reply."""
    return _passive(to, account, "image", f"<Image><MediaId>{cdata(media)}</MediaId></Image>")


def passive_news(to: str, account: str, article: Mapping[str, str]) -> str:
    """XML of one article (图文消息) as passive reply."""
    tags = (("Title", "title"), ("Description", "description"), ("PicUrl", "picurl"), ("Url", "url"))
    item = "".join(f"<{tag}>{cdata(article[name])}</{tag}>" for tag, name in tags)
    return _passive(to, account, "news", f"<ArticleCount>1</ArticleCount><Articles><item>{item}</item></Articles>")


def passive_transfer(to: str, account: str, agent: str) -> str:
    """XML that gives the driver to an agent of WeChat's own desk (transfer_customer_service)."""
    inside = f"<TransInfo><KfAccount>{cdata(agent)}</KfAccount></TransInfo>"
    return _passive(to, account, "transfer_customer_service", inside)


def _passive(to: str, account: str, kind: str, inside: str) -> str:
    return (f"<xml><ToUserName>{cdata(to)}</ToUserName><FromUserName>{cdata(account)}</FromUserName>"
            f"<CreateTime>{int(time.time())}</CreateTime><MsgType>{cdata(kind)}</MsgType>{inside}</xml>")


def tap_menu(head: str, offered: Sequence[tuple[str, Choice]]) -> dict[str, object]:
    """A `msgmenu`: choices as taps; each id comes back as bizmsgmenuid."""
    return {"head_content": head, "list": [{"id": tap, "content": f"{choice.number}. {choice.title}"}
                                           for tap, choice in offered], "tail_content": ""}


def split_reply(reply: Reply, limit: int = MAX_BYTES) -> list[Reply]:
    """The reply as replies that WeChat takes: its text in parts, its picture apart, its choices with the last text."""
    texts = [Reply(part, purpose=reply.purpose) for part in split_text(reply.text or "", limit)]
    shown = sum(size(choice.title) + 5 for choice in reply.choices)
    if reply.choices and (not texts or size(texts[-1].text or "") + shown > limit):
        texts.append(Reply(purpose=reply.purpose))
    if texts:
        texts[-1] = dataclasses.replace(texts[-1], choices=reply.choices, question=reply.question)
    picture = [Reply(image=reply.image, purpose=reply.purpose)] if reply.image else []
    other = [Reply(custom=reply.custom, purpose=reply.purpose)] if reply.custom else []
    return texts + picture + other
