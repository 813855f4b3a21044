from __future__ import annotations

import datetime
import io
import pathlib
import re

import pytest
import sqlalchemy as sa
from PIL import Image
from sqlalchemy.engine import Engine

from messages.clock import utc_now
from messages.database import reading, writing
from messages.tables import outbox
from tests.web.desk.test_pages import SCRIPTS, Browser, browser, served
from traffic import photos
from traffic.announcements import latest
from traffic.demo.town import build_town
from traffic.road_subscriptions import subscribe_road
from web.desk import phones
from web.desk.database import records
from web.desk.phones import Shown

__all__ = ["browser", "served"]
FORM = {"topic": "notice", "title": "移动测速点", "body": "本周移动测速在224省道白沙桥东。\n[图1]\n请按限速开。"}


@pytest.fixture(autouse=True)
def folder(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photos, "PHOTOS", tmp_path / "photos")


def picture() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (60, 40), "navy").save(file, "JPEG")
    return file.getvalue()


def titles(engine: Engine) -> list[str]:
    with reading(engine) as session, records(session) as traffic:
        return [row.title for row in latest(traffic, now=utc_now())]


def test_written_with_a_picture_seen_published_found_and_withdrawn(engine: Engine, browser: Browser) -> None:
    lead = browser("wang", "lead")
    location = lead.post("/desk/articles", data=FORM, files={"pictures": ("a.jpg", picture(), "image/jpeg")}).headers[
        "location"]
    number = re.findall(r"\d+", location)[0]
    page = lead.get(location).text
    order = ["白沙桥东。</p>", f"/desk/articles/{number}/pictures/1", "请按限速开。</p>"]
    assert sorted(order, key=page.index) == order
    assert titles(engine) == []
    assert lead.get(f"/h5/articles/{number}").status_code == 404
    assert lead.get(f"/h5/articles/{number}/pictures/1").status_code == 404
    refused = lead.post(f"/desk/articles/{number}/publish", data={"starts": "5月1日 8:00", "until": "过两天"})
    assert refused.status_code == 400
    assert 'value="过两天"' in refused.text
    lead.post(f"/desk/articles/{number}/publish", data={"starts": "2026-01-01T08:00"})
    assert titles(engine) == ["移动测速点"]
    assert f"/h5/articles/{number}/pictures/1" in lead.get(f"/h5/articles/{number}").text
    assert lead.get(f"/h5/articles/{number}/pictures/1").headers["content-type"] == "image/jpeg"
    lead.post(f"/desk/articles/{number}/withdraw")
    assert titles(engine) == []


def test_a_draft_is_looked_at_on_the_officers_own_phone_and_by_nobody_else(engine: Engine, browser: Browser) -> None:
    lead = browser("wang", "lead")
    location = lead.post("/desk/articles", data=FORM, files={"pictures": ("a.jpg", picture(), "image/jpeg")}).headers[
        "location"].split("?")[0]
    assert "wrong=phone" in lead.post(f"{location}/preview").headers["location"]
    assert "还没登记您的手机" in lead.get(f"{location}?wrong=phone").text
    with writing(engine) as session:
        phones.register(session, Shown(1, "wechat", "phone-of-wang", "wang"), utc_now())
    assert "said=article_previewed" in lead.post(f"{location}/preview").headers["location"]
    with reading(engine) as session:
        row = session.execute(sa.select(outbox).where(outbox.c.topic == "preview")).one()
    page = re.sub(r"^https?://[^/]+", "", row.link)
    assert (row.driver, row.fields["title"], row.fields["picture"]) == ("phone-of-wang", "移动测速点",
                                                                        f"{row.link}/pictures/1")
    assert "预览，还没有发布" in lead.get(page).text
    assert lead.get(f"{page}/pictures/1").headers["content-type"] == "image/jpeg"
    assert lead.get(page[:-1] + ("0" if page[-1] != "0" else "1")).status_code == 404
    assert lead.get(page.rsplit("/", 2)[0]).status_code == 404  # still a draft for drivers


def test_what_is_wrong_is_named(browser: Browser) -> None:
    lead = browser("wang", "lead")
    bad = lead.post("/desk/articles", data=FORM, files={"pictures": ("a.jpg", b"no picture", "image/jpeg")})
    assert "图片不行" in bad.text
    assert "标题不对" in lead.post("/desk/articles", data={**FORM, "title": ""}).text
    assert browser("zhao").get("/desk/articles").status_code == 403
    for script in SCRIPTS:
        location = lead.post("/desk/articles", data={**FORM, "body": script}).headers["location"]
        assert "<" not in script or script not in lead.get(location).text


def test_the_calendar_shows_what_goes_out_when(engine: Engine, browser: Browser) -> None:
    with writing(engine) as session, records(session) as traffic:
        build_town(traffic, utc_now().date())
        subscribe_road(traffic, "driver-1", "75省道", daily_at=datetime.time(7), now=utc_now())
    page = browser("wang", "lead").get("/desk/calendar").text
    assert "每日路况" in page
    assert "07:00" in page
    assert "环城东路北门—杜桥中学 马拉松比赛" in page
    assert page.count('<li class="day') == 14
