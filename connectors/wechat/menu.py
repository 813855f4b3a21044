"""The account's menu, from `station.yml`."""

from __future__ import annotations

import difflib
import json
from typing import Any, Mapping

from bot.settings import Station
from connectors.wechat.errors import WeChatError

MOST_COLUMNS, MOST_KEYS, KEY_BYTES, COLUMN_NAME_BYTES, KEY_NAME_BYTES = 3, 5, 128, 16, 60


class BadMenu(WeChatError):
    """Raised when WeChat would refuse the menu; the message names the entry."""


def menu_of(station: Station) -> dict[str, Any]:
    """The menu as WeChat wants it; a key's EventKey is the intent it says. Raises BadMenu."""
    if len(station.menu) > MOST_COLUMNS:
        raise BadMenu(f"station.yml: menu has {len(station.menu)} columns, WeChat shows {MOST_COLUMNS}")
    for column in station.menu:
        _check(column.name, COLUMN_NAME_BYTES)
        if len(column.keys) > MOST_KEYS:
            raise BadMenu(f"station.yml: {column.name} has {len(column.keys)} keys, WeChat shows {MOST_KEYS}")
        for key in column.keys:
            _check(key.name, KEY_NAME_BYTES)
            _check(key.say, KEY_BYTES)
    return {"button": [{"name": column.name, "sub_button": [
        {"type": "click", "name": key.name, "key": key.say} for key in column.keys]} for column in station.menu]}


def menu_differences(wanted: Mapping[str, Any], shown: Mapping[str, Any]) -> list[str]:
    """Lines that differ, `-` is up now, `+` is wanted; empty when the menu is right."""
    before, after = (lines_of(menu) for menu in (shown, wanted))
    return [line for line in difflib.unified_diff(before, after, lineterm="", n=0)
            if line[:1] in "+-" and line[:3] not in ("+++", "---")]


def lines_of(menu: Mapping[str, Any]) -> list[str]:
    """The menu, a line for each key: column / name → what it does."""
    lines = []
    for column in menu.get("button", []):
        for key in column.get("sub_button") or [column]:
            does = key.get("key") or key.get("url") or key.get("pagepath") or json.dumps(key, ensure_ascii=False)
            lines.append(f"{column.get('name')} / {key.get('name')} → {does}")
    return lines


def _check(text: str, most: int) -> None:
    if not 0 < len(text.encode()) <= most:
        raise BadMenu(f"station.yml: {text} has more than {most} bytes of UTF-8, or none")
