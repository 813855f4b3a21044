"""One sentence of an officer as a bulletin: road, section, direction, kind, cause, span of time, detour."""

from __future__ import annotations

import dataclasses
import datetime
import itertools
import re
from typing import Dict, List, Sequence, Tuple

from sqlalchemy.orm import Session

from traffic.recurring import ONE_DAY, Recurring, find_recurring, find_window, kept
from traffic.roads import places, roads
from traffic.spoken_spans import UNTIL_NEWS, Said, find_span
from traffic.weekdays import EVERY_DAY

KIND_WORDS = (
    ("closed", r"全?封闭|封路|封道|封桥|封(?=[一两半\d着了住到掉])|断行|断路|中断|禁行|不通车?|"
                r"不(?:能|让|准)(?:走|过|通行)|管制|关闭|"
               r"禁止(?:一切|所有|任何|机动|过往|社会)*车?辆?通行"),
    ("accident", r"事故|追尾|侧翻|相撞|剐蹭|抛锚"),
    ("works", r"施工|占道|占用|维修|养护|改造|铺沥青|摊铺|抢修|加固"),
    ("weather", r"大?雾|团雾|积水|结冰|积雪|台风|暴雨|暴雪|塌方|落石|能见度"),
    ("jam", r"拥堵|堵车|缓行|缓慢|排队|车多|堵"),
)
DETOUR = re.compile(r"(?:请|可|可以|建议|(?:各类|过往|途经|来往|社会)?车(?:辆|子))*"
                    r"(?:从(?=[^，,。；;]{1,12}(?:下|上|走|绕|通行|进出))|绕行|绕道|绕走|改走|改行|请走|可走|(?<![不能让准慢])走|绕)")
CAUSE = re.compile(r"(?:因为|因|由于|受)(?P<cause>[^，,。；;]{2,40}?)(?:的?影响|[，,。；;]|$)")
JOIN = re.compile(r"\s*(?:至|到|-|—|–|~|～|往|——)\s*")
TOWARDS = re.compile(r"(?:往|去|向|至|到)?(?P<where>[^\s，,。；;往去]{1,8})方向")
BOTH = re.compile(r"双向|双方向|两个方向|来回")
HALF = re.compile(r"半幅|半边|(?<![点时])半封闭|单边|交替|借道|占用?.{0,4}(?:车道|行车道|应急车道)|"
                  r"禁止(?:货车|大车|摩托|三轮)")
ONE_WAY = re.compile(r"单向|单方向")
CLOSING = re.compile(r"(?:需要?|将|实行|实施|进行|采取|予以|临时|双向|全线|全|单向|道路|交通)*"
                     r"(?:封闭|封路|封道|封桥|管制|关闭|禁止(?:一切|所有|机动|过往|社会)*车?辆?通行|断行|中断|封[着了住]|封[一两半\d].*)(?=施工|$)")
REPEATS = re.compile(r"每个?(?:周|星期|礼拜|月)|工作日|双休日|节假日|高峰|"
                     r"每[天日]?(?:早|晚|夜|白天|上午|下午|凌晨|中午)")
SENDING = re.compile(r"(?:车主|周末|双休日|节假日|工作日|夜[间里]|晚上|半夜|白天|早上|中午|今[天晚]|的?时候|[都就先])*"
                     r"(?:别|不要|不用|不必|先不|勿|不)(?:再|给|向|车主|大家|往外)*"
                     r"(?:发(?!生)|推送|通知|提醒|打扰|通报)[^，,。；;]*|"
                     r"每隔?(?:[半一二两三四五六七八九十]|\d+)?个?(?:小时|钟头|分钟|天|日|晚|周)"
                     r"[^，,。；;]{0,4}(?:发|推送|通知|提醒|通报|播报|告诉|更新)[^，,。；;]*")
FREE_AGAIN = re.compile(r"(?:已经?|现已?)(?:全部|全面)?(?:处理完|处置完|清理完|恢复|解除|通车|畅通|开通|抢通|撤除)|"
                        r"解除(?:封闭|管制|交通管制)|恢复正常")
SPOT = re.compile(r"(?:大?桥(?!至|到|往)|隧道|路口|高架|服务区|红绿灯|互通)?(?:出口|入口|出入口)?(?:匝道)?")
SECTION_WORD = re.compile(r"(?:路段|区间|一带|段|之间|附近)")
ADDRESSED = re.compile(r"请|敬请|望|过往|谢谢|注意|提醒|特此|小心|慢")
BLANK = "，,。；;、：: 　（）()的在将从由至到往因"
CLOSED = "封闭"  # the cause where none is said
LEAD = re.compile(r"^口|^期间|^[那这][边里]有?|^(?:发生|出现|有)(?=.{2})")
NOT_NEEDED = re.compile(r"临时|[那这][边里]有?|交通管制|通行|[\s　，,。；;、：:！!（）()的在将从由自起止至到往因受]+|"
                        r"[对于为了和与及后前内实行施进全线双向半幅单各路段一带附近之间现发生道路交通]+")
Names = Dict[str, str]
Mark = Tuple[int, int, str]


@dataclasses.dataclass(frozen=True)
class Reading:
    """What was understood; None or "" where nothing was. `marks` are (start, end, what) in the sentence.

    `days` and `hours` recur within the span. `notes`: daily (other words for what recurs, which stay in the cause),
    sending (how often it is to be
    told, which no bulletin says), one_way, free_again (the sentence ends a bulletin
    rather than makes one). `unread` are the words that nothing was made of.
    """

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
    notes: Tuple[str, ...] = ()
    unread: Tuple[str, ...] = ()
    days: str = EVERY_DAY
    hours: str = ""

    @property
    def missing(self) -> Tuple[str, ...]:
        """What an officer must still fill in: road, cause, starts, direction."""
        found = {"road": self.road, "cause": self.cause, "starts": self.starts,
                 "direction": self.direction or "one_way" not in self.notes}
        return tuple(name for name, value in found.items() if not value)


def read_bulletin(session: Session, sentence: str, now: datetime.datetime) -> Reading:
    """Reads a sentence by the records' own roads and places and their aliases; `now` is aware."""
    road_names = {alias: road.name for road in roads(session) for alias in (road.name, *road.aliases)}
    place_names = {alias: place.name for place in places(session) for alias in (place.name, *place.aliases)}
    return read_with(sentence, road_names, place_names, now)


def read_with(sentence: str, road_names: Names, place_names: Names, now: datetime.datetime) -> Reading:
    """The same with the names given: alias → name."""
    said = sentence.strip()
    text = SENDING.sub(_blank, said)
    again = find_recurring(_without(text, road_names))
    often = list(again.places) if again else []
    when = find_span(_blanked(_without(text, road_names), often), now)
    around = DETOUR.search(text)
    while around and not _names_in(text[around.end():], road_names) and not _names_in(text[around.end():], place_names):
        around = DETOUR.search(text, around.end())
    head = text[:around.start()] if around else text
    on = _names_in(head, road_names)[:1]
    times = [*(when.places if when else ()), *often]
    taken = [(s, e) for s, e, _ in on] + times
    when, again = _hours_apart(when, again, _without(text, road_names))
    often = list(again.places if again else ())
    times = [*(when.places if when else ()), *often]
    spots = [spot for spot in _names_in(head, place_names) if not _overlaps(spot, taken)]
    section, direction, one_way, towards = _section(head, spots)
    detour, past = _detour(text, around, road_names, place_names)
    kind, word = _kind(head)
    spans = [*((s, e, "road") for s, e, _ in on), *((s, e, "section") for s, e, _ in section),
             *((s, e, "hours" if (s, e) in often else "time") for s, e in times),
             *([(*towards, "direction")] if towards else []), *([(*past, "detour")] if past else [])]
    parts = _cause(head, spans, _exact(head, section), kind)
    marks = [*spans, *_where(head, parts, spans)]
    marks += [(*word, "kind")] if word and not _overlaps((*word, ""), [(s, e) for s, e, _ in marks]) else []
    names = [name for _, _, name in section] + [None, None]
    return Reading(on[0][2] if on else None, names[0], names[1], direction, one_way, kind,
                   "，".join(parts) or CLOSED * (kind == "closed"),
                   when.since if when else None, when.until if when else None, detour, tuple(sorted(marks)),
                   _notes(said, _blanked(head, often), direction), _unread(said, marks),
                   again.days if again else EVERY_DAY, again.hours if again else "")


def _hours_apart(when: Said | None, again: Recurring | None, text: str) -> Tuple[Said | None, Recurring | None]:
    """Days and hours that stand apart (12月1日因马拉松6点半到11点): one day from then to then, or hours of days."""
    hours = None if again or when is None else find_window(_blanked(text, when.places))
    if when is None or hours is None or not when.whole_days:
        return when, again
    if when.until is None or when.until - when.since > ONE_DAY:
        return when, Recurring(EVERY_DAY, kept([hours[2]]), (hours[:2],))
    begins, ends = (datetime.datetime.combine(when.since, clock, when.since.tzinfo) for clock in hours[2])
    ends = ends if ends > begins else ends + ONE_DAY
    return dataclasses.replace(when, since=begins, until=ends, tail=hours[:2]), None


def _notes(text: str, head: str, direction: str | None) -> Tuple[str, ...]:
    said = {"daily": REPEATS.search(head), "sending": SENDING.search(text),
            "one_way": ONE_WAY.search(head) and not direction, "free_again": FREE_AGAIN.search(head)}
    return tuple(name for name, found in said.items() if found)


def _unread(text: str, marks: Sequence[Mark]) -> Tuple[str, ...]:
    """What nothing was made of; courtesy and little words don't count."""
    kept = "".join("，" if any(s <= i < e for s, e, _ in marks) else c for i, c in enumerate(text))
    return tuple(part for part in re.split(r"[，,。；;！!]+", kept)
                 if len(NOT_NEEDED.sub("", part)) > 1 and not ADDRESSED.match(part.strip(BLANK)))


def _blank(found: re.Match[str]) -> str:
    return "　" * len(found[0])


def _blanked(text: str, places: Sequence[Tuple[int, int]]) -> str:
    for start, end in places:
        text = text[:start] + "　" * (min(end, len(text)) - start) + text[end:]
    return text


def _exact(head: str, section: Sequence[Tuple[int, int, str]]) -> Tuple[int, int] | None:
    """Where a single place is said more exactly than the records know it: 大汾桥, 杜桥出口匝道."""
    if len(section) != 1:
        return None
    more = SPOT.match(head, section[0][1])
    return (section[0][0], more.end()) if more and more[0] else None


def _where(head: str, parts: Sequence[str], spans: Sequence[Mark]) -> List[Mark]:
    """Where the parts of the cause stand, as far as nothing else stands there."""
    found: List[Mark] = []
    for part in parts:
        at = head.find(part)
        start = max([at, *(e for s, e, _ in [*spans, *found] if s <= at < e)])
        if at >= 0 and not _overlaps((start, at + len(part), ""), [(s, e) for s, e, _ in [*spans, *found]]):
            found.append((start, at + len(part), "cause"))
    return [mark for mark in found if mark[0] < mark[1]]


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
    """Half a road that is closed, or one closed for lorries alone, can be driven on: that is works."""
    for kind, words in KIND_WORDS:
        found = re.search(words, head)
        if found and not (kind == "closed" and HALF.search(head)):
            return kind, found.span()
    return "works", None


def _cause(head: str, spans: Sequence[Mark], exact: Tuple[int, int] | None, kind: str) -> List[str]:
    """What stands behind 因, or else all that is left when what was understood is taken away; in parts."""
    away = [(s, e) for s, e, what in spans if not (what == "section" and exact and exact[0] == s)]
    kept = "".join(" " if any(s <= i < e for s, e in away) else c for i, c in enumerate(head))
    said = CAUSE.search(kept)
    parts = re.split(r"[ ，,。；;]+", kept[slice(*said.span("cause"))] if said else kept)
    parts = [SECTION_WORD.sub("", part).strip(BLANK) for part in parts if not ADDRESSED.match(part.strip(BLANK))]
    parts = [LEAD.sub("", part) for part in parts if len(part) > 1 and not UNTIL_NEWS.fullmatch(part)]
    short = [CLOSING.sub("", part).strip(BLANK) for part in parts] if kind == "closed" else parts
    return [part for part in short if len(part) > 1] or parts
