"""The report page of an evaluation: figures, floors, pictures, and every sentence that was misunderstood."""

from __future__ import annotations

import dataclasses
import json
import pathlib
from typing import Any, List, Mapping, Sequence

import jinja2

from bot.training.measures import Measures, is_right, reliability
from bot.training.pictures import confusion_picture, reliability_picture
from bot.training.sentences import Sentence

TEMPLATE = pathlib.Path(__file__).resolve().parent / "report.html"


def write_report(folder: pathlib.Path, sentences: Sequence[Sentence], parsed: Sequence[Mapping[str, Any]],
                 measures: Measures, misspelt: Measures, broken: Sequence[str]) -> pathlib.Path:
    """Writes report.html, figures.json and two pictures into `folder`; returns the page."""
    folder.mkdir(parents=True, exist_ok=True)
    pairs = [(s.intent, str(p["intent"])) for s, p in zip(sentences, parsed, strict=True)]
    right = [is_right(s.intent, p["ranking"][0]["intent"]) for s, p in zip(sentences, parsed, strict=True)]
    confusion_picture(pairs, folder / "confusion.png")
    reliability_picture(reliability(parsed, right), measures.calibration_error, folder / "reliability.png")
    figures = {"held_out": dataclasses.asdict(measures), "misspelt": dataclasses.asdict(misspelt)}
    (folder / "figures.json").write_text(json.dumps(figures, indent=1), encoding="utf-8")
    page = folder / "report.html"
    page.write_text(_page(sentences, parsed, measures, misspelt, broken), encoding="utf-8")
    return page


def _page(sentences: Sequence[Sentence], parsed: Sequence[Mapping[str, Any]], measures: Measures, misspelt: Measures,
          broken: Sequence[str]) -> str:
    template = jinja2.Template(TEMPLATE.read_text(encoding="utf-8"), autoescape=True)
    return template.render(m=measures, misspelt=misspelt, broken=broken, wrong=_wrong(sentences, parsed))


def _wrong(sentences: Sequence[Sentence], parsed: Sequence[Mapping[str, Any]]) -> List[Mapping[str, Any]]:
    return [{"text": s.text, "label": s.intent, "intent": p["intent"], "ranking": p["ranking"][:3]}
            for s, p in zip(sentences, parsed, strict=True) if not is_right(s.intent, str(p["intent"]))]
