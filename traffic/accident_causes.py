"""Liability cases (责任划分图): what happened, who bears which share, by which article. Its words are in `data/`."""

from __future__ import annotations

import dataclasses
import functools
from typing import Dict

import yaml

from bot.settings import ROOT
from traffic.errors import CauseUnknown

CAUSES = ROOT / "data" / "accident_causes.yml"
SHARES = {"full": "none", "main": "minor", "equal": "equal"}  # A's share → B's
ROLES = ("first", "second")


@dataclasses.dataclass(frozen=True)
class Cause:
    """One case. A is the red car of its picture; `share` is A's part: full (全责), main (主责) or equal (同责)."""

    code: str
    title: str
    told: str
    share: str
    law: str
    says: str


@functools.cache
def causes() -> Dict[str, Cause]:
    """All cases by code, in the order in which drivers see them."""
    read = yaml.safe_load(CAUSES.read_text(encoding="utf-8"))
    return {code: Cause(code=code, **words) for code, words in read.items()}


def cause(code: str) -> Cause:
    """The case of a code. Raises CauseUnknown."""
    try:
        return causes()[code]
    except KeyError:
        raise CauseUnknown("no such liability case: choose one of the list") from None


def share_of(role: str, liability: str, a_role: str | None) -> str:
    """A party's own part: full, main, equal, minor or none; `liability` is car A's."""
    return liability if role == a_role else SHARES[liability]


def other(role: str) -> str:
    """The other party's role."""
    return ROLES[1 - ROLES.index(role)]
