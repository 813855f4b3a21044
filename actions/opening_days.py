"""Whether the station is open on the day that was asked about: holidays, shifted working days, now."""

from __future__ import annotations

import datetime
import re
from typing import Any, Dict, List, Mapping, Tuple

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, FollowupAction
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions import records
from actions.presentation import day, local
from actions.turn import Turn
from actions.wanted_times import moment_of, time_named
from traffic.opening_days import opening_spans, why_closed
from traffic.opening_spells import beyond_calendar, holiday_spell, is_shifted, next_open_day

HOURS_QUESTIONS = ("license_service/station_hours", "pay_fine/window_hours")
NOW = re.compile(r"现在|这会儿?|这时候|眼下|目前")
DAY_NAMED = re.compile(r"[今明后]天|明[早晚]|今[早晚]|周|星期|礼拜|[号日]|假期|节")
DATE = re.compile(r"月.{1,3}[号日]")
FESTIVAL = re.compile(r"国庆|元旦|春节|过年|五一|清明|端午|中秋|劳动节|初[一二三四五六七八]|除夕|元宵")
_WE = (r"(?:你们|您们|你|您|咱们?|贵?单位|那边|那里|那儿|这边|这里|交警|大队|中队|队里|队|车管所|所里|窗口|柜台|"
       r"(?:办事|服务|办证|违章|业务)?大厅|检测站|违章|违法|处理|业务|驾驶证|行驶证|年检|办理?|处|的)")
_OPEN = r"(?:上班|上不上班|开门|开不开门?|开放|开着|开|关门|关|下班|放假|放|休息|休|营业|办公|值班|有没有人|有人|在岗)"
_SMALL = (r"(?:吗|么|嘛|呢|啊|呀|吧|不|没有?|还|会|能|可以|在|是|要|请问|问一下|问下|你好|您好|几点钟?|几号|哪天|"
          r"哪一天|什么时候|啥时候|到|开始|照常|正常|都|就|也|有|的|得|了|去|来|过去|过来|一下|[，,。.?？!！~～ ])")
ASKS = re.compile(rf"(?:{_WE}|{_SMALL})*{_OPEN}(?:{_WE}|{_OPEN}|{_SMALL})*")
LONGEST_LIST = 7
Span = Tuple[datetime.time, datetime.time]


class ActionTellOpeningDays(Action):
    """Before the general opening hours: what holds on the day that was named. Says nothing when none was."""

    def name(self) -> str:
        """Rasa's name."""
        return "action_tell_opening_days"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> List[EventType]:
        """Says it instead of what would follow; nothing within a form, which would not be asked again."""
        if (tracker.active_loop or {}).get("name"):
            return []
        about_hours = answer_of(tracker.latest_message) in HOURS_QUESTIONS
        told = tell_opening_days(dispatcher, Turn.of(tracker), about_hours)
        return [FollowupAction("action_listen")] if told else []


def tell_opening_days(dispatcher: CollectingDispatcher, turn: Turn, about_hours: bool = False) -> bool:
    """Whether the words ask for the opening of a day, or `about_hours` says that they do; then it is told."""
    time = time_named(turn)
    said = str(time.get("text") or "") if time else ""
    if not about_hours and not ASKS.fullmatch(NOW.sub("", turn.text.replace(said, "", 1))):
        return False
    if (time and DAY_NAMED.search(said)) or FESTIVAL.search(said):
        return _tell_days(dispatcher, time or {}, said)
    return _tell_now(dispatcher) if NOW.search(turn.text) else False


def answer_of(message: Mapping[str, Any]) -> str:
    """Which question of the answer book was heard, topic/question, or ""."""
    selected = message.get("response_selector") or {}
    found = (selected.get(str((message.get("intent") or {}).get("name"))) or {}).get("response") or {}
    return str(found.get("intent_response_key") or "")


def _tell_days(dispatcher: CollectingDispatcher, time: Mapping[str, Any], said: str) -> bool:
    today = local(records.now()).date()
    starts, ends = (local(moment_of(time[end])) for end in ("from", "to"))
    if ends.date() <= today and DATE.search(said):  # 1月1号 said of a fine has been, of our hours it will be
        starts, ends = (_year_later(end) for end in (starts, ends))
    first, last = starts.date(), (ends - datetime.timedelta(seconds=1)).date()
    over = last < today
    if over and not FESTIVAL.search(said):
        return False
    if over or (beyond_calendar(last) and not _closed_for_holiday(first)):
        dispatcher.utter_message(response="utter_opening_unknown", what=said)
    elif first == last or _closed_for_holiday(max(first, today)):
        hours = None if time["grain"] == "day" else (starts.time(), ends.time())
        _tell_day(dispatcher, max(first, today), today, hours, exact=time["grain"] == "hour")
    elif (last - first).days < LONGEST_LIST:
        days = [first + datetime.timedelta(days=count) for count in range((last - first).days + 1)]
        dispatcher.utter_message(response="utter_opening_list",
                                 lines=[_line(each, today) for each in days if each >= today])
    else:
        return False
    return True


def _year_later(moment: datetime.datetime) -> datetime.datetime:
    leap_day = (moment.month, moment.day) == (2, 29)
    return moment.replace(year=moment.year + 1, day=28) if leap_day else moment.replace(year=moment.year + 1)


def _tell_day(dispatcher: CollectingDispatcher, asked: datetime.date, today: datetime.date, hours: Span | None,
              exact: bool) -> None:
    spans = opening_spans(asked)
    if not spans:
        return _tell_closed(dispatcher, asked, today)
    within = _within(spans, hours)
    within = spans if within and exact else within
    how = "shifted" if is_shifted(asked) else "on" if within == spans else "partly" if within else "not_then"
    dispatcher.utter_message(response=f"utter_opening_{how}", day=day(asked, today), spans=_shown(within or spans))


def _tell_closed(dispatcher: CollectingDispatcher, asked: datetime.date, today: datetime.date) -> None:
    holiday = _closed_for_holiday(asked)
    first, last = holiday_spell(asked) if holiday else (asked, asked)
    after = next_open_day(last)
    if after is None or (holiday and beyond_calendar(after)):
        dispatcher.utter_message(response="utter_opening_holiday_open_end", day=day(last, today))
        return
    how = "weekly" if not holiday else "holiday" if first == last else "holidays"
    dispatcher.utter_message(response=f"utter_opening_closed_{how}", day=day(asked, today), first=day(first, today),
                             last=day(last, today), after=day(after, today), spans=_shown(opening_spans(after)))


def _tell_now(dispatcher: CollectingDispatcher) -> bool:
    now = local(records.now())
    today = now.date()
    left = [span for span in opening_spans(today) if span[1] > now.time()]
    if left and left[0][0] <= now.time():
        dispatcher.utter_message(response="utter_opening_now", until=f"{left[0][1]:%H:%M}")
    elif left:
        dispatcher.utter_message(response="utter_opening_later_today", spans=_shown(left))
    else:
        after = next_open_day(today)
        dispatcher.utter_message(response="utter_opening_not_now", after=day(after, today) if after else "",
                                 spans=_shown(opening_spans(after)) if after else "")
    return True


def _line(each: datetime.date, today: datetime.date) -> Dict[str, str]:
    spans = opening_spans(each)
    how = "holiday" if _closed_for_holiday(each) else "closed" if not spans else "open"
    return {"say": f"utter_opening_line_{how}", "day": day(each, today), "spans": _shown(spans)}


def _closed_for_holiday(each: datetime.date) -> bool:
    return why_closed(each, each) == "holiday"


def _within(spans: List[Span], hours: Span | None) -> List[Span]:
    """The part of the opening that lies in the hours; a span that ends at midnight lasts to the end of the day."""
    if hours is None:
        return spans
    begins, ends = hours[0], hours[1] if hours[1] > hours[0] else datetime.time.max
    return [(max(opens, begins), min(closes, ends)) for opens, closes in spans if opens < ends and begins < closes]


def _shown(spans: List[Span]) -> str:
    return "、".join(f"{opens:%H:%M}—{closes:%H:%M}" for opens, closes in spans)
