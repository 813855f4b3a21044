"""Temporary media: pictures and the like by media id, for three days, within a bounded memory."""

from __future__ import annotations

import collections
import secrets
from dataclasses import dataclass
from typing import Deque, Dict

from web.phone.errors import ApiError

LIFE = 3 * 86400
MEGABYTE = 1024 * 1024
MAX_BYTES = {"image": 10 * MEGABYTE, "voice": 2 * MEGABYTE, "video": 10 * MEGABYTE, "thumb": 64 * 1024}
SHELF_BYTES = 128 * MEGABYTE
MAGIC = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png", b"GIF8": "image/gif", b"BM": "image/bmp"}


@dataclass(frozen=True)
class Medium:
    """One file; `ends` is when WeChat forgets it (seconds since the epoch)."""

    media_id: str
    kind: str
    content_type: str
    data: bytes
    ends: float


class Media:
    """The shelf of temporary files; the oldest leave when it is full."""

    def __init__(self) -> None:
        self._by_id: Dict[str, Medium] = {}
        self._order: Deque[str] = collections.deque()
        self._bytes = 0

    def put(self, kind: str, data: bytes, now: float, life: float = LIFE) -> Medium:
        """Keeps a file for `life` seconds. Raises ApiError 40004, 40005, 40006 or 41005."""
        if kind not in MAX_BYTES:
            raise ApiError(40004)
        if not data:
            raise ApiError(41005)
        if len(data) > MAX_BYTES[kind]:
            raise ApiError(40006)
        medium = Medium(secrets.token_urlsafe(48), kind, _content_type(kind, data), data, now + life)
        self._keep(medium)
        return medium

    def get(self, media_id: str, now: float) -> Medium:
        """The file. Raises ApiError 40007 when the id is unknown or older than three days."""
        medium = self._by_id.get(media_id)
        if medium is None or medium.ends <= now:
            raise ApiError(40007)
        return medium

    def remove(self, media_id: str) -> None:
        """Throws a file away before its time. Raises ApiError 40007."""
        if media_id not in self._by_id:
            raise ApiError(40007)
        self._order.remove(media_id)
        self._bytes -= len(self._by_id.pop(media_id).data)

    def _keep(self, medium: Medium) -> None:
        self._by_id[medium.media_id] = medium
        self._order.append(medium.media_id)
        self._bytes += len(medium.data)
        while self._bytes > SHELF_BYTES:
            self._bytes -= len(self._by_id.pop(self._order.popleft()).data)


def _content_type(kind: str, data: bytes) -> str:
    if kind not in ("image", "thumb"):
        return {"voice": "audio/amr", "video": "video/mp4"}[kind]
    for magic, content_type in MAGIC.items():
        if data.startswith(magic):
            return content_type
    raise ApiError(40005)
