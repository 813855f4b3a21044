from __future__ import annotations

import io
import pathlib

import pytest
from PIL import Image
from sqlalchemy.engine import Engine

from messages.database import writing
from tests.web.desk.test_pages import Browser, browser, served  # noqa: F401  # fixtures
from traffic import photos
from traffic.database import utc_now
from traffic.tickets import add_ticket_photo, open_ticket, withdraw
from web.desk.database import records


@pytest.fixture
def report(engine: Engine, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(photos, "PHOTOS", tmp_path / "photos")
    drawn = io.BytesIO()
    Image.new("RGB", (60, 40), (9, 90, 90)).save(drawn, "JPEG")
    with writing(engine) as session, records(session) as traffic:
        ticket = open_ticket(traffic, "driver-1", "report", "占用应急车道", "k", plate="浙JA8888", now=utc_now())
        add_ticket_photo(traffic, ticket, photos.keep(photos.clean_photo(drawn.getvalue())), utc_now())
        return ticket.number


def test_an_officer_sees_the_plate_and_the_pictures_of_a_report(browser: Browser, report: str) -> None:  # noqa: F811
    wang = browser()
    page = wang.get(f"/desk/tickets/{report}").text
    assert "浙JA8888" in page
    assert f"/desk/tickets/{report}/photos/1" in page
    assert wang.get(f"/desk/tickets/{report}/photos/1").content.startswith(b"\xff\xd8")
    for missing in (f"{report}/photos/99", "JB2601010001/photos/1"):
        assert wang.get(f"/desk/tickets/{missing}").status_code == 404


def test_what_its_writer_took_back_needs_no_answer(browser: Browser, engine: Engine, report: str) -> None:  # noqa: F811
    wang = browser()
    with writing(engine) as session, records(session) as traffic:
        withdraw(traffic, "driver-1", report)
    assert report not in wang.get("/desk/tickets").text
    assert "车主撤回" in wang.get("/desk/tickets?which=answered").text
    assert "车主自己撤回了" in wang.get(f"/desk/tickets/{report}").text
    assert wang.post(f"/desk/tickets/{report}/answer", data={"text": "好"}).headers["location"].endswith("said=before")
