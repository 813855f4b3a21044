"""An article of ours as a draft at WeChat: its pictures uploaded, its paragraphs as HTML. Errors are the client's."""

from __future__ import annotations

import asyncio
import html
from typing import Sequence

from connectors.wechat.articles import Article, draft_add, upload_cover, upload_news_image
from connectors.wechat.client import WeChatClient
from connectors.wechat.media import BadMedia
from messages.media import PHOTOS

DIGEST_CHARACTERS = 54
WITHOUT_PICTURE = "an article in the history needs a picture"
PICTURE_GONE = "a picture of the article is gone"


async def add_draft(client: WeChatClient, title: str, parts: Sequence[Sequence[object]], pictures: Sequence[str],
                    digest: str = "") -> str:
    """The draft's media id; `parts` are (text, 0) or ("", number of the picture), `pictures` paths below `var/photos`.

    The first picture is the cover. Without `digest` its first words are shown. Raises BadMedia without a picture, too.
    """
    if not pictures:
        raise BadMedia(WITHOUT_PICTURE)
    files = [await asyncio.to_thread(_read, path) for path in pictures]
    addresses = [await upload_news_image(client, data) for data in files]
    content = "".join(f'<p><img src="{html.escape(addresses[int(str(number)) - 1])}"></p>' if number
                      else f"<p>{html.escape(str(text))}</p>" for text, number in parts)
    shown = digest or next((str(text) for text, _ in parts if text), "")
    article = Article(title, content, await upload_cover(client, files[0]), shown[:DIGEST_CHARACTERS])
    return await draft_add(client, [article])


def _read(path: str) -> bytes:
    try:
        return (PHOTOS / path).read_bytes()
    except OSError:
        raise BadMedia(PICTURE_GONE) from None
