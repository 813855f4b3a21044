"""A yes or a no as the answer to a form's question."""

from __future__ import annotations

import re
from typing import Any, Dict

from rasa_sdk import Tracker

from actions.choice_words import gives_up, yes_or_no
from actions.forms import asked_for
from actions.turn import Turn

MEANT = {"affirm": True, "deny": False}
LONGEST = 12  # a longer sentence is more than a yes


def yes_or_no_heard(tracker: Tracker, yes: str = "(?!)", slot: str = "confirmed") -> Dict[str, Any]:
    """{slot: True or False} when it was asked for and is answered; `yes` are words that here mean yes as well."""
    turn = Turn.of(tracker)
    if not asked_for(tracker, slot):
        return {}
    means_yes = len(turn.text) <= LONGEST and re.search(yes, turn.text) and not re.search("[不别没]", turn.text)
    if gives_up(turn.text) and not means_yes:
        return {}
    said = True if means_yes else yes_or_no(turn.text)
    said = MEANT.get(turn.intent) if said is None else said
    return {} if said is None else {slot: said}
