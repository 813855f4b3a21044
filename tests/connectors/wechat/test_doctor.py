from __future__ import annotations

import dataclasses
from typing import Any, Callable

import pytest

from bot.settings import load_station
from connectors.wechat import api, doctor
from connectors.wechat.client import WeChatClient
from connectors.wechat.doctor import Finding
from connectors.wechat.menu import menu_of
from tests.connectors.wechat.account import Driver
from tests.connectors.wechat.accounts import settings_for
from tests.connectors.wechat.calls import Run
from web.phone.server import StandIn

Examine = Callable[..., dict[str, Finding]]


@pytest.fixture
def examine(run: Run, database_url: str, stand_in: StandIn) -> Examine:
    def look(**of_station: Any) -> dict[str, Finding]:
        settings = settings_for(database_url, stand_in.url)
        station = load_station().copy(update=of_station)
        return {each.subject: each for each in run(lambda client: doctor.examine(client, settings, station))}

    return look


def wrong(findings: dict[str, Finding]) -> set[str]:
    return {subject for subject, finding in findings.items() if not finding.ok}


def test_what_a_new_account_lacks_is_named_with_its_cure(examine: Examine) -> None:
    found = examine()
    assert wrong(found) == {"original id", "menu"}
    assert "weijing wechat menu push" in found["menu"].words
    assert found["template messages"].words == "100000 of 100000 left today"


def test_a_wrong_secret_and_an_unverified_account_are_said(examine: Examine, driver: Driver) -> None:
    driver.control("account", verified=False)
    assert "48001" in examine()["push"].words
    driver.control("account", app_secret="another secret of thirty-two char")
    driver.control("tokens/forget")
    assert any("WECHAT_APP_SECRET is wrong" in finding.words for finding in examine().values())


def test_calls_that_run_out_and_an_empty_desk_are_said(examine: Examine, driver: Driver, run: Run) -> None:
    async def set_up(client: WeChatClient) -> None:
        await api.push_menu(client, menu_of(load_station()))

    run(set_up)
    driver.control("limits", path="message/custom/send", day=0)
    assert wrong(examine(handoff="wechat_kf")) == {"original id", "customer-service messages", "WeChat's desk"}
    driver.agent("li@gh")
    assert examine(handoff="wechat_kf")["WeChat's desk"].words == "1 online"


def test_no_finding_holds_a_secret(examine: Examine, driver: Driver, database_url: str) -> None:
    driver.fault(path="menu/get", errcode=40164)
    secret = settings_for(database_url).wechat_app_secret
    assert secret not in "".join(str(dataclasses.asdict(finding)) for finding in examine().values())
