"""Where the loop stands: which model is live, which candidates wait, whether the data has something new to learn."""

from __future__ import annotations

import dataclasses
import datetime
from typing import Any, Dict, List, Optional

from bot.models import Manifest, candidates, live_manifest, previous_live, read_manifest, sources_hash

SHOWN = 5


@dataclasses.dataclass(frozen=True)
class Model:
    """A trained model as a page shows it; `gate` has `passed`, `reasons`, `changed`, `better`, `worse`."""

    name: str
    made: datetime.datetime
    sources: str
    understood: Optional[float]
    gate: Optional[Dict[str, Any]]
    overruled: Optional[Dict[str, str]]

    @property
    def may_go_live(self) -> bool:
        """Whether the gate is open for it, or a lead has overruled it."""
        return bool(self.overruled or (self.gate and self.gate["passed"]))


@dataclasses.dataclass(frozen=True)
class Standing:
    """`before` is what a rollback brings back; `learnt` whether a model of the data as it is now is there."""

    live: Optional[Model]
    before: Optional[Model]
    waiting: List[Model]
    learnt: bool


def standing() -> Standing:
    """Reads models and data; takes some ten milliseconds."""
    live, now = live_manifest(), sources_hash()
    waiting = [each for each in candidates() if live is None or each.made > live.made][:SHOWN]
    learnt = any(each.sources == now for each in (*waiting, *([live] if live else [])))
    shown = [model for each in waiting if (model := _model(each))]
    return Standing(_model(live), _model(previous_live()), shown, learnt)


def model(name: str) -> Optional[Model]:
    """A model by its name without ending, or None."""
    return next((_model(each) for each in candidates() if each.model == f"{name}.tar.gz"), None)


def _model(manifest: Optional[Manifest]) -> Optional[Model]:
    if manifest is None:
        return None
    kept = read_manifest(manifest.model) or manifest  # the live one's copy may be older than its own
    return Model(kept.model.removesuffix(".tar.gz"), datetime.datetime.fromisoformat(kept.made), kept.sources,
                 kept.scores.get("accuracy"), kept.gate, kept.overruled)
