"""Rows of the outbox as messages of WeChat: a customer-service message, or the XML of a passive reply."""

from __future__ import annotations

import asyncio
from typing import Any, Optional, Sequence

from bot.settings import ROOT, VAR
from connectors.wechat import media
from connectors.wechat.client import WeChatClient
from connectors.wechat.rendering import joined, passive_image, passive_news, passive_text, tap_menu
from messages.outbox import Outgoing
from messages.replies import Choice, Reply

MEDIA_ID = "media:"  # a picture that WeChat has already
KEPT_PICTURE = "photo:"  # a picture that an officer sent, kept below var/photos
OWN_PICTURES, KEPT_PICTURES = ROOT / "web" / "static", VAR / "photos"


def passive_xml(openid: str, account: str, rows: Sequence[Outgoing]) -> str:
    """The XML of the passive reply that carries the rows."""
    first = rows[0].reply
    if article := news_of(first):
        return passive_news(openid, account, article)
    if first.image and first.image.startswith(MEDIA_ID):
        return passive_image(openid, account, first.image[len(MEDIA_ID):])
    return passive_text(openid, account, joined([row.reply for row in rows]))


async def custom_message(client: WeChatClient, rows: Sequence[Outgoing],
                         taps: Sequence[tuple[str, Choice]]) -> dict[str, Any]:
    """The customer-service message that carries the rows; choices still on offer (`taps`) become a msgmenu.

    Errors are the client's, for a picture has to be uploaded first.
    """
    replies = [row.reply for row in rows]
    last = replies[-1]
    if article := news_of(last):
        return {"msgtype": "news", "news": {"articles": [article]}}
    if last.image:
        return await _picture(client, last.image)
    if last.choices and [choice.title for _, choice in taps] == [choice.title for choice in last.choices]:
        numbers = [(tap, shown) for (tap, _), shown in zip(taps, last.choices, strict=True)]
        return {"msgtype": "msgmenu", "msgmenu": tap_menu(joined([*replies[:-1], Reply(last.text)]), numbers)}
    return {"msgtype": "text", "text": {"content": joined(replies)}}


def news_of(reply: Reply) -> Optional[dict[str, str]]:
    """The one article (图文) in a custom reply `{"news": {"title", "description", "url", "picurl"}}`."""
    news = (reply.custom or {}).get("news")
    if not isinstance(news, dict):
        return None
    return {name: str(news.get(name, "")) for name in ("title", "description", "url", "picurl")}


async def _picture(client: WeChatClient, image: str) -> dict[str, Any]:
    """A picture of ours is uploaded; an address elsewhere is sent as a link, for we fetch nothing from strangers."""
    if image.startswith(MEDIA_ID):
        return {"msgtype": "image", "image": {"media_id": image[len(MEDIA_ID):]}}
    kept = image.startswith(KEPT_PICTURE)
    folder = KEPT_PICTURES if kept else OWN_PICTURES
    path = (folder / image.removeprefix(KEPT_PICTURE if kept else "/static/")).resolve()
    if not path.is_relative_to(folder.resolve()) or not path.is_file():
        return {"msgtype": "text", "text": {"content": image}}
    number = await media.upload_picture(client, await asyncio.to_thread(path.read_bytes))
    return {"msgtype": "image", "image": {"media_id": number}}
