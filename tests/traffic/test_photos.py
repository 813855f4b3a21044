from __future__ import annotations

import datetime
import io
import pathlib

import pytest
from PIL import Image

from traffic import photos
from traffic.errors import PhotoRefused


def jpeg(size: tuple[int, int] = (80, 60), **more: object) -> bytes:
    told = io.BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(told, "JPEG", **more)
    return told.getvalue()


def with_exif() -> bytes:
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9003] = "2026:08:03 09:20:11"
    exif[0x010F] = "SECRETPHONE"
    return jpeg(exif=exif)


def test_exif_is_gone_and_its_time_kept() -> None:
    photo = photos.clean_photo(with_exif())
    assert b"SECRETPHONE" not in photo.data
    assert not Image.open(io.BytesIO(photo.data)).getexif()
    assert photo.taken_at
    assert photo.taken_at.isoformat() == "2026-08-03T09:20:11+08:00"


@pytest.mark.parametrize(("data", "reason"), [
    (b"", "no_picture"), (b"%PDF-1.7 not a picture", "no_picture"), (b"<svg onload=alert(1)>", "no_picture"),
    (b"\xff\xd8\xff\xe0 broken", "no_picture"), (jpeg() + b"\0" * 11 * 1024 * 1024, "too_big"),
    (b"GIF89a" + jpeg()[6:], "no_picture"), (b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "no_picture")])
def test_what_is_no_photo_is_refused_with_its_reason(data: bytes, reason: str) -> None:
    with pytest.raises(PhotoRefused) as refused:
        photos.clean_photo(data)
    assert refused.value.reason == reason


def test_what_is_hidden_behind_the_picture_does_not_stay() -> None:
    assert b"hidden words" not in photos.clean_photo(jpeg() + b"hidden words").data


def test_a_photo_is_kept_once_under_its_hash(tmp_path: pathlib.Path) -> None:
    photo = photos.clean_photo(jpeg())
    assert photos.keep(photo, tmp_path) == photos.keep(photo, tmp_path) == photo.path
    assert [p.name for p in tmp_path.rglob("*") if p.is_file()] == [f"{photo.sha256}.jpg"]
    assert photos.read(photo.path, tmp_path) == photo.data


@pytest.mark.parametrize("path", ["../../etc/passwd", "ab/../x.jpg", "", "aa/" + "a" * 64 + ".jpg"])
def test_only_kept_photos_can_be_read(tmp_path: pathlib.Path, path: str) -> None:
    assert photos.read(path, tmp_path) is None


def test_only_old_photos_that_nothing_shows_leave(tmp_path: pathlib.Path) -> None:
    used, unused = (photos.keep(photos.clean_photo(jpeg((size, 60))), tmp_path) for size in (80, 90))
    now = datetime.datetime.now(datetime.timezone.utc)
    assert photos.remove_others({used}, now - datetime.timedelta(days=1), tmp_path) == 0
    assert photos.remove_others({used}, now + datetime.timedelta(seconds=5), tmp_path) == 1
    assert photos.read(used, tmp_path)
    assert photos.read(unused, tmp_path) is None
