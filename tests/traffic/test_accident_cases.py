from __future__ import annotations

import datetime
import io
import pathlib
from typing import Tuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from tests.traffic.conftest import NOW, add_slots
from traffic import photos
from traffic.accident_cases import (
    PHOTO_KINDS,
    add_photo,
    agree,
    case_of,
    current_case,
    give_up,
    object_to,
    proposal,
    propose,
    tell_place,
)
from traffic.accident_decisions import any_case, call_in, cases_in, decide, visit
from traffic.accident_joining import Details, checked, join, tell_details
from traffic.accidents import open_accident_case
from traffic.appointments import bookings_of, cancel
from traffic.database import reading, writing
from traffic.errors import (
    AnotherCase,
    CaseMoved,
    CauseUnknown,
    DetailsRefused,
    JoinRefused,
    NotYours,
    OwnCase,
    PhotoRefused,
    SlotFull,
    TooManyProofs,
)

FIRST = Details("测试甲子", "浙JA1234", "13000000001", "339999199001010011", "car", "测试保险", damage="车尾")
SECOND = Details("测试乙丑", "浙JB2345", "13000000002", "339999199001010022", "car", "测试保险", damage="车头")


@pytest.fixture(autouse=True)
def folder(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    monkeypatch.setattr(photos, "PHOTOS", tmp_path / "photos")
    return tmp_path / "photos"


def picture(colour: int = 0) -> bytes:
    told = io.BytesIO()
    Image.new("RGB", (60, 40), (colour * 11 % 256, 90, 90)).save(told, "JPEG")
    return told.getvalue()


def begun(session: Session, key: str = "k1", subscriber: str = "driver-1") -> str:
    return open_accident_case(session, subscriber, key, now=NOW).number


def gathered(session: Session) -> str:
    number = begun(session)
    code = case_of(session, "driver-1", number).case.join_code
    tell_place(session, "driver-1", number, "解放路和沿河路路口", weather="rain")
    for colour, kind in enumerate(PHOTO_KINDS):
        add_photo(session, "driver-1", number, photos.clean_photo(picture(colour)), kind=kind, received_at=NOW)
    tell_details(session, "driver-1", number, FIRST)
    join(session, "driver-2", code, NOW)
    tell_details(session, "driver-2", number, SECOND)
    return number


def step_of(session: Session, number: str, subscriber: str = "driver-1") -> str:
    return case_of(session, subscriber, number).step


def test_each_step_follows_the_one_before(session: Session) -> None:
    number = begun(session)
    assert step_of(session, number) == "place"
    tell_place(session, "driver-1", number, latitude=28.7, longitude=121.4)
    assert step_of(session, number) == "photos"
    for colour in range(5):
        add_photo(session, "driver-1", number, photos.clean_photo(picture(colour)))
    assert [p.kind for p in case_of(session, "driver-1", number).photos] == list(PHOTO_KINDS)
    assert step_of(session, number) == "details"
    tell_details(session, "driver-1", number, FIRST)
    assert step_of(session, number) == "join"
    join(session, "driver-2", case_of(session, "driver-1", number).case.join_code, NOW)
    assert (step_of(session, number), step_of(session, number, "driver-2")) == ("other_details", "details")
    tell_details(session, "driver-2", number, SECOND)
    assert step_of(session, number) == "cause"


def test_both_agree_and_the_case_is_settled_on_both_databases(engine: Engine) -> None:
    with writing(engine) as session:
        number = gathered(session)
        propose(session, "driver-2", number, "rear_end", "second", NOW)
        assert (step_of(session, number), step_of(session, number, "driver-2")) == ("agree", "other_agrees")
        agree(session, "driver-1", number, "rear_end-second", NOW)
    with reading(engine) as session:
        settled = case_of(session, "driver-1", number)
        assert (settled.step, settled.share("first"), settled.share("second")) == ("agreed", "none", "full")
        assert settled.case.article == "道路交通安全法 第43条"
    with writing(engine) as session, pytest.raises(CaseMoved):
        object_to(session, "driver-2", number, "后悔了", NOW)


def test_an_agreement_to_a_proposal_that_was_replaced_does_not_count(session: Session) -> None:
    number = gathered(session)
    propose(session, "driver-1", number, "rear_end", "second", NOW)
    propose(session, "driver-1", number, "rear_end", "first", NOW)
    with pytest.raises(CaseMoved):
        agree(session, "driver-2", number, "rear_end-second", NOW)
    assert case_of(session, "driver-2", number).case.state == "proposed"


def test_another_proposal_takes_back_the_agreement_to_the_first(session: Session) -> None:
    number = gathered(session)
    propose(session, "driver-1", number, "rear_end", "second", NOW)
    propose(session, "driver-2", number, "rear_end", "first", NOW)
    assert step_of(session, number, "driver-1") == "agree"
    assert proposal(case_of(session, "driver-1", number).case) == "rear_end-first"


def test_nothing_can_be_proposed_before_all_is_there(session: Session) -> None:
    number = begun(session)
    with pytest.raises(CaseMoved):
        propose(session, "driver-1", number, "rear_end", "first", NOW)


def test_an_unknown_cause_is_refused(session: Session) -> None:
    with pytest.raises(CauseUnknown):
        propose(session, "driver-1", gathered(session), "weather", "first", NOW)


def test_what_one_objects_to_is_decided_by_an_officer_once(session: Session) -> None:
    number = gathered(session)
    propose(session, "driver-1", number, "rear_end", "second", NOW)
    object_to(session, "driver-2", number, "我没有追尾", NOW)
    assert [found.case.number for found in cases_in(session, ("with_officer",))] == [number]
    decided = decide(session, number, "wang", "lane_change", "first", "full", "看照片是变道", NOW)
    assert (decided.case.state, decided.share("first"), decided.share("second")) == ("decided", "full", "none")
    with pytest.raises(CaseMoved):
        decide(session, number, "li", "rear_end", "second", "full", "", NOW)


def test_an_officer_calls_both_in_within_a_day(session: Session) -> None:
    number = gathered(session)
    object_to(session, "driver-1", number, "", NOW)
    add_slots(session, 2, kind="accident_handling")
    found = call_in(session, number, "wang", "要看车", NOW)
    assert found.case.booking
    assert found.case.visit_at
    assert found.case.visit_at - NOW < datetime.timedelta(hours=24)
    assert found.share("first") is None


def test_after_the_agreement_either_has_both_come_within_a_day(session: Session) -> None:
    number = gathered(session)
    with pytest.raises(CaseMoved):
        visit(session, "driver-2", number, NOW)
    propose(session, "driver-1", number, "rear_end", "second", NOW)
    agree(session, "driver-2", number, "rear_end-second", NOW)
    with pytest.raises(SlotFull):
        visit(session, "driver-2", number, NOW)
    add_slots(session, 2, kind="accident_handling")
    seen = visit(session, "driver-2", number, NOW).case
    assert seen.state == "agreed"
    assert seen.visit_at
    assert NOW < seen.visit_at <= NOW + datetime.timedelta(hours=24)
    assert [b.number for b in bookings_of(session, "driver-2", now=NOW)] == [seen.booking]
    assert visit(session, "driver-1", number, NOW).case.booking == seen.booking
    assert bookings_of(session, "driver-1", now=NOW) == []


def test_after_a_cancelled_visit_the_other_driver_books_one_that_counts(session: Session) -> None:
    number, later = gathered(session), NOW + datetime.timedelta(minutes=5)
    propose(session, "driver-1", number, "rear_end", "second", NOW)
    agree(session, "driver-2", number, "rear_end-second", NOW)
    add_slots(session, 2, kind="accident_handling")
    first = str(visit(session, "driver-1", number, NOW).case.booking)
    cancel(session, "driver-1", first)
    assert case_of(session, "driver-1", number).case.visit_at is None
    second = visit(session, "driver-2", number, later).case.booking
    assert second != first
    assert [b.number for b in bookings_of(session, "driver-2", now=later)] == [second]


def test_without_a_free_slot_nobody_is_called_in(session: Session) -> None:
    number = gathered(session)
    object_to(session, "driver-1", number, "", NOW)
    with pytest.raises(SlotFull):
        call_in(session, number, "wang", "要看车", NOW)


def test_a_case_is_taken_up_after_a_pause_and_not_for_ever(session: Session) -> None:
    number = begun(session)
    found = current_case(session, "driver-1", NOW + datetime.timedelta(hours=2))
    assert found
    assert found.case.number == number
    assert current_case(session, "driver-1", NOW + datetime.timedelta(days=4)) is None
    give_up(session, "driver-1", number, NOW)
    assert current_case(session, "driver-1", NOW) is None


def test_five_wrong_codes_a_day_are_enough_even_when_the_sixth_is_right(engine: Engine) -> None:
    with writing(engine) as session:
        number = begun(session)
        code = case_of(session, "driver-1", number).case.join_code
    wrong = "222222" if code != "222222" else "333333"
    for _ in range(5):
        with pytest.raises(JoinRefused), writing(engine) as session:
            join(session, "driver-3", wrong, NOW)
    with pytest.raises(TooManyProofs), writing(engine) as session:
        join(session, "driver-3", code, NOW)
    with writing(engine) as session:
        assert join(session, "driver-3", code, NOW + datetime.timedelta(hours=20)).me


def test_ones_own_case_cannot_be_joined(session: Session) -> None:
    number = begun(session)
    with pytest.raises(OwnCase):
        join(session, "driver-1", case_of(session, "driver-1", number).case.join_code, NOW)


def test_a_third_driver_is_told_the_same_as_for_a_wrong_code(session: Session) -> None:
    number = begun(session)
    code = case_of(session, "driver-1", number).case.join_code
    join(session, "driver-2", code, NOW)
    with pytest.raises(JoinRefused):
        join(session, "driver-3", code, NOW)
    with pytest.raises(NotYours):
        case_of(session, "driver-3", number)


def test_an_old_code_no_longer_opens_anything(session: Session) -> None:
    number = begun(session)
    with pytest.raises(JoinRefused):
        join(session, "driver-2", case_of(session, "driver-1", number).case.join_code,
             NOW + datetime.timedelta(hours=25))


def test_who_has_a_case_of_his_own_finishes_it_first(session: Session) -> None:
    number = begun(session)
    begun(session, "k2", "driver-2")
    with pytest.raises(AnotherCase):
        join(session, "driver-2", case_of(session, "driver-1", number).case.join_code, NOW)


def test_both_drivers_cannot_have_one_plate(session: Session) -> None:
    number = begun(session)
    tell_details(session, "driver-1", number, FIRST)
    join(session, "driver-2", case_of(session, "driver-1", number).case.join_code, NOW)
    with pytest.raises(DetailsRefused) as refused:
        tell_details(session, "driver-2", number, FIRST)
    assert refused.value.wrong == {"plate": "same_plate"}


def test_each_wrong_detail_is_named(session: Session) -> None:
    _, wrong = checked(Details("甲", "浙JA12", "123", "", "boat"))
    assert wrong == {"name": "impossible", "plate": "impossible", "phone": "impossible", "license_number": "missing",
                     "vehicle_kind": "impossible"}


@given(st.tuples(*[st.text(max_size=60) for _ in range(9)]))
@settings(max_examples=60, deadline=None)
def test_whatever_is_typed_is_kept_as_it_may_be_or_refused(typed: Tuple[str, ...]) -> None:
    kept, wrong = checked(Details(*typed))
    again, still = checked(kept)
    assert set(wrong) <= {"name", "plate", "phone", "license_number", "vehicle_kind"}
    assert wrong or (again, still) == (kept, {})


def test_the_same_photo_again_changes_nothing(session: Session) -> None:
    number = begun(session)
    photo = photos.clean_photo(picture())
    add_photo(session, "driver-1", number, photo)
    assert len(add_photo(session, "driver-1", number, photo).photos) == 1


def test_photos_have_an_end(session: Session) -> None:
    number = begun(session)
    for colour in range(20):
        add_photo(session, "driver-1", number, photos.clean_photo(picture(colour)))
    with pytest.raises(PhotoRefused) as refused:
        add_photo(session, "driver-1", number, photos.clean_photo(picture(22)))
    assert refused.value.reason == "too_many"


def test_only_those_in_the_case_see_it(session: Session) -> None:
    number = gathered(session)
    assert any_case(session, number).me is None
    for wrong in (number, "SG2601010001", ""):
        with pytest.raises(NotYours):
            case_of(session, "driver-9", wrong)
