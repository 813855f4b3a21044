from __future__ import annotations

from typing import Any, Callable

import pytest
from jsonschema import ValidationError
from rasa.core.actions.action import RemoteAction

from bot import action_results

RASA_S_OWN = RemoteAction._validate_action_result
ANSWERS = [
    {},
    {"events": [], "responses": []},
    {"events": [{"event": "slot", "name": "plate_number", "value": "浙J12345"}], "responses": [{"text": "好的"}]},
    {"events": [{"event": "form", "name": None}], "responses": [{}]},
    [],
    "好的",
    None,
    {"events": "none"},
    {"events": [{"event": "no such event"}]},
    {"events": [{"event": "slot"}]},
    {"events": [{}]},
    {"responses": ["好的"]},
    {"responses": {"text": "好的"}},
]


def verdict(check: Callable[..., Any], answer: Any) -> Any:
    try:
        return check(RemoteAction("action_query", None), answer)
    except ValidationError as error:
        return list(error.absolute_path), error.validator


@pytest.mark.parametrize("answer", ANSWERS, ids=str)
def test_the_verdict_is_rasas_own(answer: Any) -> None:
    assert verdict(action_results._validate, answer) == verdict(RASA_S_OWN, answer)


def test_every_remote_action_is_checked_this_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(RemoteAction, "_validate_action_result", RASA_S_OWN)
    action_results.check_schema_once()
    assert RemoteAction("action_query", None)._validate_action_result({"events": []})
    with pytest.raises(ValidationError, match="not of Rasa's form"):
        RemoteAction("action_query", None)._validate_action_result({"events": 1})
