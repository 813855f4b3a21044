from __future__ import annotations

import os
import pathlib
import socket
import sqlite3
import subprocess
import sys

import pytest

from bot import models, supervision
from bot.errors import ModelMissing, PortTaken
from bot.settings import ROOT
from bot.supervision import Service, check_ports

CONFIGURED = {
    "WECHAT_TOKEN": "token123",
    "WECHAT_APP_ID": "wx0",
    "WECHAT_APP_SECRET": "secret",
    "WECHAT_ENCODING_AES_KEY": "A" * 43,
    "WEIJING_SECRET": "x" * 32,
}


def weijing(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **CONFIGURED, **settings}
    command = [sys.executable, "-m", "bot.cli", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False)


def test_a_wrong_setting_ends_with_one_line_and_code_3() -> None:
    ended = weijing("run", WECHAT_ENCODING_AES_KEY="short")
    assert ended.returncode == 3
    assert ended.stderr.strip().splitlines() == [
        "weijing: settings (environment or .env): WECHAT_ENCODING_AES_KEY must be the 43 letters and digits of"
        " EncodingAESKey in WeChat's console, has 5"
    ]


def test_a_newer_schema_ends_with_one_line_and_code_4(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "new.db"
    url = f"sqlite:///{path}"
    assert weijing("db", "upgrade", DATABASE_URL=url).returncode == 0
    with sqlite3.connect(path) as connection:
        connection.execute("update alembic_version_traffic set version_num = '9999'")
    ended = weijing("db", "upgrade", DATABASE_URL=url)
    assert ended.returncode == 4
    assert "newer schema" in ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1


def test_upgrading_twice_changes_nothing(tmp_path: pathlib.Path) -> None:
    url = f"sqlite:///{tmp_path}/twice.db"
    assert [weijing("db", "upgrade", DATABASE_URL=url).returncode for _ in range(2)] == [0, 0]


def test_the_demo_city_is_made_once(tmp_path: pathlib.Path) -> None:
    settings = {"DATABASE_URL": f"sqlite:///{tmp_path}/demo.db"}
    assert "the demo city is there" in weijing("db", "demo", **settings).stdout
    assert "records are there already" in weijing("db", "demo", **settings).stdout


def test_a_demo_city_put_aside_is_kept(tmp_path: pathlib.Path) -> None:
    settings = {"DATABASE_URL": f"sqlite:///{tmp_path}/demo.db"}
    weijing("db", "upgrade", **settings)
    assert weijing("db", "demo", "--fresh", **settings).returncode == 0
    assert len(list(tmp_path.glob("demo.db.*"))) >= 1


def test_help_shows_an_example_for_every_command() -> None:
    for command in (["run"], ["train"], ["parse"], ["ask"], ["db", "demo"], ["db", "upgrade"], ["check"], ["test"]):
        assert "Example" in weijing(*command, "--help").stdout, command


def test_without_a_model_the_cure_is_named(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "LIVE", tmp_path / "live.tar.gz")
    with pytest.raises(ModelMissing, match="weijing train"):
        models.live_model()


def test_a_taken_port_is_named_with_the_setting_that_moves_it() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(PortTaken, match=f"port {port} is taken.*WEB_PORT"):
            check_ports([Service("web", "true", port, "/")], "127.0.0.1")


def test_the_supervisor_opens_no_port_of_its_own(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervision, "LOGS", tmp_path / "log")
    supervision.write_config([Service("web", "python -m web", 8080, "/health")], tmp_path / "supervisord.conf")
    written = (tmp_path / "supervisord.conf").read_text()
    assert "inet_http_server" not in written
    assert "chmod=0700" in written
    assert "autorestart=true" in written
