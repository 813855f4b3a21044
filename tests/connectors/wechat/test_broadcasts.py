from __future__ import annotations

import asyncio

import pytest

from connectors.wechat.broadcasts import (
    MassJob,
    mass_delete,
    mass_preview,
    mass_send,
    mass_status,
    mass_text,
    one_line,
    send_subscribe_notice,
    send_template,
)
from connectors.wechat.client import WeChatClient
from connectors.wechat.errors import ApiError
from connectors.wechat.people import create_tag, tag
from tests.connectors.wechat.account import Driver, soon
from tests.connectors.wechat.calls import Run

VALUES = {"thing1": "75省道白沙段\n施工", "time2": "8月3日 7:00"}


def code_of(caught: pytest.ExceptionInfo[ApiError]) -> int:
    return caught.value.code


def test_a_template_message_arrives_in_one_line_and_once_for_its_key(run: Run, driver: Driver) -> None:
    async def twice(client: WeChatClient) -> set[str]:
        return {await send_template(client, driver.openid, "tpl-road", VALUES, key="road-1") for _ in range(2)}

    assert len(run(twice)) == 1
    shown = [entry for entry in driver.state()["entries"] if entry["kind"] == "notice"]
    assert [field["value"] for field in shown[0]["fields"]] == ["75省道白沙段 施工", "8月3日 7:00"]
    assert len(shown) == 1


def test_a_template_message_to_a_stranger_and_one_too_many_have_wechats_codes(run: Run, driver: Driver) -> None:
    with pytest.raises(ApiError) as caught:
        run(lambda client: send_template(client, "o-nobody", "tpl-road", VALUES))
    assert code_of(caught) == 40003
    driver.control("limits", path="message/template/send", day=0)
    with pytest.raises(ApiError) as caught:
        run(lambda client: send_template(client, driver.openid, "tpl-road", VALUES))
    assert code_of(caught) == 45009


def test_a_notice_uses_one_consent_up(run: Run, driver: Driver) -> None:
    driver.control(f"drivers/{driver.openid}/consent", template="tpl-road", accept=True)
    run(lambda client: send_subscribe_notice(client, driver.openid, "tpl-road", VALUES))
    with pytest.raises(ApiError) as caught:
        run(lambda client: send_subscribe_notice(client, driver.openid, "tpl-road", VALUES))
    assert code_of(caught) == 43101


def test_a_mass_send_to_all_is_one_job_however_often_it_is_called(run: Run, driver: Driver) -> None:
    driver.control("followers", count=30)

    async def twice(client: WeChatClient) -> list[MassJob]:
        return [await mass_send(client, mass_text("放假通知"), "holiday-1") for _ in range(2)]

    first, again = run(twice)
    assert (first.known, again.known, first.job) == (False, True, again.job)
    assert soon(lambda: run(lambda client: mass_status(client, first.job)) == "SEND_SUCCESS")
    assert driver.received("text") == {"drivers": 31, "total": 31, "most": 1}


def test_a_mass_send_reaches_a_tag_or_openids_and_nobody_else(run: Run, driver: Driver) -> None:
    driver.control("followers", count=5)

    async def both(client: WeChatClient) -> None:
        number = await create_tag(client, "货车")
        await tag(client, ["o-fan-1", "o-fan-2"], number)
        await mass_send(client, mass_text("货车绕行"), "lorry-1", tag=number)
        await mass_send(client, mass_text("请来取件"), "pick-1", openids=["o-fan-3", "o-fan-4"])

    run(both)
    assert soon(lambda: driver.received("text")["total"] == 4)
    assert driver.received("text")["drivers"] == 4


def test_a_mass_send_can_be_stopped(run: Run, driver: Driver) -> None:
    driver.control("followers", count=3000)
    driver.control("jobs", mass_delay=0, mass_per_second=1000)
    made = run(lambda client: mass_send(client, mass_text("发错了"), "wrong-1"))
    run(lambda client: mass_delete(client, made.job))
    assert run(lambda client: mass_status(client, made.job)) == "DELETE"
    assert driver.received("text")["total"] < 3000


def test_the_fifth_mass_send_of_a_month_is_refused(run: Run, driver: Driver) -> None:
    async def five(client: WeChatClient) -> None:
        for number in range(5):
            await mass_send(client, mass_text("通知"), f"month-{number}")

    with pytest.raises(ApiError) as caught:
        run(five)
    assert code_of(caught) == 45028


def test_a_preview_reaches_one_follower(run: Run, driver: Driver) -> None:
    run(lambda client: mass_preview(client, driver.openid, mass_text("先看看")))
    assert driver.heard() == ["先看看"]


def test_a_single_openid_is_no_mass_send(run: Run) -> None:
    with pytest.raises(ValueError, match="2 to 10000"):
        run(lambda client: mass_send(client, mass_text("x"), "k", openids=["o-1"]))


def test_a_value_is_one_line_of_twenty_characters() -> None:
    assert one_line("第一行\n第二行") == "第一行 第二行"
    assert one_line("长" * 25) == "长" * 19 + "…"


def test_many_template_messages_reach_everyone_once(run: Run, driver: Driver) -> None:
    count = 300  # 100,000 with `weijing bench`
    driver.control("followers", count=count)
    driver.control("jobs", on=False)

    async def all_of_them(client: WeChatClient) -> None:
        limit = asyncio.Semaphore(20)

        async def one(number: int) -> None:
            async with limit:
                await send_template(client, f"o-fan-{number}", "tpl-road", VALUES, key=f"b1-{number}")

        await asyncio.gather(*(one(number) for number in range(count)))

    run(all_of_them)
    assert driver.received("notice") == {"drivers": count, "total": count, "most": 1}
