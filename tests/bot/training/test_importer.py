from __future__ import annotations

import pathlib

import yaml
from rasa.shared.importers.rasa import RasaFileImporter

from bot.settings import ROOT
from bot.training.importer import SentencesOnce

SENTENCES = 'version: "3.1"\nnlu:\n- intent: greet\n  examples: |\n    - 您好\n    - 早上好\n'


def importer_of(kind: type[RasaFileImporter], folder: pathlib.Path) -> RasaFileImporter:
    (folder / "nlu.yml").write_text(SENTENCES, encoding="utf-8")
    return kind(config_file=str(ROOT / "config.yml"), training_data_paths=[str(folder)])


def test_sentences_are_read_once_and_are_the_same_as_rasas(tmp_path: pathlib.Path) -> None:
    once = importer_of(SentencesOnce, tmp_path)
    assert once.get_nlu_data("zh") is once.get_nlu_data("zh")
    rasas = importer_of(RasaFileImporter, tmp_path)
    assert once.get_nlu_data("zh").fingerprint() == rasas.get_nlu_data("zh").fingerprint()


def test_the_configuration_names_it() -> None:
    config = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))
    assert config["importers"] == [{"name": f"{SentencesOnce.__module__}.{SentencesOnce.__name__}"}]
