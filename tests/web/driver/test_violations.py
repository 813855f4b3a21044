from __future__ import annotations

import pathlib

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from tests.web.driver.conftest import ANNA, Enter, bind
from traffic.database import writing
from traffic.violations import Violation
from web.driver import violations

PICTURE = b"\x89PNG\r\n\x1a\n invented"


def test_who_has_bound_nothing_is_led_to_it(enter: Enter) -> None:
    anna = enter()
    assert 'href="/h5/vehicles">去绑定' in anna.get("/h5/violations").text
    assert 'href="/h5/licenses">去绑定' in anna.get("/h5/points").text


def test_sums_and_filters(enter: Enter, engine: Engine) -> None:
    bind(engine)
    anna = enter()
    page = anna.get("/h5/violations").text
    assert page.count('<li class="card">') == 12
    assert "没结清12" in page
    one = "/h5/violations?vehicle=1"
    assert anna.get(one).text.count('<li class="card">') == 5
    unpaid = anna.get(one + "&state=unpaid").text
    assert unpaid.count('<li class="card">') == 3
    assert "过了15天没交" in unpaid
    assert anna.get(one + "&state=paid").text.count('<li class="card">') == 2
    assert anna.get(one + "&state=%3Cscript%3E").status_code == 200


def test_a_picture_is_shown_to_its_driver_alone(enter: Enter, engine: Engine, tmp_path: pathlib.Path,
                                                monkeypatch: pytest.MonkeyPatch) -> None:
    bind(engine)
    monkeypatch.setattr(violations, "VAR", tmp_path)
    folder = tmp_path / violations.PHOTOS / "2026"
    folder.mkdir(parents=True)
    (folder / "a.png").write_bytes(PICTURE)
    (tmp_path / "secret.png").write_bytes(b"secret")
    ways = ["2026/a.png", "../../secret.png", str(tmp_path / "secret.png"), "2026/none.png", "2026"]
    with writing(engine) as session:
        mine = list(session.execute(sa.select(Violation).where(Violation.vehicle_id == 1)).scalars())
        for violation, way in zip(mine, ways, strict=True):
            violation.photo = way
    anna = enter(ANNA)
    assert anna.get("/h5/violations?vehicle=1").text.count("<img") == 1
    shown = anna.get(f"/h5/violations/{mine[0].id}/photo")
    assert (shown.content, shown.headers["content-type"]) == (PICTURE, "image/png")
    for violation in mine[1:]:
        assert anna.get(f"/h5/violations/{violation.id}/photo").status_code == 404


def test_points_with_their_records_and_the_day_they_clear(enter: Enter, engine: Engine) -> None:
    bind(engine)
    page = enter().get("/h5/points").text
    assert "12分里已经记了9分" in page
    assert page.count('<li class="card">') == 2
    assert "学法减分" in page
    assert "清零" in page
