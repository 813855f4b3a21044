from __future__ import annotations

import pytest

from web.phone import media
from web.phone.errors import ApiError
from web.phone.media import Media

PNG = b"\x89PNG\r\n\x1a\n" + b"x" * 100


def test_a_picture_lives_three_days() -> None:
    shelf = Media()
    kept = shelf.put("image", PNG, 0)
    assert shelf.get(kept.media_id, 3 * 86400 - 1).data == PNG
    with pytest.raises(ApiError, match="40007"):
        shelf.get(kept.media_id, 3 * 86400)


@pytest.mark.parametrize(("kind", "data", "code"), [
    ("hologram", PNG, 40004), ("image", b"<svg/>", 40005), ("image", b"", 41005),
    ("image", PNG + b"x" * 10 * 1024 * 1024, 40006),
])
def test_what_wechat_would_not_take_is_refused(kind: str, data: bytes, code: int) -> None:
    with pytest.raises(ApiError, match=str(code)):
        Media().put(kind, data, 0)


def test_the_oldest_leaves_when_the_shelf_is_full(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(media, "SHELF_BYTES", 250)
    shelf = Media()
    first, second, third = (shelf.put("image", PNG, 0) for _ in range(3))
    assert shelf.get(second.media_id, 0)
    assert shelf.get(third.media_id, 0)
    with pytest.raises(ApiError, match="40007"):
        shelf.get(first.media_id, 0)
