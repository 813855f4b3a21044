"""Which sentence says why a message could not be understood."""

from __future__ import annotations

import re
from typing import Any, Mapping

LONGEST = 500
NO_WORDS = {"location": "utter_location_received", "image": "utter_image_received", "video": "utter_image_received"}


def why_unclear(text: str, metadata: Mapping[str, Any] | None = None) -> str | None:
    """The response for what is wrong with the message itself (picture, nothing, only signs, too long), or None."""
    for kind, response in NO_WORDS.items():
        if (metadata or {}).get(kind):
            return response
    if not text.strip():
        return "utter_empty"
    if not re.search(r"[^\W_]", text):
        return "utter_only_symbols"
    return "utter_too_long" if len(text) > LONGEST else None
