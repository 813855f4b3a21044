from __future__ import annotations

import asyncio
import io
import pathlib
from typing import Any

import pytest
from PIL import Image

import connectors.wechat.drafts
from connectors.wechat.client import WeChatClient
from connectors.wechat.publisher import Publisher
from messages import publications
from messages.clock import utc_now
from messages.database import open_engine, reading, writing
from tests.connectors.wechat.account import Driver
from tests.connectors.wechat.accounts import settings_for
from web.phone.server import StandIn


def publish(stand_in: StandIn, url: str, pictures: list[str]) -> Any:
    async def work() -> Any:
        engine = open_engine(url)
        with writing(engine) as session:
            parts = [("第一段 <b>", 0), ("", 1)]
            assert publications.want(session, "wechat", 7, "移动测速点", "wang", parts, pictures, utc_now())
            assert publications.want(session, "wechat", 7, "移动测速点", "wang", parts, pictures, utc_now()) is None
        client = WeChatClient(settings_for(url, stand_in.url), engine)
        publisher = Publisher(engine, client, every=0.05)
        publisher.start()
        found = None
        for _ in range(400):
            with reading(engine) as session:
                found = publications.latest(session, 7)
            if found.state not in publications.UNDER_WAY:
                break
            await asyncio.sleep(0.05)
        await publisher.stop()
        await client.close()
        engine.dispose()
        return found

    return asyncio.run(work())


@pytest.fixture
def picture(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(connectors.wechat.drafts, "PHOTOS", tmp_path)
    file = io.BytesIO()
    Image.new("RGB", (60, 40), "navy").save(file, "JPEG")
    (tmp_path / "a.jpg").write_bytes(file.getvalue())
    return "a.jpg"


def test_an_article_comes_into_the_history_with_its_picture(stand_in: StandIn, driver: Driver, database_url: str,
                                                            picture: str) -> None:
    found = publish(stand_in, database_url, [picture])
    assert (found.state, found.reason) == ("published", None)
    assert found.urls


def test_what_wechat_refuses_is_failed_with_its_reason(stand_in: StandIn, driver: Driver, database_url: str,
                                                       picture: str) -> None:
    driver.fault(path="draft/add", errcode=53404)
    found = publish(stand_in, database_url, [picture])
    assert found.state == "failed"
    assert "53404" in found.reason
    assert publish(stand_in, database_url, []).state == "failed"  # again, without a picture
