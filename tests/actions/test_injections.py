from __future__ import annotations

import asyncio
import contextlib
from typing import Any, Dict, List

import pytest
import sqlalchemy as sa
import yaml
from rasa_sdk.executor import ActionExecutor, CollectingDispatcher
from rasa_sdk.interfaces import ActionExecutionRejection
from sqlalchemy.engine import Engine

from bot.settings import ROOT
from tests.actions.trackers import Event, acted, heard, opened, tracker
from tests.injections import some
from traffic.tables import metadata

DOMAIN = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
SLOTS: Dict[str, Any] = {name: None for name in DOMAIN["slots"]}
WRITTEN = {"proof_attempts", "subscribers", "consents", "number_counters", "tickets", "slot_holds", "slots",
           "accident_cases", "accident_parties", "road_subscriptions", "bookings", "waiting_list"}


def counts(engine: Engine) -> Dict[str, int]:
    with engine.connect() as connection:
        return {table.name: connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
                for table in metadata.sorted_tables}


def ways_in(name: str, text: str) -> List[Any]:
    """The string as words, as the value of every entity, and as what every slot holds."""
    values = [{"entity": entity, "value": text, "start": 0, "end": len(text)} for entity in DOMAIN["entities"]]
    form = name.removeprefix("validate_")
    begun: List[Event] = [opened(form), acted(form)] if name.startswith("validate_") else []
    wanted = (DOMAIN["forms"].get(form) or {"required_slots": [None]})["required_slots"]
    said = (heard("x"), *begun, heard(text, "inform", values))
    known = [tracker(*said, **SLOTS, requested_slot=slot) for slot in wanted]
    words = tracker(heard("x"), *begun, heard(text, "nlu_fallback"), **SLOTS, requested_slot=wanted[0])
    return [*known, words]


@pytest.mark.parametrize("name", sorted(DOMAIN["actions"]))
def test_no_action_stumbles_over_a_string(town: Engine, name: str) -> None:
    executor = ActionExecutor()
    executor.register_package("actions")
    before = counts(town)
    for text in some(10):
        for state in ways_in(name, text):
            with contextlib.suppress(ActionExecutionRejection):  # how a form says that a message was no answer
                asyncio.run(executor.actions[name](CollectingDispatcher(), state, {}))
    after = counts(town)
    assert {k for k in after if after[k] != before[k]} <= WRITTEN
    assert {k for k in after if after[k] < before[k]} == set()
