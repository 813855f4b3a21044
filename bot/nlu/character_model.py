"""How likely a Chinese text is, character by character: runs of three with Witten and Bell's smoothing (1991)."""

from __future__ import annotations

import collections
import functools
import json
import math
import pathlib
from typing import Counter, Dict, Iterable, List, Tuple

BEGIN, END = "\x02\x02", "\x03"
"""Put around every text: so its first and last characters are likely there, or not."""
LONGEST = 3
UNSEEN = 5000
"""Characters that may come besides those that were learnt: as many as a phone's keyboard usually offers."""

Runs = Dict[str, int]


class CharacterModel:
    """Surprises in nats: the negative logarithm of a character's probability after the two before it."""

    def __init__(self, runs: Dict[str, int]) -> None:
        self.runs = dict(runs)
        self._after, self._kinds = self._histories()
        self._floor = 1 / (sum(len(run) == 1 for run in self.runs) + UNSEEN)
        self.surprise = functools.lru_cache(maxsize=2**17)(lambda run: -math.log(self._mixed(run)))
        """Of the last character of three, behind the two before it."""

    @classmethod
    def learn(cls, texts: Iterable[str]) -> CharacterModel:
        """Counts the runs of one to three characters."""
        runs: Counter[str] = collections.Counter()
        for text in texts:
            whole = BEGIN + text + END
            for end in range(len(BEGIN) + 1, len(whole) + 1):
                runs.update(whole[end - size:end] for size in range(1, LONGEST + 1))
        return cls(runs)

    def surprises(self, whole: str) -> List[float]:
        """One of each character of a text that begins with two characters of context, which have none."""
        return [0.0, 0.0] + [self.surprise(whole[at - 2:at + 1]) for at in range(2, len(whole))]

    def save(self, path: pathlib.Path) -> None:
        """Writes the counts."""
        path.write_text(json.dumps(self.runs, ensure_ascii=False, sort_keys=True), encoding="utf-8")

    @classmethod
    def load(cls, path: pathlib.Path) -> CharacterModel:
        """What `save` wrote."""
        return cls(json.loads(path.read_text(encoding="utf-8")))

    def _histories(self) -> Tuple[Runs, Runs]:
        """(how often something follows, how many different characters follow) each run of at most two."""
        after: Runs = collections.defaultdict(int)
        kinds: Runs = collections.defaultdict(int)
        for run, count in self.runs.items():
            after[run[:-1]] += count
            kinds[run[:-1]] += 1
        return dict(after), dict(kinds)

    def _mixed(self, run: str) -> float:
        """The share of its last character behind the others, mixed with its share behind one character less."""
        likely = self._floor
        for start in range(len(run) - 1, -1, -1):
            history = run[start:-1]
            kinds = self._kinds.get(history)
            if kinds is None:  # nor has a longer one been seen
                break
            likely = (self.runs.get(run[start:], 0) + kinds * likely) / (self._after[history] + kinds)
        return likely
