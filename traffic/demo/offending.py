"""Invented violations of invented vehicles, and the points that follow from them."""

from __future__ import annotations

import datetime
import random
from typing import Any, Dict, Iterator, List, Tuple

from traffic.offenses import OFFENSES, Offense
from traffic.opening_days import local_moment

ELSEWHERE = [("杭州", "浙江", "演示一路与样例街路口"), ("宁波", "浙江", "测试大道12号"),
             ("温州", "浙江", "样例中路东段"), ("绍兴", "浙江", "演示环线3公里"), ("上海", "上海", "测试高架内圈"),
             ("南京", "江苏", "样例南路与演示街路口"), ("合肥", "安徽", "测试路88号")]
OFTEN = [offense.often for offense in OFFENSES]
MOST = 4.0  # times as many as the most careful drivers
MOTORWAY = "沿海高速"
Spot = Tuple[str, str]


def violations(dice: random.Random, first_id: int, vehicles: List[Tuple[int, int]], count: int, spots: List[Spot],
               today: datetime.date) -> Iterator[Dict[str, Any]]:
    """Rows of so many violations of (vehicle id, owner id) in the last three years, most of the old ones paid."""
    shares = [min(MOST, dice.paretovariate(1.5)) for _ in vehicles]
    for number, (vehicle, owner) in enumerate(dice.choices(vehicles, shares, k=count), first_id):
        offense = dice.choices(OFFENSES, OFTEN)[0]
        yield violation(number, vehicle, owner, offense, _where(dice, offense, spots), _when(dice, today),
                        *_settled(dice), today)


def _when(dice: random.Random, today: datetime.date) -> datetime.datetime:
    day = today - datetime.timedelta(days=int(1 + 1090 * dice.random() ** 1.5))
    hour = dice.choices(range(24), [1, 1, 1, 1, 1, 2, 4, 8, 9, 7, 6, 6, 5, 5, 6, 7, 8, 9, 7, 5, 4, 3, 2, 1])[0]
    return local_moment(day, datetime.time(hour, dice.randrange(60)))


def _where(dice: random.Random, offense: Offense, spots: List[Spot]) -> Tuple[str, str, str]:
    if dice.random() < 0.12:
        return dice.choice(ELSEWHERE)
    wanted = [spot for spot in spots if (spot[0] == MOTORWAY) == ("高速" in offense.name)]
    road, place = dice.choice(wanted or spots)
    return "台州", "浙江", f"{road}{place}段" if road == MOTORWAY else f"{road}（{place}附近）"


def _settled(dice: random.Random) -> Tuple[int | None, int | None]:
    """Days from the offense to the decision and from there to the payment; None when not yet."""
    if dice.random() < 0.25:
        return None, None
    return dice.randint(2, 90), dice.randint(0, 30) if dice.random() < 0.92 else None


def violation(number: int, vehicle: int, owner: int, offense: Offense, where: Tuple[str, str, str],
              when: datetime.datetime, decided_after: int | None, paid_after: int | None,
              today: datetime.date) -> Dict[str, Any]:
    """One row; decided and paid so many days later, unless that is still to come."""
    city, province, place = where
    decided = _later(when.date(), decided_after, today)
    paid = _later(decided, paid_after, today)
    return {"id": number, "record_number": f"3399{number:011d}", "vehicle_id": vehicle, "happened_at": when,
            "driver_id": owner if decided else None, "place": place, "city": city, "province": province,
            "code": offense.code, "offense": offense.name, "fine_fen": offense.fine_fen, "points": offense.points,
            "decided_on": decided, "decision_number": f"3399{number:012d}" if decided else None, "paid_on": paid,
            "authority": f"{city}交警", "photo": None}


def _later(day: datetime.date | None, days: int | None, today: datetime.date) -> datetime.date | None:
    later = day + datetime.timedelta(days=days) if day and days is not None else None
    return later if later and later <= today else None


def point_record(number: int, row: Dict[str, Any]) -> Dict[str, Any]:
    """The points that a decided violation cost its driver."""
    return {"id": number, "driver_id": row["driver_id"], "record_number": row["record_number"],
            "recorded_on": row["decided_on"], "points": row["points"], "code": row["code"], "offense": row["offense"],
            "place": row["place"], "fine_fen": row["fine_fen"], "fine_paid_on": row["paid_on"]}
