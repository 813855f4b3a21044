from __future__ import annotations

import pathlib
import re
from typing import Callable, Iterator

import httpx
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

import web.desk.sign_in
from messages import desk
from messages.clock import utc_now
from messages.database import reading, writing
from tests.web.desk.conftest import PASSWORD, Write, hire
from tests.web.test_app import settings
from traffic.audit import AuditEntry
from traffic.bindings import VehicleBinding
from traffic.tickets import Ticket, open_ticket
from traffic.vehicles import Vehicle
from web.app import create_app
from web.desk.blueprint import ROUTES
from web.desk.database import records
from web.serving import Served

HTML = {"accept": "text/html"}
TALK = "/desk/conversations/wechat/driver-1"
HTMX = {"hx-request": "true"}
Browser = Callable[..., httpx.Client]
SCRIPTS = ["<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "javascript:alert(1)", "{{ 6607*7919 }}",
           "'; DROP TABLE outbox; --", "</textarea><svg onload=alert(1)>", "data: x\n\nevent: ended\ndata: y"]


@pytest.fixture
def served(url: str, tmp_path: pathlib.Path) -> Iterator[str]:
    with Served(lambda: create_app(settings(tmp_path, database_url=url))) as running:
        yield running.url


@pytest.fixture
def stranger(served: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=served, trust_env=False, headers=HTML) as client:
        yield client


@pytest.fixture
def browser(served: str, engine: Engine) -> Iterator[Browser]:
    """Signs in a new officer, whose client sends the form token with everything."""
    clients = []

    def open_one(name: str = "wang", role: str = "agent") -> httpx.Client:
        hire(engine, name, role)
        client = httpx.Client(base_url=served, trust_env=False, headers=HTML)
        clients.append(client)
        enter(client, name, PASSWORD)
        if role != "maintainer":
            client.headers["X-CSRF-Token"] = token_in(client.get("/desk/canned-answers").text)
        return client

    yield open_one
    for client in clients:
        client.close()


def token_in(page: str) -> str:
    found = re.search(r'(?:data-token|name="csrf" value)="([0-9a-f]{64})"', page)
    assert found
    return found[1]


def enter(client: httpx.Client, name: str, password: str) -> httpx.Response:
    csrf = token_in(client.get("/desk/sign-in").text)
    return client.post("/desk/sign-in", data={"name": name, "password": password, "csrf": csrf})


def form_in(page: str) -> str:
    found = re.search(r'name="form" value="([\w-]+)"', page)
    assert found
    return found[1]


def some_path(path: str) -> str:
    return "/desk" + re.sub(r"<(\w+):(\w+)>", lambda part: "1" if part[2] == "int" else "wechat", path)


def deeds(engine: Engine) -> list[str]:
    with reading(engine) as session, records(session) as chain:
        return list(chain.execute(sa.select(AuditEntry.deed).order_by(AuditEntry.id)).scalars())


def test_signing_in_leads_to_the_queue_and_out_again(browser: Browser) -> None:
    wang = browser()
    page = wang.get("/desk/")
    assert page.status_code == 200
    assert "没有人在等" in page.text
    assert wang.post("/desk/sign-out").headers["location"] == "/desk/sign-in"
    assert wang.get("/desk/").headers["location"] == "/desk/sign-in"


def test_the_cookie_is_for_the_desk_alone(stranger: httpx.Client, engine: Engine) -> None:
    hire(engine, "wang")
    cookie = enter(stranger, "wang", PASSWORD).headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "secure" not in cookie
    assert "samesite=strict" in cookie
    assert "path=/desk" in cookie


def test_a_real_stations_cookie_travels_over_tls_only(url: str, tmp_path: pathlib.Path) -> None:
    own = settings(tmp_path, database_url=url, wechat_api_base_url="https://api.weixin.qq.com")
    with Served(lambda: create_app(own)) as running:
        page = httpx.get(f"{running.url}/desk/sign-in", trust_env=False)
    assert "secure" in page.headers["set-cookie"].lower()


def test_the_desk_carries_the_strict_headers(stranger: httpx.Client) -> None:
    page = stranger.get("/desk/sign-in")
    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert page.headers["cache-control"] == "no-store"
    assert not re.search(r"<script(?![^>]*src=)|\son\w+=|style=", page.text)


def test_a_wrong_password_says_no_more_than_that(stranger: httpx.Client, engine: Engine) -> None:
    hire(engine, "wang")
    wrong, unknown = enter(stranger, "wang", "wrong-password-1"), enter(stranger, "nobody", "wrong-password-1")
    assert (wrong.status_code, unknown.status_code) == (403, 403)
    assert wrong.text == unknown.text
    assert "姓名或密码不对" in wrong.text


def test_signing_in_needs_the_pages_own_token(stranger: httpx.Client, engine: Engine) -> None:
    hire(engine, "wang")
    fields = {"name": "wang", "password": PASSWORD}
    assert stranger.post("/desk/sign-in", data=fields).status_code == 403
    token = token_in(stranger.get("/desk/sign-in").text)
    stranger.cookies.clear()
    assert stranger.post("/desk/sign-in", data={**fields, "csrf": token}).status_code == 403


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_without_log_in_nothing_is_shown_and_nothing_done(stranger: httpx.Client, route: object) -> None:
    answer = stranger.request(route.method, some_path(route.path))
    assert answer.status_code in (302, 401)
    assert answer.headers.get("location", "/desk/sign-in") == "/desk/sign-in"
    assert stranger.request(route.method, some_path(route.path), headers=HTMX).headers["hx-redirect"] == "/desk/sign-in"


def test_every_deed_without_its_token_is_refused(browser: Browser, write: Write, engine: Engine) -> None:
    write(reason="asked", now=utc_now())
    lead = browser("zhang", "lead")
    token = lead.headers.pop("X-CSRF-Token")
    posts = [some_path(route.path).replace("/wechat/wechat", "/wechat/driver-1") for route in ROUTES
             if route.method == "POST"]
    assert len(posts) >= 12
    for path in posts:
        for given in ({}, {"csrf": "x" * 64}, {"csrf": ""}):
            assert lead.post(path, data=given).status_code == 403
        other_site = {"X-CSRF-Token": token, "Sec-Fetch-Site": "cross-site"}
        assert lead.post(path, headers=other_site).status_code == 403
    with reading(engine) as session:
        assert [entry.holder for entry in desk.entries(session)] == ["queue"]
    assert lead.get("/desk/").status_code == 200


def test_another_ones_token_is_refused(browser: Browser, write: Write) -> None:
    write(reason="asked", now=utc_now())
    wang, li = browser("wang"), browser("li")
    wang.headers["X-CSRF-Token"] = li.headers["X-CSRF-Token"]
    assert wang.post(f"{TALK}/claim").status_code == 403


@pytest.mark.parametrize("path", [
    "/desk/conversations/wechat/nobody", "/desk/conversations/other/driver-1", "/desk/tickets/TS202601010001",
    "/desk/tickets/%27%20OR%201=1", "/desk/conversations/wechat/..%2f..%2fetc", "/desk/nowhere"])
def test_what_is_not_there_is_not_found(browser: Browser, path: str) -> None:
    assert browser().get(path).status_code == 404


def test_what_a_colleague_has_is_forbidden_in_every_way(browser: Browser, write: Write, engine: Engine) -> None:
    write("只给小王看", reason="asked", now=utc_now())
    wang, li = browser("wang"), browser("li")
    assert wang.post(f"{TALK}/claim").headers["location"] == TALK
    shown = form_in(wang.get(TALK).text)
    assert li.get(TALK).status_code == 403
    assert li.get("/desk/events", params={"of": "wechat/driver-1"}).status_code == 403
    assert "只给小王看" not in li.get(TALK).text
    fields = {"text": "插嘴", "form": shown, "ending": "answered", "colleague": ""}
    for deed in ("answer", "note", "end", "pass", "vehicles/1", "take-over"):
        assert li.post(f"{TALK}/{deed}", data=fields).status_code == 403, deed
    assert li.post(f"{TALK}/claim").headers["location"] == "/desk/?said=taken"


def test_a_maintainer_sees_no_driver(browser: Browser, write: Write) -> None:
    write(reason="asked", now=utc_now())
    maintainer = browser("zhao", "maintainer")
    for path in (TALK, "/desk/tickets", "/desk/canned-answers", "/desk/events"):
        assert maintainer.get(path).status_code == 403
    assert maintainer.get("/desk/").headers["location"] == "/desk/labelling"


def test_an_answer_is_sent_once_however_often_the_button_is_pressed(browser: Browser, write: Write,
                                                                    engine: Engine) -> None:
    write(reason="asked", now=utc_now())
    wang = browser()
    wang.post(f"{TALK}/claim")
    fields = {"text": "您好", "form": form_in(wang.get(TALK).text)}
    first, again = (wang.post(f"{TALK}/answer", data=fields, headers=HTMX) for _ in range(2))
    assert form_in(first.text) != fields["form"]
    assert again.status_code == 200
    with reading(engine) as session:
        assert [line.text for line in desk.story(session, "wechat", "driver-1")][1:] == ["民警：您好"]


def test_what_cannot_be_sent_stays_in_the_box(browser: Browser, write: Write) -> None:
    write(reason="asked", now=utc_now())
    wang = browser()
    wang.post(f"{TALK}/claim")
    long = {"text": "长" * 601, "form": form_in(wang.get(TALK).text)}
    page = wang.post(f"{TALK}/answer", data=long, headers=HTMX)
    assert "太长了" in page.text
    assert "长" * 601 in page.text


def test_how_many_may_be_sent_is_shown_and_what_comes_then(browser: Browser, write: Write) -> None:
    write(reason="asked", now=utc_now())
    write("没有额度", driver="driver-2", reason="asked", now=utc_now(), grants=())
    wang = browser()
    for driver in ("driver-1", "driver-2"):
        wang.post(f"/desk/conversations/wechat/{driver}/claim")
    assert "还能主动发 <b>5</b> 条" in wang.get(TALK).text
    assert "等车主下次说话时一起送出" in wang.get("/desk/conversations/wechat/driver-2").text


def test_no_words_of_a_driver_or_an_officer_ever_run(browser: Browser, write: Write, engine: Engine) -> None:
    for words in SCRIPTS:
        write(words, reason="asked", now=utc_now())
    admin = browser("admin", "admin")
    admin.post(f"{TALK}/claim")
    for words in SCRIPTS:
        admin.post(f"{TALK}/answer", data={"text": words, "form": form_in(admin.get(TALK).text)})
        admin.post(f"{TALK}/note", data={"text": words})
        admin.post("/desk/canned-answers", data={"title": words[:40], "text": words})
    for path in ("/desk/", TALK, "/desk/canned-answers"):
        page = admin.get(path).text
        assert not re.search(r"<(img|svg)|<script>|alert\(1\)</script>", page)
        assert str(6607 * 7919) not in page
    with reading(engine) as session:
        assert len(desk.story(session, "wechat", "driver-1")) == 2 * len(SCRIPTS)


def test_a_plate_is_masked_until_an_officer_opens_it(browser: Browser, write: Write, engine: Engine) -> None:
    write(reason="asked", now=utc_now())
    with writing(engine) as session, records(session) as traffic:
        for plate, owner in (("浙JA1234", "driver-1"), ("浙JB5678", "driver-2")):
            vehicle = Vehicle(plate=plate)
            traffic.add(vehicle)
            traffic.flush()
            traffic.add(VehicleBinding(subscriber=owner, vehicle_id=vehicle.id, bound_at=utc_now()))
    wang = browser()
    page = wang.get(TALK).text
    assert "浙J·A1**4" in page
    assert "浙JA1234" not in page
    assert "浙JA1234" in wang.post(f"{TALK}/vehicles/1", headers=HTMX).text
    assert wang.post(f"{TALK}/vehicles/2").status_code == 404
    assert deeds(engine)[-2:] == ["looked", "looked_vehicle"]


def opened(engine: Engine, subscriber: str = "driver-1") -> str:
    with writing(engine) as session, records(session) as traffic:
        return open_ticket(traffic, subscriber, "complaint", "信号灯 <b>太短</b>", f"key:{subscriber}").number


def test_a_ticket_is_answered_once_and_its_driver_hears(browser: Browser, write: Write, engine: Engine) -> None:
    write("查违章")
    number = opened(engine)
    wang = browser()
    assert number in wang.get("/desk/tickets").text
    page = wang.get(f"/desk/tickets/{number}").text
    assert "信号灯 &lt;b&gt;太短" in page
    assert "看这位车主的会话" not in page
    assert "said=answered" in wang.post(f"/desk/tickets/{number}/answer", data={"text": "已调整"}).headers["location"]
    assert "said=before" in wang.post(f"/desk/tickets/{number}/answer", data={"text": "再答"}).headers["location"]
    with reading(engine) as session:
        (said,) = [line for line in desk.story(session, "wechat", "driver-1") if line.side == "officer"]
        with records(session) as traffic:
            assert traffic.execute(sa.select(Ticket.answer)).scalar_one() == "已调整"
    assert number in said.text
    assert "已调整" in said.text
    assert number not in wang.get("/desk/tickets").text
    assert number in wang.get("/desk/tickets", params={"which": "answered"}).text


def test_a_ticket_of_someone_who_never_wrote_is_answered_all_the_same(browser: Browser, engine: Engine) -> None:
    number = opened(engine, "driver-7")
    assert browser().post(f"/desk/tickets/{number}/answer", data={"text": "已调整"}).status_code == 303


def test_a_lead_writes_canned_answers_an_agent_reads_them(browser: Browser, write: Write) -> None:
    write(reason="asked", now=utc_now())
    lead, wang = browser("zhang", "lead"), browser("wang")
    saved = lead.post("/desk/canned-answers", data={"title": "问电话", "text": "请打{station_phone}"})
    assert saved.status_code == 303
    refused = lead.post("/desk/canned-answers", data={"title": "错", "text": "请打{no_such_word}"})
    assert "有不认识的占位词" in refused.text
    wang.post(f"{TALK}/claim")
    assert "请打0000-12345678" in wang.get(TALK).text
    assert wang.post("/desk/canned-answers", data={"title": "x", "text": "y"}).status_code == 403
    assert wang.post("/desk/canned-answers/1/remove").status_code == 403


def test_every_look_is_in_the_audit_log(browser: Browser, write: Write, engine: Engine) -> None:
    write(reason="asked", now=utc_now())
    wang = browser()
    for path in ("/desk/", TALK, "/desk/tickets", f"/desk/tickets/{opened(engine)}"):
        wang.get(path)
    assert deeds(engine) == ["signed_in", "looked_queue", "looked", "looked_tickets", "looked_ticket"]


def test_an_idle_officer_is_out(browser: Browser, engine: Engine) -> None:
    from web.desk import sessions

    wang = browser()
    assert wang.post("/desk/here").status_code == 204
    with writing(engine) as session:
        session.execute(sa.update(sessions.table).values(active_at=utc_now() - sessions.IDLE))
    assert wang.post("/desk/here").status_code == 401
    assert wang.get("/desk/").headers["location"] == "/desk/sign-in"


def test_a_forged_cookie_is_no_cookie(stranger: httpx.Client) -> None:
    for cookie in ("", "x", "x.y", "a" * 500, "%00"):
        stranger.cookies.set("weijing_desk", cookie)
        assert stranger.get("/desk/").headers["location"] == "/desk/sign-in"


def test_the_tries_of_signing_in_are_five(stranger: httpx.Client, engine: Engine) -> None:
    hire(engine, "wang")
    for _ in range(web.desk.sign_in.TRIES):
        enter(stranger, "wang", "wrong-password-1")
    assert enter(stranger, "wang", PASSWORD).status_code == 403
