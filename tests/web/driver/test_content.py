from __future__ import annotations

import datetime
import io
import json
import zipfile

import httpx
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from tests.web.driver.conftest import ANNA, BERTA, Enter, bind
from traffic.announcements import Announcement
from traffic.bindings import bound_vehicles
from traffic.database import reading, utc_now, writing
from traffic.road_conditions import BulletinRow
from traffic.road_lines import Point, RoadLine
from traffic.ticket_answers import answer_ticket
from traffic.tickets import Ticket, open_ticket
from web.driver.guides import guides
from web.driver.roads import gathered

DAY = datetime.timedelta(days=1)


def test_the_road_map_needs_no_link_and_says_everything_in_words_too(stranger: httpx.Client, engine: Engine) -> None:
    page = stranger.get("/h5/roads")
    assert page.status_code == 200
    assert page.text.count('<svg class="map"') == 2
    assert "map__mark_closed" in page.text
    assert "224省道 杜桥—白沙" in page.text
    assert "可以绕杜白线" in page.text
    with writing(engine) as session:
        session.execute(sa.delete(BulletinRow))
    clear = stranger.get("/h5/roads").text
    assert "map__mark" not in clear
    assert clear.count("可以正常走") == 2


def test_far_places_come_nearer_in_their_direction() -> None:
    here, there, far = (Point(n, str(n), 28.0 + north, 121.0) for n, north in enumerate((0.0, 0.001, 1.0)))
    (line,) = gathered([RoadLine(1, "a", "county", (here, here, here, there, far))])
    near, drawn = line.points[3], line.points[4]
    assert near.latitude == pytest.approx(there.latitude, abs=1e-5)
    assert 28.03 < drawn.latitude < 28.2
    assert gathered([]) == []


def ticket(engine: Engine, subscriber: str = ANNA, text: str = "绿灯太短") -> str:
    with writing(engine) as session:
        return open_ticket(session, subscriber, "suggestion", text, f"key {subscriber}").number


def test_a_ticket_shows_how_far_it_is_and_takes_stars_for_its_answer(enter: Enter, engine: Engine) -> None:
    number = ticket(engine)
    anna = enter()
    assert "已收到" in anna.get("/h5/tickets").text
    assert "满意吗" not in anna.get(f"/h5/tickets/{number}").text
    anna.post(f"/h5/tickets/{number}/rate", data={"stars": "5"})
    with writing(engine) as session:
        assert session.execute(sa.select(Ticket.rating)).scalar_one() is None
        answer_ticket(session, number, "加长了六秒")
    assert "加长了六秒" in anna.get(f"/h5/tickets/{number}").text
    for stars in ("9", "x", "4"):
        assert anna.post(f"/h5/tickets/{number}/rate", data={"stars": stars}).status_code == 303
    with reading(engine) as session:
        assert session.execute(sa.select(Ticket.rating)).scalar_one() == 4


def test_a_ticket_is_taken_back_on_its_page_until_it_is_answered(enter: Enter, engine: Engine) -> None:
    number, anna = ticket(engine), enter()
    assert "撤回</button>" in anna.get(f"/h5/tickets/{number}").text
    page = anna.post(f"/h5/tickets/{number}/withdraw", follow_redirects=True).text
    assert "撤回了，民警不再办" in page
    assert "撤回</button>" not in page
    assert "已撤回" in anna.get("/h5/tickets").text
    assert enter(BERTA).post(f"/h5/tickets/{number}/withdraw").status_code == 404


def test_an_answered_ticket_is_not_taken_back(enter: Enter, engine: Engine) -> None:
    number, anna = ticket(engine), enter()
    with writing(engine) as session:
        answer_ticket(session, number, "加长了六秒")
    assert "撤不回了" in anna.post(f"/h5/tickets/{number}/withdraw", follow_redirects=True).text


def test_another_ones_ticket_is_not_found(enter: Enter, engine: Engine) -> None:
    number = ticket(engine, BERTA)
    anna = enter()
    for path in (number, "TS2601010001", "%27%20OR%201=1"):
        assert anna.get(f"/h5/tickets/{path}").status_code == 404
        assert anna.post(f"/h5/tickets/{path}/rate", data={"stars": "1"}).status_code == 404
    assert number not in anna.get("/h5/tickets").text


def test_articles_by_topic_and_period(stranger: httpx.Client) -> None:
    everything = stranger.get("/h5/articles").text
    assert "曝光一批占用应急车道的车" in everything
    exposure = stranger.get("/h5/articles/topic/exposure/week").text
    assert "曝光一批占用应急车道的车" in exposure
    assert "这些路口闯红灯最多" not in exposure
    assert "起雾了" not in exposure
    for path in ("topic/none/all", "topic/all/none", "0", "99999", "9" * 30, "x", "..%2f..%2fstation"):
        assert stranger.get(f"/h5/articles/{path}").status_code == 404, path


def test_only_what_is_published_and_valid_has_a_page(stranger: httpx.Client, engine: Engine) -> None:
    now = utc_now()
    with writing(engine) as session:
        spans = [(now - DAY, None), (now + DAY, None), (None, None), (now - 2 * DAY, now - DAY)]
        made = [Announcement(topic="notice", title="标题", body="第一段\n第二段", published_at=starts, ends_at=ends,
                             url="javascript:alert(1)") for starts, ends in spans]
        session.add_all(made)
        session.flush()
        numbers = [each.id for each in made]
    pages = [stranger.get(f"/h5/articles/{number}") for number in numbers]
    assert [page.status_code for page in pages] == [200, 404, 404, 404]
    assert pages[0].text.count("<p>第") == 2
    assert "javascript:" not in pages[0].text


def test_the_tutorial_tells_how_to_pay_a_motorway_fine_and_who_answers_for_it(stranger: httpx.Client) -> None:
    page = stranger.get("/h5/articles/pay_motorway_fine").text
    assert page.count('<li class="card">') >= 5
    assert all(word in page for word in ("交管12123", "违法处理", "15天", "违法处理窗口", "依据"))
    assert "{" not in page.split("<main")[1]
    for guide in guides().values():
        assert guide.review > guide.changed


def test_ones_own_data_is_shown_and_handed_out(enter: Enter, engine: Engine) -> None:
    bind(engine)
    bind(engine, BERTA)
    mine, other = ticket(engine), ticket(engine, BERTA)
    anna = enter()
    page = anna.get("/h5/privacy").text
    assert mine in page
    assert other not in page
    told = anna.get("/h5/privacy/export.json")
    assert "attachment" in told.headers["content-disposition"]
    assert [vehicle["plate"] for vehicle in told.json()["vehicles"]] == ["浙JC3456", "浙JA1234"]
    assert "339999199001010022" not in told.text
    packed = zipfile.ZipFile(io.BytesIO(anna.get("/h5/privacy/export.zip").content))
    assert json.loads(packed.read("weijing-data.json")) == told.json()


def test_what_is_deleted_is_gone_and_so_is_the_session(enter: Enter, engine: Engine) -> None:
    bind(engine)
    bind(engine, BERTA)
    anna = enter()
    assert "真的全部删掉" in anna.get("/h5/privacy/delete").text
    assert "都删掉了" in anna.post("/h5/privacy/delete").text
    assert anna.get("/h5/").status_code == 401
    with reading(engine) as session:
        assert bound_vehicles(session, ANNA) == []
        assert len(bound_vehicles(session, BERTA)) == 2
    again = enter()
    assert "我们没有存您的资料" in again.get("/h5/privacy").text
