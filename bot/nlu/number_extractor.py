"""Finds phone numbers, driving-licence numbers and the numbers of tickets and bookings."""

from __future__ import annotations

import re
from typing import List

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.extractor import Extractor, Found, longest_first

ALONE = r"(?<![a-z0-9]){}(?![a-z0-9])"
PATTERNS = [
    # A licence carries the holder's identity number (18 places); its file number (档案编号) has 12 digits.
    ("license_number", ALONE.format(r"[1-9]\d{5}[ ]?(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])[ ]?\d{3}[\dx]")),
    ("phone", ALONE.format(r"(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}")),
    ("phone", ALONE.format(r"0\d{2,3}[ -]\d{7,8}")),
    ("phone", ALONE.format(r"0(?:10|2\d|[3-9]\d\d)[2-8]\d{6,7}")),
    ("phone", ALONE.format(r"[48]00[ -]?\d{3}[ -]?\d{4}")),
    ("ticket_number", ALONE.format(r"[a-z]{2}[ -]?\d{8,14}")),
    ("ticket_number", ALONE.format(r"\d{15,16}")),
    ("license_number", ALONE.format(r"\d{12}")),
]
CUED = re.compile(r"(?:工单|单号|编号|流水号|回执|受理号|预约号|决定书)[^\d，。,?？]{0,4}(?P<number>\d{4,16})(?!\d)")
JOINS = re.compile(r"加入(?:事故|案件)?[:：,， ]*(?:码|号)?(?:是)?[:：,， ]*(?P<code>[2-9]{6})(?!\d)")


def find_numbers(text: str) -> List[Found]:
    """`phone`, `license_number`, `ticket_number`, `accident_code` (加入 234567); values without blanks, in capitals."""
    found = [Found(entity, _plain(match.group(), entity), match.start(), match.end())
             for entity, pattern in PATTERNS for match in re.finditer(pattern, text)]
    cued = [Found("ticket_number", match["number"], match.start("number"), match.end("number"))
            for match in CUED.finditer(text) if not text[:match.start("number")].endswith("档案编号")]
    joins = [Found("accident_code", match["code"], match.start(), match.end()) for match in JOINS.finditer(text)]
    return longest_first(joins + cued + found)


def _plain(number: str, entity: str) -> str:
    plain = re.sub(r"[ +-]", "", number).upper()
    return plain[2:] if entity == "phone" and len(plain) == 13 and plain.startswith("86") else plain


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class NumberExtractor(Extractor):
    """One component for all numbers, because a number is one of them by its shape and its neighbours alone."""

    def find(self, text: str, message: Message) -> List[Found]:
        """Numbers that stand alone."""
        return find_numbers(text)
