"""What every component of the pipeline shares: how it is made, saved, and when Rasa must train it again."""

from __future__ import annotations

import hashlib
import pathlib
from typing import Any, Dict, Iterable, List, Optional

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message

from bot.settings import ROOT

HERE = pathlib.Path(__file__).resolve().parent
NORMALIZED = "normalized"
"""Message property: the text after the Normalizer."""
STARTS, ENDS = "normalized_starts", "normalized_ends"
"""Message properties: for each character of NORMALIZED, where its original begins and ends in the text."""
RESPELLED = "respelled"
"""Message property: the plain text (text_features.plain) without its likely slip of typing, where there is one."""
RESPELLED_WORDS = "respelled_words"


def file_hash(paths: Iterable[pathlib.Path]) -> str:
    """Hash over the contents of files; a missing file counts as empty."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(path.name.encode())
        digest.update(path.read_bytes() if path.exists() else b"")
    return digest.hexdigest()


class NluComponent(GraphComponent):
    """A component made of its config alone; `files` names what it reads besides, so that Rasa's cache sees changes."""

    def __init__(self, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self.config = config
        self.model_storage = model_storage
        self.resource = resource

    @classmethod
    def create(
        cls, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource,
        execution_context: ExecutionContext
    ) -> GraphComponent:
        """A new, untrained component."""
        return cls(config, model_storage, resource)

    @classmethod
    def files(cls, config: Dict[str, Any]) -> List[pathlib.Path]:
        """Files outside the training data that training reads."""
        return []

    @classmethod
    def fingerprint_addon(cls, config: Dict[str, Any]) -> Optional[str]:
        """Rasa reuses a trained component until this changes: our sources and the files it reads."""
        # A node that Rasa takes from its cache is asked with a config that is not its own.
        return file_hash([*HERE.glob("*.py"), *cls.files({**cls.get_default_config(), **config})])


def normalized_text(message: Message) -> str:
    """The message's text as the Normalizer left it; the text itself when it has not run."""
    text = message.get(NORMALIZED)
    return text if isinstance(text, str) else (message.get("text") or "")


def station_path(relative: str) -> pathlib.Path:
    """A path of `config.yml`, which is relative to the project's root."""
    return ROOT / relative
