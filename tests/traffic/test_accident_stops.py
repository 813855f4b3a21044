from __future__ import annotations

import datetime

import pytest
from sqlalchemy.orm import Session

from tests.traffic.conftest import NOW
from traffic.accident_cases import case_of, current_case
from traffic.accident_decisions import cases_in, decide
from traffic.accident_joining import join
from traffic.accident_rules import fine_heard, ground_midway
from traffic.accident_stops import let_go_on, running, stop, stopped_for
from traffic.accidents import open_accident_case
from traffic.errors import CaseMoved, NotYours

LATER = NOW + datetime.timedelta(minutes=5)


@pytest.mark.parametrize(("text", "ground"), [
    ("他说头晕", "injured"), ("对方好像受伤了", "injured"), ("我脖子有点疼", "injured"),
    ("他骨折了，救护车来了", "injured"),
    ("他身上有酒味", "drunk"), ("他没有驾照", "no_license"), ("对方逃逸了", "fled"), ("他跑了怎么办", "fled"),
    ("我觉得他故意撞的", "deliberate")])
def test_what_comes_up_in_the_middle_is_heard(text: str, ground: str) -> None:
    assert ground_midway(text) == ground


@pytest.mark.parametrize("text", [
    "没人受伤", "如果有人受伤怎么赔", "要是他头晕呢", "对方已经走了", "车开走了", "在护栏旁边", "人没事，车没动",
    "没有喝酒",
    "有没有人受伤", "解放路路灯杆旁边"])
def test_what_is_denied_supposed_or_only_a_place_stops_nothing(text: str) -> None:
    assert ground_midway(text) is None


def begun(session: Session, joined: bool = False) -> str:
    case = open_accident_case(session, "driver-1", "k1", now=NOW)
    if joined:
        join(session, "driver-2", case.join_code, NOW)
    return case.number


@pytest.mark.parametrize("joined", [False, True])
def test_a_stopped_case_is_an_officers_and_keeps_what_was_said(session: Session, joined: bool) -> None:
    number = begun(session, joined)
    stop(session, "driver-1", number, "他说头晕", LATER)
    assert [found.case.number for found in cases_in(session, ("with_officer",))] == [number]
    found = case_of(session, "driver-1", number)
    assert (found.step, stopped_for(found.case)) == ("with_officer", "injured")
    with pytest.raises(CaseMoved):
        stop(session, "driver-1", number, "他说头晕", LATER)


def test_nobody_stops_anothers_case(session: Session) -> None:
    with pytest.raises(NotYours):
        stop(session, "driver-3", begun(session), "他说头晕", LATER)


def test_an_officer_lets_it_go_on_where_it_was(session: Session) -> None:
    number = begun(session, joined=True)
    stop(session, "driver-2", number, "他说头晕", LATER)
    let_go_on(session, number, LATER)
    found = current_case(session, "driver-1", LATER)
    assert found is not None
    assert (found.step, stopped_for(found.case)) == ("place", None)
    assert {since for cases in running(session, LATER).values() for _, since in cases} == {LATER}
    with pytest.raises(CaseMoved):
        let_go_on(session, number, LATER)


def test_one_driver_alone_is_not_decided_about(session: Session) -> None:
    number = begun(session)
    stop(session, "driver-1", number, "他说头晕", LATER)
    with pytest.raises(ValueError, match="a_role"):
        decide(session, number, "officer", "rear_end", "first", "full", "看了照片")


@pytest.mark.parametrize(("text", "fine"), [
    ("倒车蹭到旁边一辆车，双方都没事", ("injured",)), ("我们都还好，没喝酒", ("injured", "drunk")), ("车都没事吗", ()),
    ("车都没事", ())])
def test_what_is_said_to_be_fine_needs_no_question(text: str, fine: tuple) -> None:
    assert fine_heard(text) == fine
