"""What the live model makes of a sentence, without a server: the answer of `weijing parse`."""

from __future__ import annotations

import contextlib
import io
import os
import pathlib
import tempfile
import time
import warnings
from typing import Any, Dict, List

RANKED = 5


class Parser:
    """A loaded model; `folder` holds its unpacked files for as long as the parser lives."""

    def __init__(self, model: pathlib.Path) -> None:
        with quiet():
            from rasa.engine.loader import load_predict_graph_runner
            from rasa.engine.runner.dask import DaskGraphRunner
            from rasa.engine.storage.local_model_storage import LocalModelStorage

            self.folder = tempfile.TemporaryDirectory(prefix="weijing-model-")
            self.metadata, self.runner = load_predict_graph_runner(
                pathlib.Path(self.folder.name), model, LocalModelStorage, DaskGraphRunner)
        self.parse("查违章")

    def parse(self, text: str) -> Dict[str, Any]:
        """`{"text", "intent", "confidence", "ranking", "answer", "entities", "ms"}` as DESIGN section 4 says.

        `start` and `end` of entities count characters of `text`. `answer` is `<topic>/<question>` or None.
        """
        began = time.perf_counter()
        parsed = self.read(text)
        intent = parsed["intent"]
        return {
            "text": text, "intent": intent["name"], "confidence": round(intent["confidence"], 4),
            "ranking": [{"intent": one["name"], "confidence": round(one["confidence"], 4)}
                        for one in parsed["intent_ranking"][:RANKED]],
            "answer": _answer(parsed), "entities": [_entity(one) for one in parsed["entities"]],
            "ms": round((time.perf_counter() - began) * 1000, 2),
        }

    def read(self, text: str) -> Dict[str, Any]:
        """All that Rasa would put into the tracker; a leading slash is a driver's, never a command."""
        from rasa.core.channels.channel import UserMessage
        from rasa.engine.constants import PLACEHOLDER_MESSAGE, PLACEHOLDER_TRACKER
        from rasa.shared.core.trackers import DialogueStateTracker

        message = UserMessage(" " + text[1:] if text[:1] in {"/", "／"} else text)
        inputs = {PLACEHOLDER_MESSAGE: [message], PLACEHOLDER_TRACKER: DialogueStateTracker.from_events("parse", [])}
        target = self.metadata.nlu_target
        return {"intent": {"name": None, "confidence": 0.0}, "intent_ranking": [], "entities": [],
                **self.runner.run(inputs, targets=[target])[target][0].as_dict(only_output_properties=True)}


def _answer(parsed: Dict[str, Any]) -> str | None:
    chosen = parsed.get("response_selector", {}).get(parsed["intent"]["name"])
    return chosen["response"]["intent_response_key"] if chosen else None


def _entity(entity: Dict[str, Any]) -> Dict[str, Any]:
    return {name: entity[name] for name in ("entity", "value", "start", "end")}


@contextlib.contextmanager
def quiet() -> Any:
    """Rasa's and TensorFlow's imports warn and print; standard output belongs to the answer."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        yield


def load_parser(model: pathlib.Path) -> Parser:
    """A parser of a trained model (a .tar.gz); takes seconds, a sentence then milliseconds."""
    return Parser(pathlib.Path(model))


def parse_lines(parser: Parser, lines: List[str]) -> List[Dict[str, Any]]:
    """Parses each line, in order."""
    return [parser.parse(line.rstrip("\r\n")) for line in lines]
