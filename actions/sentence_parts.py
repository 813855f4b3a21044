"""A sentence cut into the parts that may be wishes of their own (75省道封路告诉我，晚上十点以后别吵我)."""

from __future__ import annotations

import dataclasses
import itertools
import re
from typing import Any, List, Tuple

from actions.turn import Turn

SIGN = re.compile(r"[，,。；;！!？?\s]+")
NEXT = re.compile(r"(?<=\S)(?=另外|顺便|然后|同时|不过|(?<!不)但是?|可是)")
STILL = r"别|不要|不用|免打扰|勿扰"
THEN_QUIET = re.compile(r"(?:告诉我|通知我|提醒我|发给我|发我|跟我说|的?路况)(?:一声|一下|吧|哦)?"
                        rf"(?=(?:晚|夜|半夜|深夜|中午|午休|睡觉|周末|节假日|[零一二两三四五六七八九十\d]+点).{{0,12}}?(?:{STILL}))")
THEN_NEWS = re.compile(r"(?:(?:别|不要|不用)(?:再|给我)*(?:吵|发|打扰|推|通知)(?:消息|我|了)*|免打扰|勿扰)"
                       r"(?=(?:每天|工作日|周[一二三四五六]|[A-Z]?\d{2,3}).{2,}?(?:告诉|通知|发|提醒))")


@dataclasses.dataclass(frozen=True)
class Part:
    """A part of a sentence with the roads (or else its one place) and the time that were heard in it."""

    text: str
    roads: Tuple[str, ...] = ()
    time: Any = None


def parts(turn: Turn) -> List[Part]:
    """The sentence cut at its signs, at words like 另外, and where one wish follows another without any sign."""
    ends = {0, len(turn.text)} | {at for sign in SIGN.finditer(turn.text) for at in sign.span()}
    ends |= {found.end() for each in (NEXT, THEN_QUIET, THEN_NEWS) for found in each.finditer(turn.text)}
    cuts = sorted(ends)
    return [_part(turn, a, b) for a, b in itertools.pairwise(cuts) if not SIGN.fullmatch(turn.text[a:b])]


def _part(turn: Turn, begins: int, ends: int) -> Part:
    inside = [e for e in turn.entities if begins <= e.get("start", -1) < ends]
    places = [e for e in inside if e.get("entity") == "place"]
    named = [e for e in inside if e.get("entity") == "road"] or (places if len(places) == 1 else [])
    times = [e.get("value") for e in inside if e.get("entity") == "time"]
    return Part(turn.text[begins:ends], tuple(dict.fromkeys(str(e.get("value")) for e in named)),
                times[-1] if times else None)
