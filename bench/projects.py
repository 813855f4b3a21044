"""Writes Rasa projects that differ in the pipeline alone: the same sentences, a rule and a reply an intent."""

from __future__ import annotations

import itertools
import pathlib
import re
import shutil
from typing import Any, Dict, List

import yaml

from bot.training.sentences import read_sentences

STOCK = "stock Rasa"
WEIJING = "Weijing"


def stock_config(epochs: int) -> Dict[str, Any]:
    """What Rasa's documentation recommends for Chinese: jieba, two count vectors, DIET, ResponseSelector, TED."""
    pipeline = [
        {"name": "JiebaTokenizer"},
        {"name": "CountVectorsFeaturizer"},
        {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
        {"name": "DIETClassifier", "epochs": epochs, "constrain_similarities": True},
        {"name": "EntitySynonymMapper"},
        {"name": "ResponseSelector", "epochs": epochs, "constrain_similarities": True},
        {"name": "FallbackClassifier", "threshold": 0.3, "ambiguity_threshold": 0.1},
    ]
    policies = [{"name": "MemoizationPolicy"}, {"name": "RulePolicy"},
                {"name": "TEDPolicy", "max_history": 5, "epochs": epochs, "constrain_similarities": True}]
    return {"recipe": "default.v1", "language": "zh", "assistant_id": "bench", "pipeline": pipeline,
            "policies": policies}


def weijing_config(root: pathlib.Path) -> Dict[str, Any]:
    """The project's own pipeline and policies, without the action that only its own action server has."""
    config: Dict[str, Any] = yaml.safe_load((root / "config.yml").read_text(encoding="utf-8"))
    config["policies"] = [{"name": policy["name"]} for policy in config["policies"]]
    return config


def copy_sentences(root: pathlib.Path, folder: pathlib.Path) -> pathlib.Path:
    """The sentences of `root` as they are now, unless `folder` has some already; returns the folder."""
    for part in ("nlu", "faq"):
        if not (folder / "data" / part).exists():
            shutil.copytree(root / "data" / part, folder / "data" / part)
    return folder


def write_project(folder: pathlib.Path, root: pathlib.Path, config: Dict[str, Any]) -> pathlib.Path:
    """A project in `folder` with the sentences of `root`/data; returns the folder."""
    copy_sentences(root, folder)
    intents = sorted({sentence.intent for sentence in read_sentences(root / "data")})
    retrieval = sorted({s.intent for s in read_sentences(root / "data") if "/" in s.label})
    _write(folder / "config.yml", config)
    _write(folder / "domain.yml", _domain(root, intents, retrieval))
    _write(folder / "data" / "turns.yml", _turns(intents))
    _write(folder / "credentials.yml", {"rest": None})
    _write(folder / "endpoints.yml", {})
    return folder


def _domain(root: pathlib.Path, intents: List[str], retrieval: List[str]) -> Dict[str, Any]:
    """Each service says one sentence; the topics' answers stand in the copied files of the answer book."""
    services = [intent for intent in [*intents, "nlu_fallback"] if intent not in retrieval]
    replies = {f"utter_{intent}": [{"text": intent}] for intent in services}
    entities = sorted({mark.entity for sentence in read_sentences(root / "data") for mark in sentence.marks})
    return {"version": "3.1", "intents": intents, "entities": entities, "responses": replies,
            "actions": [f"utter_{topic}" for topic in retrieval], "slots": _blanks(root),
            "session_config": {"session_expiration_time": 60, "carry_over_slots_to_new_session": False}}


def _blanks(root: pathlib.Path) -> Dict[str, Any]:
    """What the answers leave open, as slots, so that Rasa fills them in instead of logging that it cannot."""
    texts = (path.read_text(encoding="utf-8") for path in (root / "data" / "faq").glob("*.yml"))
    names = sorted({name for text in texts for name in re.findall(r"\{(\w+)\}", text)})
    return {name: {"type": "text", "initial_value": name, "influence_conversation": False,
                   "mappings": [{"type": "custom"}]} for name in names}


def _turns(intents: List[str]) -> Dict[str, Any]:
    """A rule for each intent, and a story of two turns for TED to learn from."""
    rules = [{"rule": intent, "steps": _answered(intent)} for intent in [*intents, "nlu_fallback"]]
    stories = [{"story": f"{one} and {other}", "steps": _answered(one) + _answered(other)}
               for one, other in itertools.pairwise(intents)]
    return {"version": "3.1", "rules": rules, "stories": stories}


def _answered(intent: str) -> List[Dict[str, str]]:
    return [{"intent": intent}, {"action": f"utter_{intent}"}]


def _write(path: pathlib.Path, content: Dict[str, Any]) -> None:
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
