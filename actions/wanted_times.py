"""Which time is wanted (想约的时间): what the words of an answer change, and whether the station is open then."""

from __future__ import annotations

import datetime
import re
from typing import Any, Dict, List, Mapping, Sequence

from sqlalchemy.orm import Session

from actions import records
from actions.choice_words import (
    asks_for_other_day,
    asks_for_others,
    clocks_in,
    only_part_of_day,
    other_part,
    part_of_day,
    takes_any,
    takes_last,
)
from actions.presentation import local
from actions.turn import Turn
from traffic.appointments import free_slots, why_closed
from traffic.opening_days import FARTHEST_DAYS, day_bounds, local_moment, opening_spans
from traffic.slots import Slot

LONGEST_PICK = 15  # a longer sentence is about something else
DAY = re.compile(r"[今明后昨前]天|今[早晚]|明[早晚]|周|星期|礼拜|[号日月]|下个|\d+天|[一二两三四五六七]天")
SOON = re.compile(r"(?:我|那)?(?:能不能|可以|可不可以)?"
                  r"(?:现在|马上|立刻|立马|这会儿?|这就|等?一?会儿?|半个?小时后|[一1]个?小时(?:之?后|以后))"
                  r"(?:就|能|可以)?(?:要|来|去|过来|过去|到|约|办|检)?(?:行吗|可以吗|能吗|有吗|吗|么|吧)?[?？。!！]*")
WEEKDAY, THIS_WEEK = re.compile(r"(?:周|星期|礼拜)[一二三四五六日天]"), re.compile(r"这|本|上个?(?:周|星期|礼拜)")
Wanted = Dict[str, Any]
"""from, to (ISO), grain; part: morning or afternoon; at: a clock time; after: what was offered until there."""
Offer = Mapping[str, Any]


def has_choice_words(text: str) -> bool:
    """Whether the words pick from an offer, whatever else they may mean elsewhere."""
    picks = asks_for_others(text) or asks_for_other_day(text) or takes_any(text)
    picks = picks or takes_last(text) or other_part(text) is not None
    return only_part_of_day(text) or (picks and len(text) <= LONGEST_PICK)


def time_heard(turn: Turn, wish: Wanted, offered: Sequence[Offer]) -> Dict[str, Any]:
    """What an answer changes: the choice itself, or the wish by which to offer again (then the choice is open)."""
    if turn.value("appointment_slot"):
        return {"chosen_slot": turn.value("appointment_slot")}
    if takes_last(turn.text) and offered:
        return {"chosen_slot": offered[-1]["id"]}
    left = other_part(turn.text)
    if left:
        return _offer_again({**whole_days(wish), "part": left})
    if only_part_of_day(turn.text):
        return _offer_again({**whole_days(wish), "part": part_of_day(turn.text)})
    time = time_named(turn)
    if time and (time["grain"] != "hour" or DAY.search(turn.text)):
        fitting = [o for o in offered if time["grain"] == "hour" and o["starts"] == time["from"]]
        return {"chosen_slot": fitting[0]["id"]} if fitting else _offer_again(time)
    if clocks_in(turn.text):
        return _clock_named(clocks_in(turn.text), wish, offered)
    if asks_for_other_day(turn.text):
        return _offer_again({"from": _day_after(offered)})
    if asks_for_others(turn.text):
        return _offer_again({**wish, "after": offered[-1]["starts"] if offered else None})
    if takes_any(turn.text) and offered:
        return {"chosen_slot": offered[0]["id"]}
    return {}


def _clock_named(clocks: Sequence[str], wish: Wanted, offered: Sequence[Offer]) -> Dict[str, Any]:
    fitting = [o for o in offered if _clock(o["starts"]) in clocks]
    opening = next((c for c in clocks if "07:00" <= c <= "18:00"), clocks[0])
    return {"chosen_slot": fitting[0]["id"]} if fitting else _offer_again({**whole_days(wish), "at": opening})


def time_named(turn: Turn) -> Wanted | None:
    """The time in the words; of 下周找个上午, which is two, the days of the first and the part of the second."""
    times = [t for t in turn.values("time") if isinstance(t, dict) and t.get("from") and t.get("to")]
    if not times:
        return None
    days = next((t for t in times if t.get("grain") == "day"), None)
    part = part_of_day(turn.text) if days and len(times) > 1 else None
    return coming_week(turn.text, {**days, "part": part} if days and part else dict(times[-1]))


def coming_week(text: str, wish: Wanted) -> Wanted:
    """A weekday without a week (礼拜一早上九点) is never the one that is over: then that of the next week."""
    if not WEEKDAY.search(text) or THIS_WEEK.search(text) or moment_of(wish["to"]) > records.now():
        return wish
    week = datetime.timedelta(days=7)
    return {**wish, **{end: (moment_of(wish[end]) + week).isoformat() for end in ("from", "to")}}


def whole_days(wish: Wanted) -> Wanted:
    """The days of a wish, without its hour or part of the day."""
    if not wish.get("from"):
        return {}
    first = day_bounds(local(moment_of(wish["from"])).date())[0].isoformat()
    if not wish.get("to"):
        return {"from": first}
    last = local(moment_of(wish["to"]) - datetime.timedelta(seconds=1)).date()
    return {"from": first, "to": day_bounds(last)[1].isoformat(), "grain": "day"}


def _day_after(offered: Sequence[Offer]) -> str:
    latest = local(moment_of(offered[-1]["starts"])).date() if offered else local(records.now()).date()
    return day_bounds(latest)[1].isoformat()


def _offer_again(wish: Wanted) -> Dict[str, Any]:
    return {"wanted_time": wish, "chosen_slot": None}


def is_bygone(wish: Wanted) -> bool:
    """Whether it was over before today: who opens with it (昨天追尾了, 想约个处理) tells when something happened."""
    return moment_of(wish["to"]) <= day_bounds(local(records.now()).date())[0]


def why_not(wish: Wanted) -> str | None:
    """past, too_far, holiday, weekday_closed or outside_hours when the wanted time is impossible as a whole."""
    if not wish.get("from") or not wish.get("to"):
        return None
    starts, ends = (local(moment_of(wish[key])) for key in ("from", "to"))
    if ends <= records.now():
        return "past"
    today = local(records.now()).date()
    first, last = max(starts.date(), today), (ends - datetime.timedelta(seconds=1)).date()
    days = [first + datetime.timedelta(days=d) for d in range(min(max((last - first).days, 0), FARTHEST_DAYS) + 1)]
    reasons = {why_closed(day, today) for day in days}
    if reasons == {None} and len(days) == 1 and not _open_within(days[0], starts, ends):
        return "outside_hours"
    return next(iter(reasons)) if len(reasons) == 1 else None


def _open_within(day: datetime.date, starts: datetime.datetime, ends: datetime.datetime) -> bool:
    return any(local_moment(day, opens) < ends and starts < local_moment(day, closes)
               for opens, closes in opening_spans(day))


def instead(wish: Wanted, obstacle: str) -> Wanted:
    """After a closed day the days behind it, of a closed hour its day; after a past or too distant one from now on."""
    if obstacle == "outside_hours":
        return whole_days(wish)
    return {"from": wish["from"], "part": wish.get("part")} if obstacle in ("holiday", "weekday_closed") else {}


def wider(wish: Wanted) -> Wanted:
    """From the wanted day on, at any hour."""
    return {} if wish.get("after") or not wish.get("from") else {"from": whole_days(wish)["from"]}


def slots_for(session: Session, kind: str, wish: Wanted, limit: int) -> List[Slot]:
    """Free slots that fit a wish, nearest first; times the asker has already seen are left out."""
    now = records.now()
    earliest = max([now, *(moment_of(wish[key]) for key in ("from",) if wish.get(key))])
    if wish.get("after"):
        earliest = max(earliest, moment_of(wish["after"]) + datetime.timedelta(minutes=1))
    horizon = now + datetime.timedelta(days=FARTHEST_DAYS + 1)
    latest = min(horizon, moment_of(wish["to"])) if wish.get("to") and not wish.get("after") else horizon
    found = free_slots(session, kind, earliest, latest, wish.get("part"), 500 if wish.get("at") else limit, now=now)
    return [s for s in found if not wish.get("at") or _clock(s.starts.isoformat()) == wish["at"]][:limit]


def moment_of(text: str) -> datetime.datetime:
    """The moment of an ISO text."""
    return datetime.datetime.fromisoformat(text)


def _clock(starts: str) -> str:
    return local(moment_of(starts)).strftime("%H:%M")
