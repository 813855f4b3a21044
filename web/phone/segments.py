"""Cuts a text into what WeChat shows: plain words, links, and taps that send a text back."""

from __future__ import annotations

import html
import re
from typing import Dict, Iterator, List
from urllib.parse import parse_qs, urlsplit

Segment = Dict[str, str]

ANCHOR = re.compile(r"<a\s[^>]*?href\s*=\s*([\"'])(?P<href>.*?)\1[^>]*>(?P<text>.*?)</a>", re.I | re.S)
ADDRESS = re.compile(r"(?P<url>https?://[^\s<>\"'，。；！？、（）《》【】]+)|(?<!\d)(?P<tel>0\d{2,3}-?\d{7,8}|1[3-9]\d{9})(?!\d)")
SAFE = ("http", "https", "tel")


def segments(text: str) -> List[Segment]:
    """`text` as [{"text"}, {"text", "href"}, {"text", "say", "id"}]; joined texts are what the driver reads."""
    found: List[Segment] = []
    at = 0
    for anchor in ANCHOR.finditer(text):
        found += _bare(text[at : anchor.start()])
        found.append(_anchor(html.unescape(anchor["href"]), html.unescape(anchor["text"])))
        at = anchor.end()
    return found + list(_bare(text[at:]))


def _anchor(href: str, text: str) -> Segment:
    address = urlsplit(href)
    if address.scheme == "weixin" and address.netloc == "bizmsgmenu":
        asked = parse_qs(address.query)
        return {"text": text, "say": asked.get("msgmenucontent", [text])[0], "id": asked.get("msgmenuid", ["0"])[0]}
    return {"text": text, "href": href} if address.scheme in SAFE else {"text": text}


def _bare(text: str) -> Iterator[Segment]:
    at = 0
    for address in ADDRESS.finditer(text):
        if text[at : address.start()]:
            yield {"text": text[at : address.start()]}
        url = address["url"]
        yield {"text": address[0], "href": url or f"tel:{address['tel']}"}
        at = address.end()
    if text[at:]:
        yield {"text": text[at:]}
