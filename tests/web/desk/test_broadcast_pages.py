from __future__ import annotations

import io
import pathlib
import re

import pytest
import sqlalchemy as sa
from PIL import Image
from sqlalchemy.engine import Engine

from messages import broadcasts
from messages.clock import utc_now
from messages.database import reading, writing
from messages.tables import outbox
from tests.connectors.wechat.account import Driver, soon
from tests.web.desk.conftest import Write
from tests.web.desk.test_pages import SCRIPTS, Browser, browser, served
from tests.web.fake_account import ACCOUNT
from traffic import photos
from traffic.audit import AuditEntry
from web.desk import phones
from web.desk.database import records
from web.outreach.filling import fill_due
from web.phone.server import StandIn

__all__ = ["browser", "served"]
FORM = {"title": "台风通知", "text": "台风要来了，少出门。", "audience": "所有关注的人", "begins": "2026-05-06T09:30"}


@pytest.fixture
def ready(engine: Engine, browser: Browser, write: Write) -> tuple[list[Browser], int]:
    """Forty followers; two leads with their phones registered; a draft of the first."""
    for number in range(40):
        write("你好", driver=f"driver-{number}")
    leads = [browser(name, "lead") for name in ("wang", "li")]
    for number, lead in enumerate(leads):
        write(word_on(lead.get("/desk/broadcasts").text), driver=f"driver-{number}", now=utc_now(), turn=False)
    assert soon(lambda: "已登记：li（您）、wang" in leads[1].get("/desk/broadcasts/phones").text)
    location = leads[0].post("/desk/broadcasts", data=FORM).headers["location"]
    return leads, int(re.findall(r"\d+", location)[0])


def word_on(page: str) -> str:
    found = re.search(r"预览\d{6}", page)
    assert found
    return found[0]


def left(engine: Engine, number: int) -> int:
    with reading(engine) as session:
        return broadcasts.progress(session, number, utc_now()).left


def texts(engine: Engine, topic: str) -> list[str]:
    with reading(engine) as session:
        return list(session.execute(sa.select(outbox.c.driver).where(outbox.c.topic == topic)).scalars())


def test_the_count_is_shown_before_and_what_is_not_understood_is_named(browser: Browser, write: Write) -> None:
    write("你好")
    lead = browser("wang", "lead")
    count = lead.post("/desk/broadcasts/count", data={"audience": "所有人"}).text
    assert "<b class=\"word\">1</b>" in count
    assert "除了绑了车的" in lead.post("/desk/broadcasts/count", data={"audience": "除了绑了车的"}).text
    assert "写“所有人”" in lead.post("/desk/broadcasts/count", data={"audience": " "}).text
    assert "没看懂：开飞机的" in lead.post("/desk/broadcasts/count", data={"audience": "开飞机的"}).text


def test_a_draft_that_reaches_nobody_says_so(browser: Browser) -> None:
    lead = browser("wang", "lead")
    page = lead.get(lead.post("/desk/broadcasts", data=FORM).headers["location"]).text
    assert "写的时候没有一个人符合" in page


def test_an_officers_phone_is_registered_by_what_it_writes_however_that_is_typed(
        engine: Engine, served: str, browser: Browser) -> None:
    lead = browser("wang", "lead")
    assert "wrong=word" in lead.post("/desk/broadcasts/phone").headers["location"]
    assert "还没收到您手机发来的字" in lead.get("/desk/broadcasts?wrong=word").text
    word = word_on(lead.get("/desk/broadcasts").text)
    with StandIn(ACCOUNT, f"{served}/wechat") as stand_in:
        phone = Driver(stand_in, "phone-of-wang")
        phone.write(f"{word[:2]}　{word[2:5]} {word[5:]}。")
        assert soon(lambda: "wang（您）" in lead.get("/desk/broadcasts/phones").text)
        phone.beside("phone-of-zhao").write("预览000000")
        assert soon(lambda: len(said(engine, "phone:")) == 2)
    assert [driver for driver, text in said(engine, "phone:") if "登记好了" in text] == ["phone-of-wang"]
    lead.post("/desk/broadcasts/phone/forget")
    assert "wang（您）" not in lead.get("/desk/broadcasts/phones").text


def said(engine: Engine, key: str) -> list[tuple[str, str]]:
    with reading(engine) as session:
        rows = session.execute(sa.select(outbox.c.driver, outbox.c.text).where(outbox.c.key.startswith(key)))
        return [(row.driver, row.text) for row in rows]


def test_a_phone_that_tries_words_is_not_listened_to(engine: Engine, browser: Browser, write: Write) -> None:
    lead = browser("wang", "lead")
    word = word_on(lead.get("/desk/broadcasts").text)
    for number in range(phones.MOST_TRIES):
        write(f"预览{number:06d}", driver="guesser", now=utc_now(), turn=False)
    write(word, driver="guesser", now=utc_now(), turn=False)
    assert soon(lambda: len(said(engine, "phone:")) == phones.MOST_TRIES)
    assert "wang（您）" not in lead.get("/desk/broadcasts/phones").text


def test_a_broadcast_carries_a_published_article_with_its_picture(
        engine: Engine, browser: Browser, write: Write, tmp_path: pathlib.Path,
        monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photos, "PHOTOS", tmp_path)
    write("你好")
    lead = browser("wang", "lead")
    assert "群发本身不能直接传图片" in lead.get("/desk/broadcasts/new").text
    file = io.BytesIO()
    Image.new("RGB", (60, 40), "navy").save(file, "JPEG")
    article = re.findall(r"\d+", lead.post(
        "/desk/articles", data={"topic": "notice", "title": "防台须知", "body": "别出门。"},
        files={"pictures": ("a.jpg", file.getvalue(), "image/jpeg")}).headers["location"])[0]
    assert "还没有发布" in lead.post("/desk/broadcasts", data={**FORM, "article": article}).text
    lead.post(f"/desk/articles/{article}/publish", data={"starts": "2026-01-01T08:00"})
    assert "防台须知</option>" in lead.get("/desk/broadcasts/new").text
    location = lead.post("/desk/broadcasts", data={**FORM, "article": article}).headers["location"]
    assert "点开是文章《防台须知》" in lead.get(location).text
    with reading(engine) as session:
        found = broadcasts.listed(session)[0]
    assert found.article
    assert found.link == found.article["address"] == found.article["picture"].removesuffix("/pictures/1")
    assert f'value="{article}" selected' in lead.get(f"/desk/broadcasts/{found.id}/edit").text


def test_two_persons_two_phones_then_it_runs_and_is_stopped(engine: Engine, ready: tuple[list[Browser], int]) -> None:
    (wang, li), number = ready
    address = f"/desk/broadcasts/{number}"
    assert "wrong=second" in li.post(f"{address}/approve").headers["location"]  # no preview yet
    assert "said=previewed" in wang.post(f"{address}/preview").headers["location"]
    assert sorted(driver for driver, _ in said(engine, "preview:")) == ["driver-0", "driver-1"]
    assert "wrong=second" in wang.post(f"{address}/approve").headers["location"]  # her own
    assert "said=approved" in li.post(f"{address}/approve").headers["location"]
    fill_due(engine, utc_now())
    assert len(texts(engine, "broadcast")) == 40
    page = li.get(f"{address}/progress").text
    assert "停发" in page
    assert "every 1s" in page
    with writing(engine) as session:  # one is on its way
        session.execute(sa.update(outbox).where(outbox.c.key == f"broadcast:{number}:driver-9").values(state="sending"))
    assert "said=stopped" in li.post(f"{address}/stop").headers["location"]
    page = li.get(f"{address}/progress").text
    assert "已经在路上的1条正在收尾" in page
    assert "every 1s" in page
    with writing(engine) as session:
        session.execute(sa.update(outbox).where(outbox.c.state == "sending").values(state="withheld"))
    page = li.get(f"{address}/progress").text
    assert "every 1s" not in page
    assert 'hx-target="#results"' in page
    assert soon(lambda: left(engine, number) == 0)
    with reading(engine) as session:
        told = broadcasts.progress(session, number, utc_now())
        assert told.total == 40
        with records(session) as traffic:
            deeds = list(traffic.execute(sa.select(AuditEntry.deed).where(
                AuditEntry.subject == f"broadcast:{number}")).scalars())
    assert deeds == ["broadcast_written", "broadcast_previewed", "broadcast_approved", "broadcast_stopped"]


def test_the_last_mass_send_of_the_month_is_asked_for(engine: Engine, ready: tuple[list[Browser], int],
                                                      monkeypatch: pytest.MonkeyPatch) -> None:
    (wang, li), number = ready
    wang.post(f"/desk/broadcasts/{number}", data={**FORM, "may_mass": "yes"})
    wang.post(f"/desk/broadcasts/{number}/preview")
    with writing(engine) as session:
        session.execute(sa.text("INSERT INTO mass_sends (key, broadcast_id, month, size, state, begun_at) "
                                "VALUES ('a',91,:m,2,'done',:t), ('b',92,:m,2,'done',:t), ('c',93,:m,2,'done',:t)"),
                        {"m": f"{utc_now().astimezone():%Y-%m}", "t": "2026-01-01 00:00:00"})
    assert "最后一次微信群发" in li.get(f"/desk/broadcasts/{number}").text
    assert "wrong=last" in li.post(f"/desk/broadcasts/{number}/approve").headers["location"]
    assert "said=approved" in li.post(f"/desk/broadcasts/{number}/approve", data={"last": "yes"}).headers["location"]


def test_a_changed_draft_is_previewed_again(ready: tuple[list[Browser], int]) -> None:
    (wang, li), number = ready
    wang.post(f"/desk/broadcasts/{number}/preview")
    wang.post(f"/desk/broadcasts/{number}", data={**FORM, "text": "别的话"})
    assert "wrong=second" in li.post(f"/desk/broadcasts/{number}/approve").headers["location"]


def test_agents_may_not_and_scripts_stay_words(browser: Browser, engine: Engine) -> None:
    assert browser("zhao").get("/desk/broadcasts").status_code == 403
    lead = browser("wang", "lead")
    for script in SCRIPTS:
        location = lead.post("/desk/broadcasts", data={**FORM, "text": script}).headers["location"]
        assert "<" not in script or script not in lead.get(location).text
