from __future__ import annotations

import functools
import pathlib
from typing import Any, Callable, Dict, List, Tuple, Type

import pytest
from rasa.engine.graph import ExecutionContext, GraphComponent, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.chinese_tokenizer import ChineseTokenizer
from bot.nlu.normalizer import Normalizer

Made = Callable[..., Any]


def created(folder: pathlib.Path, kind: Type[GraphComponent], load: bool = False, **config: Any) -> Any:
    context = ExecutionContext(GraphSchema({}))
    settings = {**kind.get_default_config(), **config}
    parts = (settings, LocalModelStorage(folder), Resource(kind.__name__), context)
    return kind.load(*parts) if load else kind.create(*parts)


@pytest.fixture
def make(tmp_path: pathlib.Path) -> Made:
    return functools.partial(created, tmp_path)


@pytest.fixture(scope="session")
def first_steps(tmp_path_factory: pytest.TempPathFactory) -> List[Any]:
    return [created(tmp_path_factory.mktemp("steps"), kind) for kind in (Normalizer, ChineseTokenizer)]


@pytest.fixture
def read(first_steps: List[Any]) -> Callable[[str], Message]:
    def prepared(text: str) -> Message:
        message = Message({"text": text})
        for step in first_steps:
            step.process([message])
        return message

    return prepared


@pytest.fixture
def examples(first_steps: List[Any]) -> Callable[[List[Tuple[str, str]]], TrainingData]:
    def prepared(pairs: List[Tuple[str, str]]) -> TrainingData:
        data = TrainingData([Message(_example(text, label)) for text, label in pairs])
        for step in first_steps:
            step.process_training_data(data)
        return data

    return prepared


def _example(text: str, label: str) -> Dict[str, Any]:
    return {"text": text, "intent": label.split("/")[0], **({"intent_response_key": label} if "/" in label else {})}
