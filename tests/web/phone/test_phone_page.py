from __future__ import annotations

import io
from typing import Iterator, List

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.web.browser import browser  # noqa: F401  # a fixture
from tests.web.conftest import MENU
from tests.web.fake_account import ACCOUNT, FakeAccount, Phone, text_reply
from web.phone.hints import Town
from web.phone.server import StandIn

pytestmark = pytest.mark.browser

OFFICE, POCKET = {"width": 1366, "height": 768}, {"width": 390, "height": 844}


def answer(fields: dict) -> str:
    said = fields.get("Content") or fields.get("Label") or fields.get("EventKey") or fields.get("Event")
    return text_reply(fields, f"收到{fields['MsgType']}：{said or '照片'}")


def town() -> dict:
    return {"places": [{"name": "中心小学", "latitude": 28.76, "longitude": 121.53}],
            "counters": [{"scene": "violation_window", "name": "违法处理窗口"}],
            "examples": [{"say": "浙JA1234 123456", "name": "浙JA1234", "what": "5条违章"}],
            "notices": [{"template": "tpl-road", "name": "road"}]}


@pytest.fixture
def stand_in(fake: FakeAccount) -> Iterator[StandIn]:
    fake.answer = answer
    offered: Town = town
    with StandIn(ACCOUNT, fake.url, MENU, patience=2, town=offered) as running:
        yield running


@pytest.fixture(params=[OFFICE, POCKET], ids=["office", "pocket"])
def page(request: pytest.FixtureRequest, browser: Browser, stand_in: StandIn) -> Iterator[Page]:  # noqa: F811
    context = browser.new_context(viewport=request.param, locale="zh-CN", reduced_motion="reduce")
    opened = context.new_page()
    opened.set_default_timeout(10_000)
    wrong: List[str] = []
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    opened.goto(stand_in.url)
    yield opened
    context.close()
    assert wrong == []


def heard(page: Page, words: str) -> None:
    expect(page.locator(".entry_account").filter(has_text=words)).to_be_visible(timeout=10_000)


def picture() -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (60, 40), "red").save(data, "JPEG")
    return data.getvalue()


def test_a_driver_can_do_with_it_what_one_does_with_wechat(page: Page, fake: FakeAccount) -> None:
    heard(page, "收到event：subscribe")

    page.get_by_label("发消息").fill("帮我查违章")
    page.keyboard.press("Enter")
    heard(page, "收到text：帮我查违章")

    page.get_by_role("button", name="切换到菜单").click()
    page.get_by_role("button", name="查一查").click()
    page.get_by_role("menuitem", name="查违章").click()
    heard(page, "收到event：query_violations")

    page.get_by_role("button", name="切换到键盘").click()
    page.get_by_role("button", name="更多").click()
    page.get_by_role("button", name="位置").click()
    page.get_by_text("中心小学").click()
    page.get_by_role("button", name="发送", exact=True).click()
    heard(page, "收到location：中心小学")

    page.set_input_files("#picture", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": picture()})
    heard(page, "收到image：照片")
    page.get_by_role("button", name="看大图").click()
    expect(page.get_by_role("dialog", name="照片")).to_be_visible()
    page.keyboard.press("Escape")

    page.get_by_role("button", name="更多").click()
    page.get_by_role("button", name="扫一扫").click()
    page.get_by_role("button", name="违法处理窗口").click()
    heard(page, "收到event：violation_window")


def test_the_chat_survives_a_reload_and_drivers_have_their_own(page: Page, fake: FakeAccount) -> None:
    heard(page, "收到event：subscribe")
    page.reload()
    heard(page, "收到event：subscribe")
    assert len(fake.posts) == 1

    page.get_by_role("button", name="换一位车主").click()
    page.get_by_role("button", name="新车主").click()
    fake.wait_for_posts(2)
    heard(page, "收到event：subscribe")
    assert len({post["FromUserName"] for post in fake.posts}) == 2


def test_a_text_is_never_markup(page: Page, fake: FakeAccount) -> None:
    heard(page, "收到event：subscribe")
    fake.answer = lambda fields: text_reply(fields, '<img src=x onerror="document.title=1"><b>粗</b>')
    page.get_by_label("发消息").fill("<script>document.title=1</script>")
    page.keyboard.press("Enter")
    heard(page, "<b>粗</b>")
    assert page.title() == "杜桥交警 · 模拟手机"


def test_a_choice_is_sent_by_a_tap(page: Page, fake: FakeAccount, stand_in: StandIn) -> None:
    import httpx

    heard(page, "收到event：subscribe")
    with httpx.Client(base_url=stand_in.url, trust_env=False) as client:
        driver = Phone(client, fake.posts[0]["FromUserName"])
        driver.send("msgmenu", head_content="哪一辆？", list=[{"id": "7", "content": "浙J·A1**4"}], tail_content="")
    page.get_by_role("button", name="浙J·A1**4").click()
    assert fake.wait_for_posts(2)[1]["bizmsgmenuid"] == "7"


def test_who_leaves_can_only_follow_again(page: Page, fake: FakeAccount) -> None:
    heard(page, "收到event：subscribe")
    page.get_by_role("button", name="公众号资料").click()
    page.get_by_role("button", name="不再关注").click()
    expect(page.get_by_role("button", name="切换到菜单")).to_be_hidden()
    page.get_by_role("button", name="关注公众号").click()
    assert fake.wait_for_posts(3)[2]["Event"] == "subscribe"
    expect(page.get_by_role("button", name="切换到菜单")).to_be_visible()


def test_a_notice_is_a_card_and_what_happens_at_wechats_side_can_be_played(
        page: Page, fake: FakeAccount, stand_in: StandIn) -> None:
    import httpx

    heard(page, "收到event：subscribe")
    with httpx.Client(base_url=stand_in.url, trust_env=False) as client:
        driver = Phone(client, fake.posts[0]["FromUserName"])
        driver.call("message/template/send", {"touser": driver.openid, "template_id": "tpl-road", "data": {
            "thing1": {"value": "<b>75省道</b>封闭"}}})
        expect(page.locator(".notice")).to_contain_text("<b>75省道</b>封闭")
        assert fake.wait_for_posts(2)[1]["Status"] == "success"
        if page.viewport_size != OFFICE:
            return
        page.get_by_text("微信那边").click()
        page.get_by_role("button", name="同意路况通知").click()
        assert fake.wait_for_posts(3)[2]["Event"] == "subscribe_msg_popup_event"
        page.get_by_role("button", name="客服上线").click()
        expect(page.get_by_role("alert")).to_contain_text("客服上线")
        driver.call("../customservice/kfsession/create", {"kf_account": "zhiban@weixin", "openid": driver.openid})
        page.get_by_role("button", name="客服说一句").click()
        heard(page, "我是值班民警")
        page.get_by_role("button", name="撤回授权").click()
        assert "user_authorization_revoke" in [post["Event"] for post in fake.wait_for_posts(5)]
