from __future__ import annotations

import asyncio
import pathlib
import re
from typing import Any

import pytest

from tests.conversations.driver import Driver

LICENSE, FILE_TAIL, FRAME_TAIL, FRAME, PHONE = ("339999197707070077", "987612", "876501", "LSVAA4187C2765432",
                                                "13900001234")


# The numbers belong to nobody in the records, so that they can only come from what the driver typed.
@pytest.mark.model
def test_no_number_that_was_typed_can_be_read_in_the_database(agent: Any, small_town: str) -> None:
    driver = Driver(agent)

    async def talk() -> None:
        for text in ("绑定驾驶证", LICENSE, FILE_TAIL, "算了", "帮我查下浙J0Q0Q9有没有违章", FRAME_TAIL, FRAME, "算了",
                     f"我的驾驶证号是{LICENSE}，电话{PHONE}", "我要投诉",
                     f"窗口态度很差，我的证号{LICENSE}，你们管不管", "提交"):
            await driver.act({"says": text})

    asyncio.run(talk())
    typed = [LICENSE, FILE_TAIL, FRAME_TAIL, FRAME, PHONE]
    assert [number for number in typed if number in kept_in(small_town)] == []
    assert [number for number in typed if number in post_room(driver)] == []


def kept_in(url: str) -> str:
    path = pathlib.Path(url.removeprefix("sqlite:///"))
    parts = [path, path.with_name(path.name + "-wal")]
    text = "".join(part.read_bytes().decode("latin-1") for part in parts if part.exists())
    return re.sub(r"0\.\d+", "", text)  # a confidence's sixteen digits hold any six now and then


def post_room(driver: Driver) -> str:
    connection = driver._engine.raw_connection()
    try:
        return "\n".join(connection.connection.iterdump())
    finally:
        connection.close()
