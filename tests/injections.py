"""Strings that would like to be SQL, markup, a path, a template or a command; the same ones each time.

200 of them in `make test`; all of the thousand with WEIJING_INJECTIONS=1000.
"""

from __future__ import annotations

import itertools
import os
import random
from typing import List

BEGINNINGS = ["'", '"', "')", '")', "';", "1", "浙JA1234'", "杜桥", "%", "_", "\\", "`", "${", "{{", "/inform{", "<",
              "--", "", "＇", "\u2019", "\u202e", "%27", "0x27", "\\x27", "\t", "\n", "😀'"]
MIDDLES = [" OR 1=1", " OR '1'='1", "; DROP TABLE vehicles", " UNION SELECT license_number FROM drivers",
           "; DELETE FROM bookings", "; UPDATE violations SET paid_on='2026-01-01'",
           "||(SELECT frame_tail FROM vehicles LIMIT 1)||", "; SELECT pg_sleep(9)", "7*7}}", "{station_phone}",
           "utter_welcome", "<script>alert(1)</script>", "../../etc/passwd", "$(reboot)", "\\N", "%s%s%s%n",
           "{0.__class__}", "=cmd|' /C calc'!A0", ":subscriber", "?"]
ENDS = ["", "--", "#", "/*", "';--", "\\", "}", "%", " AND ''='", "＃"]
COUNT = int(os.environ.get("WEIJING_INJECTIONS", "200"))
ALL = 1000


def injections(count: int = COUNT) -> List[str]:
    every = ["".join(parts) for parts in itertools.product(BEGINNINGS, MIDDLES, ENDS)]
    return random.Random(577).sample(every, min(count, len(every)))


def some(count: int) -> List[str]:
    """So many, spread over all of them; every one when all are asked for by WEIJING_INJECTIONS."""
    every = injections()
    return every if len(every) >= ALL else every[::max(1, len(every) // count)]
