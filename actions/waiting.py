"""The waiting list (候补) as an answer to full slots: one button, which carries the span that was wanted."""

from __future__ import annotations

import datetime
import re
from typing import Any, Dict, List, NamedTuple

from actions import records
from actions.presentation import day, local, moment, time_of_day
from actions.wanted_times import Wanted, moment_of, whole_days
from traffic.opening_days import FARTHEST_DAYS, local_moment, opening_spans
from traffic.waiting_list import wait

WAIT = "wait"
NOON = 12
SPAN = re.compile(r"wait ([0-9T:+-]+) ([0-9T:+-]+)(?: (morning|afternoon))?")
WANTS_TO_WAIT = re.compile(r"候补|排队等|等(?:空位|位子|位置)|"
                           r"(?:有|空|腾)(?:了|出)?(?:空)?(?:位|号|名额).{0,6}(?:告诉|通知|叫|喊|说)")


class Waited(NamedTuple):
    """How a wait is said: the ending of the response's name (_morning, _afternoon, or "") and its places."""

    how: str
    places: Dict[str, str]


def waiting_button(wish: Wanted) -> Dict[str, str]:
    """Offers to be told when a place in the wanted days, or their half, gets free; of any day within the month without.
    """
    now = records.now()
    days = whole_days(wish)
    earliest = max(now, moment_of(days["from"])) if days.get("from") else now
    horizon = now + datetime.timedelta(days=FARTHEST_DAYS)
    latest = min(moment_of(days["to"]), horizon) if days.get("to") else horizon
    span = " ".join([earliest.isoformat(timespec="minutes"), latest.isoformat(timespec="minutes"), *_half(wish)])
    return {"title": "utter_title_wait", "payload": f'/inform{{"appointment_slot": "{WAIT} {span}"}}'}


def _half(wish: Wanted) -> List[str]:
    """morning or afternoon of a wish that says so: 上午, 后天上午, 后天九点; nothing for whole days."""
    if wish.get("part"):
        return [wish["part"]]
    if wish.get("at"):
        return ["morning" if wish["at"] < "12" else "afternoon"]
    if not wish.get("from") or not wish.get("to") or wish.get("grain") == "day":
        return []
    starts, ends = (local(moment_of(wish[end])) for end in ("from", "to"))
    same_day = starts.date() == (ends - datetime.timedelta(minutes=1)).date()
    noon = starts.replace(hour=12, minute=0, second=0, microsecond=0)
    return ["morning"] if same_day and ends <= noon else ["afternoon"] if same_day and starts >= noon else []


def is_wait(value: Any) -> bool:
    """Whether that button was picked."""
    return isinstance(value, str) and SPAN.fullmatch(value) is not None


def offered_wait(events: Any) -> str | None:
    """The value of the last offer to wait in this conversation, for who takes it in words."""
    for event in reversed(events):
        buttons = (event.get("data") or {}).get("buttons") or [] if event.get("event") == "bot" else []
        for button in buttons:
            found = SPAN.search(str(button.get("payload")))
            if found:
                return found.group()
    return None


async def put_on_list(subscriber: str, kind: str, plate: str | None, value: str) -> Waited:
    """Puts the asker on the list; how that is said."""
    found = SPAN.fullmatch(value)
    assert found  # `is_wait` said so
    earliest, latest = moment_of(found[1]), moment_of(found[2])
    await records.change(wait, subscriber, kind, plate, earliest, latest, part_of_day=found[3], now=records.now())
    return span_shown(earliest, latest, found[3])


def span_shown(earliest: datetime.datetime, latest: datetime.datetime, part: str | None = None) -> Waited:
    """First and last day of a span, with the part of each; of a single day its opening and closing hours."""
    today, first = local(records.now()).date(), local(earliest).date()
    last = local(latest - datetime.timedelta(minutes=1)).date()
    spans = [span for span in opening_spans(first) if not part or (span[0].hour < NOON) == (part == "morning")]
    opens, closes = ((local_moment(first, spans[0][0]), local_moment(first, spans[-1][1])) if spans else
                     (earliest, earliest))
    if first != last or closes <= earliest:
        return Waited(f"_{part}" if part else "", {"first": day(first, today), "last": day(last, today)})
    return Waited("", {"first": moment(max(opens, earliest)), "last": time_of_day(closes)})
