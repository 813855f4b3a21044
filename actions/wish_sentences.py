"""Several wishes in one sentence: 75省道封路告诉我，晚上十点以后别吵我; 75省道退了，换成224省道."""

from __future__ import annotations

import dataclasses
import re
from typing import Any, Callable, List, Tuple

from actions.quiet_hours import QUIET, SPAN, quiet_wish
from actions.sentence_parts import Part, parts
from actions.spoken_clock import ONE_CLOCK
from actions.turn import Turn
from actions.wishes import (
    CLOCK_SAID,
    CLOSURES,
    DAILY,
    DISTURB,
    LIST,
    LOUD,
    MENTIONS_ROADS,
    MORE,
    NEWS,
    NO_MORE_TAG,
    NO_REMINDER,
    NOT_DAILY,
    NOT_MORE,
    NOT_THEN,
    ONCE,
    REMIND,
    REMINDERS,
    TAG_NEWS,
    TAGS,
    THEN_TOO,
    Wish,
    clock_of,
    is_daily,
    named_days,
    wanted_in,
    wish_in,
)
from traffic.weekdays import without_days

OFF = re.compile(r"别(?:再|给|跟|总|老|发|推|说|吵|通知|告诉|提醒|报|来)|不要(?!紧)|不用|不想|不必|不需要|不收|退|"
                 r"取消|解除|不关注|不订|删|去掉|"
                 r"关(?:掉|了(?!.{0,3}(?:提醒|告诉|通知))|闭|$)|停(?:掉|了|发|推|$)|免了|撤|不走.{0,6}了")
KEPT = re.compile(r"留(?![意心言])|照发|照常|照旧|不变|不动|保持|还(?:是)?要(?![订加])")
REST = re.compile(r"(?:别|剩下)的|其[他它余](?!实)")
ONLY = re.compile(r"[只就单光](?:要|留|保留|剩)")
EXCEPT = re.compile(r"除了|除外|以外")
CHANGED = re.compile(r"(?:改|换|调)(?:成|为|到|回|订)|(?:改|换)(?=[早晚下中上每周工星]|封)")
RESUMED = re.compile(r"恢复(?!通|了)|重新(?:给我)?(?:发|推|订|开)|(?:继续|接着)(?:给我)?(?:发|推)")
EVERYTHING = re.compile(r"路况|订阅|订的|都|全部|所有|统统|一律|全(?:退|停|关)")
ROAD_NEWS = re.compile(r"路况|堵|施工|修路|路上|有情况|有事故|管制|高速|有消息|有事")
HEAR = re.compile(r"告诉|通知|发|推|提醒|说|播|报|讲|叫我|喊我|来消息")
ORDER = re.compile(r"订|关注|加上|加进|盯|留意|开通")
LOUD_THEN = re.compile(r"(?:晚上?|夜里|半夜|中午|睡觉时?).{0,4}(?:可以|能|照常|恢复)(?:再|给我)*(?:发|说|推|吵|通知)")
NEWS_OF_THEM = re.compile(NEWS)
AND_REMINDERS = re.compile(r"(?:订阅|路况|推送)(?:和|、|跟|以及|还有)(?:所有|全部)?的?提醒|"
                           r"提醒(?:和|、|跟|以及|还有)(?:所有|全部)?的?(?:订阅|路况)")
OTHER_REMINDERS = re.compile(r"(?:别|其[他它余])的?提醒|提醒.*提醒")
THAT_ONE = re.compile(r"(?:早上|晚上|每天|天天)(?:的|发的|报的)?(?:那[条个]|路况|推送)")
PART = re.compile(r"早上?|上午|中午|下午|傍晚|晚|夜|凌晨|上班|下班")
NIGHT_OFF = re.compile(r"(?:晚上?|夜里|半夜|深夜|凌晨|中午|午休)时?.{0,2}就?(?:算了|免了|除外|不用|不要|不必)了?$")
EXEMPT = re.compile(r"除外|可以(?:再|照)?(?:发|说|吵)|照发|例外|还是?(?:要|得)(?:发|说)")
DRIVES = re.compile(r"走|跑|开车|经过|路过|上下?班|下班")
TWICE = re.compile(r"早晚(?:各|都|两)|早上?.{0,4}晚上?.{0,3}各")
ALONE = frozenset({"list", "reminders", "quiet", "loud", "closures", "tag", "days", "subscribe", "unsubscribe",
                   "cannot"})
MISTAKEN = ("days", "quiet", "reminders")
ASKS = ("subscribe", "change")


@dataclasses.dataclass
class Heard:
    """A wish and the words that tell of it, in which later parts may be included."""

    wish: Wish
    text: str = ""
    time: Any = None

    def done(self) -> Wish:
        """The wish with what the words want of it."""
        if self.wish.kind not in ASKS or self.wish.wanted:
            return self.wish
        wanted = dict(wanted_in(self.text, self.time))
        change = self.wish.kind == "change"
        if "daily" not in wanted and change and CLOCK_SAID.search(self.text):
            wanted["daily"] = f"{clock_of(self.time, self.text):%H:%M}"
        if change and "daily" in wanted and not PART.search(self.text):
            wanted["either_half"] = True  # 改成八点 of what comes in the evening is eight in the evening
        return dataclasses.replace(self.wish, wanted=wanted)


Sentence = List[Heard]
Read = List[Wish] | None


def wishes_in(turn: Turn) -> List[Wish]:
    """All that is wished for in a sentence when it is more than `wish_in` can say; else nothing."""
    found: Sentence = []
    loose: List[Part] = []
    for part in parts(turn):
        wishes = next((read for reader in READERS for read in [reader(part, found)] if read is not None), None)
        if wishes is None:
            loose += [] if _added(part, found) else [part]
            continue
        found += [_with(loose, part, wish) for wish in wishes]
        loose = [] if wishes else loose
    wishes = _settled(found)
    return wishes if len(wishes) > 1 or any(_beyond_one(wish, turn) for wish in wishes) else []


def _beyond_one(wish: Wish, turn: Turn) -> bool:
    """Whether `wish_in` has no word for it, or takes it for another (每个工作日早上七点告诉我75省道，周末别发)."""
    if wish.kind not in ALONE or len(wish.roads) > 1 or wish.what == "daily":
        return True
    if wish.kind == "unsubscribe" and wish.roads:
        return turn.intent == "subscribe_road"
    if wish.kind == "subscribe" and wish.roads and turn.intent == "unsubscribe_road" and HEAR.search(turn.text):
        return True
    other = wish_in(turn) if wish.kind == "subscribe" else None
    return other is not None and other.kind in MISTAKEN


def _with(loose: List[Part], part: Part, wish: Wish) -> Heard:
    """What stands before a wish without one of its own belongs to it (我每天走沿海高速，封路了告诉我)."""
    if wish.kind not in ASKS:
        return Heard(wish, part.text, part.time)
    roads = wish.roads or tuple(dict.fromkeys(road for each in loose for road in each.roads))
    text = part.text if wish.kind == "change" else "，".join([*(each.text for each in loose), part.text])
    return Heard(dataclasses.replace(wish, roads=roads), text, part.time)


def _added(part: Part, found: Sentence) -> bool:
    """Whether words without a wish belong to what was asked for before (每天七点告诉我，75省道)."""
    asked = _asked(found)
    if not asked:
        return False
    for each in asked if "都" in part.text else asked[-1:]:
        each.text += "，" + part.text
    if part.roads and not asked[-1].wish.roads:
        asked[-1].wish = dataclasses.replace(asked[-1].wish, roads=part.roads)
    return True


def _asked(found: Sentence) -> Sentence:
    return [each for each in found if each.wish.kind in ASKS]


def _settled(found: Sentence) -> List[Wish]:
    """The wishes, each once; days and two hours that were said beside a subscription belong to it."""
    asked = _asked(found)
    days = [each for each in found if each.wish.kind == "days" and not each.wish.what and asked]
    for each in asked:
        each.text += "".join("，" + day.text for day in days)
    wishes: List[Wish] = []
    for each in found:
        wish = each.done()
        if each in days or wish in wishes:
            continue
        if each in asked and wishes and not wish.wanted and "也" in each.text and not MORE.search(each.text):
            wish = dataclasses.replace(wish, wanted=wishes[-1].wanted)  # 75省道封路告诉我，224省道也要
        wishes.append(wish)
    if any(_twice(each) for each in asked):
        wishes.append(Wish("cannot", "utter_one_hour_a_day"))
    return _one_quiet(wishes)


def _one_quiet(wishes: List[Wish]) -> List[Wish]:
    """There is one span of quiet a day: the first that was said, and the driver is told."""
    more = [wish for wish in wishes if wish.kind == "quiet"][1:]
    left = [wish for wish in wishes if not any(wish is each for each in more)]
    return [*left, Wish("cannot", "utter_one_quiet_span")] if more else wishes


def _twice(each: Heard) -> bool:
    if TWICE.search(each.text):
        return True
    return not SPAN.search(each.text) and len({m[0] for m in ONE_CLOCK.finditer(each.text)}) > 1


def _listed(part: Part, before: Sentence) -> Read:
    return [Wish("list")] if LIST.search(part.text) else None


def _loud(part: Part, before: Sentence) -> Read:
    return [Wish("loud")] if LOUD.search(part.text) or LOUD_THEN.search(part.text) else None


def _reminders(part: Part, before: Sentence) -> Read:
    """Reminders of one or more kinds, or of all; road news beside them (路况和年检提醒都不要了)."""
    text, after = part.text, bool(before) and before[-1].wish.kind == "reminders"
    kinds = [name for name, pattern in REMINDERS if re.search(pattern, text)]
    if OFF.search(text) and AND_REMINDERS.search(text) and not kinds:
        return [Wish("unsubscribe"), Wish("reminders", "all", on=False)]
    if part.roads or not ("提醒" in text or (kinds and after)) or (not kinds and MENTIONS_ROADS.search(text)):
        return None
    if NEWS_OF_THEM.search(text) and not kinds and any(each.wish.kind == "tag" for each in before):
        return []  # 我骑电动车，有新规定提醒我
    off = bool(NO_REMINDER.search(text) or OFF.search(text)) and not ONLY.search(text)
    last = before[-1].wish.kind if before else ""
    if kinds and EXCEPT.search(text) and last == "unsubscribe":  # 都别发了，除了年检提醒
        off = True
    if not (off or REMIND.search(text) or KEPT.search(text) or ONLY.search(text) or re.search(r"要|开", text)):
        return None
    roads = [Wish("unsubscribe")] if off and re.search(r"路况", text) else []
    if kinds and (ONLY.search(text) or EXCEPT.search(text)):
        roads = [Wish("unsubscribe")] if EXCEPT.search(text) and not OTHER_REMINDERS.search(text) else []
        return [*roads, *[Wish("reminders", kind) for kind in kinds], Wish("no_other_reminders", "，".join(kinds))]
    if REST.search(text) and after and off:
        return _no_others(before)
    return roads + [Wish("reminders", kind, on=not off) for kind in kinds or ["all"]]


def _no_others(before: Sentence) -> List[Wish]:
    on = [each.wish.what for each in before if each.wish.kind == "reminders" and each.wish.on]
    if any(each.wish.kind == "no_other_reminders" for each in before):
        return []
    return [Wish("no_other_reminders", "，".join(on))] if on else []


def _hushed(part: Part, before: Sentence) -> Read:
    """Hours of quiet; without any the hours are asked for; on some days only they can't be had."""
    text = part.text
    hushed = any(each.wish.kind == "quiet" for each in before)
    if hushed and not part.roads and CLOSURES.search(text) and EXEMPT.search(text):
        return [Wish("cannot", "utter_no_exception_of_quiet")]
    if THAT_ONE.search(text) or not (QUIET.search(text) or NIGHT_OFF.search(text)):
        return None
    hours = None if ONCE.search(text) else quiet_wish(text, part.time)
    if hours and any(named_days(text)):
        return [Wish("cannot", "utter_no_hours_of_days")]
    if hours:
        return [Wish("quiet", quiet=hours)]
    if ONCE.search(text) and NOT_THEN.search(text):
        return [Wish("cannot", "utter_no_single_days")]
    hears_of_no_day = DISTURB.search(text) and not any(named_days(text)) and not part.roads
    return [Wish("cannot", "utter_which_quiet_hours")] if hears_of_no_day else None


def _changed(part: Part, before: Sentence) -> Read:
    """Another hour, kind or day of what is subscribed (改成八点), another road instead of one (换成224省道)."""
    text, roads = part.text, part.roads
    if NOT_DAILY.search(text):
        return [Wish("unsubscribe", "daily", roads=roads)]
    if not CHANGED.search(text) or OFF.search(text):
        return None
    if len(roads) > 1:
        return [Wish("replace", roads[0], roads=roads[1:])]
    last = before[-1].wish if before else None
    if roads and last and last.kind == "unsubscribe" and len(last.roads) == 1:
        before.pop()
        return [Wish("replace", last.roads[0], on=False, roads=roads)]
    if CLOCK_SAID.search(text) or wanted_in(text, part.time):
        if last and last.kind == "quiet" and not ONE_CLOCK.search(before[-1].text):  # 早上别发了，改晚上发
            before.pop()
        return [Wish("change", roads=roads)]
    before_it = text[:CHANGED.search(text).start()]  # type: ignore[union-attr]  # searched above
    return [Wish("replace", roads=roads)] if roads and roads[0] not in before_it else None


def _days(part: Part, before: Sentence) -> Read:
    """Days without road news, or more of them."""
    text, road = part.text, part.roads[0] if part.roads else ""
    wanted, unwanted = named_days(text)
    if (DAILY.search(text) and HEAR.search(text)) or not (wanted or unwanted):
        return None
    if unwanted and not wanted:
        return [Wish("days", road, how="without", days=unwanted)]
    if THEN_TOO.search(text) and not CLOCK_SAID.search(text):
        return [Wish("days", road, how="with", days=wanted)]
    only = Wish("days", road, how="only", days=without_days(wanted, unwanted) or wanted)
    return [only] if NOT_THEN.search(text) else None


def _rest(part: Part, before: Sentence) -> Read:
    """All but these: 只留75省道; 别的都退了 behind what one wants."""
    text, roads = part.text, part.roads
    off, last = bool(OFF.search(text)), before[-1].wish if before else None
    if REST.search(text) and KEPT.search(text) and not off:
        return []
    if EXCEPT.search(text) and roads and not off and _asked(before):
        return [Wish("cannot", "utter_no_road_left_out")]
    hours = CLOCK_SAID.search(text) or any(named_days(text))
    if roads and not (CLOSURES.search(text) or hours) and (ONLY.search(text) or (off and EXCEPT.search(text))):
        return [Wish("others", roads=roads)]
    if not (REST.search(text) and off and last):
        return None
    return _no_rest(before, last)


def _no_rest(before: Sentence, last: Wish) -> Read:
    if last.kind in ("others", "closures", "no_other_reminders"):
        return []
    if last.kind == "reminders":
        return _no_others(before)
    roads = tuple(road for each in before for road in each.wish.roads if each.wish.kind in (*ASKS, "keep"))
    if last.kind == "subscribe" and not roads and CLOSURES.search(before[-1].text):
        before[-1] = Heard(Wish("closures"))  # 以后有封路通知我，别的不用
        return []
    return [Wish("others", roads=roads)] if roads else None


def _given_up(part: Part, before: Sentence) -> Read:
    """No more of these roads, or of any."""
    text, roads = part.text, part.roads
    if not OFF.search(text):
        return None
    if NOT_MORE.search(text) and (roads or not EVERYTHING.search(text)):
        return [Wish("change", roads=roads, wanted={"closures": True})] if roads else None
    if THAT_ONE.search(text):
        return [Wish("unsubscribe", "daily", roads=roads)]
    if CLOSURES.search(text) and not (roads or EVERYTHING.search(text)):
        return [Wish("unsubscribe", "closures")]
    kinds = [kind for kind, said in TAG_NEWS if re.search(said, text)]
    if kinds and NEWS_OF_THEM.search(text):
        return [Wish("tag", kind, on=False) for kind in kinds]
    return _no_more(part, before) if roads or EVERYTHING.search(text) else None


def _no_more(part: Part, before: Sentence) -> Read:
    """我不走75省道了，路况提醒取消: of the road just named, unless all are meant."""
    last = before[-1].wish if before else None
    said = last and not part.roads and not re.search(r"都|全|所有|统统|一律", part.text) and (
        last.kind == "others" or (last.kind == "unsubscribe" and last.roads))
    return [] if said else [Wish("unsubscribe", roads=part.roads)]


def _kept(part: Part, before: Sentence) -> Read:
    """What stays as it is."""
    if not KEPT.search(part.text) or OFF.search(part.text):
        return None
    return [Wish("keep", roads=part.roads)] if part.roads or "路况" in part.text else []


def _resumed(part: Part, before: Sentence) -> Read:
    """What ended begins again as it was."""
    if not RESUMED.search(part.text) or wanted_in(part.text, part.time) or CLOCK_SAID.search(part.text):
        return None
    return [Wish("resume", roads=part.roads)]


def _tags(part: Part, before: Sentence) -> Read:
    """What sort of driver one is, and what one wants to hear of roads beside it (我是货车司机想收封路通知)."""
    text = part.text
    tags = [Wish("tag", name, on=not NO_MORE_TAG.search(text)) for name, said in TAGS if re.search(said, text)]
    named = [kind for kind, said in TAG_NEWS if re.search(said, text)]
    if not tags and named and NEWS_OF_THEM.search(text) and HEAR.search(text) and not part.roads:
        return [Wish("tag", kind) for kind in named]
    if not tags:
        return None
    news = part.roads or CLOSURES.search(text) or ROAD_NEWS.search(text)
    return tags + ((_asked_for(part, before) or []) if news else [])


def _asked_for(part: Part, before: Sentence) -> Read:
    """News of these roads, or of one that is still to be named; without a road, more of what was asked for before."""
    text, roads = part.text, part.roads
    news = is_daily(text) or any(each.search(text) for each in (CLOCK_SAID, CLOSURES, ROAD_NEWS))
    if NOT_MORE.search(text) and not HEAR.search(NOT_MORE.sub("", text)):
        return None
    last = before[-1].wish if before else None
    if last and last.kind == "unsubscribe" and last.what and not roads and HEAR.search(text):
        before[-1] = Heard(Wish("change", roads=last.roads), text, part.time)  # 不要每天发了，封路再告诉我
        return []
    if roads and DRIVES.search(text) and not any(each.search(text) for each in (HEAR, ORDER, CLOSURES)):
        return None  # 我上班走75省道，有封路说一声
    if roads and (news or HEAR.search(text) or ORDER.search(text) or re.search(r"要", text)):
        return [Wish("subscribe", roads=roads)]
    if roads or not ((news and HEAR.search(text)) or (ORDER.search(text) and "路" in text)):
        return None
    return None if _asked(before) else [Wish("subscribe")]


READERS: Tuple[Callable[[Part, Sentence], Read], ...] = (
    _listed, _loud, _reminders, _hushed, _changed, _days, _rest, _given_up, _kept, _resumed, _tags, _asked_for)
