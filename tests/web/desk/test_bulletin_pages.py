from __future__ import annotations

import datetime
import re

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from messages.clock import utc_now
from messages.database import reading, writing
from tests.web.desk.test_pages import SCRIPTS, Browser, browser, served
from traffic.audit import AuditEntry
from traffic.demo.town import build_town
from traffic.road_conditions import BulletinRow
from web.desk.database import records

__all__ = ["browser", "served"]
SENTENCE = "224省道杜桥至白沙段明天7时至9时因桥面维修封闭，绕行沿海高速"


def build(engine: Engine) -> None:
    with writing(engine) as session, records(session) as traffic:
        build_town(traffic, utc_now().date())


def rows(engine: Engine) -> list[BulletinRow]:
    with reading(engine) as session, records(session) as traffic:
        return list(traffic.execute(sa.select(BulletinRow).where(BulletinRow.cause == "桥面维修")).scalars())


def fields(page: str) -> dict[str, str]:
    return dict(re.findall(r'name="(\w+)"[^>]*value="([^"]*)"', page))


def test_a_sentence_fills_the_form_and_is_published_prolonged_and_ended(engine: Engine, browser: Browser) -> None:
    build(engine)
    wang = browser("wang")
    page = wang.post("/desk/bulletins/read", data={"sentence": SENTENCE}).text
    assert '<option selected>224省道</option>' in page
    assert "map__mark_closed" in page
    assert "map__mark_detour" in page
    form = {**fields(page), "road": "224省道", "kind": "closed"}
    assert [form[name] for name in ("from_place", "to_place", "cause", "detour")] == [
        "杜桥", "白沙", "桥面维修", "沿海高速"]
    assert wang.post("/desk/bulletins", data=form).status_code == 303
    row, = rows(engine)
    assert row.ends_at is not None
    assert row.ends_at - row.starts_at == datetime.timedelta(hours=2)
    listed = wang.get("/desk/bulletins").text
    assert re.findall(r'href="/desk/bulletins/(\d+)"', listed)[0] == str(row.id)  # in front of what was imported
    assert listed.index("<summary") < listed.index(f"/desk/bulletins/{row.id}/end")
    wang.post(f"/desk/bulletins/{row.id}/prolong", data={"hours": "4"})
    assert rows(engine)[0].ends_at == row.ends_at + datetime.timedelta(hours=4)
    wang.post(f"/desk/bulletins/{row.id}", data={**form, "ends": ""})  # until further notice, tomorrow at seven
    assert "开始后再过" in wang.get("/desk/bulletins").text
    wang.post(f"/desk/bulletins/{row.id}/prolong", data={"hours": "1"})
    assert rows(engine)[0].ends_at == row.starts_at + datetime.timedelta(hours=1)
    wang.post(f"/desk/bulletins/{row.id}/end")
    ended = rows(engine)[0].ends_at
    assert ended is not None
    assert ended <= utc_now()
    with reading(engine) as session, records(session) as traffic:
        deeds = list(traffic.execute(sa.select(AuditEntry.deed).where(AuditEntry.subject == f"bulletin:{row.id}"))
                     .scalars())
    assert deeds == ["bulletin_published", "bulletin_prolonged", "bulletin_changed", "bulletin_prolonged",
                     "bulletin_ended"]


def test_a_wrong_field_is_named_and_nothing_is_published(engine: Engine, browser: Browser) -> None:
    build(engine)
    page = browser("wang").post("/desk/bulletins", data={"road": "224省道", "kind": "closed", "cause": "桥面维修",
                                                         "starts": "2026-01-02T08:00", "ends": "2026-01-02T07:00"})
    assert page.status_code == 400
    assert "结束时间不对" in page.text
    assert rows(engine) == []


def test_the_page_says_what_the_sentence_cannot_set(engine: Engine, browser: Browser) -> None:
    build(engine)
    wang = browser("wang")
    page = wang.post("/desk/bulletins/read", data={"sentence": "75省道封闭，周末别发，每小时通报一次"}).text
    assert "隔多久发一次，这里定不了" in page
    assert "“周末别发”“每小时通报一次”" in page
    page = wang.post("/desk/bulletins/read", data={"sentence": "75省道早晚高峰货车限行"}).text
    assert "没写清几点到几点" in page


def test_hours_of_every_day_fill_their_fields_and_are_kept(engine: Engine, browser: Browser) -> None:
    build(engine)
    wang = browser("wang")
    page = wang.post("/desk/bulletins/read", data={"sentence": "75省道工作日7点到9点因桥面维修禁止货车通行"}).text
    assert '<option value="w" selected>工作日</option>' in page
    form = {**fields(page), "road": "75省道", "kind": "works", "days": "w"}
    assert form["hours"] == "07:00-09:00"
    form["cause"] = "桥面维修"
    for wrong in ({"hours": "早上"}, {"hours": "9:00-9:00"}, {"days": "8"}, {"days": "w1"}):
        assert wang.post("/desk/bulletins", data={**form, **wrong}).status_code == 400
    assert wang.post("/desk/bulletins", data={**form, "hours": "7:00-9:00，17:00-19:00"}).status_code == 303
    row, = rows(engine)
    assert (row.days, row.hours) == ("w", "07:00-09:00、17:00-19:00")
    assert "工作日7:00到9:00、17:00到19:00" in wang.get("/desk/bulletins").text


def test_a_place_that_is_not_on_the_road_is_told_before_publishing(engine: Engine, browser: Browser) -> None:
    build(engine)
    wang = browser("wang")
    page = wang.post("/desk/bulletins/read", data={"sentence": "75省道杜桥至大汾封闭"}).text
    assert "大汾不在75省道上" in page
    assert "杜桥到大汾在224省道上，是不是路写错了？" in page
    assert "临海、汇溪、白沙、杜桥、章安、椒江二桥" in page
    form = {**fields(page), "road": "224省道", "kind": "closed"}
    mended = wang.post("/desk/bulletins/map", data=form).text
    assert "map__mark_closed" in mended
    assert "不在" not in mended
    assert "不在75省道上" in wang.post("/desk/bulletins/map", data={**form, "road": "75省道", "to_place": ""}
                                  | {"from_place": "大汾村"}).text
    assert wang.post("/desk/bulletins", data={**form, "road": "75省道"}).status_code == 303


def test_two_places_of_one_road_name_it(engine: Engine, browser: Browser) -> None:
    build(engine)
    page = browser("wang").post("/desk/bulletins/read", data={"sentence": "头门港到红脚岩台风封路"}).text
    assert "<option selected>滨海大道</option>" in page
    assert "没读出来：哪条路" not in page


def test_no_sentence_brings_a_script_onto_the_page(engine: Engine, browser: Browser) -> None:
    build(engine)
    wang = browser("wang")
    for script in SCRIPTS:
        page = wang.post("/desk/bulletins/read", data={"sentence": f"224省道{script}封闭"}).text
        assert script not in page.replace("&#39;", "'") or "<" not in script


def test_publishing_needs_the_form_token(engine: Engine, browser: Browser) -> None:
    wang = browser("wang")
    del wang.headers["X-CSRF-Token"]
    assert wang.post("/desk/bulletins/read", data={"sentence": SENTENCE}).status_code == 403
