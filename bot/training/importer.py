"""Reads the sentences once a training: Rasa's importers ask for them three times, and twenty thousand take seconds."""

from __future__ import annotations

from typing import Optional

from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa.shared.utils.common import cached_method


class SentencesOnce(RasaFileImporter):
    """Rasa's own importer with a memory, for the one training that it lives."""

    @cached_method
    def get_nlu_data(self, language: Optional[str] = "en") -> TrainingData:
        """What the first call read; who merges it with other data makes new lists."""
        return super().get_nlu_data(language)
