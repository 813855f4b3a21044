"""Writes sentences, answers and intents into the YAML below `data/`, in place: comments and order stay.

Nothing is written until `write`; before it, `diff` shows the change as one reads it.
"""

from __future__ import annotations

import difflib
import io
import os
import pathlib
import re
from typing import Any, Dict, Iterable, List, Mapping, Optional, Sequence, Tuple

import yaml

from bot.training.errors import Refused

QUESTION = re.compile(r"[a-z][a-z0-9_]{1,38}/[a-z][a-z0-9_]{1,60}")
INTENT = re.compile(r"[a-z][a-z0-9_]{2,38}")
ENDLESS = 100_000  # columns: ruamel.yaml must not fold a line that a person wrote


class Files:
    """The data folder and the changes that are not written yet; `domain` lists the intents."""

    def __init__(self, data: pathlib.Path, domain: pathlib.Path) -> None:
        self.data, self.domain = data, domain
        self._new: Dict[pathlib.Path, str] = {}
        self._read: Dict[pathlib.Path, Any] = {}  # ruamel.yaml takes a second for a long file

    def add_sentences(self, label: str, sentences: Iterable[str]) -> None:
        """Adds the lines below their intent or question, new ones in order behind the old. Raises Refused."""
        path = self._path_of(label)
        content = self._load(path)
        block = next((b for b in content.get("nlu") or [] if b.get("intent") == label), None)
        if block is None:
            content.setdefault("nlu", []).append({"intent": label, "examples": _literal("")})
            block = content["nlu"][-1]
        lines = [line for line in str(block["examples"]).splitlines() if line.strip()]
        fresh = sorted({f"- {sentence}" for sentence in sentences} - set(lines))
        block["examples"] = _literal("\n".join(lines + fresh) + "\n")
        self._keep(path, content)

    def set_answer(self, label: str, text: str, about: Mapping[str, Optional[str]]) -> None:
        """Writes the answer of a question; `about` are law, in_force, review and owner, where given. Raises Refused."""
        if not QUESTION.fullmatch(label):
            raise Refused(f"{label} is not like topic/question in small letters")
        path = self._path_of(label)
        content = self._load(path)
        responses = content.setdefault("responses", {})
        variants = responses.setdefault(f"utter_{label}", [{"text": ""}])
        variants[0]["text"] = _literal(text.strip())
        for name, value in about.items():
            if value:
                variants[0].setdefault("metadata", {})[name] = _quoted(value)
        self._keep(path, content)

    def add_topic(self, topic: str, title: str) -> None:
        """A new topic of the answer book: its file with its rule and its title. Raises Refused.

        Its questions are added like any other's; nothing else names a topic, so that training and conversation
        know it from this file alone. `<topic>/overview` is what is said to who names the topic only.
        """
        if not INTENT.fullmatch(topic):
            raise Refused(f"{topic} is not a name in small letters, digits and _")
        path = self.data / "faq" / f"{topic}.yml"
        if path.exists() or path in self._new or topic in self._load(self.domain)["intents"]:
            raise Refused(f"{topic} is there already: label with it")
        content = self._load(path)
        content["nlu"] = []
        content["rules"] = [{"rule": topic, "steps": [{"intent": topic}, {"action": f"utter_{topic}"}]}]
        content["responses"] = {f"utter_title_{topic}": [{"text": title.strip()}]}
        self._keep(path, content)

    def diff(self) -> str:
        """The change as a unified diff."""
        parts = [difflib.unified_diff(_read(path).splitlines(True), text.splitlines(True),
                                      f"a/{self._shown(path)}", f"b/{self._shown(path)}", n=1)
                 for path, text in sorted(self._new.items())]
        return "".join(line if line.endswith("\n") else line + "\n" for part in parts for line in part)

    def changed(self) -> List[str]:
        """Names of the files that would change."""
        return [self._shown(path) for path in sorted(self._new)]

    def write(self) -> None:
        """Writes all files, each by rename, so that no training reads half of one."""
        for path, text in self._new.items():
            draft = path.with_name(path.name + ".draft")
            draft.write_text(text, encoding="utf-8")
            os.replace(draft, path)
        self._new.clear()
        self._read.clear()

    def _path_of(self, label: str) -> pathlib.Path:
        return self.data / ("faq" if "/" in label else "nlu") / f"{label.split('/')[0]}.yml"

    def _shown(self, path: pathlib.Path) -> str:
        return path.name if path == self.domain else str(path.relative_to(self.data.parent))

    def _load(self, path: pathlib.Path) -> Any:
        if path not in self._read:
            self._read[path] = _yaml().load(_read(path) or 'version: "3.1"\n')
        return self._read[path]

    def _keep(self, path: pathlib.Path, content: Any) -> None:
        written = io.StringIO()
        _yaml().dump(content, written)
        after = written.getvalue()
        yaml.load(after, Loader=yaml.CSafeLoader)  # what can't be read is an error here, not in the next training
        if after != _read(path):
            self._new[path] = after


def as_line(text: str, marks: Sequence[Tuple[str, int, int]]) -> str:
    """A sentence in Rasa's way, `[浙JA1234](plate_number)`; brackets of the driver's own become others."""
    line, position = "", 0
    for entity, start, end in sorted(marks, key=lambda mark: mark[1]):
        if start >= position and text[start:end].strip():
            line += _plain(text[position:start]) + f"[{_plain(text[start:end])}]({entity})"
            position = end
    return re.sub(r"\s+", " ", line + _plain(text[position:])).strip()


def _plain(text: str) -> str:
    return text.replace("[", "【").replace("]", "】").replace("{", "（").replace("}", "）")


def _read(path: pathlib.Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


def _yaml() -> Any:
    from ruamel.yaml import YAML

    round_trip: Any = YAML()
    round_trip.preserve_quotes = True
    round_trip.width = ENDLESS
    return round_trip


def _literal(text: str) -> Any:
    from ruamel.yaml.scalarstring import LiteralScalarString

    return LiteralScalarString(text)


def _quoted(value: str) -> Any:
    """Dates in quotes: YAML would make them dates."""
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString

    return DoubleQuotedScalarString(value) if re.fullmatch(r"\d{4}-\d\d-\d\d", value) else value
