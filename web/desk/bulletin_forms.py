"""The bulletin form: from a sentence that was read, from a bulletin that is there, and back into a draft."""

from __future__ import annotations

import dataclasses
import datetime
import itertools
from typing import Dict, List, Tuple

from markupsafe import Markup
from sqlalchemy.orm import Session

from traffic.bulletin_sentences import Reading
from traffic.bulletins import Draft, as_row
from traffic.errors import BulletinError
from traffic.road_conditions import BulletinRow
from traffic.road_lines import off_the_road, road_lines, roads_through, stretch
from traffic.roads import find_place, find_road
from traffic.weekdays import EVERY_DAY, WEEKEND, WORKING_DAYS, are_days, name_of
from web.desk.guard import Visit
from web.desk.moments import moment, written
from web.road_map import Mark, draw

FIELDS = ("sentence", "road", "from_place", "to_place", "direction", "kind", "cause", "starts", "ends", "detour",
          "days", "hours")
DAY_CHOICES = (EVERY_DAY, WORKING_DAYS, "12345", WEEKEND, *EVERY_DAY)


@dataclasses.dataclass(frozen=True)
class Form:
    """The fields as the page shows them; moments as `moments` writes them, "" for none."""

    sentence: str = ""
    road: str = ""
    from_place: str = ""
    to_place: str = ""
    direction: str = ""
    kind: str = "closed"
    cause: str = ""
    starts: str = ""
    ends: str = ""
    detour: str = ""
    days: str = EVERY_DAY
    hours: str = ""


def of_reading(sentence: str, reading: Reading, now: datetime.datetime) -> Form:
    """What was understood; a sentence that names no time begins now."""
    return Form(sentence, reading.road or "", reading.from_place or "", reading.to_place or "",
                reading.direction or "", reading.kind, reading.cause, written(reading.starts or now),
                written(reading.ends), reading.detour or "", reading.days, reading.hours)


def with_road(session: Session, reading: Reading) -> Reading:
    """The reading with the one road that has both its places, when none was named."""
    ends = [name for name in (reading.from_place, reading.to_place) if name]
    through = roads_through(road_lines(session), ends) if not reading.road and len(ends) == 2 else []
    return dataclasses.replace(reading, road=through[0]) if len(through) == 1 else reading


def of_row(row: BulletinRow, sentence: str) -> Form:
    """A bulletin that is there."""
    return Form(sentence, row.road.name, row.from_place.name if row.from_place else "",
                row.to_place.name if row.to_place else "", row.direction or "", row.kind, row.cause,
                written(row.starts_at), written(row.ends_at), row.detour or "", row.days, row.hours)


def of_visit(visit: Visit) -> Form:
    """What the officer sent."""
    sent = {name: visit.field(name).strip()[:500] for name in FIELDS}
    return Form(**{**sent, "days": sent["days"] or EVERY_DAY})


def draft_of(form: Form) -> Draft:
    """The form as a draft. Raises BulletinError when a moment is none."""
    starts, ends = moment(form.starts, "starts"), moment(form.ends, "ends")
    if starts is None:
        raise BulletinError("starts")
    return Draft(form.road, form.from_place or None, form.to_place or None, form.direction or None, form.kind,
                 form.cause, starts, ends, form.detour or None, form.days, form.hours)


def day_choices(form: Form) -> List[Tuple[str, str]]:
    """(days, their name) to choose from, those of the form among them."""
    chosen = (form.days,) if are_days(form.days) else ()
    return [(days, name_of(days)) for days in dict.fromkeys([*DAY_CHOICES, *chosen])]


def drawn(session: Session, form: Form) -> Markup:
    """The map around what the form says; the whole town where that can't be drawn."""
    lines, marks = road_lines(session), []
    try:
        with session.no_autoflush:
            row = as_row(session, dataclasses.replace(draft_of(form), cause=form.cause or "?"))
            marks = [Mark(row.road_id, stretch(session, row), form.kind)]
    except BulletinError:
        pass
    around = [find_road(session, name) for name in form.detour.split("、") if name]
    for road in around:
        line = next((each for each in lines if road and each.id == road.id), None)
        if line:
            ids = [point.id for point in line.points]
            marks.insert(0, Mark(line.id, tuple(itertools.pairwise(ids)), "detour"))
    closure = marks[-1:] if marks and marks[-1].kind != "detour" else []
    return draw(lines, marks, form.road, around=closure)


def astray(session: Session, form: Form) -> Dict[str, List[str]]:
    """Places of the form that do not lie on its road: `places`; `along` lie on it; `other` roads have them all."""
    lines, road = road_lines(session), find_road(session, form.road)
    found = [find_place(session, name) for name in (form.from_place, form.to_place) if name]
    names = list(dict.fromkeys(place.name for place in found if place))
    off = off_the_road(lines, road.name, names) if road else []
    along = next((line.points for line in lines if road and line.id == road.id), ())
    return {"places": off, "section": names, "along": [point.name for point in along] if off else [],
            "other": roads_through(lines, names) if off else []}


def highlighted(sentence: str, reading: Reading) -> List[Tuple[str, str]]:
    """(words, what) in their order, what being "" for words that were not needed."""
    parts, at = [], 0
    text = sentence.strip()
    for start, end, what in reading.marks:
        if start >= at:
            parts += [(text[at:start], ""), (text[start:end], what)]
            at = end
    return [part for part in [*parts, (text[at:], "")] if part[0]]
