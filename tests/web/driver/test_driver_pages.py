"""The pages on a phone: 390×844, a thumb, with and without JavaScript."""

from __future__ import annotations

import pathlib
from typing import Any, Dict, List

import pytest
from playwright.sync_api import Browser, BrowserContext, Dialog, Page
from sqlalchemy.engine import Engine

from bot.settings import Settings
from tests.web.browser import browser  # noqa: F401 - fixture
from tests.web.driver.conftest import ANNA, bind
from tests.web.driver.test_scripts import SCRIPTS
from traffic.appointments import bookings_of
from traffic.bindings import bound_vehicles
from traffic.database import reading, writing
from traffic.page_links import new_link
from traffic.ticket_answers import answer_ticket
from traffic.tickets import open_ticket
from web.serving import Served

pytestmark = pytest.mark.browser
PHONE: Dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True,
                         "locale": "zh-CN", "timezone_id": "Asia/Shanghai"}
PAGES = ["", "vehicles", "licenses", "violations", "points", "appointments", "appointments/new/inspection", "roads",
         "tickets", "articles", "articles/1", "articles/pay_motorway_fine", "privacy", "privacy/delete", "nowhere",
         "subscriptions", "subscriptions/none"]
STUMBLES = (pathlib.Path(__file__).parent / "stumbles.js").read_text(encoding="utf-8")


def phone(browser: Browser, served: Served, settings: Settings, page: str = "", **more: Any) -> Page:  # noqa: F811
    context: BrowserContext = browser.new_context(base_url=served.url, **{**PHONE, **more})
    opened = context.new_page()
    opened.set_default_timeout(30_000)
    opened.goto(new_link(ANNA, page, settings=settings))
    return opened


def test_a_link_leads_past_its_door_and_a_vehicle_is_bound_by_thumb(browser: Browser, served: Served,  # noqa: F811
                                                                    settings: Settings, engine: Engine) -> None:
    page = phone(browser, served, settings, "vehicles")
    page.wait_for_url("**/h5/vehicles")
    page.get_by_label("车牌号").fill("浙JA1234")
    page.get_by_label("车架号后6位").fill("123456")
    page.get_by_role("button", name="核对并绑定").tap()
    page.get_by_text("核对上了").wait_for()
    page.get_by_role("link", name="看违章").tap()
    page.get_by_role("link", name="没结清3").tap()
    page.wait_for_url("**state=unpaid")
    assert page.locator("li.card").count() == 3
    for _ in range(4):
        page.go_back()
    assert "/h5/in/" not in page.url
    with reading(engine) as session:
        assert [vehicle.plate for vehicle in bound_vehicles(session, ANNA)] == ["浙JA1234"]
    page.context.close()


def test_without_javascript_an_appointment_is_booked_moved_and_cancelled(browser: Browser, served: Served,  # noqa: F811
                                                                         settings: Settings, engine: Engine) -> None:
    bind(engine)
    page = phone(browser, served, settings, "appointments/new", java_script_enabled=False)
    page.get_by_role("button", name="打开").tap()
    page.get_by_role("link", name="约年检").tap()
    page.locator("a.month__day").nth(2).tap()
    page.locator(".times__slot").first.tap()
    page.get_by_role("button", name="就约这个时间").tap()
    page.get_by_text("约好了").wait_for()
    page.get_by_role("link", name="改时间").tap()
    page.locator(".times__slot").last.tap()
    page.get_by_role("button", name="改到这个时间").tap()
    page.get_by_text("时间改好了").wait_for()
    with reading(engine) as session:
        assert [booking.plate for booking in bookings_of(session, ANNA)] == ["浙JC3456"]
    page.get_by_role("link", name="取消预约").tap()
    page.get_by_role("button", name="取消预约").tap()
    page.get_by_text("预约取消了").wait_for()
    page.context.close()


def test_no_page_makes_eye_or_thumb_stumble(browser: Browser, served: Served, settings: Settings,  # noqa: F811
                                            engine: Engine) -> None:
    bind(engine)
    with writing(engine) as session:
        number = open_ticket(session, ANNA, "suggestion", "绿灯太短", "key").number
        answer_ticket(session, number, "加长了六秒")
    page = phone(browser, served, settings)
    page.wait_for_url("**/h5/")
    found: List[str] = []
    for path in [*PAGES, f"tickets/{number}"]:
        page.goto(f"/h5/{path}")
        found += [f"{path}: {what}" for what in page.evaluate(STUMBLES)]
    assert found == []
    page.set_content('<p id="pale">淡</p><p id="tiny">小</p><a class="button">扁</a>')
    page.evaluate('pale.style.color = "#999"; tiny.style.fontSize = "9px"')
    assert {what.split()[0] for what in page.evaluate(STUMBLES)} == {"contrast", "small", "target"}
    page.context.close()


def test_no_script_of_a_driver_runs_in_a_browser(browser: Browser, served: Served, settings: Settings,  # noqa: F811
                                                 engine: Engine) -> None:
    with writing(engine) as session:
        for number, words in enumerate(SCRIPTS[:50]):
            open_ticket(session, ANNA, "suggestion", words, f"key {number}")
    page = phone(browser, served, settings)
    page.wait_for_url("**/h5/")
    ran: List[str] = []

    def dismiss(dialog: Dialog) -> None:
        ran.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", dismiss)
    page.on("console", lambda said: ran.append(said.text))
    for path in ("tickets", "privacy"):
        page.goto(f"/h5/{path}")
        assert page.locator(".cell, .kept li").count() > 8
    assert ran == []
    page.context.close()
