"""The words of an accident case outside the chat: `data/accidents.yml`."""

from __future__ import annotations

import functools
from typing import Any, Dict

import yaml

from bot.settings import ROOT

WORDS = ROOT / "data" / "accidents.yml"


@functools.cache
def words() -> Dict[str, Any]:
    """All of them, as the file groups them."""
    read: Dict[str, Any] = yaml.safe_load(WORDS.read_text(encoding="utf-8"))
    return read
