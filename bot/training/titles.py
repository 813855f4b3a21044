"""What an intent or a question is called in Chinese, for maintainers: nobody reads `parking_towing/moved_car`."""

from __future__ import annotations

import functools
import pathlib
from typing import Dict, Mapping

import yaml

from bot.training.sentences import read_sentences

PREFIX = "utter_title_"
OTHERS = {
    "emergency": "紧急求助", "greet": "打招呼", "goodbye": "告别", "thank": "道谢", "affirm": "说是", "deny": "说不",
    "stop": "停下、不办了", "help": "问能办什么", "inform": "只报了号牌、路名之类", "voice": "语音", "chitchat": "闲聊",
    "bot_challenge": "问是不是机器人", "out_of_scope": "不归我们管", "nlu_fallback": "没听懂", "welcome": "刚关注",
    "officer_ended": "民警结束会话", "": "不要了",
}
"""Those that drivers are never offered, so that no response has their title."""


def titles(data: pathlib.Path) -> Mapping[str, str]:
    """Intent, topic or `topic/question` → its title; a question's is "topic: first sentence". Read anew on a change."""
    newest = max((path.stat().st_mtime_ns for path in data.rglob("*.yml")), default=0)
    return _titles(data, newest)


@functools.lru_cache(maxsize=2)  # all sentences take seconds to read
def _titles(data: pathlib.Path, newest: int) -> Mapping[str, str]:
    found: Dict[str, str] = {**OTHERS, **_said(data)}
    for sentence in sorted(read_sentences(data), key=lambda each: bool(each.marks)):  # a plate is nobody's title
        if "/" in sentence.label:
            topic = found.get(sentence.intent, sentence.intent)
            found.setdefault(sentence.label, f"{topic}：{sentence.text}")
    return found


def _said(data: pathlib.Path) -> Dict[str, str]:
    files = [data / "replies.yml", *sorted((data / "faq").glob("*.yml"))]
    read = (yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader) for path in files if path.exists())
    responses = ((content or {}).get("responses") or {} for content in read)
    return {name.removeprefix(PREFIX): str(variants[0]["text"]) for file in responses
            for name, variants in file.items() if name.startswith(PREFIX)}
