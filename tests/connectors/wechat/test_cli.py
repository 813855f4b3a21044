from __future__ import annotations

import pathlib
import re
from typing import Iterator

import pytest
from typer.testing import CliRunner

from bot.settings import load_station
from connectors.wechat import cli
from messages import database, follows
from messages.clock import utc_now
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


def test_where_followers_came_from_is_counted_by_window(database_url: str) -> None:
    engine = database.open_engine(database_url)
    with database.writing(engine) as session:
        follows.record(session, "wechat", "o-1", "followed", "violation_window", utc_now())
        follows.record(session, "wechat", "o-1", "left", "", utc_now())
    engine.dispose()
    shown = run(cli.app, ["follows", "--days", "7"]).output
    assert re.search(r"violation_window\W+违法处理窗口\W+1\W+0\W+1", shown)
