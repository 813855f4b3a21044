from __future__ import annotations

import asyncio
import io
import logging

import httpx
import pytest
from PIL import Image

from bot.settings import load_station
from connectors.wechat import api, media
from connectors.wechat.client import WeChatClient
from connectors.wechat.errors import ApiError, NotSent, OutcomeUnknown
from connectors.wechat.menu import menu_differences, menu_of
from messages.database import open_engine
from tests.connectors.wechat.account import Driver
from tests.connectors.wechat.accounts import settings_for
from tests.connectors.wechat.calls import Run
from web.phone.server import StandIn

TEXT = {"msgtype": "text", "text": {"content": "您好"}}


def tokens_fetched(stand_in: StandIn) -> int:
    record = httpx.get(f"{stand_in.url}/stand-in/record", params={"kind": "call"}, trust_env=False).json()
    return sum(line["path"].endswith("stable_token") for line in record)


def test_twenty_callers_at_once_fetch_one_token(run: Run, stand_in: StandIn) -> None:
    async def twenty(client: WeChatClient) -> int:
        return len(set(await asyncio.gather(*(client.token.get() for _ in range(20)))))

    assert run(twenty) == 1
    assert run(twenty) == 1
    assert tokens_fetched(stand_in) == 1


def test_a_refused_token_is_renewed_once_and_the_call_repeated(run: Run, driver: Driver, stand_in: StandIn) -> None:
    async def twice(client: WeChatClient) -> None:
        await client.send(driver.openid, TEXT)
        driver.control("tokens/forget")
        await client.send(driver.openid, TEXT)

    run(twice)
    assert len(driver.heard()) == 2
    assert tokens_fetched(stand_in) == 2


def test_a_token_that_stays_refused_ends_after_one_repeat(run: Run, driver: Driver, stand_in: StandIn) -> None:
    driver.fault(path="custom/send", times=50, errcode=40001)
    with pytest.raises(ApiError) as caught:
        run(lambda client: client.send(driver.openid, TEXT))
    assert caught.value.code == 40001
    assert tokens_fetched(stand_in) <= 3


def test_an_error_says_wechats_code_and_rid_and_no_secret(run: Run, driver: Driver) -> None:
    driver.fault(path="custom/send", errcode=45047)
    with pytest.raises(ApiError) as caught:
        run(lambda client: client.send(driver.openid, TEXT))
    assert caught.value.code == 45047
    assert caught.value.rid


@pytest.mark.parametrize(("fault", "error", "timeout"), [
    ({"hang_up": True, "after": True}, OutcomeUnknown, 20.0), ({"status": 502}, OutcomeUnknown, 20.0),
    ({"delay": 60.0}, OutcomeUnknown, 0.5), ({"status": 404}, NotSent, 20.0)])
def test_it_says_whether_a_failed_call_may_have_arrived(
        run: Run, driver: Driver, fault: dict[str, object], error: type[Exception], timeout: float) -> None:
    run(lambda client: client.token.get())
    driver.fault(path="custom/send", **fault)
    with pytest.raises(error):
        run(lambda client: client.send(driver.openid, TEXT), timeout)


def test_no_address_with_a_token_is_logged(run: Run, driver: Driver, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        run(lambda client: client.send(driver.openid, TEXT))
    assert "access_token" not in caplog.text


def test_a_machine_that_is_not_there_was_surely_not_reached(database_url: str) -> None:
    async def call() -> None:
        engine = open_engine(database_url)
        await WeChatClient(settings_for(database_url), engine).token.get()

    with pytest.raises(NotSent):
        asyncio.run(call())


def test_the_menu_of_the_station_goes_up_and_is_then_no_different(run: Run) -> None:
    wanted = menu_of(load_station())

    async def put_up(client: WeChatClient) -> list[str]:
        await api.push_menu(client, wanted)
        return menu_differences(wanted, await api.get_menu(client))

    assert run(put_up) == []


def test_a_changed_key_is_shown_as_what_is_up_and_what_is_wanted() -> None:
    wanted = menu_of(load_station())
    shown = {"button": [{**wanted["button"][0], "name": "查"}, *wanted["button"][1:]]}
    assert all(line[0] in "+-" for line in menu_differences(wanted, shown))
    assert menu_differences(wanted, shown)


def test_a_counter_gets_its_qr_code(run: Run) -> None:
    made = run(lambda client: api.create_qr_code(client, "window-3"))
    assert isinstance(made, dict)
    assert made["url"]
    assert made["ticket"]


def test_a_picture_goes_up_and_comes_down_without_its_exif(run: Run) -> None:
    exif = Image.Exif()
    exif[0x010F] = "camera of somebody"
    raw = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(raw, "JPEG", exif=exif)

    async def both(client: WeChatClient) -> bytes:
        return await media.fetch_picture(client, await media.upload_picture(client, raw.getvalue()))

    data = run(both)
    assert isinstance(data, bytes)
    picture = Image.open(io.BytesIO(data))
    assert (picture.size, dict(picture.getexif())) == ((40, 30), {})


@pytest.mark.parametrize("data", [b"", b"<svg/>", b"\xff\xd8\xff" + b"0" * 100, b"%PDF-1.4"])
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(media.BadMedia):
        media.clean_picture(data)
