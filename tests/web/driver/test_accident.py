from __future__ import annotations

import dataclasses
import io
import pathlib
import re
from typing import Iterator, List

import pytest
import sqlalchemy as sa
from PIL import Image
from playwright.sync_api import Browser, FilePayload, Page, ViewportSize, expect
from sqlalchemy.engine import Engine

from bot.settings import Settings
from messages import inbox
from messages.inbox import Incoming
from messages.tables import outbox
from tests.web.browser import browser  # noqa: F401  # a fixture
from tests.web.driver.conftest import ANNA, BERTA, Enter
from traffic import photos
from traffic.accident_cases import PHOTO_KINDS, add_photo, agree, case_of, propose, tell_place
from traffic.accident_joining import Details, join, tell_details
from traffic.accident_rules import MIDWAY, ground_midway
from traffic.accidents import open_accident_case
from traffic.database import reading, utc_now, writing
from traffic.page_links import new_link
from web.desk import officers
from web.driver import accident_words
from web.driver.accident_agreement import agreement_lines, agreement_pdf, agreement_picture, check_code
from web.serving import Served

PHONE, OFFICE = ViewportSize(width=390, height=844), ViewportSize(width=1366, height=768)
PASSWORD = "qi-che-deng-ren"
FIRST = Details("测试甲子", "浙JA1234", "13000000001", "339999199001010011", "car", "测试保险", "P1", "车尾")
SECOND = Details("测试乙丑", "浙JB2345", "13000000002", "339999199001010022", "car", "测试保险", "P2", "车头")


@pytest.fixture(autouse=True)
def folder(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    monkeypatch.setattr(photos, "PHOTOS", tmp_path / "photos")
    return tmp_path / "photos"


def picture(colour: int = 0, size: tuple[int, int] = (320, 240)) -> bytes:
    told = io.BytesIO()
    Image.new("RGB", size, (colour * 40 % 256, 120, 90)).save(told, "JPEG")
    return told.getvalue()


def opened(engine: Engine, subscriber: str = ANNA) -> str:
    with writing(engine) as session:
        return open_accident_case(session, subscriber, f"key-{subscriber}", now=utc_now()).number


def gathered(engine: Engine) -> str:
    number, now = opened(engine), utc_now()
    with writing(engine) as session:
        tell_place(session, ANNA, number, "解放路和沿河路路口", weather="rain")
        for colour, kind in enumerate(PHOTO_KINDS):
            add_photo(session, ANNA, number, photos.clean_photo(picture(colour)), kind=kind)
        tell_details(session, ANNA, number, FIRST)
        join(session, BERTA, case_of(session, ANNA, number).case.join_code, now)
        tell_details(session, BERTA, number, SECOND)
    return number


def at_wechat(engine: Engine) -> None:
    """Both have written to the account, so that there is a chat to tell them in."""
    with writing(engine) as session:
        for driver in (ANNA, BERTA):
            inbox.receive(session.connection(), Incoming("wechat", driver, f"{driver}:1", "text", "你好"), utc_now(), 0)


def told(engine: Engine, driver: str) -> List[str]:
    with reading(engine) as session:
        rows = session.execute(sa.select(outbox.c.text, outbox.c.image).where(outbox.c.driver == driver)
                               .order_by(outbox.c.id))
        return [row.text or row.image for row in rows]


def code_of(engine: Engine, number: str) -> str:
    with reading(engine) as session:
        return case_of(session, ANNA, number).case.join_code


def test_a_photo_is_taken_on_the_page_and_the_next_is_asked_for(enter: Enter, engine: Engine) -> None:
    number, anna = opened(engine), enter()
    assert "事故在哪儿" in anna.get(f"/h5/accident/{number}").text
    assert anna.post(f"/h5/accident/{number}/place", data={"place": "解放路口", "weather": "rain"}).status_code == 303
    assert "车前方全景" in anna.get(f"/h5/accident/{number}").text
    sent = anna.post(f"/h5/accident/{number}/photos", data={"kind": "front"}, files={"photo": ("a.jpg", picture())})
    assert sent.status_code == 303
    page = anna.get(f"/h5/accident/{number}").text
    assert "还差4张" in page
    shown = re.search(r'img src="(/h5/accident/\w+/photos/\d+)"', page)
    assert shown
    assert anna.get(shown[1]).headers["content-type"] == "image/jpeg"
    assert enter(BERTA).get(shown[1]).status_code == 404


WRONG_FILES = [(b"not a picture at all", "不是照片"), (b"\xff\xd8\xff\xe0 broken", "不是照片"), (b"<svg/>", "不是照片"),
               (b"", "还没选照片"), (b"\xff\xd8\xff" + b"\0" * 11 * 1024 * 1024, "超过10兆")]


def test_what_is_no_photo_is_refused_in_words_and_nothing_is_lost(enter: Enter, engine: Engine) -> None:
    number, anna = opened(engine), enter()
    anna.post(f"/h5/accident/{number}/place", data={"place": "解放路口"})
    anna.post(f"/h5/accident/{number}/photos", data={"kind": "front"}, files={"photo": ("a.jpg", picture())})
    for data, words in WRONG_FILES:
        refused = anna.post(f"/h5/accident/{number}/photos", data={"kind": "rear"}, files={"photo": ("b.jpg", data)})
        assert refused.status_code == 400
        assert words in refused.text
        assert "还差4张" in refused.text


def test_wrong_codes_own_codes_and_a_third_driver(enter: Enter, engine: Engine) -> None:
    number = opened(engine)
    code = code_of(engine, number)
    anna, berta, third = enter(), enter(BERTA), enter("oThird_0003")
    assert "加入码要给对方" in anna.post("/h5/accident/join", data={"code": code}).text
    assert berta.post("/h5/accident/join", data={"code": code}).status_code == 303
    assert third.post("/h5/accident/join", data={"code": code}).status_code == 404
    assert third.get(f"/h5/accident/{number}").status_code == 404
    for _ in range(4):
        assert third.post("/h5/accident/join", data={"code": "222222"}).status_code == 404
    assert "今天错了5次" in third.post("/h5/accident/join", data={"code": "333333"}).text


def test_nobody_else_does_anything_in_a_case(enter: Enter, engine: Engine) -> None:
    number = gathered(engine)
    stranger = enter("oThird_0003")
    for deed in ("place", "photos", "details", "propose", "agree", "object", "give-up"):
        there = f"/h5/accident/{number}/{deed}"
        assert stranger.post(there, data={"place": "x", "why": "x"}).status_code == 404
        assert stranger.post(there, headers={"X-CSRF-Token": "0"}).status_code == 403
    for page in ("", "/causes", "/agreement/pdf", "/photos/1"):
        assert stranger.get(f"/h5/accident/{number}{page}").status_code == 404


def test_wrong_details_are_named_and_the_rest_is_kept(enter: Enter, engine: Engine) -> None:
    number = opened(engine)
    with writing(engine) as session:
        join(session, BERTA, case_of(session, ANNA, number).case.join_code, utc_now())
    page = enter(BERTA).post(f"/h5/accident/{number}/details", data={
        "name": "测试乙丑", "plate": "浙J1", "phone": "12", "license_number": "339999199001010022",
        "vehicle_kind": "car", "damage": "<b>车头</b>"})
    assert page.status_code == 400
    assert "有2处不对" in page.text
    assert "&lt;b&gt;车头" in page.text


def test_who_sent_a_location_in_the_chat_is_asked_for_the_weather(enter: Enter, engine: Engine) -> None:
    number = opened(engine)
    with writing(engine) as session:
        tell_place(session, ANNA, number, latitude=28.7, longitude=121.5)
        for colour, kind in enumerate(PHOTO_KINDS):
            add_photo(session, ANNA, number, photos.clean_photo(picture(colour)), kind=kind)
    anna = enter()
    assert 'name="weather"' in anna.get(f"/h5/accident/{number}").text
    sent = {**dataclasses.asdict(FIRST), "weather": "rain"}
    assert anna.post(f"/h5/accident/{number}/details", data=sent).status_code == 303
    with reading(engine) as session:
        assert case_of(session, ANNA, number).case.weather == "rain"
    assert 'name="weather"' not in anna.get(f"/h5/accident/{number}").text


def test_an_agreement_is_a_pdf_with_both_drivers_and_masks_the_others_licence(engine: Engine) -> None:

    number, now = gathered(engine), utc_now()
    with writing(engine) as session:
        propose(session, ANNA, number, "rear_end", "second", now)
        found = agree(session, BERTA, number, "rear_end-second", now)
    mine = {label: (first, second) for label, first, second in agreement_lines(found, "first")}
    assert mine["姓名"] == ("测试甲子", "测试乙丑")
    assert mine["号牌号码"] == ("浙JA1234", "浙JB2345")
    own, others = mine["驾驶证号或者身份证号"]
    assert own == FIRST.license_number
    assert "*" in others
    assert SECOND.license_number not in others
    assert mine["责任"] == ("无责任", "全部责任")
    pdf = agreement_pdf(found, "first")
    assert pdf.startswith(b"%PDF-")
    assert pdf.rstrip().endswith(b"%%EOF")
    assert len(pdf) < 400_000
    assert Image.open(io.BytesIO(agreement_picture(found, "second"))).size == (1260, 1782)
    assert re.fullmatch("[0-9A-F]{12}", check_code(found))


# Two phones and the office's screen: photos, both drivers' details, a proposal, an objection, the officer's decision.
@pytest.fixture
def look_around(browser: Browser) -> Iterator[List[Page]]:  # noqa: F811
    contexts = [browser.new_context(viewport=size, locale="zh-CN") for size in (PHONE, PHONE, OFFICE)]
    pages = [context.new_page() for context in contexts]
    for page in pages:
        page.set_default_timeout(15_000)
    yield pages
    for context in contexts:
        context.close()


def shot(colour: int) -> FilePayload:
    return {"name": "p.jpg", "mimeType": "image/jpeg", "buffer": picture(colour)}


def fill(page: Page, details: Details) -> None:
    for name in ("plate", "name", "license_number", "phone", "insurer"):
        page.locator(f"[name={name}]").fill(getattr(details, name))
    page.get_by_role("button", name="提交").click()


@pytest.mark.browser
def test_two_drivers_and_an_officer_settle_a_case(look_around: List[Page], served: Served, settings: Settings,
                                                  engine: Engine) -> None:
    anna, berta, officer = look_around
    at_wechat(engine)
    number = opened(engine)
    with writing(engine) as session:
        officers.add(session.connection(), "wang", "agent", PASSWORD, utc_now())
    anna.goto(served.url + new_link(ANNA, "accident", settings=settings))
    anna.get_by_label("事故在哪儿").fill("解放路和沿河路路口")
    anna.get_by_role("button", name="下一步").click()
    for colour, left in enumerate((4, 3, 2, 1)):
        anna.locator("input[type=file]").set_input_files(shot(colour))
        expect(anna.get_by_text(f"还差{left}张")).to_be_visible()
    anna.locator("input[type=file]").set_input_files(shot(5))
    expect(anna.get_by_text("照片齐了")).to_be_visible()
    fill(anna, FIRST)
    expect(anna.get_by_text(f"加入 {code_of(engine, number)}")).to_be_visible()

    berta.goto(served.url + new_link(BERTA, "accident", settings=settings))
    berta.get_by_label("6位加入码").fill(code_of(engine, number))
    berta.get_by_role("button", name="加入").click()
    fill(berta, SECOND)
    berta.get_by_role("link", name="看图选是怎么碰的").click()
    berta.get_by_role("link", name="追尾").first.click()
    berta.get_by_label("我是红车A").check()
    berta.get_by_role("button", name="就是这样").click()
    expect(berta.get_by_text("您已经同意")).to_be_visible()

    anna.goto(f"{served.url}/h5/accident/{number}")
    expect(anna.get_by_role("button", name="我同意，我无责")).to_be_visible()
    anna.get_by_text("不同意，请民警来定").click()
    anna.get_by_label("您的说法").fill("他是倒车撞的")
    anna.get_by_role("button", name="交给民警").click()
    expect(anna.get_by_text("您说的：他是倒车撞的")).to_be_visible()

    officer.goto(f"{served.url}/desk/accidents")
    officer.get_by_label("姓名").fill("wang")
    officer.get_by_label("密码").fill(PASSWORD)
    officer.keyboard.press("Enter")
    officer.wait_for_url("**/desk/")
    officer.get_by_role("link", name="事故", exact=True).click()
    officer.get_by_role("link", name=number).click()
    expect(officer.get_by_text("他是倒车撞的")).to_be_visible()
    assert officer.locator("figure img").count() == 5
    officer.get_by_label("经过").select_option("reversing")
    officer.get_by_label("图上的红车A是").select_option("second")
    officer.get_by_label("A的责任").select_option("full")
    officer.get_by_label("理由").fill("照片能看出乙方在倒车")
    officer.get_by_role("button", name="就这么定").click()
    expect(officer.get_by_text("已经定了，结果发给双方")).to_be_visible()

    berta.goto(f"{served.url}/h5/accident/{number}")
    expect(berta.get_by_text("照片能看出乙方在倒车")).to_be_visible()
    for driver, share in ((ANNA, "您无责"), (BERTA, "您全责")):
        assert any("民警定了：倒车" in words and share in words for words in told(engine, driver))


def test_a_driver_stops_the_case_on_its_page(engine: Engine, enter: Enter) -> None:
    number = gathered(engine)
    anna = enter(ANNA)
    assert anna.post(f"/h5/accident/{number}/stop", data={"ground": "weather"}).status_code == 404
    page = anna.post(f"/h5/accident/{number}/stop", data={"ground": "injured"}, follow_redirects=True)
    assert "先打120" in page.text
    with reading(engine) as session:
        assert case_of(session, BERTA, number).step == "with_officer"


def test_every_ground_of_the_pages_is_heard_again_at_the_desk() -> None:
    grounds = accident_words.words()["grounds"]
    assert [(code, ground_midway(said)) for code, said in grounds.items()] == [(code, code) for code in MIDWAY]
