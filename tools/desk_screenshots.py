"""Takes the pictures of docs/desk.md: an invented morning at the desk, in a database of its own."""

from __future__ import annotations

import argparse
import datetime
import pathlib
import shutil
import sys
import tempfile
from typing import Dict

from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy.engine import Engine

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage"]
OFFICE = {"viewport": {"width": 1366, "height": 768}}
PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "has_touch": True}
OFFICER, LEAD, PASSWORD = "小李", "老王", "an-quan-dai-xi-hao"
WAITING = [("oDemo_a1b2c3", "我前天停在解放路被贴了单子，可那里没有禁停标志", "asked", 9),
           ("oDemo_d4e5f6", "你们窗口的人态度太差了，我要投诉", "officer_complaint", 4),
           ("oDemo_g7h8k9", "那个到底要不要重新考", "unsure", 2)]
HERE = WAITING[0][0]


def main() -> int:
    """Takes every picture."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "docs" / "images", help="where pictures go")
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        chromium = shutil.which("chromium") or "/usr/bin/chromium"
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        _serve_and_take(browser, f"sqlite:///{folder}/desk.db", out)
        browser.close()
    return 0


def _serve_and_take(browser: Browser, url: str, out: pathlib.Path) -> None:
    from bot.development import settings_or_development
    from messages.database import open_engine
    from web.app import create_app
    from web.serving import Served

    engine = open_engine(url)
    _make_a_morning(engine, url)
    settings = settings_or_development().copy(update={"database_url": url})
    with Served(lambda: create_app(settings)) as served:
        _take_office(_sign_in(browser, served.url, OFFICE, out / "desk-sign-in.png"), served.url, out, engine)
        _take_phone(_sign_in(browser, served.url, PHONE), served.url, out)
        _make_a_week(engine)
        _take_lead(_sign_in(browser, served.url, OFFICE, name=LEAD), served.url, out)
    engine.dispose()


def _make_a_morning(engine: Engine, url: str) -> None:
    import messages.database
    import traffic.migrations
    import web.desk.database
    from messages.clock import utc_now
    from messages.database import writing
    from web.desk import officers

    for room in (traffic.migrations, messages.database, web.desk.database):
        room.upgrade(url)
    now = utc_now()
    with writing(engine) as session:
        officers.add(session, OFFICER, "agent", PASSWORD, now)
        officers.add(session, LEAD, "lead", PASSWORD, now)
    for driver, words, reason, minutes in WAITING:
        _write(engine, driver, words, now - datetime.timedelta(minutes=minutes), reason)
    _read_first(engine)
    _keep_records(engine)


def _write(engine: Engine, driver: str, words: str, at: datetime.datetime, reason: str = "") -> None:
    from messages import conversations, inbox
    from messages.database import writing
    from messages.inbox import Incoming
    from messages.quotas import Grant

    grants = (Grant("message", 5, 48 * 3600),)
    with writing(engine) as session:
        inbox.receive(session, Incoming("wechat", driver, f"{driver}:{words}", "text", words, grants=grants), at, 0)
        if reason:
            conversations.request_person(session, "wechat", driver, reason, at)


def _read_first(engine: Engine) -> None:
    """What the bot made of the first question."""
    from messages import understandings
    from messages.clock import utc_now
    from messages.database import writing
    from messages.understandings import Understood

    questions = ("parking_towing/ticket_no_sign", "violation_appeal/overview", "parking_towing/overview")
    with writing(engine) as session:
        understandings.keep(session, "wechat", HERE, 1, Understood("violation_appeal", 0.8, questions[1], questions),
                            utc_now())


def _keep_records(engine: Engine) -> None:
    from messages import outbox
    from messages.clock import utc_now
    from messages.database import writing
    from messages.replies import Choice, Reply
    from traffic.bindings import VehicleBinding
    from traffic.tickets import open_ticket
    from traffic.vehicles import Vehicle
    from web.desk.database import records

    now = utc_now()
    offer = Reply("这条您可以到违法处理窗口申请复核。要转给民警吗？", choices=(Choice("转人工", "/request_human"),))
    with writing(engine) as session, records(session) as traffic:
        outbox.append(session, "wechat", HERE, [offer], now - datetime.timedelta(minutes=8), state="sent")
        vehicle = Vehicle(plate="浙JA1234")
        traffic.add(vehicle)
        traffic.flush()
        traffic.add(VehicleBinding(subscriber=HERE, vehicle_id=vehicle.id, bound_at=now))
        open_ticket(traffic, HERE, "suggestion", "学校门口的绿灯太短，孩子走不完斑马线。", "ticket-1", now=now)
        open_ticket(traffic, WAITING[1][0], "complaint", "办事窗口排了一上午，轮到我却说下班了。", "ticket-2", now=now)


def _make_a_week(engine: Engine) -> None:
    """Seven invented days of questions, and what officers did with them."""
    import random

    import sqlalchemy as sa

    from messages.clock import utc_now
    from messages.database import writing
    from messages.tables import follows, inbox, ratings, understandings
    from web.desk import handlings

    chance, now = random.Random(7), utc_now()
    topics = ["query_violations"] * 9 + ["pay_fine/how"] * 6 + ["query_road_conditions"] * 5 + [
        "book_inspection", "points_rules/red_light", "license_service/overview", "ebike/plate"] * 2
    with writing(engine) as session:
        for number in range(1000, 1900):
            day = now - datetime.timedelta(days=chance.randrange(7))
            at = min(day.replace(hour=min(23, int(abs(chance.gauss(3, 3.2)))), minute=chance.randrange(60)), now)
            unsure, about = chance.random() < 0.06, chance.choice(topics)
            driver = {"channel": "wechat", "driver": f"oWeek_{number % 300}"}
            session.execute(sa.insert(inbox).values(
                **driver, id=number, key=f"week-{number}", kind="text", text="那个本本到期没弄咋整", details={},
                attempts=1, received_at=at, state="held" if chance.random() < 0.07 else "done"))
            session.execute(sa.insert(understandings).values(
                **driver, inbox_id=number, at=at, intent="nlu_fallback" if unsure else about.split("/")[0], ranking=[],
                confidence=0.4 if unsure else 0.9, answer=about if "/" in about and not unsure else None))
            if number % 20 == 0:
                begun = at + datetime.timedelta(minutes=chance.expovariate(0.2))
                handlings.begin(session, "wechat", driver["driver"], OFFICER, "asked", at, begun)
                handlings.end(session, "wechat", driver["driver"], "answered",
                              begun + datetime.timedelta(minutes=chance.expovariate(0.15)))
                stars, scene = chance.choice([3, 3, 3, 2, 1]), chance.choice(["违法处理窗口", "车管窗口"])
                session.execute(sa.insert(ratings).values(**driver, about=number, stars=stars, at=at))
                session.execute(sa.insert(follows).values(**driver, event="scan", scene=scene, at=at))


def _take_lead(page: Page, url: str, out: pathlib.Path) -> None:
    page.set_viewport_size({"width": 1366, "height": 1500})
    page.goto(f"{url}/desk/figures?days=7")
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(4000)  # the first plot loads the library
    _keep(page, out / "desk-figures.png")
    page.set_viewport_size({"width": 1366, "height": 768})
    page.goto(f"{url}/desk/account")
    _keep(page, out / "desk-account.png")


def _sign_in(browser: Browser, url: str, device: Dict[str, object], door: pathlib.Path | None = None,
             name: str = OFFICER) -> Page:
    context = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", reduced_motion="reduce", **device)
    page = context.new_page()
    page.goto(f"{url}/desk/")
    page.get_by_label("姓名").fill(name)
    page.get_by_label("密码").fill(PASSWORD)
    if door:
        _keep(page, door)
    page.get_by_role("button", name="登录").click()
    page.locator("#desk[data-ready]").wait_for()
    return page


def _take_office(page: Page, url: str, out: pathlib.Path, engine: Engine) -> None:
    _keep(page, out / "desk-queue.png")
    page.goto(f"{url}/desk/conversations/wechat/{HERE}")
    page.locator("#desk[data-ready] #claim").click()
    page.locator("#desk[data-ready] #proposals").wait_for()
    _keep(page, out / "desk-proposals.png")
    page.locator("#desk[data-ready] #text").fill("您好，我查了，路口东侧有禁停标志。单号发我，我帮您看看照片。")
    page.keyboard.press("Control+Enter")
    page.locator(".line_officer").wait_for()
    _deliver(engine)
    page.locator("#note").fill("上月也问过同一路口")
    page.keyboard.press("Control+Enter")
    page.locator(".line_note").wait_for()
    _keep(page, out / "desk-conversation.png")
    page.keyboard.press("Escape")
    page.keyboard.press("e")
    _keep(page, out / "desk-end.png")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    _keep(page, out / "desk-keys.png")
    page.goto(f"{url}/desk/tickets")
    page.locator("td a").first.click()
    _keep(page, out / "desk-ticket.png")


def _deliver(engine: Engine) -> None:
    """Plays WeChat's part: here nobody takes the message."""
    import sqlalchemy as sa

    from messages import quotas
    from messages.clock import utc_now
    from messages.database import writing
    from messages.tables import outbox

    with writing(engine) as session:
        session.execute(sa.update(outbox).where(outbox.c.driver == HERE).values(state="sent"))
        quotas.spend(session, "wechat", HERE, "officer", utc_now(), {})


def _take_phone(page: Page, url: str, out: pathlib.Path) -> None:
    page.goto(f"{url}/desk/conversations/wechat/{HERE}")
    page.locator("#desk[data-ready]").wait_for()
    _keep(page, out / "desk-phone.png")


def _keep(page: Page, path: pathlib.Path) -> None:
    page.wait_for_timeout(400)  # fonts and what is live settle
    page.screenshot(path=path)
    print(path.name)


if __name__ == "__main__":
    sys.exit(main())
