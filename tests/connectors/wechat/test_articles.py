from __future__ import annotations

import io

import httpx
import pytest
from PIL import Image

from connectors.wechat.articles import (
    Article,
    Publication,
    draft_add,
    draft_count,
    draft_delete,
    draft_update,
    freepublish_delete,
    freepublish_get,
    freepublish_submit,
    upload_cover,
    upload_news_image,
)
from connectors.wechat.client import WeChatClient
from connectors.wechat.errors import ApiError
from connectors.wechat.media import BadMedia
from tests.connectors.wechat.account import Driver
from tests.connectors.wechat.calls import Run


def picture(width: int = 60) -> bytes:
    data = io.BytesIO()
    Image.effect_noise((width, width), 90).convert("RGB").save(data, "PNG")
    return data.getvalue()


async def written(client: WeChatClient, title: str = "国庆出行提示") -> Article:
    address = await upload_news_image(client, picture())
    return Article(title, f'<p>错峰出行</p><img src="{address}">', await upload_cover(client, picture()), "早出门")


def test_an_article_goes_from_picture_to_draft_to_the_accounts_history(run: Run) -> None:
    async def publish(client: WeChatClient) -> Publication:
        draft = await draft_add(client, [await written(client)])
        return await freepublish_get(client, await freepublish_submit(client, draft))

    done = run(publish)
    page = httpx.get(done.urls[0], trust_env=False).text
    assert (done.state, "错峰出行" in page, "<img" in page) == ("published", True, True)
    run(lambda client: freepublish_delete(client, done.article))
    assert httpx.get(done.urls[0], trust_env=False).status_code == 404


def test_an_article_that_wechat_refuses_is_told_apart(run: Run, driver: Driver) -> None:
    driver.fault(path="job/publish", errcode=2)

    async def publish(client: WeChatClient) -> Publication:
        return await freepublish_get(client, await freepublish_submit(client, await draft_add(
            client, [await written(client)])))

    assert run(publish) == Publication("original_failed", failed=(1,))


def test_a_draft_is_changed_counted_and_thrown_away(run: Run) -> None:
    async def change(client: WeChatClient) -> list[int]:
        draft = await draft_add(client, [await written(client)])
        await draft_update(client, draft, await written(client, "改过的"))
        counts = [await draft_count(client)]
        await draft_delete(client, draft)
        return [*counts, await draft_count(client)]

    assert run(change) == [1, 0]


def test_a_title_too_long_has_wechats_code(run: Run) -> None:
    async def add(client: WeChatClient) -> None:
        await draft_add(client, [await written(client, "长" * 65)])

    with pytest.raises(ApiError, match="45003"):
        run(add)


def test_a_picture_too_big_for_an_article_never_leaves(run: Run) -> None:
    with pytest.raises(BadMedia, match="1 MB"):
        run(lambda client: upload_news_image(client, picture(1500)))
