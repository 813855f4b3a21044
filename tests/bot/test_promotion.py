from __future__ import annotations

import pathlib

import pytest

from bot import promotion
from bot.errors import CommandError
from bot.models import Manifest
from bot.promotion import NotThroughTheGate, overrule

CANDIDATE = Manifest("weijing-2.tar.gz", "s", "2026-05-02", 1.0)
LIVE = Manifest("weijing-1.tar.gz", "s", "2026-05-01", 1.0)


@pytest.fixture(autouse=True)
def live(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(promotion, "live_manifest", lambda: LIVE)


def test_a_model_that_was_not_compared_stays_outside() -> None:
    with pytest.raises(NotThroughTheGate, match="not compared"):
        promotion._through_the_gate(CANDIDATE)


def test_a_refused_model_says_why_until_a_lead_overrules(monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[Manifest] = []
    monkeypatch.setattr(promotion, "save_manifest", kept.append)
    refused = Manifest(**{**CANDIDATE.__dict__, "gate": {"passed": False, "reasons": ["emergency fell"]}})
    with pytest.raises(NotThroughTheGate, match="emergency fell"):
        promotion._through_the_gate(refused)
    with pytest.raises(CommandError, match="a reason has"):
        overrule(refused, "zhou", "so", "2026-05-02")
    promotion._through_the_gate(overrule(refused, "zhou", "测试句本身标错了，已经改了", "2026-05-02"))
    assert kept[0].overruled == {"who": "zhou", "reason": "测试句本身标错了，已经改了", "at": "2026-05-02"}


def test_an_open_gate_lets_through() -> None:
    promotion._through_the_gate(Manifest(**{**CANDIDATE.__dict__, "gate": {"passed": True, "reasons": []}}))


def test_where_no_station_runs_nothing_is_switched(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(promotion, "control_socket", lambda: tmp_path / "none.sock")
    assert promotion.running_supervisor() is None
