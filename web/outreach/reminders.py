"""Reminders found in the records, in the station's words."""

from __future__ import annotations

import datetime
from typing import Any, Callable, Dict

from sqlalchemy.engine import Engine

from messages.database import reading, writing
from traffic import reminders
from traffic.opening_days import local_day, local_moment, station_zone
from traffic.plates import mask_plate
from traffic.presentation import day, moment, money, short_moment
from traffic.reminders import Reminder
from web.desk.database import records
from web.desk.sentences import Sentences
from web.outreach.saying import say

APPOINTMENTS_FROM = datetime.time(16, 0)  # the day before
Words = Dict[str, str]


def remind(engine: Engine, sentences: Sentences, now: datetime.datetime) -> int:
    """Plans what is due and was not said before; how many messages."""
    with writing(engine) as session, records(session) as traffic:
        reminders.note_bindings(traffic, now)
    with reading(engine) as session, records(session) as traffic:
        due = reminders.due(traffic, now)
    early = now < local_moment(local_day(now), APPOINTMENTS_FROM)
    count = 0
    for each in due:
        if each.kind == "appointment" and early:
            continue
        text, fields, until = told(sentences, each, now)
        with writing(engine) as session:
            count += say(session, each.subscriber, each.key, each.kind, text, fields, now, until)
    return count


def told(sentences: Sentences, each: Reminder, now: datetime.datetime) -> tuple[str, Words, datetime.datetime | None]:
    """The message, its parts for templates, and until when it is worth saying."""
    words, fields, until = WORDS[each.kind](sentences, each.parts, now)
    name = f"reminder_{each.kind}" + (f"_{each.parts['days']}" if each.kind == "inspection" else "")
    text = sentences.say(name, **words) + "\n" + sentences.say("reminder_off", which=sentences.say(f"off_{each.kind}"))
    return text, {"what": sentences.say(f"what_{each.kind}") if each.kind != "appointment" else words["kind"],
                  "note": text, **fields}, until


def _appointment(sentences: Sentences, parts: Dict[str, Any], now: datetime.datetime) -> Any:
    words = {"when": moment(parts["when"]), "site": parts["site"], "address": parts["address"],
             "number": parts["number"], "kind": sentences.say(f"kind_{parts['kind']}")}
    return words, {"title": parts["number"], "when": short_moment(parts["when"]), "where": parts["site"]}, parts["when"]


def _inspection(sentences: Sentences, parts: Dict[str, Any], now: datetime.datetime) -> Any:
    words = {"plate": mask_plate(parts["plate"]), "due": day(parts["due"], local_day(now))}
    return words, {"title": parts["plate"], "when": f"{parts['due']:%Y-%m-%d}"}, _end(parts["due"])


def _license(sentences: Sentences, parts: Dict[str, Any], now: datetime.datetime) -> Any:
    return {"due": day(parts["due"], local_day(now))}, {"when": f"{parts['due']:%Y-%m-%d}"}, _end(parts["due"])


def _violation(sentences: Sentences, parts: Dict[str, Any], now: datetime.datetime) -> Any:
    points = sentences.say("some_points" if parts["points"] else "no_points", points=str(parts["points"]))
    words = {"plate": mask_plate(parts["plate"]), "when": moment(parts["when"]), "place": parts["place"],
             "offense": parts["offense"], "points": points, "fine": money(parts["fine_fen"])}
    return words, {"title": parts["plate"], "when": short_moment(parts["when"]), "where": parts["place"]}, None


def _points(sentences: Sentences, parts: Dict[str, Any], now: datetime.datetime) -> Any:
    return {"points": str(parts["points"])}, {"title": str(parts["points"])}, None


def _numbered(sentences: Sentences, parts: Dict[str, Any], now: datetime.datetime) -> Any:
    return {"number": parts["number"]}, {"title": parts["number"]}, None


def _end(last: datetime.date) -> datetime.datetime:
    return datetime.datetime.combine(last + datetime.timedelta(days=1), datetime.time(), station_zone())


WORDS: Dict[str, Callable[[Sentences, Dict[str, Any], datetime.datetime], Any]] = {
    "appointment": _appointment, "inspection": _inspection, "license": _license, "violation": _violation,
    "points": _points, "ticket": _numbered, "case": _numbered,
}
