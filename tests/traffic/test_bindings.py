from __future__ import annotations

import datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from tests.traffic.conftest import NOW, add_driver, add_vehicle
from traffic import bindings
from traffic.database import reading, writing
from traffic.errors import LicenseError, PlateError, ProofError, TooManyProofs
from traffic.proofs import ProofAttempt


def outcomes(session: Session) -> list[str]:
    return list(session.execute(sa.select(ProofAttempt.outcome).order_by(ProofAttempt.id)).scalars())


def attempt(engine: Engine, subscriber: str, plate: str, tail: str, now: datetime.datetime = NOW) -> type | str:
    try:
        with writing(engine) as session:
            return bindings.bind_vehicle(session, subscriber, plate, tail, now).plate
    except (ProofError, TooManyProofs) as error:
        return type(error)


def test_the_right_frame_tail_binds_the_vehicle(session: Session) -> None:
    add_vehicle(session)
    assert bindings.bind_vehicle(session, "anna", "浙j-a1234", " 123456 ", NOW).plate == "浙JA1234"
    assert [v.plate for v in bindings.bound_vehicles(session, "anna")] == ["浙JA1234"]
    assert bindings.owns(session, "anna", "浙J A1234") is not None
    assert bindings.owns(session, "berta", "浙JA1234") is None


def test_the_same_message_again_is_the_same_attempt(engine: Engine) -> None:
    with writing(engine) as session:
        add_vehicle(session)
    for _ in range(7):
        with writing(engine) as session, pytest.raises(ProofError):
            bindings.bind_vehicle(session, "anna", "浙JA1234", "000000", NOW, "m:1:3")
    for _ in range(2):
        with writing(engine) as session:
            assert bindings.bind_vehicle(session, "anna", "浙JA1234", "123456", NOW, "m:2:3").plate == "浙JA1234"
    with reading(engine) as session:
        assert outcomes(session) == ["wrong", "right"]


def test_a_refused_attempt_is_refused_again(engine: Engine) -> None:
    with writing(engine) as session:
        add_vehicle(session)
    for number in range(5):
        assert attempt(engine, "anna", "浙JA1234", f"00000{number}") is ProofError
    for _ in range(3):
        with writing(engine) as session, pytest.raises(TooManyProofs):
            bindings.bind_vehicle(session, "anna", "浙JA1234", "123456", NOW, "m:6:3")


def test_letters_in_a_tail_may_be_small(session: Session) -> None:
    add_vehicle(session, frame_tail="AB3456")
    assert bindings.bind_vehicle(session, "anna", "浙JA1234", "ab3456", NOW).plate == "浙JA1234"


def test_binding_again_leaves_one_binding(session: Session) -> None:
    add_vehicle(session)
    for _ in range(2):
        bindings.bind_vehicle(session, "anna", "浙JA1234", "123456", NOW)
    assert len(bindings.bound_vehicles(session, "anna")) == 1


def test_unknown_and_wrong_are_refused_alike_and_with_the_same_queries(sqlite_engine: Engine) -> None:
    with writing(sqlite_engine) as session:
        add_vehicle(session)
    said: list[tuple[str, list[str]]] = []
    statements: list[str] = []
    sa.event.listen(sqlite_engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    for plate in ("浙JA1234", "浙JA9999"):
        statements.clear()
        with pytest.raises(ProofError) as refused, writing(sqlite_engine) as session:
            bindings.bind_vehicle(session, "anna", plate, "000000", NOW)
        said.append((str(refused.value), list(statements)))
    assert said[0] == said[1]


@pytest.mark.parametrize("tail", ["", "\0\0\0\0\0\0", "12345", "1234567", "％", "123456\0", "' OR 1=1 --"])
def test_a_vehicle_without_recorded_tail_can_never_be_bound(engine: Engine, tail: str) -> None:
    with writing(engine) as session:
        add_vehicle(session, frame_tail=None)
    assert attempt(engine, "anna", "浙JA1234", tail) is ProofError


def test_attempts_are_recorded_even_though_they_raise(sqlite_engine: Engine) -> None:
    with writing(sqlite_engine) as session:
        add_vehicle(session)
    attempt(sqlite_engine, "anna", "浙JA1234", "000000")
    attempt(sqlite_engine, "anna", "浙JA1234", "123456")
    with reading(sqlite_engine) as session:
        assert outcomes(session) == ["wrong", "right"]


def test_no_attempt_holds_a_readable_plate(sqlite_engine: Engine) -> None:
    attempt(sqlite_engine, "anna", "浙JA1234", "000000")
    with reading(sqlite_engine) as session:
        assert "A1234" not in session.execute(sa.select(ProofAttempt.subject)).scalar_one()


def test_after_five_wrong_by_one_subscriber_even_the_right_proof_waits_until_tomorrow(engine: Engine) -> None:
    with writing(engine) as session:
        add_vehicle(session)
    assert [attempt(engine, "anna", f"浙JB000{n}", "000000") for n in range(5)] == [ProofError] * 5
    assert attempt(engine, "anna", "浙JA1234", "123456") is TooManyProofs
    assert attempt(engine, "berta", "浙JA1234", "123456") == "浙JA1234"
    assert attempt(engine, "anna", "浙JA1234", "123456", NOW + datetime.timedelta(hours=15)) == "浙JA1234"
    with reading(engine) as session:
        assert outcomes(session) == ["wrong"] * 5 + ["refused", "right", "right"]


def test_after_five_wrong_for_one_plate_nobody_may_try_it_today(engine: Engine) -> None:
    with writing(engine) as session:
        add_vehicle(session)
    assert [attempt(engine, f"guesser{n}", "浙JA1234", "000000") for n in range(5)] == [ProofError] * 5
    assert attempt(engine, "anna", "浙JA1234", "123456") is TooManyProofs


def test_right_proofs_do_not_count(engine: Engine) -> None:
    with writing(engine) as session:
        add_vehicle(session)
    assert [attempt(engine, "anna", "浙JA1234", "123456") for _ in range(7)] == ["浙JA1234"] * 7


def test_a_plate_that_cannot_exist_is_no_attempt(session: Session) -> None:
    with pytest.raises(PlateError):
        bindings.bind_vehicle(session, "anna", "浙JA12", "123456", NOW)
    assert outcomes(session) == []


def test_a_household_and_a_fleet(session: Session) -> None:
    add_vehicle(session)
    add_vehicle(session, "浙JD12345", "654321", plate_type="52")
    for who in ("anna", "berta"):
        bindings.bind_vehicle(session, who, "浙JA1234", "123456", NOW)
    bindings.bind_vehicle(session, "anna", "浙JD12345", "654321", NOW)
    assert [v.plate for v in bindings.bound_vehicles(session, "anna")] == ["浙JA1234", "浙JD12345"]
    assert [v.plate for v in bindings.bound_vehicles(session, "berta")] == ["浙JA1234"]


def test_the_tail_tells_a_car_from_a_motorcycle_with_the_same_plate(session: Session) -> None:
    add_vehicle(session)
    motorcycle = add_vehicle(session, frame_tail="777777", plate_type="07", kind="motorcycle")
    assert bindings.bind_vehicle(session, "anna", "浙JA1234", "777777", NOW) is motorcycle
    bindings.bind_vehicle(session, "anna", "浙JA1234", "123456", NOW)
    assert [v.plate_type for v in bindings.bound_vehicles(session, "anna")] == ["07", "02"]


def test_unbinding_ends_it_and_may_be_said_twice(session: Session) -> None:
    add_vehicle(session)
    bindings.bind_vehicle(session, "anna", "浙JA1234", "123456", NOW)
    assert bindings.unbind_vehicle(session, "anna", "浙JA1234")
    assert not bindings.unbind_vehicle(session, "anna", "浙JA1234")
    assert bindings.bound_vehicles(session, "anna") == []
    bindings.bind_vehicle(session, "anna", "浙JA1234", "123456", NOW)
    assert bindings.owns(session, "anna", "浙JA1234") is not None


def test_nobody_unbinds_for_another(session: Session) -> None:
    add_vehicle(session)
    bindings.bind_vehicle(session, "anna", "浙JA1234", "123456", NOW)
    assert not bindings.unbind_vehicle(session, "berta", "浙JA1234")
    assert bindings.owns(session, "anna", "浙JA1234") is not None


def test_a_plate_that_changed_hands_is_no_longer_the_old_owners(session: Session) -> None:
    vehicle = add_vehicle(session)
    bindings.bind_vehicle(session, "anna", "浙JA1234", "123456", NOW)
    vehicle.owner_since = NOW + datetime.timedelta(days=1)
    session.flush()
    assert bindings.owns(session, "anna", "浙JA1234") is None
    later = NOW + datetime.timedelta(days=2)
    bindings.bind_vehicle(session, "anna", "浙JA1234", "123456", later)
    assert [v.plate for v in bindings.bound_vehicles(session, "anna")] == ["浙JA1234"]


def test_a_licence_is_bound_with_its_file_tail(session: Session) -> None:
    add_driver(session, "33999919900101001X")
    with pytest.raises(ProofError):
        bindings.bind_license(session, "anna", "33999919900101001x", "000000", NOW)
    assert bindings.bind_license(session, "anna", "339999 19900101 001x", "654321", NOW).name == "测试甲"
    assert [d.name for d in bindings.bound_licenses(session, "anna")] == ["测试甲"]
    assert bindings.unbind_license(session, "anna", "33999919900101001X")
    assert bindings.bound_licenses(session, "anna") == []


@pytest.mark.parametrize("number", ["", "331000123456", "33999919900101001Y", "3399991990010100111"])
def test_a_licence_number_of_another_length_is_refused(session: Session, number: str) -> None:
    with pytest.raises(LicenseError, match="18 places"):
        bindings.bind_license(session, "anna", number, "654321", NOW)
