"""Photos as evidence: drawn anew (no EXIF, nothing hidden behind), kept once under their hash below `var/photos`."""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import io
import os
import pathlib
import re
import tempfile
from typing import Set

from PIL import Image, ImageOps

from bot.settings import VAR
from traffic.errors import PhotoRefused
from traffic.opening_days import station_zone

PHOTOS = VAR / "photos"
MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 40_000_000
LONGEST_SIDE = 2560
FORMATS = ("JPEG", "PNG", "WEBP")
MAGIC = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF")
TAKEN = 0x9003  # EXIF DateTimeOriginal
PATH = re.compile(r"[0-9a-f]{2}/[0-9a-f]{64}\.jpg")


@dataclasses.dataclass(frozen=True)
class Photo:
    """A cleaned photo: JPEG, its hash, and when the phone says it was taken."""

    data: bytes
    sha256: str
    taken_at: datetime.datetime | None = None

    @property
    def path(self) -> str:
        """Where it is kept below PHOTOS."""
        return f"{self.sha256[:2]}/{self.sha256}.jpg"


def clean_photo(data: bytes) -> Photo:
    """A file that somebody uploaded, as a fresh JPEG. Raises PhotoRefused."""
    if len(data) > MAX_BYTES:
        raise PhotoRefused("too_big")
    if not data.startswith(MAGIC):
        raise PhotoRefused("no_picture")
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise PhotoRefused("too_big")
            return as_photo(_drawn_anew(picture), _taken(picture))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise PhotoRefused("no_picture") from None


def as_photo(data: bytes, taken_at: datetime.datetime | None = None) -> Photo:
    """Bytes that are clean already (a channel's) as a photo."""
    return Photo(data, hashlib.sha256(data).hexdigest(), taken_at)


def _drawn_anew(picture: Image.Image) -> bytes:
    upright = ImageOps.exif_transpose(picture).convert("RGB")
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    upright.info.clear()
    fresh = io.BytesIO()
    upright.save(fresh, "JPEG", quality=88)
    return fresh.getvalue()


def _taken(picture: Image.Image) -> datetime.datetime | None:
    told = picture.getexif().get_ifd(0x8769).get(TAKEN)  # the phone's own clock, without its zone
    try:
        return datetime.datetime.strptime(str(told), "%Y:%m:%d %H:%M:%S").replace(tzinfo=station_zone())
    except ValueError:
        return None


def keep(photo: Photo, folder: pathlib.Path | None = None) -> str:
    """Writes it whole or not at all; the same photo again changes nothing. Returns its path below the folder."""
    place = (folder or PHOTOS) / photo.path
    if not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=place.parent, delete=False) as file:
            file.write(photo.data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(file.name, place)
    return photo.path


def read(path: str, folder: pathlib.Path | None = None) -> bytes | None:
    """The file of a kept photo, None when it is gone or the path is none of ours."""
    place = (folder or PHOTOS) / path
    return place.read_bytes() if PATH.fullmatch(path) and place.is_file() else None


def remove_others(in_use: Set[str], before: datetime.datetime, folder: pathlib.Path | None = None) -> int:
    """Deletes files older than `before` that nothing in the records or messages shows any more; how many."""
    place, removed = folder or PHOTOS, 0
    for file in place.glob("??/*.jpg"):
        path = f"{file.parent.name}/{file.name}"
        if path not in in_use and file.stat().st_mtime < before.timestamp():
            file.unlink()
            removed += 1
    return removed
