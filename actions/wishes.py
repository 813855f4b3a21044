"""What a driver wants to hear and when, in words: daily at seven, only closures, not at night, no more."""

from __future__ import annotations

import dataclasses
import datetime
import re
from typing import Any, Mapping, Tuple

from actions.turn import Turn

LIST = re.compile(r"订(?:阅)?了?(?:些|过)?(?:什么|哪些|哪几|啥|哪条|几条)|(?:看看|查看?|列出)?我的订阅(?!取消)|"
                  r"有哪些订阅|开了哪些提醒")
DAILY = re.compile(r"每天|天天|每日|每早|每晚|每个?工作日")
CLOSURES = re.compile(r"封路|封道|封闭|封桥|封没封|不通|断路|管制")
MORE = re.compile(r"路况|堵|施工|事故|情况|动态|信息")
REMINDERS = (("appointment", r"预约"), ("inspection", r"年检|检车|审车"), ("license", r"驾驶证|驾照|换证"),
             ("violation", r"违章|违法"), ("points", r"记分|扣分|满分"), ("ticket", r"工单|投诉|答复"),
             ("case", r"事故"))
NO_REMINDER = re.compile(r"(?:别|不要|不用|不想)(?:再|总|老|一直)?(?:给我)?提醒|"
                         r"提醒.{0,4}(?:关|停|取消|别|不要)|(?:关|停|取消).{0,6}提醒")
REMIND = re.compile(r"(?:恢复|打开|开启|继续|重新).{0,6}提醒")
ROADS_TOO = re.compile(r"路况|封路|堵|施工|订阅")
QUIET = re.compile(r"(?:别|不要|不用)(?:再|来)?(?:发|吵|打扰|推|响)|勿扰|免打扰|安静")
LOUD = re.compile(r"(?:取消|关掉?|不要|解除).{0,3}(?:免打扰|勿扰|安静)")
TAGS = (("motorcycle", r"(?:开|骑)的?(?:是)?摩托|摩托车(?:主|手|司机)"),
        ("lorry", r"(?:开|跑)的?(?:是)?(?:大?货车|卡车|运输)|货车司机"),
        ("ebike", r"骑的?(?:是)?(?:电动|电瓶)车"),
        ("town", r"我?(?:就)?住(?:在)?(?:镇|本镇|杜桥)|本镇(?:人|居民)"))
NO_MORE_TAG = re.compile(r"不(?:开|骑|跑|住)|没(?:开|骑)")
MORNING, EVENING = datetime.time(7, 0), datetime.time(17, 0)


@dataclasses.dataclass(frozen=True)
class Wish:
    """Something about one's subscriptions other than one more road.

    `kind` is list, reminders, quiet, loud or tag; `what` its reminder or tag, `on` whether it is wanted.
    """

    kind: str
    what: str = ""
    on: bool = True
    hours: Tuple[datetime.time, datetime.time] | None = None


def wish_in(turn: Turn) -> Wish | None:
    """The wish of the sentence; None for the plain subscribing or unsubscribing of a road."""
    text = turn.text
    if LIST.search(text):
        return Wish("list")
    if LOUD.search(text):
        return Wish("loud")
    hours = _hours(turn.value("time"))
    if hours and QUIET.search(text) and not DAILY.search(text):
        return Wish("quiet", hours=hours)
    if not ROADS_TOO.search(text) and (NO_REMINDER.search(text) or REMIND.search(text)):
        what = next((name for name, pattern in REMINDERS if re.search(pattern, text)), "all")
        return Wish("reminders", what, on=not NO_REMINDER.search(text))
    tag = next((name for name, pattern in TAGS if re.search(pattern, text)), None)
    if tag and not turn.value("road"):
        return Wish("tag", tag, on=not NO_MORE_TAG.search(text))
    return None


def subscription_in(turn: Turn) -> Mapping[str, Any]:
    """`daily` (HH:MM) and `closures` of a wish to hear about roads; empty for any news at once."""
    found: dict[str, Any] = {}
    if DAILY.search(turn.text):
        found["daily"] = f"{_clock(turn.value('time'), turn.text):%H:%M}"
    elif CLOSURES.search(turn.text) and not MORE.search(turn.text):
        found["closures"] = True
    return found


def _clock(time: Any, text: str) -> datetime.time:
    """The hour that was said; a part of the day alone means its usual hour."""
    if isinstance(time, Mapping) and time.get("grain") == "hour":
        return datetime.datetime.fromisoformat(time["from"]).time()
    return EVENING if re.search(r"晚|下午|傍晚|下班", text) else MORNING


def _hours(time: Any) -> Tuple[datetime.time, datetime.time] | None:
    """A span of clock times or a part of the day (晚上 lasts till morning)."""
    if not isinstance(time, Mapping) or time.get("grain") == "day":
        return None
    begins, ends = (datetime.datetime.fromisoformat(time[end]).time() for end in ("from", "to"))
    if time.get("grain") == "half_day" and begins.hour >= EVENING.hour:
        return datetime.time(21, 0), MORNING
    return None if begins == ends else (begins, ends)
