"""The few sentences a channel needs when Rasa can't speak: `data/apologies.yml`."""

from __future__ import annotations

import pathlib
import re

import yaml

from bot.settings import ROOT, Station

APOLOGIES = ROOT / "data" / "apologies.yml"
PLACEHOLDER = re.compile(r"\{(\w+)\}")


def load_sentences(station: Station, path: pathlib.Path = APOLOGIES) -> dict[str, str]:
    """Key → sentence, with the station's words filled in; {ahead} and the like stay for who knows them."""
    words = station.words()
    texts = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {key: PLACEHOLDER.sub(lambda found: words.get(found[1], found[0]), text) for key, text in texts.items()}


def menu_payloads(station: Station) -> dict[str, str]:
    """Number of a menu key, counted through all columns from "1", → the payload Rasa gets for it."""
    keys = [key for column in station.menu for key in column.keys]
    return {str(number): f"/{key.say}" for number, key in enumerate(keys, start=1)}
