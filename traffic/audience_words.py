"""An officer's words about whom a broadcast is for, taken apart until nothing is left that was not understood."""

from __future__ import annotations

import re
from typing import Callable, Dict, List, NamedTuple, Tuple

ALL_OF = re.compile(r"[，,；;。]|并且|而且|同时|且|(?<!^)(?=除(?!外))")
ANY_OF = re.compile(r"[、/]|以及|或者?|还有|(?<!们)[和与及]")
EVERYONE = re.compile(r"所有|全部|全体|全镇|大家|每个人|人人|任何人|粉丝|关注")
EXCEPT = re.compile(r"^(?:除了?|除去|不包括|不含|不要|不发给?|排除)(?P<a>.+?)(?:(?:以|之)?外.{0,6})?$|^(?P<b>.+?)除外$")
NOT = re.compile(r"(?:还|都|也|并)?(?:没有|没|未|不是|不|非)(?:在|有|过)?$")
COUNT = "[一二两三四五六七八九十]"
SPAN = re.compile(r"(?:最近|未来|今后)?"
                  rf"(?P<n>\d{{1,3}}|{COUNT}{{1,2}}|半)个?(?P<of>天|日|周|星期|礼拜|月|年)(?:之|以)?内?")
TIMES = re.compile(rf"(?:超过|满|至少)?(?P<n>\d{{1,2}}|{COUNT})(?:条|次|起|宗|个)(?:及?以上|多)?")
DAYS_OF = {"天": 1, "日": 1, "周": 7, "星期": 7, "礼拜": 7, "月": 30, "年": 365}
DIGITS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
FILLER = re.compile(r"的?(?:那些|凡是?|各位|我们|咱们|本号|公众号|发给|司机|驾驶[员人]|机主|师傅|朋友|用户|群众|市民|"
                    r"老百姓|快要?|马上|即将|就要|已经|有过|自己|[的了人们给有在过是只手车主辆])")
OWNERS = re.compile(r"车主|司机|驾驶[员人]|机主|师傅")
SOON, SOON_LICENSE = 30, 90
CHECK, LICENSE = "(?:年检|检车|审车|车检|验车)", "(?:驾驶证|驾照)"
OVER = "(?:已经|已)?(?:过期|逾期|到期了)"
UNPAID = "(?:还|都)?(?:没有?|未)(?:处理|缴纳?|交|处罚)(?:完|过)?"
CLAUSES: Tuple[Tuple[str, str], ...] = (
    ("inspection_over", rf"{CHECK}(?:{OVER}|没年?检|未年?检)|(?:逾期|过期|到期)(?:没有?|未){CHECK}|脱审|脱检"),
    ("inspection", rf"(?:要|该|需要?)?{CHECK}(?:的?车)?(?:快要?|即将|将)?(?:到期)?"),
    ("license_over", rf"{LICENSE}(?:{OVER}|.{{0,2}}没换证)"),
    ("license", rf"{LICENSE}(?:快要?|即将|将|要|该)*(?:到期|换证)|(?:要|该)?换(?:{LICENSE}|证)"),
    ("licensed", rf"绑定?(?:了|过)?{LICENSE}|{LICENSE}绑定"),
    ("unpaid", rf"(?:{UNPAID}的?)?(?:交通)?(?:违章|违法|罚款|罚单)(?:行为|记录)?(?:{UNPAID})?"),
    ("booked", r"(?:预约|约)(?:了|过|的)?(?:年检|事故处理|事故)?"),
    ("other_plate", r"(?:外地|外省|外市)(?:牌照?|号牌)?(?:的?车辆?)?|非本地牌照?"),
    ("own_plate", r"(?:本地|本市|当地)(?:牌照?|号牌)(?:的?车辆?)?"),
    ("bound", r"(?:绑定?(?:了|过)?|有)(?:自己的)?(?:机动)?车辆?(?!牌)|已?绑定"),
    ("new_energy", r"新能源(?:汽?车)?|绿牌(?:车)?|电动汽车|电车"),
    ("motorcycle", r"(?:开|骑)?摩托(?:车)?|机车"),
    ("lorry", r"(?:开|跑)?(?:大|小|中|重型|轻型)?(?:货车|卡车)|跑运输|货运|大车|泥头车|渣土车"),
    ("ebike", r"(?:骑)?(?:电动自行车|电动车|电瓶车|电驴|非机动车)"),
    ("van", r"面包车"), ("bus", r"(?:大|中)?(?:客车|巴士)"), ("small_car", r"(?:开)?(?:小型?汽?车|轿车|私家车)"),
)
NUMBERED = {"inspection": SOON, "license": SOON_LICENSE}


class Clause(NamedTuple):
    """One thing that is known of a driver; `number` is days, a road's id or how many; `but` turns it round."""

    name: str
    number: int = 0
    but: bool = False


Group = Tuple[Clause, ...]  # all of these
Part = Tuple[bool, Tuple[Group, ...]]  # (turned round, any of these)


def read_words(words: str, roads: Dict[str, int], town: str) -> Tuple[Tuple[Part, ...], Tuple[str, ...]]:
    """(parts, which all hold; words that were not understood). No part for everyone."""
    parts: List[Part] = []
    unknown: List[str] = []
    for said in filter(None, (each.strip(" 　（）()") for each in ALL_OF.split(re.sub(r"[（(]", "，", words)))):
        turned = EXCEPT.match(said)
        groups = _groups((turned["a"] or turned["b"]) if turned else said, roads, town, unknown)
        if turned and any(not group for group in groups):
            unknown.append(said)  # all but everyone
        elif all(groups):
            parts.append((bool(turned), tuple(groups)))
    return tuple(part for part in parts if part[1]), tuple(unknown)


def _groups(said: str, roads: Dict[str, int], town: str, unknown: List[str]) -> List[Group]:
    """Any of these; an empty one is everyone. A place before the first is said of all (本地的摩托车和货车)."""
    of_town = re.match(rf"(?:{_town(town)})的?(?=.*(?:{ANY_OF.pattern}))", said)
    rest = said[of_town.end():] if of_town else said
    more = (Clause("town"),) if of_town else ()
    found = []
    for one in filter(None, (each.strip() for each in ANY_OF.split(rest))):
        group = _group(one, roads, town)
        if group is None:
            unknown.append(one)
        else:
            found.append((*more, *group))
    return found


def _group(said: str, roads: Dict[str, int], town: str) -> Group | None:
    """All that one phrase says; None when something is left over."""
    clauses, rest = _roads(said, roads)
    rest, days = _taken(SPAN, rest, _days)
    for name, pattern in (*CLAUSES, ("town", _town(town))):
        while match := re.search(pattern, rest):
            turned = NOT.search(rest[:match.start()])
            number, cut = NUMBERED.get(name, 0), rest[match.end():]
            if name in NUMBERED and days:
                number, days = days, 0
            if name == "unpaid":
                cut, number = _taken(TIMES, cut, lambda found: _number(found["n"]))
            clauses.append(Clause(name, number, bool(turned)))
            rest = rest[:turned.start() if turned else match.start()] + "　" + cut
    left = EVERYONE.sub("", rest)
    nothing = not FILLER.sub("", re.sub(r"[\s　但却]|到期", "", left)) and not days
    if not nothing:
        return None
    if not clauses and OWNERS.search(rest) and not EVERYONE.search(rest):
        return (Clause("bound"),)
    return tuple(dict.fromkeys(clauses)) if clauses or EVERYONE.search(rest) or re.search("人", rest) else None


def _roads(said: str, roads: Dict[str, int]) -> Tuple[List[Clause], str]:
    """Who hears of a road (订了75省道的), or of any (订了路况的); what is left."""
    found: List[Clause] = []
    for name in sorted(roads, key=len, reverse=True):
        match = re.search(rf"(?P<not>没有?|未|不)?(?:订(?:阅|了|过)*)?{re.escape(name)}(?:的?路况)?", said)
        if match:
            found.append(Clause("road", roads[name], bool(match["not"])))
            said = said[:match.start()] + "　" + said[match.end():]
    match = re.search(r"(?P<not>没有?|未|不)?订(?:阅|了|过)*(?:的?路况)?", said)
    if match and not found:
        found.append(Clause("road", 0, bool(match["not"])))
        said = said[:match.start()] + "　" + said[match.end():]
    return found, said


def _town(town: str) -> str:
    names = f"{re.escape(town)}|{re.escape(town.rstrip('镇乡'))}"
    return rf"住?在?(?:本地|本镇|本乡|镇上|镇里|当地|我们镇|{names})(?:居民|住户)?|居民"


def _taken(pattern: re.Pattern[str], said: str, value: Callable[[re.Match[str]], int]) -> Tuple[str, int]:
    match = pattern.search(said)
    return (said[:match.start()] + said[match.end():], value(match)) if match else (said, 0)


def _days(found: re.Match[str]) -> int:
    return 15 if found["n"] == "半" and found["of"] == "月" else 182 if found["n"] == "半" else (
        _number(found["n"]) * DAYS_OF[found["of"]])


def _number(said: str) -> int:
    """12, 三, 十二, 二十."""
    if said.isdecimal():
        return int(said)
    tens, ten, ones = said.rpartition("十")
    return (DIGITS.get(tens, 1) * 10 if ten else 0) + DIGITS.get(ones, 0)
