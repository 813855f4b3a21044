"""What the action server answers is checked as Rasa does, but the schema itself only once and not with every answer.

Rasa calls `jsonschema.validate`, which checks the schema against its own meta-schema each time: nine tenths of the call
and two thirds of what a whole turn costs Rasa's event loop (docs/decisions/0004).
"""

from __future__ import annotations

import functools
from typing import Any

from jsonschema.exceptions import best_match
from jsonschema.protocols import Validator
from jsonschema.validators import validator_for
from rasa.core.actions.action import RemoteAction


def check_schema_once() -> None:
    """From now on this process checks the schema of action results at the first result only."""
    RemoteAction._validate_action_result = _validate


def _validate(_action: RemoteAction, result: Any) -> bool:
    """True; raises jsonschema's ValidationError for what is no answer of an action server, as Rasa's own does."""
    if (error := best_match(_validator().iter_errors(result))) is not None:
        error.message += ". The action server's answer is not of Rasa's form: see its log"
        raise error
    return True


@functools.cache
def _validator() -> Validator:
    schema = RemoteAction.action_response_format_spec()
    kind = validator_for(schema)
    kind.check_schema(schema)
    return kind(schema)
