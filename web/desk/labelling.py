"""What the labelling pages need besides the inbox itself: all labels with an example, and marks from a form."""

from __future__ import annotations

import datetime
import functools
import json
import pathlib
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple

from pypinyin import lazy_pinyin
from sqlalchemy.engine import Connection

from bot.settings import DATA, DOMAIN, ROOT
from bot.training import labels
from bot.training.errors import Refused
from bot.training.sentences import Sentence, read_sentences
from bot.training.write_back import INTENT, Files

ENTITIES = {"plate_number": "号牌", "road": "道路", "place": "地点", "time": "时间", "phone": "电话",
            "license_number": "证号", "ticket_number": "单号", "offense": "违法行为"}


def examples() -> Dict[str, str]:
    """Label → the first sentence of it, for people who don't read names of intents."""
    newest = max((path.stat().st_mtime_ns for path in DATA.rglob("*.yml")), default=0)
    return _examples(DATA, newest)


@functools.lru_cache(maxsize=1)  # reading all sentences takes longer than a page may
def _examples(data: pathlib.Path, newest: int) -> Dict[str, str]:
    found: Dict[str, str] = {}
    for sentence in read_sentences(data):
        found.setdefault(sentence.label, sentence.text)
    return dict(sorted(found.items()))


def files() -> Files:
    """The data as it is now."""
    return Files(DATA, DOMAIN)


def held_out() -> List[Sentence]:
    """The sentences that models are measured with."""
    return read_sentences(ROOT / "tests" / "nlu" / "held_out.yml")


def chosen_in(form: Optional[Mapping[str, Any]]) -> Dict[int, List[Tuple[str, int, int]]]:
    """Sentence id → marks, of the sentences that are ticked. Raises Refused for marks that are none."""
    found: Dict[int, List[Tuple[str, int, int]]] = {}
    for name in form or {}:
        kind, _, number = name.partition("_")
        if kind == "take" and number.isdigit():
            found[int(number)] = _marks((form or {}).get(f"marks_{number}") or "[]")
    return found


def _marks(written: str) -> List[Tuple[str, int, int]]:
    try:
        marks = [(str(kind), int(start), int(end)) for kind, start, end in json.loads(written)]
    except (TypeError, ValueError):
        raise Refused("the marks are not readable") from None
    if any(kind not in ENTITIES or not 0 <= start < end for kind, start, end in marks):
        raise Refused("the marks are not readable")
    return marks


def new_label(topic: str, title: str) -> str:
    """The name of a question, or without a topic of an intent, from its title in Chinese. Raises Refused."""
    spelled = "_".join(word.lower() for word in lazy_pinyin(title) if word.isascii() and word.isalnum())
    label = f"{topic}/{spelled[:50]}" if topic else spelled[:38].rstrip("_")
    if not (labels.QUESTION if topic else INTENT).fullmatch(label):
        raise Refused("title")
    return label


def decide(session: Connection, officer: str, number: int, label: str, form: Optional[Mapping[str, Any]],
           answer: Mapping[str, str], now: datetime.datetime) -> str:
    """One press of a button: label what is ticked, with an answer where the question is new."""
    known = examples()
    if label not in (labels.IGNORED, labels.OUT_OF_SCOPE) and label not in known and not answer.get("text"):
        raise Refused("unknown")
    batch = labels.decide(session, officer, number, label, now, chosen_in(form))
    if answer.get("text"):
        labels.propose_answer(session, officer, label, answer["text"], answer, batch, now)
    return batch


def topics(known: Sequence[str]) -> List[str]:
    """Topics of the answer book."""
    return sorted({label.split("/")[0] for label in known if "/" in label})
