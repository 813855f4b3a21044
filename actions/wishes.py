"""What a driver wants to hear and when, in words: daily at seven, only closures, not at night, no more."""

from __future__ import annotations

import dataclasses
import datetime
import re
from typing import Any, Mapping, Tuple

from actions.quiet_hours import QUIET, QuietWish, quiet_wish
from actions.spoken_clock import ONE_CLOCK, clock_said
from actions.turn import Turn
from traffic.weekdays import EVERY_DAY, HOLIDAYS, WORKING_DAYS, days_in, without_days

LIST = re.compile(r"订(?:阅)?(?:了|的|着)?(?:都|些|过)?(?:有|是)?(?:什么|哪些|哪几|啥|哪条|几条)|"
                  r"(?:哪些|哪几个|什么)提醒|会?给我发(?:些)?(?:什么|啥)|(?:看看|查看?|列出)?我的订阅(?!取消)|"
                  r"看看?(?:一下)?订阅|有哪些订阅|开了哪些提醒")
DAILY = re.compile(r"(?:每天|天天|每日|每早|每晚)(?!.{0,6}(?:走|跑|经过|路过|开车|开到|从))"
                   r"(?!.{0,2}(?:上|下)班(?!前|的?时候|路上))")
NOT_DAILY = re.compile(r"(?:别|不要|不用|不想|不必)(?:再|给我){0,2}(?:每天|天天|每日)")
WEEKLY = re.compile(r"每个?(?:周|星期|礼拜)")
CLOCK_SAID = re.compile(r"[\d零一二两三四五六七八九十][点时:：]|早[上晨]|上午|下午|傍晚|晚上|上班|下班|一早")
CLOSURES = re.compile(r"封路|封了|一封|封道|封闭|封桥|封没封|不通|断路|管制")
MORE = re.compile(r"路况|堵|施工|事故|情况|动态|信息")
NOT_MORE = re.compile(r"(?:堵车?|拥堵|施工|修路|事故|小事)(?:[和、]?(?:堵车?|拥堵|施工|修路|事故))*"
                      r"的?(?:消息|情况)?就?都?(?:不用|不要|别|不必|不需要|算了|就算)[^，,。；;]*")
REMINDERS = (("appointment", r"预约"), ("inspection", r"年检|检车|审车"), ("license", r"驾驶证|驾照|换证"),
             ("violation", r"违章|违法"), ("points", r"记分|扣分|满分"), ("ticket", r"工单|投诉|答复"),
             ("case", r"(?<!有)(?<!出)事故"))
MENTIONS_ROADS = re.compile(r"路况|封路|封道|堵|施工|管制|有事故|订阅|高速")
NO_REMINDER = re.compile(r"(?:别|不要|不用|不想)(?:再|总|老|一直)?(?:给我)?提醒|"
                         r"提醒.{0,4}(?:关|停|取消|别|不要)|(?:关|停|取消).{0,6}提醒")
REMIND = re.compile(r"(?:恢复|打开|开启|继续|重新).{0,6}提醒|提醒.{0,4}(?:恢复|打开|开启|开着)|"
                    r"提醒(?:一下)?我|提醒(?:一)?声|(?<!不)(?:要|继续|照样)提醒")
ROADS_TOO = re.compile(r"路况|封路|堵|施工|订阅")
NOT_THEN = re.compile(r"(?:别|不要|不用|不想|不必|不需要|不)(?:再|来|给我|跟我|用|要|想){0,3}"
                      r"(?:发|说|吵|打扰|推|响|通知|告诉|提醒|听|看|收|播|报)|"
                      r"除了|除外|免打扰|勿扰|安静|(?:停|歇)(?:发|掉|了|$)|不用$|不要$")
THEN_TOO = re.compile(r"也(?:要|发|给|说|告诉|通知|可以|行)|恢复")
ONCE = re.compile(r"今天|明天|后天|[这本下]个?(?:周|星期|礼拜|月)|这[几两]天|国庆|春节|过年|五一|元旦|中秋|端午|清明")
DAY_WORD = re.compile(r"(?:周|星期|礼拜)[一二三四五六日天末]")
ASKED = re.compile(r"告诉|发|报|播|提醒|通知|说|推")
ONE_DAY = re.compile(r"今[天晚早]|明[天晚早]|后天|[这下]个?(?:周|星期|礼拜)")
HOUR = re.compile(ONE_CLOCK.pattern + r"(?!钟?(?:以?[后前]|之[后前]|过|到|至|[-—~])).*(?:告诉|发|报|播|推|说)")
DISTURB = re.compile(r"(?:别|不要|不许)(?:再|总|老|来)?(?:吵|打扰)")
QUIETER_BY = re.compile(r"退|取消|路况|封路|堵")
CLAUSE = re.compile(r"[，,。；; ！!]")
LOUD = re.compile(r"(?:取消|关掉?|不要|解除).{0,3}(?:免打扰|勿扰|安静)|"
                  r"(?:免打扰|勿扰)(?:模式|时间)?(?:给我|都)?(?:取消|关|解除|撤|去掉|不要了|不用了)")
TAGS = (("motorcycle", r"(?:开|骑)的?(?:是)?摩托|摩托车(?:主|手|司机)"),
        ("lorry", r"(?:开|跑)的?(?:是)?(?:大?货车|卡车|运输)|货车司机"),
        ("ebike", r"骑的?(?:是)?(?:电动|电瓶)车"),
        ("town", r"我?(?:就)?住(?:在)?(?:镇|本镇|杜桥)|本镇(?:人|居民)"))
TAG_NEWS = (("motorcycle", r"摩托"), ("lorry", r"货车|卡车"), ("ebike", r"电动车|电瓶车"), ("town", r"镇[里上]|本镇"))
NEWS = r".{0,4}(?:通知|限行|规定|消息|新政)"
ALWAYS = re.compile(r"每|天天|以后|工作日")
NO_MORE_TAG = re.compile(r"不(?:开|骑|跑|住)|没(?:开|骑)")
ONLY_CLOSURES = re.compile(r"(?:只|光|就)(?:要|说|发|告诉我?|通知我?|提醒我?|听)?.{0,2}(?:封路|封道|封闭)|"
                           r"别的(?:都)?(?:不要|别发|不用)")
LATER = re.compile(r"下午|傍晚|(?<!早)晚上")
MORNING, EVENING = datetime.time(7, 0), datetime.time(17, 0)


@dataclasses.dataclass(frozen=True)
class Wish:
    """Something about one's subscriptions other than one more road.

    `kind` is list, reminders, quiet, loud, closures, tag, days or cannot; `what` its reminder, its tag, the road or the
    response that says why not; `on` whether it is wanted; `days` and whether `only` they, they too or not they (`how`);
    of `quiet` the hours. Beside another wish also subscribe, unsubscribe, others (all but `roads` end), keep, change,
    replace (`what` by `roads`; not `on` when it ends anyway), resume and no_other_reminders (than `what`), with their
    `roads` and what is `wanted` (as of `wanted_in`).
    """

    kind: str
    what: str = ""
    on: bool = True
    quiet: QuietWish | None = None
    how: str = ""
    days: str = ""
    roads: Tuple[str, ...] = ()
    wanted: Mapping[str, Any] = dataclasses.field(default_factory=dict)


def wish_in(turn: Turn) -> Wish | None:
    """The wish of the sentence; None for the plain subscribing or unsubscribing of a road."""
    text = turn.text
    if LIST.search(text):
        return Wish("list")
    if LOUD.search(text):
        return Wish("loud")
    news = next((name for name, said in TAG_NEWS if re.search(f"(?:{said}){NEWS}", text)), None)
    if news and not turn.value("road") and not MENTIONS_ROADS.search(text) and (
            NOT_THEN.search(text) or ASKED.search(text)):
        return Wish("tag", news, on=not NOT_THEN.search(text))
    if HOUR.search(text) and ONE_DAY.search(text) and not (ALWAYS.search(text) or NOT_THEN.search(text)):
        return Wish("cannot", "utter_no_single_news")
    quiet = _quiet_in(turn)
    days = _days_wished(turn)
    if days:
        return Wish("cannot", "utter_no_hours_of_days") if quiet else days
    if ONCE.search(text) and NOT_THEN.search(text) and not DAILY.search(text):
        return Wish("cannot", "utter_no_single_days")
    if quiet:
        return Wish("quiet", quiet=quiet)
    if DISTURB.search(text) and not turn.value("road") and not QUIETER_BY.search(text):
        return Wish("cannot", "utter_which_quiet_hours")
    if not ROADS_TOO.search(text) and (NO_REMINDER.search(text) or REMIND.search(text)):
        what = next((name for name, pattern in REMINDERS if re.search(pattern, text)), "all")
        return Wish("reminders", what, on=not NO_REMINDER.search(text))
    if ONLY_CLOSURES.search(text) and not turn.value("road"):
        return Wish("closures")
    tag = next((name for name, pattern in TAGS if re.search(pattern, text)), None)
    if tag and not turn.value("road"):
        return Wish("tag", tag, on=not NO_MORE_TAG.search(text))
    return None


def _quiet_in(turn: Turn) -> QuietWish | None:
    """Hours in the part of the sentence that asks for quiet; None beside a subscription (每天七点告诉我，晚上别发)."""
    clauses = CLAUSE.split(turn.text)
    still = "，".join(clause for clause in clauses if QUIET.search(clause))
    if not still or any(DAILY.search(c) and ASKED.search(c) and not QUIET.search(c) for c in clauses):
        return None
    time = turn.value("time")
    return quiet_wish(still, time if isinstance(time, Mapping) and str(time.get("text")) in still else None)


def subscription_in(turn: Turn) -> Mapping[str, Any]:
    """`daily` (HH:MM), `closures` and `days` of a wish to hear about roads; empty for any news at once on any day."""
    return wanted_in(turn.text, turn.value("time"))


def wanted_in(text: str, time: Any) -> Mapping[str, Any]:
    """The same of words; `time` is the recognised one."""
    found: dict[str, Any] = {}
    days = days_asked(text)
    if days != EVERY_DAY:
        found["days"] = days
    hour = HOUR.search(text) and not CLOSURES.search(text)  # 早上七点告诉我75省道的路况
    if is_daily(text) or hour or (days != EVERY_DAY and CLOCK_SAID.search(text)):
        found["daily"] = f"{clock_of(time, text):%H:%M}"
    elif CLOSURES.search(text) and not MORE.search(NOT_MORE.sub("", text)):
        found["closures"] = True
    return found


def is_daily(text: str) -> bool:
    """Whether news at an hour of every day is asked for; who drives there every day doesn't ask for that."""
    return bool((DAILY.search(text) and not NOT_DAILY.search(text)) or WEEKLY.search(text))


def days_asked(text: str) -> str:
    """The days of the week that are wanted: those named without those ruled out; EVERY_DAY when none is named."""
    wanted, unwanted = named_days(text)
    return without_days(wanted or EVERY_DAY, unwanted) or EVERY_DAY


def named_days(text: str) -> Tuple[str, str]:
    """(days that are named as wanted, days that are ruled out), as in `weekdays`; who rules holidays out works."""
    clauses = CLAUSE.split(text)
    out = "，".join(clause for clause in clauses if NOT_THEN.search(clause))
    left = "，".join(clause for clause in clauses if not NOT_THEN.search(clause))
    return (WORKING_DAYS, "") if HOLIDAYS.search(out) else (days_in(left), days_in(out))


def _days_wished(turn: Turn) -> Wish | None:
    """Other days for what is subscribed: 周末别发, 周日也要, 周一到周五发就行; None for a new subscription."""
    text, road = turn.text, turn.value("road") or ""
    wanted, unwanted = named_days(text)
    if DAILY.search(text) or not (wanted or unwanted):
        return None
    if not wanted:
        return Wish("days", road, how="without", days=unwanted)
    if THEN_TOO.search(text):
        return Wish("days", road, how="with", days=wanted)
    if NOT_THEN.search(text) or not (road or any(said.search(text) for said in (CLOCK_SAID, CLOSURES, MORE, WEEKLY))):
        return Wish("days", road, how="only", days=without_days(wanted, unwanted) or wanted)
    return None


def clock_of(time: Any, text: str) -> datetime.time:
    """The hour that was said; a part of the day alone means its usual hour."""
    said = ONE_CLOCK.search(DAY_WORD.sub(" ", text))
    part = LATER.search(text[:said.start()]) if said else None  # 傍晚改成六点半
    clock = clock_said(said, 1, said["part1"] or (part[0] if part else None)) if said else None
    if clock is not None:
        return clock
    if isinstance(time, Mapping) and time.get("grain") == "hour":
        return datetime.datetime.fromisoformat(time["from"]).time()
    return EVENING if re.search(r"(?<!早)晚|下午|傍晚|下班", text) else MORNING
