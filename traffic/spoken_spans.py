"""Spans of time as officers write them (8月3日7时至9时, 即日起至12月10日), read by JioNLP."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import io
import re
from typing import List, Sequence, Tuple

from traffic.opening_days import station_zone
from traffic.spelled_days import spelled

ONE_DAY, ONE_HOUR = datetime.timedelta(days=1), datetime.timedelta(hours=1)
FROM_NOW = re.compile(r"(?:即日|现在|即时|目前|此刻|即刻)(?:起|开始)?[，,]?(?=至|到)[至到]")
UNTIL_NEWS = re.compile(r"(?:具体)?(?:恢复|开通|结束)(?:通行)?时间(?:请?等?候?|以?)?(?:另行)?通知(?:为准)?|"
                        r"(?:什么时候|几时|何时)(?:能|可以)?(?:恢复|通|开).{0,4}?等(?:另行)?通知|何时恢复.{0,2}(?:看|等)?(?:另行)?通知|(?:直?至|直?到)?(?:另行通知|恢复(?:通行)?|完工|处置完毕)(?:为止|时止)?|即日起|现在起")
SOON_OVER = re.compile(r"(?:预计|大约|约|计划|争取|将?于|到|至|在){0,3}$")
OVER = re.compile(r"(?:左右|前后|前)?(?:可以?|能)?(?:恢复|结束|开通|通车?|解除|完工|完成|处理完|抢通)(?:通行|交通)?")
BEFORE = re.compile(r"(?:之?前|以前|为?止)")
UP_TO = re.compile(r"(?:一直|持续|预计|大概|大约|估计|可能|需?要|得|直)*[到至]$")
TO_BEGIN = re.compile(r"起|开始")
HALF_DAY = datetime.timedelta(hours=12)
LATE = re.compile(r"晚|下午|夜")
RANGE = re.compile(r"[至到起~—–-]")
LASTS = re.compile(r"(?:封|关|停|修|估计|大概|预计|持续|为期|需要?|历时|时长|约)"
                   r"[^，。,；\d一两二三四五六七八九十半]{0,4}"
                   r"(?P<n>\d{1,3}|[一两二三四五六七八九十]|半)个?(?P<half>半)?(?P<of>小时|钟头|分钟|天)")
SECONDS = {"小时": 3600, "钟头": 3600, "分钟": 60, "天": 86400}
NUMBERS = {name: number for number, name in enumerate("一二三四五六七八九十", 1)} | {"两": 2, "半": 0.5}
CLOCK = re.compile(r"[点时:：]")
SAID_DAY = re.compile(r"[今明后昨][天日早晚晨]|[日号周]|星期|礼拜")
CLOCKS = re.compile(r"(?:[点时分半钟整]|[:：]\d\d) ?(?:到|至|~|～|—|–|-)+ ?\D{0,4}?"
                    r"[\d零一二两三四五六七八九十]{1,3}[点时:：]")  # 5点到5点半: a span, short as it is
TO = re.compile(r"[ ]?(?:到|至|~|-|—|–)[ ]?")
YEAR = re.compile(r"20\d\d|[今明]年")
Times = Sequence[str]
Found = Tuple[int, int, Times]


@dataclasses.dataclass(frozen=True)
class Said:
    """A span found in a text at [start, end); aware moments; `until` None means until further notice.

    `tail` is where its end is said, when that stands apart: 现在封路，到8点半.
    """

    start: int
    end: int
    since: datetime.datetime
    until: datetime.datetime | None
    tail: Tuple[int, int] | None = None

    @property
    def whole_days(self) -> bool:
        """Whether no hour was said: it begins at midnight, and ends at one if it ends."""
        midnight = datetime.time()
        return self.since.time() == midnight and (self.until is None or self.until.time() == midnight)

    @property
    def places(self) -> Tuple[Tuple[int, int], ...]:
        """Where it is said."""
        return ((self.start, self.end), *((self.tail,) if self.tail else ()))


def find_span(text: str, now: datetime.datetime) -> Said | None:
    """The first span of time in a text that speaks of what is now or to come; None when there is none."""
    local = now.astimezone(station_zone())
    plain, places = spelled(text, local)
    said = _find(plain, local)
    if said is None:
        return None
    (start, end), *tail = (_as_written(places, *each) for each in said.places)
    return dataclasses.replace(said, start=start, end=end, tail=tail[0] if tail else None)


def _as_written(places: Sequence[int], start: int, end: int) -> Tuple[int, int]:
    """Where [start, end) of the text with its days spelled out stands in the text as it was written."""
    last = places[end - 1]
    return places[start], last + 1 if places[end] - last <= 1 else places[end]


def _find(text: str, local: datetime.datetime) -> Said | None:
    found = _times(text, local)
    from_now, open_end = FROM_NOW.search(text), UNTIL_NEWS.search(text)
    last = next((each for each in found if from_now and each[0] == from_now.end()), None)
    if from_now and last:
        return Said(from_now.start(), last[1], local, _until(last, local))
    if not found:
        lasts = LASTS.search(text)
        if lasts:
            return Said(lasts.start(), lasts.end(), local, local + _length(lasts))
        return Said(open_end.start(), open_end.end(), local, None) if open_end else None
    return _over_at(text, found[0], local) or _until_then(text, found[0], local) or _lasting(
        text, _from_to(text, found[0], local), found[1:], local)


def _until_then(text: str, found: Found, local: datetime.datetime) -> Said | None:
    """What begins now and says when it ends: 封路到明早6点, 施工，到月底."""
    lead = UP_TO.search(text[:found[0]])
    if not lead or lead.start() == 0 or RANGE.search(text[found[0]:found[1]]) or TO_BEGIN.match(text, found[1]):
        return None
    until = _coming(found, local, local)
    return Said(lead.start(), found[1], local, until) if until else None


def _lasting(text: str, said: Said | None, later: Sequence[Found], local: datetime.datetime) -> Said | None:
    """The same with an end that is said further on: 现在封路，到8点半."""
    if said is None or said.until is not None:
        return said
    for found in later:
        lead, over = UP_TO.search(text[:found[0]]), OVER.match(text, found[1])
        begins = lead.start() if lead else found[0]
        plain = _times(text[found[0]:found[1]].rstrip("前之"), local)  # JioNLP ends 六点前 behind six
        until = _coming(plain[0], said.since, local) if plain else None
        if (lead or over) and begins >= said.end and until:
            return dataclasses.replace(said, until=until, tail=(begins, over.end() if over else found[1]))
    return said


def _coming(found: Found, since: datetime.datetime, local: datetime.datetime) -> datetime.datetime | None:
    """The end that this time says; an hour alone is the next one behind `since` (到8点半, said at four, is 20:30)."""
    until = _until(found, local)
    if until and until <= since and _is_hour(found[2], local):
        until += HALF_DAY if until + HALF_DAY > since and until.hour < 12 else ONE_DAY
    return until if until and until > since else None


def _over_at(text: str, found: Found, local: datetime.datetime) -> Said | None:
    """What is said of its end alone: 预计下午5点恢复, 12月5日前."""
    start, end, times = found
    over, before = OVER.match(text, end), BEFORE.match(text, end)
    lead = SOON_OVER.search(text[:start])
    until = _moment(times[0], local) if over else _until(found, local)
    if not (over or before) or RANGE.search(text[start:end]) or until is None or until <= local:
        return None
    return Said(lead.start() if lead else start, (over or before).end(), local, until)  # type: ignore[union-attr]


def _from_to(text: str, found: Found, local: datetime.datetime) -> Said | None:
    start, end, times = found
    short = bool(CLOCKS.search(text[start:end]))
    since = _moment(times[0], local)
    until = _last_second(times, local) if short else None if _is_hour(times, local) else _until(found, local)
    to = TO.match(text, end)
    rest = _times(text[to.end():], local) if to else []
    if to and rest and rest[0][0] == 0:  # what JioNLP leaves of 今晚8点到明早6点
        end = to.end() + rest[0][1]
        until = _until(rest[0], local)
    if since is None:
        return None
    if until and until <= since:  # 今晚9点到11点, 今晚8点到6点
        until += HALF_DAY if LATE.search(text[start:end]) and until + HALF_DAY > since else ONE_DAY
    lasts = LASTS.search(text, end) if until is None else None
    if lasts:
        until = since + _length(lasts)
    return _to_come(text, Said(start, end + (2 if text.startswith("期间", end) else 0), since, until), local)


def _length(said: re.Match[str]) -> datetime.timedelta:
    number = float(said["n"]) if said["n"].isdecimal() else NUMBERS[said["n"]]
    return datetime.timedelta(seconds=SECONDS[said["of"]] * (number + (0.5 if said["half"] else 0)))


def _to_come(text: str, said: Said, local: datetime.datetime) -> Said:
    """Nobody announces what is over: a date without its year is next year's, a clock time alone tomorrow's."""
    words = text[said.start:said.end]
    if said.until is None or said.until > local or YEAR.search(words):
        return said
    if "月" not in words and SAID_DAY.search(words):
        return said
    if "月" not in words and CLOCK.search(words):
        return dataclasses.replace(said, since=said.since + ONE_DAY, until=said.until + ONE_DAY)
    return dataclasses.replace(said, since=_next_year(said.since), until=_next_year(said.until))


def _times(text: str, local: datetime.datetime) -> List[Found]:
    """(start, end, JioNLP's [from, to]) of the times in the text, in their order."""
    with contextlib.redirect_stdout(io.StringIO()):  # its import prints
        import jionlp
    base = {name: getattr(local, name) for name in ("year", "month", "day", "hour", "minute", "second")}
    try:
        found = jionlp.ner.extract_time(text, time_base=base, with_parsing=True) or []
    except (ValueError, KeyError, TypeError, AttributeError):
        return []
    return [(*each["offset"], each["detail"]["time"]) for each in found if each["type"] in ("time_span", "time_point")]


def _is_hour(times: Times, local: datetime.datetime) -> bool:
    """Whether it is a point on the clock (下午3点), which JioNLP gives as one hour or minute."""
    since, until = _moment(times[0], local), _moment(times[1], local)
    return since is not None and until is not None and datetime.timedelta() <= until - since < ONE_HOUR


def _until(found: Found, local: datetime.datetime) -> datetime.datetime | None:
    """The end that this time says: a point on the clock itself, else behind its last second (23:59:59, 19:00:59)."""
    return _moment(found[2][0], local) if _is_hour(found[2], local) else _last_second(found[2], local)


def _last_second(times: Times, local: datetime.datetime) -> datetime.datetime | None:
    end = _moment(times[1], local)
    if end is None or end.second != 59:
        return end
    end = end.replace(second=0)
    return end + datetime.timedelta(minutes=1) if end.minute == 59 else end


def _moment(text: str, local: datetime.datetime) -> datetime.datetime | None:
    try:
        return datetime.datetime.fromisoformat(text).replace(tzinfo=local.tzinfo)
    except ValueError:  # "inf"
        return None


def _next_year(moment: datetime.datetime) -> datetime.datetime:
    try:
        return moment.replace(year=moment.year + 1)
    except ValueError:  # 29 February
        return moment.replace(year=moment.year + 1, day=28)
