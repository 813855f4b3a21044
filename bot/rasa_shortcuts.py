"""What Rasa 3.6 does anew with every message and need not, left out: the results are the same (docs/decisions/0005)."""

from __future__ import annotations

import functools
import types

import dask.core
import rasa.engine.runner.dask as runner
from rasa.shared.core.events import Event

from bot.action_results import check_schema_once


def take_shortcuts() -> None:
    """From now on this process takes them all."""
    check_schema_once()
    remember_event_types()
    run_graphs_in_order()


def remember_event_types() -> None:
    """Rasa walks through all classes of events for each one it reads back, and a conversation has many."""
    if not hasattr(Event.resolve_by_type, "cache_info"):
        Event.resolve_by_type = staticmethod(functools.cache(Event.resolve_by_type))


def run_graphs_in_order() -> None:
    """Rasa has dask plan each run as if for many workers and then runs it in one thread; dask has a plain way, too."""
    runner.dask = types.SimpleNamespace(get=dask.core.get)
