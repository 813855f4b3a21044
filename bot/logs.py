"""What processes write about themselves, with every personal number masked before it leaves the process."""

from __future__ import annotations

import logging
import re
import sys
from typing import TextIO

# Plates, identity and licence numbers (18 or 15 places), mobile numbers: wherever they stand, tracebacks included.
PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
PLATE = re.compile(rf"([{PROVINCES}][A-Za-z])[·.\- ]?[A-Za-z0-9]{{4,6}}[挂学警港澳]?")
IDENTITY = re.compile(r"(?<!\d)(\d{4})\d{10,13}[\dXx](?!\d)")
MOBILE = re.compile(r"(?<!\d)(1[3-9]\d)\d{8}(?!\d)")
ESCAPED_PLATE = re.compile(r"(\\u[0-9a-f]{4}[A-Za-z])[A-Za-z0-9]{5,6}(?![A-Za-z0-9])")


def mask(text: str) -> str:
    """The text with the telling part of every personal number replaced by stars."""
    for pattern in (PLATE, ESCAPED_PLATE, IDENTITY, MOBILE):
        text = pattern.sub(r"\1****", text)
    return text


class MaskedStream:
    """A text stream that masks what is written to it; everything else is the stream's own."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Writes the masked text; says how many characters were given."""
        self._stream.write(mask(text))
        return len(text)

    def __getattr__(self, name: str) -> object:
        return getattr(self._stream, name)


def start_logging(level: int = logging.INFO) -> None:
    """To be called first in a process: libraries keep the stream that they find when they are imported.

    The stream is masked and not the loggers, since Rasa, Sanic and TensorFlow each bring handlers of their own.
    """
    sys.stdout, sys.stderr = MaskedStream(sys.stdout), MaskedStream(sys.stderr)
    logging.basicConfig(level=level, stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for chatty in ("httpx", "httpcore", "apscheduler", "matplotlib", "jieba"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
