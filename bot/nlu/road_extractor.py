"""Finds roads and places: those of the records and the examples by name, other roads by the shape of their name."""

from __future__ import annotations

import json
import pathlib
import re
from typing import Any, Dict, Iterable, List

from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.component import station_path
from bot.nlu.extractor import Extractor, Found, longest_first
from bot.nlu.gazetteer import Entry, Gazetteer, read_entries

KINDS = {"road": "roads.txt", "place": "places.txt"}
NUMBERED = re.compile(r"(?<![a-z0-9])(?:[gs]\d{1,4}(?:\s?(?:国道|省道|高速))?|"
                      r"[gxsyc]?\d{2,4}\s?(?:国道|省道|县道|乡道))")
NAMED = re.compile(r"(?:大道|高速公路|高速|环线|大桥|隧道|高架|路|街)$")
NO_NAME = re.compile(
    r"大马路|快速路|辅路|便道|高速公路|高速|公路|马路|道路|大路|小路|一路|半路|走路|修路|让路|问路|带路|"
    r"铁路|网路|电路|线路|思路|出路|套路|赶路|上路|过路|绕路|堵路|封路|该路|"
    r"此路|那条路|这条路|逛街|大街|上街|满街|同路|顺路|认路|岔路|路|街|大桥|"
    r"隧道|高架|大道|环线|在路|近路|来路|去路|通路|占路|引路|铺路|迷路|水路|"
    r"十字路|丁字路|什么路|哪条路|别的路|其他路|其它路|另外的路|换条路|别条路|老路|新路|近的路|远的路")
"""Words that end like a road's name and are none."""
NO_FIRST_PART = re.compile(
    r"一条|这条|那条|哪条|每条|两条|整条|上下|今天|明天|昨天|现在|请问|为什么|"
    r"怎么|什么|附近|前面|后面|旁边|门口|家门口|学校|小区|农村|乡村|村里|城里|"
    r"市区|我们|你们|他们|导致|没有|不让|可以|能不能|占用|整个|全部|限速|双向|"
    r"单行|全国|全市|有关|相关|部分|所有|主要|普通|宽阔|狭窄|道路|高速")
"""Words before 路 or 大道 that belong to the sentence, not to a name."""


NO_PLACES = re.compile(
    r"检测站|菜市场|公园|火车站|高铁站|汽车站|三岔口|车管所|学校|医院|小区|收费站|服务区|路口|"
    r"红绿灯|镇上|市区|村口|门口|停车场|加油站|幼儿园|超市|商场")
"""What writers mark as a place and what is one in every town."""


def read_gazetteers(folders: Iterable[pathlib.Path]) -> Dict[str, List[Entry]]:
    """Entries of roads and places of several folders; the first that names a name decides."""
    folders = list(folders)
    return {kind: read_entries(folder / name for folder in folders) for kind, name in KINDS.items()}


class RoadFinder:
    """Both gazetteers, and a rule for roads that the station does not know."""

    def __init__(self, entries: Dict[str, List[Entry]]) -> None:
        self.entries = entries
        self.gazetteers = {kind: Gazetteer(entries[kind]) for kind in KINDS}

    def __call__(self, text: str, words: Iterable[str] = ()) -> List[Found]:
        """`road` and `place`; `words` are the text's tokens, by which unknown roads are cut out."""
        known = [Found(kind, name, start, end)
                 for kind, gazetteer in self.gazetteers.items() for start, end, name in gazetteer.find(text)]
        numbered = [Found("road", m.group().upper().replace(" ", ""), m.start(), m.end())
                    for m in NUMBERED.finditer(text)]
        return longest_first(known + numbered + self._unknown(text, list(words)))

    def _unknown(self, text: str, words: List[str]) -> List[Found]:
        found, position, before = [], 0, ""
        for word in words:
            start = text.find(word, position)
            if NAMED.search(word):
                bare = NAMED.fullmatch(word) is not None
                name = before + word if bare and _may_name(before) else word
                begin = start - len(before) if bare and _may_name(before) else start
                if not NO_NAME.fullmatch(name) and len(name) >= 3 and text[begin:begin + len(name)] == name:
                    found.append(Found("road", name, begin, begin + len(name)))
            position, before = start + len(word), word
        return found


def _may_name(word: str) -> bool:
    return re.fullmatch(r"[\u4e00-\u9fff]{2,4}", word) is not None and not NO_FIRST_PART.fullmatch(word)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class RoadExtractor(Extractor):
    """Names come from `folders` (lists kept by hand, and lists the CLI exports from the records) and from the marked
    examples; they are saved with the model, so that a model finds the same names on every machine."""

    def __init__(self, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource,
                 entries: Dict[str, List[Entry]] | None = None) -> None:
        super().__init__(config, model_storage, resource)
        self.finder = RoadFinder(entries or {kind: [] for kind in KINDS})

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        """`folders`: where roads.txt and places.txt are, relative to the project's root."""
        return {"folders": ["var/dictionary", "data/dictionary"]}

    @classmethod
    def files(cls, config: Dict[str, Any]) -> List[pathlib.Path]:
        """The name lists."""
        return [station_path(folder) / name for folder in config["folders"] for name in KINDS.values()]

    @classmethod
    def load(cls, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource,
             execution_context: ExecutionContext, **kwargs: Any) -> RoadExtractor:
        """The extractor with the names it was trained with."""
        with model_storage.read_from(resource) as folder:
            entries = json.loads((folder / "names.json").read_text(encoding="utf-8"))
        return cls(config, model_storage, resource, {kind: [(n, o) for n, o in entries[kind]] for kind in KINDS})

    def train(self, training_data: TrainingData) -> Resource:
        """Collects the names and saves them."""
        entries = read_gazetteers(station_path(folder) for folder in self.config["folders"])
        for kind in KINDS:
            known = {n for name, others in entries[kind] for n in [name, *others]}
            entries[kind] += [(name, []) for name in _marked(training_data, kind) if name not in known]
        with self.model_storage.write_to(self.resource) as folder:
            (folder / "names.json").write_text(json.dumps(entries, ensure_ascii=False), encoding="utf-8")
        self.finder = RoadFinder(entries)
        return self.resource

    def find(self, text: str, message: Message) -> List[Found]:
        """Roads and places, known and unknown."""
        return self.finder(text, [token.text for token in message.get("text_tokens") or []])


def _marked(training_data: TrainingData, kind: str) -> List[str]:
    """Names marked as `kind` in the examples, of two characters or more."""
    names = {str(entity["value"]).lower().replace(" ", "") for example in training_data.training_examples
             for entity in example.get("entities") or [] if entity["entity"] == kind}
    return sorted(n for n in names if len(n) >= 2 and not NO_NAME.fullmatch(n) and not NO_PLACES.fullmatch(n))
