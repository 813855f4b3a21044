from __future__ import annotations

import io
import pathlib
import re

import pyotp
import pytest
import sqlalchemy as sa
from PIL import Image
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, expect
from sqlalchemy.engine import Engine

from bot.settings import load_station
from messages import choices, desk, inbox, understandings
from messages.clock import utc_now
from messages.database import reading, writing
from messages.tables import inbox as came
from messages.tables import outbox
from messages.understandings import Understood
from tests.web.browser import browser as chromium  # noqa: F401  # a fixture
from tests.web.desk.conftest import PASSWORD, Write, hire
from tests.web.desk.test_pages import TALK, Browser, browser, deeds, enter, served, stranger  # noqa: F401  # fixtures
from traffic import photos
from traffic.bindings import VehicleBinding
from traffic.tickets import open_ticket
from traffic.vehicles import Vehicle
from web.desk.answer_book import AnswerBook
from web.desk.database import records
from web.desk.sentences import Sentences

KEY = ("wechat", "driver-1")


@pytest.fixture(autouse=True)
def _own_photos(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photos, "PHOTOS", tmp_path / "photos")


def picture(colour: str = "green") -> bytes:
    drawn = io.BytesIO()
    Image.new("RGB", (80, 60), colour).save(drawn, "PNG")
    return drawn.getvalue()


def read_as(engine: Engine, *questions: str) -> None:
    with writing(engine) as session:
        last = session.execute(sa.select(sa.func.max(came.c.id))).scalar_one()
        understood = Understood("pay_fine", 0.9, questions[0], questions)
        understandings.keep(session, *KEY, last, understood, utc_now())


def test_pictures_go_both_ways_and_only_to_who_may_see_them(
        browser: Browser, write: Write, engine: Engine) -> None:  # noqa: F811
    sent = photos.clean_photo(picture("red"))
    write(None, reason="asked", now=utc_now(), kind="image", payload="/inform", details={"photo": photos.keep(sent)})
    wang = browser()
    wang.post(f"{TALK}/claim")
    assert wang.get(f"{TALK}/pictures/in1").content == sent.data
    posted = wang.post(f"{TALK}/pictures", data={"form": "picture-1"}, files={"picture": ("a.png", picture())})
    assert posted.headers["location"] == TALK
    wang.post(f"{TALK}/pictures", data={"form": "picture-1"}, files={"picture": ("a.png", picture())})
    with reading(engine) as session:
        (mine,) = [line for line in desk.story(session, *KEY) if line.side == "officer"]
    assert mine.image.startswith("photo:")
    assert f"/pictures/{mine.id}" in wang.get(TALK).text
    shown = wang.get(f"{TALK}/pictures/{mine.id}")
    assert (shown.status_code, shown.headers["content-type"]) == (200, "image/jpeg")
    assert shown.content[:3] == b"\xff\xd8\xff"
    assert wang.get(f"{TALK}/pictures/in999").status_code == 404
    assert browser("li").get(f"{TALK}/pictures/{mine.id}").status_code == 403
    assert "sent_picture" in deeds(engine)


def test_what_was_understood_and_what_the_book_answers_stand_beside_the_words(
        browser: Browser, write: Write, engine: Engine) -> None:  # noqa: F811
    write("罚款在哪交", reason="asked", now=utc_now())
    read_as(engine, "pay_fine/how", "pay_fine/no_such_question")
    wang = browser()
    wang.post(f"{TALK}/claim")
    page = wang.get(TALK).text
    book = AnswerBook(Sentences(load_station()))
    (proposed,) = book.proposals(["pay_fine/how", "no/thing"], utc_now().date())
    assert proposed.asked in page
    assert f"理解为：{proposed.asked}" in page
    assert not re.search(r"\{\w+\}", proposed.text)
    assert book.proposals(["pay_fine/how"], utc_now().date().replace(year=2099)) == []


def test_one_finds_by_words_plate_and_ticket_what_one_may_see(
        browser: Browser, write: Write, engine: Engine) -> None:  # noqa: F811
    write("路口的灯_坏了", reason="asked", now=utc_now())
    write("路口的灯也坏了", driver="driver-2", now=utc_now())
    with writing(engine) as session, records(session) as traffic:
        vehicle = Vehicle(plate="浙JA1234")
        traffic.add(vehicle)
        traffic.flush()
        traffic.add(VehicleBinding(subscriber="driver-1", vehicle_id=vehicle.id, bound_at=utc_now()))
        number = open_ticket(traffic, "driver-2", "complaint", "信号灯", "key").number
    wang, lead = browser(), browser("zhang", "lead")

    def found(client: object, asked: str) -> str:
        return client.get("/desk/search", params={"q": asked}).text  # type: ignore[attr-defined]

    assert f'href="{TALK}"' in found(wang, "路口的灯")
    assert "还有 1 位车主" in found(wang, "路口的灯")
    assert "driver-2" in found(lead, "路口的灯")
    assert "driver-2" not in found(lead, "灯_坏")  # an underscore is no wildcard
    assert "没有找到" in found(lead, "%%")
    assert f'href="{TALK}"' in found(wang, "浙 j·a1234")
    assert number in found(wang, number.lower())
    assert deeds(engine)[-1] == "searched"


def test_one_time_codes_are_enrolled_on_the_account_page(browser: Browser, engine: Engine) -> None:  # noqa: F811
    wang = browser()
    page = wang.get("/desk/account").text
    secret = re.search(r"<code>(\w+)</code>", page)[1]  # type: ignore[index]
    sealed = re.search(r'name="sealed" value="([^"]+)"', page)[1]  # type: ignore[index]
    assert "data:image/svg+xml" in page
    wrong = wang.post("/desk/account/codes", data={"sealed": sealed, "code": "000000"})
    assert "动态码不对" in wrong.text
    forged = wang.post("/desk/account/codes", data={"sealed": f"1:{secret}.x", "code": pyotp.TOTP(secret).now()})
    assert forged.headers["location"] == "/desk/account"
    right = wang.post("/desk/account/codes", data={"sealed": sealed, "code": pyotp.TOTP(secret).now()})
    assert "said=enrolled" in right.headers["location"]
    assert "已经开通" in wang.get("/desk/account").text
    wang.cookies.clear()
    assert enter(wang, "wang", PASSWORD).status_code == 403


def test_the_lead_sees_figures_and_takes_them_as_a_table(browser: Browser, write: Write) -> None:  # noqa: F811
    write("=1+1", reason="asked", now=utc_now())
    lead = browser("zhang", "lead")
    lead.timeout = 60  # the first plot loads the library
    assert "没有麻烦民警" in lead.get("/desk/figures").text
    for name in ("hours", "days", "topics", "waits", "handled"):
        drawn = lead.get(f"/desk/figures/{name}.svg")
        assert (drawn.status_code, drawn.headers["content-type"]) == (200, "image/svg+xml")
        assert "<script" not in drawn.text
    assert lead.get("/desk/figures/other.svg").status_code == 404
    table = lead.get("/desk/figures.csv", params={"days": "1"})
    assert "消息,全部,1" in table.text
    assert not any(cell.startswith("=") for row in table.text.splitlines() for cell in row.split(","))
    assert browser("wang").get("/desk/figures").status_code == 403


def take_a_seat(chromium: Chromium, served: str, viewport: dict[str, int]) -> Page:  # noqa: F811
    page = chromium.new_page(viewport=viewport, locale="zh-CN", reduced_motion="reduce")
    page.set_default_timeout(15_000)
    page.goto(f"{served}/desk/")
    page.get_by_label("姓名").fill("wang")
    page.get_by_label("密码").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/")
    return page


@pytest.mark.browser
def test_a_proposal_a_picture_the_end_and_its_rating_by_keyboard_alone(
        chromium: Chromium, served: str, write: Write, engine: Engine, tmp_path: pathlib.Path) -> None:  # noqa: F811
    (tmp_path / "map.png").write_bytes(picture())
    write("罚款在哪交", reason="asked", now=utc_now())
    read_as(engine, "pay_fine/how")
    hire(engine, "wang")
    page = take_a_seat(chromium, served, {"width": 1366, "height": 768})
    for key in ("?", "Escape", "j", "Enter"):
        expect(page.locator("#desk[data-ready]")).to_be_attached()
        page.keyboard.press(key)
    expect(page.locator("#desk[data-ready] #claim")).to_be_visible()
    page.keyboard.press("c")
    expect(page.locator("#desk[data-ready] #proposals")).to_be_visible()
    for key in ("Escape", "g", "Enter"):
        page.keyboard.press(key)
    expect(page.get_by_label("答复内容")).to_have_value(re.compile("分两步"))
    page.keyboard.press("Control+Enter")
    expect(page.locator(".line_officer")).to_have_count(1)
    for key in ("Escape", "i"):
        page.keyboard.press(key)
    page.locator("#picture input[type=file]").set_input_files(str(tmp_path / "map.png"))
    page.locator("#picture").get_by_role("button", name="发送").click()
    expect(page.locator("#desk[data-ready] .line__picture img")).to_be_visible()
    for key in ("Escape", "e"):
        page.keyboard.press(key)
    page.locator("#end").get_by_role("button", name="结束").press("Enter")
    page.wait_for_url("**said=ended")
    expect(page.locator("#desk[data-ready]")).to_be_attached()
    with reading(engine) as session:
        goodbye = session.execute(sa.select(outbox).order_by(outbox.c.id.desc()).limit(1)).one()
        assert [choice["title"] for choice in goodbye.choices] == ["满意", "一般", "不满意"]
        assert choices.resolve(session, *KEY, "满意") == "/rate_officer_1_3"
        assert inbox.state_of(session, [1])
    page.keyboard.press("/")
    page.keyboard.type("罚款")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="查找：罚款")).to_be_visible()
    page.close()
