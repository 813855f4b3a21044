"""An article's HTML as WeChat keeps it: no script, no handlers, and only pictures that were uploaded to WeChat."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser
from typing import List, Optional, Tuple

DROPPED = ("script", "style", "iframe", "object", "embed", "form", "input", "link", "meta", "base")
WITHOUT_END = ("br", "hr", "img")
SAFE = re.compile(r"(https?|tel):", re.I)


class _Kept(HTMLParser):
    def __init__(self, pictures: str) -> None:
        super().__init__(convert_charrefs=True)
        self.out: List[str] = []
        self._pictures, self._inside_dropped = pictures, 0

    def handle_starttag(self, tag: str, attrs: List[Tuple[str, Optional[str]]]) -> None:
        if tag in DROPPED:
            self._inside_dropped += tag not in ("input", "link", "meta", "base", "embed")
            return
        kept = {name: value or "" for name, value in attrs if self._keeps(name, value or "")}
        if tag == "img" and self._pictures not in kept.get("src", ""):
            return
        self.out.append(f"<{tag}{''.join(f' {name}={chr(34)}{html.escape(v)}{chr(34)}' for name, v in kept.items())}>")

    def handle_endtag(self, tag: str) -> None:
        if tag in DROPPED:
            self._inside_dropped = max(self._inside_dropped - 1, 0)
        elif tag not in WITHOUT_END:
            self.out.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if not self._inside_dropped:
            self.out.append(html.escape(data, quote=False))

    @staticmethod
    def _keeps(name: str, value: str) -> bool:
        if name.startswith("on"):
            return False
        if name in ("href", "src"):
            return bool(SAFE.match(value.strip()))
        return name in ("alt", "style", "class", "title")


def kept_html(content: str, pictures: str = "/phone/media/") -> str:
    """What of the HTML stays; `pictures` is in the address of every uploaded one."""
    reader = _Kept(pictures)
    reader.feed(content)
    reader.close()
    return "".join(reader.out)
