"""Reads the sentences once a training and shares them: Rasa's importers ask for them three times, copy them five
times, and read YAML by a parser in Python; with twenty thousand sentences that took a quarter of the training."""

from __future__ import annotations

from typing import Any, Dict, Optional

import yaml
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.training_data.formats.rasa_yaml import KEY_NLU, KEY_RESPONSES, RasaYAMLReader
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa.shared.utils.common import cached_method


class SharedMessage(Message):
    """An example that the importers pass on unchanged: its copy is itself, and to set what stands there changes nothing
    (Rasa strips each intent at every merge, and then works out each hash anew)."""

    def __deepcopy__(self, memo: Dict[int, Any]) -> SharedMessage:
        return self

    def set(self, prop: str, info: Any, add_to_output: bool = False) -> None:
        """As a Message's, but the hash stays where the value does."""
        if add_to_output or not isinstance(info, str) or self.data.get(prop) != info:
            super().set(prop, info, add_to_output)


class QuickReader(RasaYAMLReader):
    """Rasa's reader behind libyaml; what is not plainly a file of sentences goes to Rasa's own, for its reasons."""

    def reads(self, string: str, **kwargs: Any) -> TrainingData:
        """The sentences and answers of a file's text."""
        content = _plain_content(string)
        if content is None:
            return super().reads(string, **kwargs)
        self._parse_nlu(content.get(KEY_NLU))
        self.responses = content.get(KEY_RESPONSES) or {}
        shared = [SharedMessage(message.data, message.output_properties) for message in self.training_examples]
        return TrainingData(shared, self.entity_synonyms, self.regex_features, self.lookup_tables, self.responses)


def _plain_content(string: str) -> Optional[Dict[str, Any]]:
    try:
        content = yaml.load(string, Loader=yaml.CSafeLoader)
    except yaml.YAMLError:
        return None
    blocks = content.get(KEY_NLU) if isinstance(content, dict) else None
    plain = isinstance(blocks, list) and all(
        isinstance(block, dict) and {"intent", "examples"} <= set(block) and isinstance(block["examples"], str)
        for block in blocks)
    return content if plain else None


class SentencesOnce(RasaFileImporter):
    """Rasa's own importer with a memory, for the one training that it lives."""

    @cached_method
    def get_nlu_data(self, language: Optional[str] = "en") -> TrainingData:
        """What the first call read; who merges it with other data makes new lists."""
        return TrainingData().merge(*(QuickReader().read(file) for file in self._nlu_files))
