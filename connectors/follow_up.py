"""A question that leans on the one before (闯红灯扣几分 → 那超速呢, 驾照丢了怎么补 → 要多少钱), said in full."""

from __future__ import annotations

import re
from typing import Optional

LEANS = re.compile(r"(?:那么|那|还有)?(?P<subject>[^呢？?，。]{1,10}?)呢[？?。]?")
TAIL = re.compile(
    r"(?:一般|大概|都|还|又|得|会|该|是)?(?:"
    r"[扣罚记]几分|[扣罚记]多少分?钱?|要?多少钱|多久.{0,6}|几天.{0,4}|几年.{0,4}|什么时候.{0,6}|"
    r"[要需]?带(?:些|点)?(?:什么|啥|哪些).{0,4}|要(?:什么|哪些)(?:材料|手续|条件).{0,2}|[怎咋]么?[办补换处弄走交查约申].{0,4}|怎么.{1,4}|"
    r"[在去]?(?:哪|哪里|哪儿)[^，。？]{0,4}|能不能.{1,6}|可不可以.{1,6}|行不行|可以吗|能.{1,4}吗)[吗呢啊呀？?。]*$")
SHORT, LONGEST = 10, 40
"""Characters of a question that leans, and of one that another may lean on."""


def leans(words: str) -> bool:
    """Whether the words may lean on a question before them."""
    words = words.strip()
    return LEANS.fullmatch(words) is not None or (len(words) <= SHORT and TAIL.fullmatch(words) is not None)


def in_full(words: str, before: Optional[str]) -> Optional[str]:
    """The words with what they leave out, from the driver's words before; None when they stand alone."""
    words, before = words.strip(), (before or "").strip()
    asked = TAIL.search(before)
    if not before or len(before) > LONGEST or before.startswith("/") or asked is None:
        return None
    if leaning := LEANS.fullmatch(words):
        return leaning["subject"] + asked.group()
    if len(words) <= SHORT and TAIL.fullmatch(words):
        return before[:asked.start()] + words
    return None
