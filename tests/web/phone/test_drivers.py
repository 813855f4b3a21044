from __future__ import annotations

import asyncio

import pytest

from web.phone import drivers
from web.phone.drivers import Drivers


def test_the_driver_not_seen_for_longest_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drivers, "DRIVERS", 2)
    everyone = Drivers()
    for openid in ("a", "b", "a", "c"):
        everyone.meet(openid).following = True
    assert sorted(everyone.followers()) == ["a", "c"]


def test_a_chat_keeps_its_newest_entries() -> None:
    driver = Drivers().meet("a")
    for _ in range(drivers.ENTRIES + 5):
        driver.show("driver", 0.0, kind="text", parts=[])
    assert (len(driver.entries), driver.entries[0]["id"]) == (drivers.ENTRIES, 6)


def test_a_page_that_does_not_read_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drivers, "WAITING", 1)
    driver = Drivers().meet("a")
    queue = driver.watch()
    driver.tell("typing", {})
    driver.tell("typing", {})
    assert queue not in driver.watchers


async def test_typing_is_shown_for_a_while_and_ends_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drivers, "TYPING_SECONDS", 0.01)
    driver = Drivers().meet("a")
    driver.set_typing(True)
    assert driver.typing
    await asyncio.sleep(0.05)
    assert not driver.typing
