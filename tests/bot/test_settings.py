from __future__ import annotations

import base64
import pathlib

import pytest

from bot import settings as module
from bot.settings import KeepDays, SettingsError, load_settings, load_station

GOOD = {
    "WECHAT_TOKEN": "token123",
    "WECHAT_APP_ID": "wx0",
    "WECHAT_APP_SECRET": "s",
    "WECHAT_ENCODING_AES_KEY": base64.b64encode(bytes(32)).decode()[:43],
    "WEIJING_SECRET": "x" * 32,
}


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "DEVELOPMENT", tmp_path / "development.env")
    for name in module.Settings.__fields__:
        monkeypatch.delenv(name.upper(), raising=False)
    load_settings.cache_clear()
    yield
    load_settings.cache_clear()


def write(path: pathlib.Path, **changes: str) -> None:
    path.write_text("".join(f"{k}={v}\n" for k, v in {**GOOD, **changes}.items()))


def test_the_environment_beats_the_env_file(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / ".env", WECHAT_APP_ID="wxfile")
    monkeypatch.setenv("WECHAT_APP_ID", "wxenvironment")
    assert load_settings().wechat_app_id == "wxenvironment"


def test_development_values_count_only_where_no_token_is_configured(tmp_path: pathlib.Path) -> None:
    write(tmp_path / "development.env", WECHAT_APP_ID="wxdevelopment")
    assert load_settings().wechat_app_id == "wxdevelopment"
    load_settings.cache_clear()
    write(tmp_path / ".env", WECHAT_APP_ID="wxreal")
    assert load_settings().wechat_app_id == "wxreal"


def test_the_stand_in_is_where_its_port_is_today(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "development.env", WECHAT_API_BASE_URL="http://127.0.0.1:8090")
    assert load_settings().development
    load_settings.cache_clear()
    monkeypatch.setenv("PHONE_PORT", "8490")
    assert load_settings().development


@pytest.mark.parametrize(
    ("name", "value", "cure"),
    [
        ("WECHAT_ENCODING_AES_KEY", "short", "43 letters and digits"),
        ("WECHAT_TOKEN", "no spaces please", "3 to 32 letters"),
        ("WEIJING_SECRET", "short", "at least 32"),
        ("DATABASE_URL", "mysql://x", "sqlite:/// or postgresql://"),
        ("WEB_PORT", "eighty", "not a valid integer"),
    ],
)
def test_a_wrong_setting_is_named_with_its_cure(tmp_path: pathlib.Path, name: str, value: str, cure: str) -> None:
    write(tmp_path / ".env", **{name: value})
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert name in str(caught.value)
    assert cure in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_setting_is_named(tmp_path: pathlib.Path) -> None:
    write(tmp_path / ".env")
    lines = [line for line in (tmp_path / ".env").read_text().splitlines() if "SECRET" not in line]
    (tmp_path / ".env").write_text("\n".join(lines))
    with pytest.raises(SettingsError, match="WECHAT_APP_SECRET is missing"):
        load_settings()


def test_no_secret_stands_in_an_error(tmp_path: pathlib.Path) -> None:
    write(tmp_path / ".env", WECHAT_ENCODING_AES_KEY="secretsecret")
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert "secretsecret" not in str(caught.value)


def test_the_station_says_its_hours_in_words() -> None:
    station = load_station(pathlib.Path(__file__).resolve().parents[2] / "station.yml")
    assert station.hours_in_words() == "周一至周五08:30—11:30、14:00—17:00，周六08:30—11:30"
    assert "杜桥大道88号" in station.words()["violation_window"]


def test_a_broken_station_file_is_named(tmp_path: pathlib.Path) -> None:
    (tmp_path / "station.yml").write_text("name: [")
    with pytest.raises(SettingsError, match=r"station.yml is not YAML"):
        load_station(tmp_path / "station.yml")


def test_nothing_is_thrown_away_within_a_week() -> None:
    assert load_station().keep_days == KeepDays(messages=180, conversations=30, desk=365, models=30)
    with pytest.raises(ValueError, match="at least 7"):
        KeepDays(messages=0)
