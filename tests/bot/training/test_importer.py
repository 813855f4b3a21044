from __future__ import annotations

import pathlib

import pytest
import yaml
from rasa.shared.exceptions import RasaException
from rasa.shared.importers.rasa import RasaFileImporter

from bot.settings import ROOT
from bot.training.importer import SentencesOnce, SharedMessage

SENTENCES = """version: "3.1"
nlu:
- intent: greet
  examples: |
    - 您好
    - 早上好
- intent: query_road_conditions
  examples: |
    - [杜桥](place)到[白沙](place)通不通
"""
REGULAR_EXPRESSION = SENTENCES + """- regex: number
  examples: |
    - \\d+
"""


def importer_of(kind: type[RasaFileImporter], folder: pathlib.Path, text: str = SENTENCES) -> RasaFileImporter:
    (folder / "nlu.yml").write_text(text, encoding="utf-8")
    return kind(config_file=str(ROOT / "config.yml"), training_data_paths=[str(folder)])


def test_sentences_are_read_once_and_are_the_same_as_rasas(tmp_path: pathlib.Path) -> None:
    once = importer_of(SentencesOnce, tmp_path)
    assert once.get_nlu_data("zh") is once.get_nlu_data("zh")
    rasas = importer_of(RasaFileImporter, tmp_path)
    assert once.get_nlu_data("zh").fingerprint() == rasas.get_nlu_data("zh").fingerprint()


def test_what_is_more_than_sentences_is_read_as_rasa_reads_it(tmp_path: pathlib.Path) -> None:
    read, rasas = (importer_of(kind, tmp_path, REGULAR_EXPRESSION).get_nlu_data()
                   for kind in (SentencesOnce, RasaFileImporter))
    assert read.regex_features
    assert read.fingerprint() == rasas.fingerprint()


def test_a_file_that_is_no_yaml_is_refused_with_its_name(tmp_path: pathlib.Path) -> None:
    importer = importer_of(SentencesOnce, tmp_path)
    (tmp_path / "nlu.yml").write_text(SENTENCES + "- intent: [\n", encoding="utf-8")
    with pytest.raises(RasaException, match=r"nlu\.yml"):
        importer.get_nlu_data()


def test_a_shared_example_is_hashed_again_when_it_changes() -> None:
    message = SharedMessage({"text": "您好", "intent": "greet"})
    before = message.fingerprint()
    message.set("intent", "greet")
    assert message.fingerprint() == before
    message.set("intent", "goodbye")
    assert message.fingerprint() != before


def test_the_configuration_names_it() -> None:
    config = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))
    assert config["importers"] == [{"name": f"{SentencesOnce.__module__}.{SentencesOnce.__name__}"}]
