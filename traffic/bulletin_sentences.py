"""One sentence of an officer as a bulletin: road, section, direction, kind, cause, span of time, detour."""

from __future__ import annotations

import dataclasses
import datetime
import itertools
import re
from typing import Dict, List, Sequence, Tuple

from sqlalchemy.orm import Session

from traffic.roads import places, roads
from traffic.spoken_spans import find_span

KIND_WORDS = (
    ("closed", r"全?封闭|封路|封道|封桥|断行|断路|中断|禁止(?:车辆)?通行|禁行|不通车?|不能走|交通管制"),
    ("accident", r"事故|追尾|侧翻|相撞|剐蹭|抛锚"),
    ("works", r"施工|占道|占用|维修|养护|改造|铺沥青|摊铺|抢修|加固"),
    ("weather", r"大?雾|团雾|积水|结冰|积雪|台风|暴雨|暴雪|塌方|落石|能见度"),
    ("jam", r"拥堵|堵车|缓行|缓慢|排队|车多|堵"),
)
DETOUR = re.compile(r"(?:请|可|可以|建议|过往车辆)*(?:绕行|绕道|绕走|改走|改行|请走|可走|走|绕)")
CAUSE = re.compile(r"(?:因为|因|由于|受)(?P<cause>[^，,。；;]{2,40}?)(?:的?影响|[，,。；;]|$)")
JOIN = re.compile(r"\s*(?:至|到|-|—|–|~|～|往|——)\s*")
TOWARDS = re.compile(r"(?:往|去|向|至|到)?(?P<where>[^\s，,。；;往去]{1,8})方向")
BOTH = re.compile(r"双向|双方向|两个方向|来回")
CLOSING = re.compile(r"(?:需要?|将|实行|实施|进行|采取|予以|临时|双向|全线|全|半幅|单向)*(?:封闭|封路|封道|封桥|"
                     r"交通管制|禁止(?:车辆)?通行|断行)(?:施工)?$")
SECTION_WORD = re.compile(r"(?:路段|区间|一带|段|之间|附近)")
ADDRESSED = re.compile(r"请|敬请|望|过往|谢谢|注意|提醒")
BLANK = "，,。；;、：: 　的在将从由口至到往因"
Names = Dict[str, str]
Mark = Tuple[int, int, str]


@dataclasses.dataclass(frozen=True)
class Reading:
    """What was understood; None or "" where nothing was. `marks` are (start, end, what) in the sentence."""

    road: str | None
    from_place: str | None
    to_place: str | None
    direction: str | None
    one_way: bool
    kind: str
    cause: str
    starts: datetime.datetime | None
    ends: datetime.datetime | None
    detour: str | None
    marks: Tuple[Mark, ...]

    @property
    def missing(self) -> Tuple[str, ...]:
        """What an officer must still fill in: road, cause, starts."""
        found = {"road": self.road, "cause": self.cause, "starts": self.starts}
        return tuple(name for name, value in found.items() if not value)


def read_bulletin(session: Session, sentence: str, now: datetime.datetime) -> Reading:
    """Reads a sentence by the records' own roads and places and their aliases; `now` is aware."""
    road_names = {alias: road.name for road in roads(session) for alias in (road.name, *road.aliases)}
    place_names = {alias: place.name for place in places(session) for alias in (place.name, *place.aliases)}
    return read_with(sentence, road_names, place_names, now)


def read_with(sentence: str, road_names: Names, place_names: Names, now: datetime.datetime) -> Reading:
    """The same with the names given: alias → name."""
    text = sentence.strip()
    when = find_span(_without(text, road_names), now)
    around = DETOUR.search(text)
    while around and not _names_in(text[around.end():], road_names) and not _names_in(text[around.end():], place_names):
        around = DETOUR.search(text, around.end())
    head = text[:around.start()] if around else text
    on = _names_in(head, road_names)[:1]
    taken = [(s, e) for s, e, _ in on] + ([(when.start, when.end)] if when else [])
    spots = [spot for spot in _names_in(head, place_names) if not _overlaps(spot, taken)]
    section, direction, one_way, towards = _section(head, spots)
    detour, past = _detour(text, around, road_names, place_names)
    kind, word = _kind(head)
    spans = [*((s, e, "road") for s, e, _ in on), *((s, e, "section") for s, e, _ in section),
             *([(when.start, when.end, "time")] if when else []), *([(*towards, "direction")] if towards else []),
             *([(*past, "detour")] if past else [])]
    cause = _cause(head, spans, kind)
    at = head.find(cause) if cause else -1
    marks = [*spans, *([(at, at + len(cause), "cause")] if at >= 0 else []),
             *([(*word, "kind")] if word and not (at <= word[0] < at + len(cause)) else [])]
    names = [name for _, _, name in section] + [None, None]
    return Reading(on[0][2] if on else None, names[0], names[1], direction, one_way, kind, cause,
                   when.since if when else None, when.until if when else None, detour, tuple(sorted(marks)))


def _without(text: str, road_names: Names) -> str:
    """The text with its road names blanked: 75省道 is no year, 三门 no hour."""
    for start, end, _ in _names_in(text, road_names):
        text = text[:start] + "　" * (end - start) + text[end:]
    return text


def _names_in(text: str, names: Names) -> List[Tuple[int, int, str]]:
    """(start, end, name) of every name or alias in the text, the longest first where they overlap."""
    found: List[Tuple[int, int, str]] = []
    for alias in sorted(names, key=len, reverse=True):
        for match in re.finditer(re.escape(alias), text):
            if not _overlaps((*match.span(), ""), [(s, e) for s, e, _ in found]):
                found.append((*match.span(), names[alias]))
    return sorted(found)


def _overlaps(one: Tuple[int, int, str], others: Sequence[Tuple[int, int]]) -> bool:
    return any(start < one[1] and one[0] < end for start, end in others)


def _section(head: str, spots: List[Tuple[int, int, str]]) -> Tuple[
        List[Tuple[int, int, str]], str | None, bool, Tuple[int, int] | None]:
    """The places of the section, the direction in words, whether only that direction, and where it is said."""
    towards = TOWARDS.search(head)
    pairs = [(a, b) for a, b in itertools.pairwise(spots) if JOIN.fullmatch(head[a[1]:b[0]])]
    section = list(pairs[0]) if pairs else spots[:1]
    if BOTH.search(head) or not towards:
        return section, None, False, None
    where = next((s for s in spots if s[0] <= towards.start("where") and s[1] >= towards.end("where")), None)
    if where and not pairs:
        section = [spot for spot in spots if spot is not where][:2]
    name = where[2] if where else towards["where"]
    return section, f"往{name}方向", True, towards.span()


def _detour(text: str, around: re.Match[str] | None, road_names: Names,
            place_names: Names) -> Tuple[str | None, Tuple[int, int] | None]:
    if around is None:
        return None, None
    rest = re.split(r"[。；;]", text[around.end():])[0]
    named = _names_in(rest, road_names) or _names_in(rest, place_names)
    return "、".join(name for _, _, name in named), (around.start(), around.end() + named[-1][1])


def _kind(head: str) -> Tuple[str, Tuple[int, int] | None]:
    for kind, words in KIND_WORDS:
        found = re.search(words, head)
        if found:
            return kind, found.span()
    return "works", None


def _cause(head: str, spans: Sequence[Mark], kind: str) -> str:
    """What stands behind 因, or else all that is left when what was understood is taken away."""
    kept = "".join(" " if any(s <= i < e for s, e, _ in spans) else c for i, c in enumerate(head))
    said = CAUSE.search(head)
    parts = re.split(r"[ ，,。；;]+", kept[slice(*said.span("cause"))] if said else kept)
    parts = [SECTION_WORD.sub("", part).strip(BLANK) for part in parts if not ADDRESSED.match(part.strip(BLANK))]
    left = "，".join(part for part in parts if len(part) > 1)
    short = CLOSING.sub("", left) if kind == "closed" else left
    return (short if len(short) > 1 else left).strip(BLANK)
