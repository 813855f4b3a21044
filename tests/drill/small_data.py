from __future__ import annotations

import pathlib
import shutil
from typing import Dict, List

import yaml

from bot.settings import ROOT

TOPICS = {"ebike": 5, "pay_fine": 5}
SENTENCES, QUESTIONS = 14, 8


def make_small_data(folder: pathlib.Path) -> pathlib.Path:
    """A copy of data/ with few sentences: every intent and topic is there, so that all rules stand."""
    data = folder / "data"
    shutil.copytree(ROOT / "data", data)
    for path in [*data.glob("nlu/*.yml"), *data.glob("services/*.yml"), *data.glob("faq/*.yml")]:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        blocks: List[Dict[str, str]] = content.get("nlu") or []
        if not blocks:
            continue
        if path.parent.name == "faq":
            blocks = blocks[:TOPICS.get(path.stem, 2)]
            kept = {f"utter_{block['intent']}" for block in blocks}
            content["responses"] = {name: said for name, said in content["responses"].items() if name in kept}
        content["nlu"] = [{**block, "examples": few(block["examples"], path.parent.name)} for block in blocks]
        path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=10_000), encoding="utf-8")
    return data


def few(examples: str, kind: str) -> str:
    lines = [line for line in examples.splitlines() if line.strip()]
    return "\n".join(lines[:QUESTIONS if kind == "faq" else SENTENCES]) + "\n"
