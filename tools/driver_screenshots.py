"""Takes the pictures of the drivers' pages for docs/web.md: an invented driver, a database of its own."""

from __future__ import annotations

import argparse
import datetime
import pathlib
import shutil
import sys
import tempfile

from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy.engine import Engine

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage"]
DRIVER = "oDemo_driver"
PICTURES = {"home": "", "vehicles": "vehicles", "violations": "violations", "points": "points",
            "calendar": "appointments/new/inspection", "voucher": "appointments", "roads": "roads",
            "ticket": "tickets/{ticket}", "articles": "articles", "guide": "articles/pay_motorway_fine",
            "privacy": "privacy"}


def main() -> int:
    """Takes every picture."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "docs" / "images", help="where pictures go")
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        chromium = shutil.which("chromium") or "/usr/bin/chromium"
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        _serve_and_take(browser, f"sqlite:///{folder}/pages.db", out)
        browser.close()
    return 0


def _serve_and_take(browser: Browser, url: str, out: pathlib.Path) -> None:
    from bot.development import settings_or_development
    from traffic.database import open_engine
    from traffic.page_links import new_link
    from web.app import create_app
    from web.serving import Served

    engine = open_engine(url)
    ticket = _make_a_life(engine, url)
    settings = settings_or_development().copy(update={"database_url": url})
    with Served(lambda: create_app(settings)) as served:
        context = browser.new_context(base_url=served.url, locale="zh-CN", timezone_id="Asia/Shanghai", has_touch=True,
                                      is_mobile=True, viewport={"width": 390, "height": 844})
        page = context.new_page()
        page.goto(new_link(DRIVER, "", settings=settings))
        page.wait_for_url("**/h5/")
        for name, path in PICTURES.items():
            page.goto(f"/h5/{path.format(ticket=ticket)}")
            _keep(page, out / f"driver-{name}.png")
    engine.dispose()


def _make_a_life(engine: Engine, url: str) -> str:
    """Two cars, a licence, an appointment and an answered suggestion; returns the suggestion's number."""
    import messages.database
    import traffic.migrations
    import web.desk.database
    from traffic.appointments import book, free_slots
    from traffic.bindings import bind_license, bind_vehicle
    from traffic.database import utc_now, writing
    from traffic.demo import make_demo
    from traffic.subscribers import consent
    from traffic.ticket_answers import answer_ticket
    from traffic.tickets import open_ticket

    for room in (traffic.migrations, messages.database, web.desk.database):
        room.upgrade(url)
    make_demo(engine, vehicles=60, drivers=40, violations=80)
    now, day = utc_now(), datetime.timedelta(days=1)
    with writing(engine) as session:
        bind_vehicle(session, DRIVER, "浙JA1234", "123456", now)
        bind_vehicle(session, DRIVER, "浙JC3456", "345678", now)
        bind_license(session, DRIVER, "339999199001010022", "222222", now)
        (slot,) = free_slots(session, "inspection", now + 2 * day, now + 20 * day, limit=1, now=now)
        book(session, DRIVER, "inspection", slot.id, "浙JC3456", "picture", now=now)
        consent(session, DRIVER, "privacy", "2026-11", now=now)
        said = "学校门口的绿灯太短，孩子走不完斑马线。"
        opened = open_ticket(session, DRIVER, "suggestion", said, "picture", now=now - day)
        answer_ticket(session, opened.number, "谢谢您的建议。去现场看过了，明天起早晚高峰绿灯加长六秒。", now=now)
        return opened.number


def _keep(page: Page, path: pathlib.Path) -> None:
    page.wait_for_timeout(300)  # pictures and fonts settle
    page.screenshot(path=path)
    print(path.name)


if __name__ == "__main__":
    sys.exit(main())
