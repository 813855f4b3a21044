from __future__ import annotations

import datetime
import re

import httpx
from sqlalchemy.engine import Engine

from bot.settings import Settings
from tests.web.driver.conftest import ANNA, BERTA, HTML, PATIENCE, Enter
from traffic.database import utc_now, writing
from traffic.page_links import IDLE, PageSession, new_link
from web.driver import blueprint
from web.driver.guard import COOKIE
from web.serving import Served

MADE = [(route.method, "/h5" + re.sub("<[^>]+>", "1", route.path)) for route in blueprint.ROUTES if not route.public]


def test_a_link_opens_its_page_and_keeps_the_session_in_a_safe_cookie(stranger: httpx.Client,
                                                                     settings: Settings) -> None:
    link = new_link(ANNA, "violations", settings=settings)
    assert "打开" in stranger.get(link).text
    inside = stranger.post(link)
    assert (inside.status_code, inside.headers["location"]) == (303, "/h5/violations")
    cookie = inside.headers["set-cookie"]
    assert all(part in cookie for part in ("HttpOnly", "Path=/h5", "SameSite=Lax"))
    assert ANNA not in cookie
    assert stranger.get("/h5/").status_code == 200


def test_looking_at_a_link_does_not_use_it_up(stranger: httpx.Client, settings: Settings) -> None:
    link = new_link(ANNA, "", settings=settings)
    for _ in range(3):
        assert COOKIE not in stranger.get(link).cookies
    assert stranger.post(link).status_code == 303


def test_a_link_passed_on_shows_nothing(enter: Enter, served: Served, settings: Settings) -> None:
    link = new_link(ANNA, "violations", settings=settings)
    with httpx.Client(base_url=served.url, trust_env=False, headers=HTML, timeout=PATIENCE) as first:
        assert first.post(link).status_code == 303
        assert first.post(link).headers["location"] == "/h5/violations"
    second = httpx.Client(base_url=served.url, trust_env=False, headers=HTML, timeout=PATIENCE)
    for other in (second, enter(BERTA)):
        refused = other.post(link)
        assert refused.status_code == 410
        assert "只能本人打开一次" in refused.text
        assert "set-cookie" not in refused.headers
    second.close()


def test_an_old_or_forged_link_says_how_to_get_a_new_one(stranger: httpx.Client, settings: Settings) -> None:
    old = new_link(ANNA, "", settings=settings, now=utc_now() - datetime.timedelta(minutes=11))
    for link in (old, "/h5/in/x", "/h5/in/" + "A" * 140):
        for answer in (stranger.get(link), stranger.post(link)):
            assert answer.status_code == 410
            assert "查违章" in answer.text


def test_another_site_cannot_open_a_link_for_somebody(stranger: httpx.Client, settings: Settings) -> None:
    link = new_link(ANNA, "", settings=settings)
    assert stranger.post(link, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


def test_without_a_link_nothing_is_shown_and_nothing_done(stranger: httpx.Client) -> None:
    for method, path in MADE:
        answer = stranger.request(method, path)
        assert answer.status_code == 401, path
        assert "请从微信里打开" in answer.text


def test_a_forged_cookie_is_no_cookie(stranger: httpx.Client) -> None:
    for cookie in ("", "x", "x.y", "a" * 500, "%00"):
        stranger.cookies.set(COOKIE, cookie)
        assert stranger.get("/h5/").status_code == 401


def test_every_deed_without_its_token_is_refused(enter: Enter) -> None:
    anna = enter()
    token, other = anna.headers.pop("X-CSRF-Token"), enter(BERTA).headers["X-CSRF-Token"]
    elsewhere = {"X-CSRF-Token": token, "Sec-Fetch-Site": "cross-site"}
    for path in (path for method, path in MADE if method == "POST"):
        for given in ({}, {"csrf": ""}, {"csrf": "x" * 64}, {"csrf": other}):
            assert anna.post(path, data=given).status_code == 403, path
        assert anna.post(path, headers=elsewhere).status_code == 403, path
    assert anna.get("/h5/").status_code == 200


def test_leaving_ends_the_session(enter: Enter) -> None:
    anna = enter()
    cookie = anna.cookies[COOKIE]
    assert "已经退出" in anna.post("/h5/leave").text
    anna.cookies.set(COOKIE, cookie, path="/h5")
    assert anna.get("/h5/").status_code == 401


def test_a_page_left_alone_closes(enter: Enter, engine: Engine) -> None:
    anna = enter()
    with writing(engine) as session:
        session.query(PageSession).update({"active_at": utc_now() - IDLE})
    assert anna.get("/h5/").status_code == 401


def test_pages_carry_strict_headers_and_are_never_stored(enter: Enter) -> None:
    page = enter().get("/h5/")
    assert "'unsafe-inline'" not in page.headers["content-security-policy"]
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["referrer-policy"] == "no-referrer"
