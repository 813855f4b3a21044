"""Articles (图文): their pictures, drafts, and publishing to the account's history. Errors are the client's."""

from __future__ import annotations

import asyncio
import dataclasses
from typing import Any, Sequence

from connectors.wechat.client import WeChatClient
from connectors.wechat.media import BadMedia, clean_picture

NEWS_PICTURE_BYTES = 1024 * 1024
STATES = ("published", "publishing", "original_failed", "failed", "refused", "deleted", "blocked")
"""By WeChat's publish_status 0 to 6."""


@dataclasses.dataclass(frozen=True)
class Article:
    """One article; `content` is HTML without script, `cover` the media id that `upload_cover` gave."""

    title: str
    content: str
    cover: str
    digest: str = ""
    author: str = ""
    source_url: str = ""

    def as_draft(self) -> dict[str, Any]:
        """WeChat's names for it."""
        return {"article_type": "news", "title": self.title, "author": self.author, "digest": self.digest,
                "content": self.content, "content_source_url": self.source_url, "thumb_media_id": self.cover,
                "need_open_comment": 0, "only_fans_can_comment": 0}


@dataclasses.dataclass(frozen=True)
class Publication:
    """How far publishing is: `state` is one of STATES; with "published" the article's id and addresses are there.

    `failed` are the numbers (from 1) of articles that WeChat didn't take.
    """

    state: str
    article: str = ""
    urls: tuple[str, ...] = ()
    failed: tuple[int, ...] = ()


async def upload_news_image(client: WeChatClient, data: bytes) -> str:
    """`media/uploadimg`: the address of a picture for an article's content; stays for good. Raises BadMedia (> 1 MB).

    Only pictures with such an address are shown in an article.
    """
    cleaned = await asyncio.to_thread(clean_picture, data)
    if len(cleaned) > NEWS_PICTURE_BYTES:
        raise BadMedia("a picture in an article has at most 1 MB", "too_big")
    return str((await client.upload("media/uploadimg", ("picture.jpg", cleaned, "image/jpeg")))["url"])


async def upload_cover(client: WeChatClient, data: bytes) -> str:
    """`material/add_material`: media id of a picture that stays for good, as a draft's cover needs it."""
    cleaned = await asyncio.to_thread(clean_picture, data)
    answer = await client.upload("material/add_material", ("cover.jpg", cleaned, "image/jpeg"), type="image")
    return str(answer["media_id"])


async def delete_material(client: WeChatClient, media: str) -> None:
    """`material/del_material`: makes room; an account keeps 100,000 pictures."""
    await client.call("material/del_material", {"media_id": media})


async def draft_add(client: WeChatClient, articles: Sequence[Article]) -> str:
    """`draft/add`: media id of a new draft of 1 to 8 articles."""
    made = await client.call("draft/add", {"articles": [article.as_draft() for article in articles]})
    return str(made["media_id"])


async def draft_update(client: WeChatClient, draft: str, article: Article, index: int = 0) -> None:
    """`draft/update`: puts the article in place of the one with this number (from 0)."""
    await client.call("draft/update", {"media_id": draft, "index": index, "articles": article.as_draft()})


async def draft_delete(client: WeChatClient, draft: str) -> None:
    """`draft/delete`: throws the draft away."""
    await client.call("draft/delete", {"media_id": draft})


async def draft_count(client: WeChatClient) -> int:
    """`draft/count`: how many drafts there are."""
    return int((await client.call("draft/count"))["total_count"])


async def freepublish_submit(client: WeChatClient, draft: str) -> str:
    """`freepublish/submit`: id of the publishing; PUBLISHJOBFINISH and `freepublish_get` tell how it ends.

    Tells no follower; a mass send does. The draft is gone when it succeeds.
    """
    return str((await client.call("freepublish/submit", {"media_id": draft}))["publish_id"])


async def freepublish_get(client: WeChatClient, publish: str) -> Publication:
    """`freepublish/get`: how far it is."""
    answer = await client.call("freepublish/get", {"publish_id": publish})
    items = (answer.get("article_detail") or {}).get("item") or []
    return Publication(STATES[int(answer["publish_status"])], str(answer.get("article_id", "")),
                       tuple(str(item["article_url"]) for item in items), tuple(answer.get("fail_idx") or ()))


async def freepublish_delete(client: WeChatClient, article: str, index: int = 0) -> None:
    """`freepublish/delete`: takes published articles back; 0 means all of them. Can't be undone."""
    await client.call("freepublish/delete", {"article_id": article, "index": index})
