from __future__ import annotations

import pathlib
from typing import Any, Dict

import dask
import pytest
import rasa.engine.runner.dask as runner
from rasa.engine.exceptions import GraphComponentException
from rasa.engine.graph import ExecutionContext, GraphComponent, GraphSchema, SchemaNode
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.shared.core.events import Event
from rasa.shared.utils.common import all_subclasses

from bot import rasa_shortcuts

RASA_S_OWN = Event.__dict__["resolve_by_type"]


@pytest.fixture
def shortened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Event, "resolve_by_type", RASA_S_OWN)
    monkeypatch.setattr(runner, "dask", dask)
    rasa_shortcuts.remember_event_types()
    rasa_shortcuts.run_graphs_in_order()


class Adding(GraphComponent):
    """Adds its config's number to what it gets."""

    def __init__(self, number: int) -> None:
        self.number = number

    @classmethod
    def create(cls, config: Dict[str, Any], *_: Any, **__: Any) -> Adding:
        return cls(config["number"])

    def add(self, one: int, other: int = 0) -> int:
        if self.number < 0:
            raise ValueError("no negative numbers")
        return one + other + self.number


def graph(*numbers: int) -> GraphSchema:
    first, second, last = (SchemaNode(needs=needs, uses=Adding, constructor_name="create", fn="add",
                                      config={"number": number}, is_target=target)
                           for number, needs, target in zip(numbers, ({"one": "given"}, {"one": "first"},
                                                                      {"one": "second", "other": "first"}),
                                                            (False, True, True), strict=True))
    return GraphSchema({"last": last, "second": second, "first": first})


def run(folder: pathlib.Path, schema: GraphSchema, **more: Any) -> Dict[str, Any]:
    context = ExecutionContext(schema, "test")
    return DaskGraphRunner(schema, LocalModelStorage(folder), context).run({"given": 1}, **more)


def test_event_types_are_rasas_own(shortened: None) -> None:
    names = [kind.type_name for kind in all_subclasses(Event)]
    assert len(names) > 20
    assert [Event.resolve_by_type(name) for name in names] == [RASA_S_OWN.__func__(name) for name in names]
    with pytest.raises(ValueError, match="Unknown event name"):
        Event.resolve_by_type("no such event")


def test_a_graph_gives_what_rasa_gives(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "dask", dask)
    wanted = run(tmp_path, graph(10, 100, 1000)), run(tmp_path, graph(10, 100, 1000), targets=["first"])
    rasa_shortcuts.run_graphs_in_order()
    assert (run(tmp_path, graph(10, 100, 1000)), run(tmp_path, graph(10, 100, 1000), targets=["first"])) == wanted
    assert wanted[0] == {"second": 111, "last": 1122}


def test_a_component_that_fails_is_named_as_by_rasa(shortened: None, tmp_path: pathlib.Path) -> None:
    with pytest.raises(GraphComponentException, match="node second"):
        run(tmp_path, graph(10, -1, 1000))


def test_taken_twice_they_are_the_same(shortened: None) -> None:
    known = Event.resolve_by_type
    rasa_shortcuts.remember_event_types()
    assert Event.resolve_by_type is known
