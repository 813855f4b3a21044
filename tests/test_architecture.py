"""The arrows between the rooms (DESIGN section 3), read from every import statement."""

from __future__ import annotations

import ast
import pathlib
from typing import Iterator

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent
ROOMS = {"bot", "actions", "traffic", "messages", "connectors", "web"}
ALLOWED = {
    "traffic": set(),
    "messages": set(),
    "connectors": {"messages"},
    "bot.nlu": {"traffic.plates"},
    "bot.replies": {"traffic.page_links"},
    "bot.training": {"traffic", "messages", "bot.nlu", "bot.parse", "bot.models", "bot.errors"},
    "actions": {"traffic"},
    "web": {"traffic", "messages", "connectors.wechat", "bot.training"},
}
COMPOSITION_ROOT = {"bot.cli", "bot.commands", "bot.daily", "bot.records", "bot.run", "bot.ask"}
EVERYONE_MAY_READ = {"bot.settings", "bot.logs", "bot.personal_numbers"}


def modules() -> list[pathlib.Path]:
    return sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))


def imported(path: pathlib.Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


def within(module: str, places: set[str]) -> bool:
    return any(module == place or module.startswith(place + ".") for place in places)


def room_of(module: str) -> str:
    named = [room for room in ALLOWED if module == room or module.startswith(room + ".")]
    return max(named, key=len) if named else module.split(".")[0]


def trespasses(path: pathlib.Path) -> list[str]:
    module = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    if within(module, COMPOSITION_ROOT):
        return []
    room = room_of(module)
    may = ALLOWED.get(room, set()) | EVERYONE_MAY_READ | {room}
    return [name for name in imported(path) if name.split(".")[0] in ROOMS and not within(name, may)]


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_room_imports_only_what_its_arrows_allow(path: pathlib.Path) -> None:
    assert trespasses(path) == []


def opens_at_import(path: pathlib.Path) -> list[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    top = [node.value for node in tree.body if isinstance(node, (ast.Assign, ast.AnnAssign, ast.Expr)) and node.value]
    calls = [call for value in top for call in ast.walk(value) if isinstance(call, ast.Call)]
    names = {getattr(call.func, "id", getattr(call.func, "attr", "")) for call in calls}
    openers = {"open", "create_engine", "open_engine", "read_text", "read_bytes", "safe_load", "AsyncClient"}
    return sorted(names & openers)


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_is_opened_at_import(path: pathlib.Path) -> None:
    assert opens_at_import(path) == []


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_python_file_is_over_400_lines(path: pathlib.Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


def test_a_forbidden_import_is_seen(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(globals(), "ROOT", tmp_path)
    wrong = tmp_path / "traffic" / "violations.py"
    wrong.parent.mkdir()
    wrong.write_text("from connectors.wechat import crypto\nimport bot.settings\n")
    assert trespasses(wrong) == ["connectors.wechat"]
