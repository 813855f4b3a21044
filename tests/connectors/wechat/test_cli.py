from __future__ import annotations

import pathlib
from typing import Iterator

import pytest
from typer.testing import CliRunner

from bot.settings import load_station
from connectors.wechat import cli
from tests.connectors.wechat.accounts import settings_for
from web.phone.account import account_from
from web.phone.server import StandIn

run = CliRunner().invoke


@pytest.fixture(autouse=True)
def account(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with StandIn(account_from(settings_for(database_url), load_station()), "http://127.0.0.1:9/wechat") as stand_in:
        monkeypatch.setattr(cli, "load_settings", lambda: settings_for(database_url, stand_in.url))
        yield


def test_a_pushed_menu_is_shown_and_no_longer_different() -> None:
    assert run(cli.app, ["menu", "diff"]).exit_code == 1
    assert run(cli.app, ["menu", "push"]).exit_code == 0
    assert "查违章 → query_violations" in run(cli.app, ["menu", "show"]).output
    assert run(cli.app, ["menu", "diff"]).exit_code == 0


def test_a_qr_code_is_a_picture_to_print(tmp_path: pathlib.Path) -> None:
    assert run(cli.app, ["qr", "create", "--scene", "window-3", "--output", str(tmp_path)]).exit_code == 0
    assert "<svg" in (tmp_path / "window-3.svg").read_text(encoding="utf-8")


@pytest.mark.parametrize("scene", ["", "a b", "窗口", "a" * 65, "../x"])
def test_a_scene_that_wechat_refuses_is_refused_here(scene: str) -> None:
    assert run(cli.app, ["qr", "create", "--scene", scene]).exit_code == 2


def test_the_token_is_checked_and_never_shown() -> None:
    result = run(cli.app, ["token", "check"])
    assert (result.exit_code, result.output.strip()) == (0, "WeChat gave a token")


def test_an_account_without_a_menu_fails_the_doctor() -> None:
    result = run(cli.app, ["doctor"])
    assert result.exit_code == 1
    assert "✗" in result.output
