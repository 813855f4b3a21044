from __future__ import annotations

import datetime

import pytest
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from tests.traffic.conftest import NOW, add_driver, add_vehicle
from traffic.bindings import bound_licenses, bound_vehicles
from traffic.counter_codes import LASTS, bind_at_counter, code_for
from traffic.database import reading, writing
from traffic.errors import CounterCodeGone, ProofError
from traffic.privacy import forget

PHONE = "0000-13000001"
MINUTE = datetime.timedelta(minutes=1)


@pytest.fixture
def recorded(session: Session) -> Session:
    owner = add_driver(session, phone=PHONE)
    add_vehicle(session, owner_id=owner.id, frame_tail=None)
    add_vehicle(session, "浙JB2345", owner_phone="13000000002")
    return session


def test_the_phone_on_record_and_the_code_bind_a_vehicle_once(engine: Engine) -> None:
    with writing(engine) as session:
        add_vehicle(session, owner_phone="130 0000 0001")
        code = code_for(session, "anna", NOW)
        assert code_for(session, "anna", NOW + MINUTE) == code
        assert code_for(session, "berta", NOW) != code
    with writing(engine) as session:
        assert bind_at_counter(session, code, "浙ja1234", "13000000001", NOW + MINUTE).id
    with reading(engine) as session:
        assert [v.plate for v in bound_vehicles(session, "anna")] == ["浙JA1234"]
        assert bound_vehicles(session, "berta") == []
        with pytest.raises(CounterCodeGone):
            bind_at_counter(session, code, "浙JA1234", "13000000001", NOW + MINUTE)


def test_the_owners_phone_does_for_the_vehicle_and_for_the_licence(recorded: Session) -> None:
    for what in ("浙JA1234", "339999199001010011", "浙JA1234"):
        bind_at_counter(recorded, code_for(recorded, "anna", NOW), what, PHONE, NOW)
    assert len(bound_vehicles(recorded, "anna")) == len(bound_licenses(recorded, "anna")) == 1


@pytest.mark.parametrize(("what", "phone"), [
    ("浙JA1234", "13000000002"), ("浙JB2345", PHONE), ("浙JC9999", PHONE), ("浙JA1234", ""), ("", PHONE),
    ("339999199001010011", "110"), ("nothing", PHONE), ("浙JA1234", "' OR 1=1")])
def test_what_does_not_belong_together_is_refused_alike_and_the_code_stays(recorded: Session, what: str,
                                                                          phone: str) -> None:
    code = code_for(recorded, "anna", NOW)
    with pytest.raises(ProofError, match="do not belong together"):
        bind_at_counter(recorded, code, what, phone, NOW)
    assert code_for(recorded, "anna", NOW) == code


def test_a_code_ends_by_itself_and_with_ones_data(recorded: Session) -> None:
    code = code_for(recorded, "anna", NOW)
    with pytest.raises(CounterCodeGone):
        bind_at_counter(recorded, code, "浙JA1234", PHONE, NOW + LASTS)
    assert code_for(recorded, "anna", NOW + LASTS) != code
    forget(recorded, "anna", now=NOW)
    with pytest.raises(CounterCodeGone):
        bind_at_counter(recorded, code, "浙JA1234", PHONE, NOW)
