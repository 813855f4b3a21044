"""Pictures down from WeChat and up to it: streamed, limited, checked by their bytes, and without EXIF."""

from __future__ import annotations

import asyncio
import io

from PIL import Image, ImageOps

from connectors.wechat.client import WeChatClient
from connectors.wechat.errors import WeChatError

MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 40_000_000
FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "BMP")


class BadMedia(WeChatError):
    """Raised when a file is too big or no picture; `reason` is too_big or no_picture."""

    def __init__(self, words: str, reason: str = "no_picture") -> None:
        super().__init__(words)
        self.reason = reason


async def fetch_picture(client: WeChatClient, media: str) -> bytes:
    """`media/get`: a picture that a driver sent, as a fresh JPEG. Raises BadMedia."""
    return await asyncio.to_thread(clean_picture, await client.download("media/get", MAX_BYTES, media_id=media))


async def upload_picture(client: WeChatClient, data: bytes) -> str:
    """`media/upload`: media id of a picture, good for 3 days. Raises BadMedia."""
    cleaned = await asyncio.to_thread(clean_picture, data)
    answer = await client.upload("media/upload", ("picture.jpg", cleaned, "image/jpeg"), type="image")
    return str(answer["media_id"])


def clean_picture(data: bytes) -> bytes:
    """The picture drawn anew as JPEG: place and device (EXIF) and anything hidden behind it stay out."""
    if len(data) > MAX_BYTES:
        raise BadMedia("the picture has more than 10 MB", "too_big")
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise BadMedia("the picture has too many pixels", "too_big")
            fresh = io.BytesIO()
            ImageOps.exif_transpose(picture).convert("RGB").save(fresh, "JPEG", quality=88)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise BadMedia("not a picture") from None
    return fresh.getvalue()

