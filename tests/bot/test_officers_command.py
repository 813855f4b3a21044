from __future__ import annotations

import pathlib

import pytest
from typer.testing import CliRunner

from bot.commands import officers
from bot.errors import CommandError
from bot.settings import load_settings
from messages.clock import utc_now
from messages.database import open_engine
from web.desk.sign_in import sign_in

GOOD = "hong-deng-ting-che"


@pytest.fixture
def url(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> str:
    values = {"DATABASE_URL": f"sqlite:///{tmp_path / 'o.db'}", "WECHAT_TOKEN": "token", "WECHAT_APP_ID": "wx1",
              "WECHAT_APP_SECRET": "s", "WECHAT_ENCODING_AES_KEY": "a" * 42 + "E", "WEIJING_SECRET": "s" * 32}
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    load_settings.cache_clear()
    yield values["DATABASE_URL"]
    load_settings.cache_clear()


def weijing_officer(*words: str, typed: str = "") -> str:
    result = CliRunner().invoke(officers.app, words, input=typed)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


def may_sign_in(url: str, password: str) -> bool:
    engine = open_engine(url)
    try:
        return sign_in(engine, "wang", password, utc_now()) is not None
    finally:
        engine.dispose()


def test_an_officer_is_added_listed_reset_and_dismissed(url: str) -> None:
    assert "nobody yet" in weijing_officer("list")
    weijing_officer("add", "wang", "--role", "lead", typed=f"{GOOD}\n")
    assert weijing_officer("list") == "wang\tlead\n"
    assert may_sign_in(url, GOOD)

    printed = weijing_officer("reset", "wang", "--invent").strip().rsplit(" ", 1)[1]
    assert not may_sign_in(url, GOOD)
    assert may_sign_in(url, printed)

    weijing_officer("dismiss", "wang")
    assert weijing_officer("list") == "wang\tlead\tdismissed\n"
    assert not may_sign_in(url, printed)


def test_what_is_wrong_is_one_line_with_the_cure(url: str) -> None:
    with pytest.raises(CommandError, match="10 to 128 characters"):
        weijing_officer("add", "wang", typed="short\n")
    with pytest.raises(CommandError, match="weijing officer list"):
        weijing_officer("reset", "nobody", "--invent")
