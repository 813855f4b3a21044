"""What an officer writes from their own phone so that previews come to it: 预览 and six digits, however typed."""

from __future__ import annotations

import re
import unicodedata

WRITTEN = ("预览", "預覽")
WORD = WRITTEN[0]
SAID = re.compile(rf"{WORD}[^\w]*(?:码|号)?[^\w]*(?P<code>\d(?:[\s-]?\d){{3,7}})[^\w]*")


def preview_code(text: str | None) -> str:
    """The digits, also of 預覽４８２ ９１３。 with blanks and marks; "" for any other words."""
    plain = unicodedata.normalize("NFKC", text or "").replace(WRITTEN[1], WORD).strip()
    said = SAID.fullmatch(plain)
    return re.sub(r"\D", "", said["code"]) if said else ""
