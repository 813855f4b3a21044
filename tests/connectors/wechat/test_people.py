from __future__ import annotations

import pytest

from connectors.wechat import people
from connectors.wechat.client import WeChatClient
from connectors.wechat.errors import ApiError
from tests.connectors.wechat.account import Driver
from tests.connectors.wechat.calls import Run


def test_a_follower_is_known_by_scene_remark_and_tags(run: Run, driver: Driver) -> None:
    scanned = driver.beside("o-driver-2")
    scanned.follow("window-3")

    async def look(client: WeChatClient) -> people.Follower:
        number = await people.create_tag(client, "摩托车")
        await people.tag(client, [scanned.openid], number)
        await people.set_remark(client, scanned.openid, "老桥")
        return await people.follower(client, scanned.openid)

    known = run(look)
    assert (known.following, known.scene, known.remark, len(known.tags)) == (True, "window-3", "老桥", 1)
    assert known.since is not None


def test_who_left_is_no_follower_and_a_stranger_an_error(run: Run, driver: Driver) -> None:
    driver.leave()
    assert run(lambda client: people.follower(client, driver.openid)) == people.Follower(driver.openid, False)
    with pytest.raises(ApiError, match="40003"):
        run(lambda client: people.follower(client, "o-nobody"))


def test_all_followers_and_all_with_a_tag_are_listed_by_pages(run: Run, driver: Driver) -> None:
    driver.control("followers", count=120)

    async def listed(client: WeChatClient) -> tuple[int, int, list[str]]:
        everyone = [openid async for page in people.followers(client) for openid in page]
        number = await people.create_tag(client, "货车")
        await people.tag(client, [f"o-fan-{n}" for n in range(60)], number)
        tagged = [openid async for page in people.tagged(client, number) for openid in page]
        await people.tag(client, ["o-fan-0"], number, on=False)
        names = [f"{tag.name}{tag.count}" for tag in await people.tags(client)]
        await people.delete_tag(client, number)
        return len(everyone), len(tagged), names

    assert run(listed) == (121, 60, ["货车59"])


def test_several_followers_are_asked_at_once(run: Run, driver: Driver) -> None:
    driver.control("followers", count=3)
    found = run(lambda client: people.followers_named(client, ["o-fan-0", "o-fan-2"]))
    assert [each.openid for each in found] == ["o-fan-0", "o-fan-2"]


def test_a_tag_that_is_there_already_has_wechats_code(run: Run) -> None:
    async def twice(client: WeChatClient) -> None:
        await people.create_tag(client, "货车")
        await people.create_tag(client, "货车")

    with pytest.raises(ApiError, match="45157"):
        run(twice)
