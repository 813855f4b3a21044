"""Invented drivers and their vehicles; every licence number has an impossible region and check digit."""

from __future__ import annotations

import datetime
import random
from typing import Any, Dict, Iterator, List, Set

STEMS, BRANCHES = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"
NOWHERE = "339999"  # no region has this code
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECKS = "10X98765432"
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
ELSEWHERE = ["浙A", "浙B", "浙C", "浙G", "沪A", "沪C", "苏E", "皖B", "赣E", "闽D", "豫N"]
BRANDS = ["测试牌小轿车", "样例牌越野车", "演示牌两厢车", "虚构牌商务车"]
COLOURS = ["白", "黑", "灰", "银", "蓝", "红"]


def license_number(born: datetime.date, sequence: int) -> str:
    """18 places that belong to nobody: region and check digit (GB 11643) are both impossible."""
    body = f"{NOWHERE}{born:%Y%m%d}{sequence:03d}"
    right = CHECKS[sum(int(c) * w for c, w in zip(body, WEIGHTS, strict=True)) % 11]
    return body + ("1" if right != "1" else "2")


def invented_name(number: int) -> str:
    """测试甲子, 测试乙丑 …: plainly nobody."""
    return f"测试{STEMS[number % 10]}{BRANCHES[number // 10 % 12]}"


def valid_until(issued: datetime.date, today: datetime.date) -> datetime.date:
    """A licence is valid for six years, then for ten, then (公安部令第162号) for good; here again ten."""
    days = next(days for days in (2191, 5844, 9496, 13149) if issued + datetime.timedelta(days=days) >= today)
    return issued + datetime.timedelta(days=days)


def drivers(dice: random.Random, first_id: int, count: int, today: datetime.date) -> Iterator[Dict[str, Any]]:
    """Rows of so many drivers; one in thirty is still a trainee."""
    for number in range(first_id, first_id + count):
        age = dice.randint(1, 365) if dice.random() < 1 / 30 else dice.randint(366, 7300)
        issued = today - datetime.timedelta(days=age)
        born = datetime.date(1960 + number // 1000 % 45, 1 + number // 100 % 12, 1 + number // 10 % 28)
        trainee_until = issued + datetime.timedelta(days=365)
        yield {"id": number, "name": invented_name(number), "license_number": license_number(born, number % 1000),
               "file_tail": f"{dice.randrange(10 ** 6):06d}", "license_class": dice.choices(["C1", "C2", "B2", "A1"],
                                                                                          [80, 15, 4, 1])[0],
               "first_issued_on": issued, "valid_until": valid_until(issued, today),
               "trainee_until": trainee_until if trainee_until >= today else None}


def plates(dice: random.Random, count: int, prefix: str, taken: Set[str]) -> List[str]:
    """So many different plates, nine in ten with the town's prefix, one in eight of a new-energy vehicle."""
    found: List[str] = []
    while len(found) < count:
        plate = (prefix if dice.random() < 0.9 else dice.choice(ELSEWHERE)) + _sequence(dice)
        if plate not in taken:
            taken.add(plate)
            found.append(plate)
    return found


def _sequence(dice: random.Random) -> str:
    if dice.random() < 0.125:
        return f"{dice.choice('DF')}{dice.randrange(10 ** 5):05d}"
    letter, digits = dice.choice(LETTERS), f"{dice.randrange(10 ** 4):04d}"
    place = dice.choice([0, 0, 0, 1, 4])
    return digits[:place] + letter + digits[place:]


def vehicles(dice: random.Random, first_id: int, plate_list: List[str], owners: range,
             today: datetime.date) -> Iterator[Dict[str, Any]]:
    """Rows of vehicles; each owner gets one before anybody gets a second."""
    for number, plate in enumerate(plate_list):
        registered = today - datetime.timedelta(days=dice.randint(10, 5000))
        yield {"id": first_id + number, "plate": plate, "plate_type": "52" if len(plate) == 8 else "02",
               "frame_tail": f"{dice.randrange(10 ** 6):06d}", "kind": "small_car", "use": "private", "seats": 5,
               "brand": dice.choice(BRANDS), "colour": dice.choice(COLOURS), "state": "normal",
               "owner_id": owners[number % len(owners)], "registered_on": registered, "injury_accident": False,
               "insured_until": today + datetime.timedelta(days=dice.randint(-20, 360))}
