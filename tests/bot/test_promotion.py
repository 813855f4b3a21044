from __future__ import annotations

import pathlib
import xmlrpc.client
from typing import Dict, List

import pytest

from bot import promotion
from bot.errors import CommandError, ServiceFailed
from bot.models import Manifest
from bot.promotion import NotThroughTheGate, overrule
from bot.settings import Settings

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


class Supervisor:
    def __init__(self, **states: str) -> None:
        self.states: Dict[str, str] = {"rasa": "STOPPED", "rasa_spare": "STOPPED", **states}
        self.deeds: List[str] = []

    def getProcessInfo(self, slot: str) -> Dict[str, str]:
        return {"statename": self.states[slot]}

    def startProcess(self, slot: str, wait: bool) -> None:
        self.deeds.append(f"start {slot}")
        self.states[slot] = "RUNNING"

    def stopProcess(self, slot: str) -> None:
        if self.states[slot] != "RUNNING":
            raise xmlrpc.client.Fault(70, "NOT_RUNNING")
        self.deeds.append(f"stop {slot}")
        self.states[slot] = "STOPPED"


@pytest.fixture
def settings(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr(promotion, "slot_file", lambda slot: tmp_path / f"{slot}.model")
    models = {"rasa": LIVE, "rasa_spare": CANDIDATE}
    monkeypatch.setattr(promotion, "model_of_slot", models.__getitem__)
    return Settings(wechat_token="t" * 8, wechat_app_id="wx1", wechat_app_secret="s", wechat_encoding_aes_key="k" * 43,
                    weijing_secret="w" * 40)


def switch(settings: Settings, supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch, well: bool = True) -> None:
    def wait(*_: object) -> None:
        if not well:
            supervisor.states["rasa_spare"] = "FATAL"
            raise ServiceFailed("did not come up")

    monkeypatch.setattr(promotion, "running_supervisor", lambda: supervisor)
    monkeypatch.setattr(promotion, "_wait_until_well", wait)
    promotion._switch(settings, CANDIDATE, lambda: supervisor.deeds.append("live"), lambda what: None)


def test_a_model_is_live_when_it_is_warm_and_before_the_old_one_stops(
        settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path) -> None:
    supervisor = Supervisor(rasa="RUNNING")
    switch(settings, supervisor, monkeypatch)
    assert supervisor.deeds == ["start rasa_spare", "live", "stop rasa"]
    assert (tmp_path / "rasa_spare.model").read_text() == CANDIDATE.model


def test_a_model_that_does_not_come_up_changes_nothing(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    supervisor = Supervisor(rasa="RUNNING")
    with pytest.raises(ServiceFailed):
        switch(settings, supervisor, monkeypatch, well=False)
    assert supervisor.states["rasa"] == "RUNNING"
    assert supervisor.deeds == ["start rasa_spare"]


def test_of_two_that_answer_the_live_one_stays(settings: Settings) -> None:
    supervisor = Supervisor(rasa="RUNNING", rasa_spare="RUNNING")
    promotion.settle(supervisor)
    assert supervisor.deeds == ["stop rasa_spare"]
    promotion.settle(supervisor)
    assert supervisor.deeds == ["stop rasa_spare"]


def test_a_promotion_begins_with_one_process_where_another_was_broken_off(
        settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    supervisor = Supervisor(rasa="RUNNING", rasa_spare="RUNNING")
    switch(settings, supervisor, monkeypatch)
    assert supervisor.deeds == ["stop rasa_spare", "start rasa_spare", "live", "stop rasa"]
