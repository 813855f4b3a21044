from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from tests.web.driver.conftest import ANNA, BERTA, Enter, bind
from traffic.bindings import bound_licenses, bound_vehicles
from traffic.database import reading
from traffic.proofs import WRONG_A_DAY, ProofAttempt

RIGHT = {"plate": "浙j-a1234", "tail": "123456"}


def plates(engine: Engine, subscriber: str = ANNA) -> list[str]:
    with reading(engine) as session:
        return [vehicle.plate for vehicle in bound_vehicles(session, subscriber)]


def test_a_vehicle_is_bound_by_its_proof_and_unbound_again(enter: Enter, engine: Engine) -> None:
    anna = enter()
    done = anna.post("/h5/vehicles", data=RIGHT)
    assert (done.status_code, done.headers["location"]) == (303, "/h5/vehicles?said=bound")
    page = anna.get("/h5/vehicles").text
    assert "浙J·A1234" in page
    assert "年检到" in page
    assert plates(engine) == ["浙JA1234"]
    assert "要解绑浙JA1234吗" in anna.get("/h5/vehicles/1/unbind").text
    assert anna.post("/h5/vehicles/1/unbind").status_code == 303
    assert plates(engine) == []


def test_who_types_the_whole_frame_number_is_understood(enter: Enter, engine: Engine) -> None:
    assert enter().post("/h5/vehicles", data={"plate": "浙JA1234", "tail": "LSV AAAA1AAA 123456"}).status_code == 303
    assert plates(engine) == ["浙JA1234"]


@pytest.mark.parametrize(("plate", "tail", "told"), [
    ("浙JA1234", "000000", "对不上"), ("浙JZZZZ9", "123456", "最多两个字母"), ("JA1234", "123456", "省份简称"),
    ("浙JA1234", "12345", "正好是6个"), ("", "", "正好是6个"), ("<script>", "123456", "省份简称")])
def test_what_is_wrong_is_said_and_what_was_typed_stays(enter: Enter, engine: Engine, plate: str, tail: str,
                                                         told: str) -> None:
    page = enter().post("/h5/vehicles", data={"plate": plate, "tail": tail})
    assert page.status_code == 400
    assert told in page.text
    assert "<script>" not in page.text.replace("<script type", "")
    assert plates(engine) == []


def test_five_wrong_proofs_a_day_hold_on_the_page_too(enter: Enter, engine: Engine) -> None:
    anna = enter()
    for _ in range(WRONG_A_DAY):
        assert "对不上" in anna.post("/h5/vehicles", data={**RIGHT, "tail": "000000"}).text
    assert "输错5次" in anna.post("/h5/vehicles", data=RIGHT).text
    assert "输错5次" in enter(BERTA).post("/h5/vehicles", data=RIGHT).text
    assert plates(engine) == plates(engine, BERTA) == []
    with reading(engine) as session:
        assert session.execute(sa.select(sa.func.count()).select_from(ProofAttempt)).scalar_one() == WRONG_A_DAY + 2


def test_a_licence_is_bound_shown_masked_and_unbound(enter: Enter, engine: Engine) -> None:
    anna = enter()
    assert "对不上" in anna.post("/h5/licenses", data={"number": "339999199001010022", "tail": "000000"}).text
    assert "18位" in anna.post("/h5/licenses", data={"number": "33999", "tail": "222222"}).text
    assert anna.post("/h5/licenses", data={"number": "339999 19900101 0022", "tail": "222222"}).status_code == 303
    page = anna.get("/h5/licenses").text
    assert "339*************22" in page
    assert "339999199001010022" not in page
    assert anna.post("/h5/licenses/2/unbind").status_code == 303
    with reading(engine) as session:
        assert bound_licenses(session, ANNA) == []


def test_nothing_of_another_ones_is_shown_or_done(enter: Enter, engine: Engine) -> None:
    bind(engine, BERTA)
    anna = enter()
    with reading(engine) as session:
        ids = [vehicle.id for vehicle in bound_vehicles(session, BERTA)]
        licenses = [driver.id for driver in bound_licenses(session, BERTA)]
        mine = [f"/h5/violations?vehicle={number}" for number in ids]
    paths = [*mine, *(f"/h5/vehicles/{i}/unbind" for i in ids), *(f"/h5/licenses/{i}/unbind" for i in licenses),
             *(f"/h5/points?license={i}" for i in licenses), *(f"/h5/violations/{i}/photo" for i in range(1, 100))]
    for path in paths:
        assert anna.get(path).status_code == 404, path
    for path in (path for path in paths if path.endswith("unbind")):
        assert anna.post(path).status_code == 404, path
    assert len(plates(engine, BERTA)) == 2
