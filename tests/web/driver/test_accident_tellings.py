from __future__ import annotations

import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bot.settings import Settings
from messages import inbox, understandings
from messages.inbox import Incoming
from tests.web.driver.conftest import ANNA, BERTA, Enter
from tests.web.driver.test_accident import (  # noqa: F401  # folder is a fixture
    FIRST,
    SECOND,
    at_wechat,
    folder,
    gathered,
    opened,
    picture,
    told,
)
from traffic import photos
from traffic.accident_cases import PHOTO_KINDS, add_photo, agree, case_of, give_up, object_to, propose, tell_place
from traffic.accident_decisions import HANDLING, visit
from traffic.accident_joining import join, tell_details
from traffic.accident_stops import let_go_on
from traffic.appointments import cancel, change
from traffic.database import utc_now, writing
from traffic.presentation import moment
from traffic.slots import SlotRow, free_slots
from web.driver.accident_tellings import look, tell


def test_each_is_told_once_what_the_other_did(engine: Engine, settings: Settings) -> None:
    at_wechat(engine)
    number, now = gathered(engine), utc_now()
    assert look(engine, settings, now) == 1
    assert look(engine, settings, now) == 0
    assert "都齐了" in told(engine, ANNA)[0]
    assert told(engine, BERTA) == []
    with writing(engine) as session:
        propose(session, BERTA, number, "rear_end", "second", now)
    assert tell(engine, settings, number, now) == 1
    assert "您无责" in told(engine, ANNA)[1]
    with writing(engine) as session:
        object_to(session, ANNA, number, "不是", now)
    tell(engine, settings, number, now)
    assert "已经交给民警" in told(engine, BERTA)[0]
    assert len(told(engine, ANNA)) == 2


def test_who_waits_hears_of_the_joining_of_the_details_and_of_giving_up(engine: Engine, settings: Settings) -> None:
    at_wechat(engine)
    number, now = opened(engine), utc_now()
    with writing(engine) as session:
        tell_place(session, ANNA, number, "解放路和沿河路路口")
        tell_details(session, ANNA, number, FIRST)
        join(session, BERTA, case_of(session, ANNA, number).case.join_code, now)
    assert [look(engine, settings, now) for _ in range(2)] == [1, 0]
    assert "对方加入了" in told(engine, ANNA)[-1]
    with writing(engine) as session:
        tell_details(session, BERTA, number, SECOND)
    assert look(engine, settings, now) == 0
    with writing(engine) as session:
        for colour, kind in enumerate(PHOTO_KINDS):
            add_photo(session, ANNA, number, photos.clean_photo(picture(colour)), kind=kind)
    assert [look(engine, settings, now) for _ in range(2)] == [1, 0]
    assert "都齐了" in told(engine, BERTA)[-1]
    assert len(told(engine, ANNA)) == 1
    with writing(engine) as session:
        give_up(session, ANNA, number, now)
    assert [look(engine, settings, now) for _ in range(2)] == [1, 0]
    assert "对方说不办了" in told(engine, BERTA)[-1]
    assert len(told(engine, ANNA)) == 1


def test_who_waited_a_day_in_vain_is_told_once(engine: Engine, settings: Settings) -> None:
    at_wechat(engine)
    number, tomorrow = opened(engine), utc_now() + datetime.timedelta(hours=24, minutes=1)
    assert look(engine, settings, tomorrow) == 0
    with writing(engine) as session:
        add_photo(session, ANNA, number, photos.clean_photo(picture(1)))
    assert look(engine, settings, utc_now()) == 0
    assert [look(engine, settings, tomorrow) for _ in range(2)] == [1, 0]
    assert "对方还没加入" in told(engine, ANNA)[-1]


def test_a_case_that_one_driver_gives_up_alone_is_told_to_nobody(engine: Engine, settings: Settings) -> None:
    at_wechat(engine)
    number = opened(engine)
    with writing(engine) as session:
        give_up(session, ANNA, number, utc_now())
    assert look(engine, settings, utc_now()) == 0


def test_a_visit_after_the_agreement_is_booked_once_and_told_to_both(enter: Enter, engine: Engine,
                                                                      settings: Settings) -> None:
    at_wechat(engine)
    number, now = gathered(engine), utc_now()
    with writing(engine) as session:
        propose(session, BERTA, number, "rear_end", "second", now)
        agree(session, ANNA, number, "rear_end-second", now)
    look(engine, settings, now)
    anna = enter()
    assert "约24小时内最近的时间" in anna.get(f"/h5/accident/{number}").text
    for _ in range(2):
        assert anna.post(f"/h5/accident/{number}/visit").status_code == 303
    page = anna.get(f"/h5/accident/{number}").text
    assert "请双方" in page
    assert "agreement/pdf" in page
    assert look(engine, settings, now) == 0
    for driver in (ANNA, BERTA):
        assert [line for line in told(engine, driver) if "约好了到窗口的时间" in line] == told(engine, driver)[-1:]


def visited(engine: Engine, settings: Settings) -> tuple[str, str]:
    """Numbers of an agreed case and of the appointment that Anna made for both."""
    number, now = gathered(engine), utc_now()
    with writing(engine) as session:
        propose(session, BERTA, number, "rear_end", "second", now)
        agree(session, ANNA, number, "rear_end-second", now)
        booking = str(visit(session, ANNA, number, now).case.booking)
    look(engine, settings, now)
    return number, booking


def test_a_moved_visit_is_told_to_the_other_driver_once(enter: Enter, engine: Engine, settings: Settings) -> None:
    at_wechat(engine)
    number, booking = visited(engine, settings)
    with writing(engine) as session:
        later = free_slots(session, HANDLING, utc_now(), utc_now() + datetime.timedelta(days=9), None, 50)[-1]
        change(session, ANNA, booking, later.id, "move")
    assert [look(engine, settings, utc_now()) for _ in range(2)] == [1, 0]
    assert "时间改了" in told(engine, BERTA)[-1]
    assert "时间改了" not in told(engine, ANNA)[-1]
    assert moment(later.starts) in enter().get(f"/h5/accident/{number}").text


def test_a_cancelled_visit_is_told_and_can_be_made_again(enter: Enter, engine: Engine, settings: Settings) -> None:
    at_wechat(engine)
    number, booking = visited(engine, settings)
    with writing(engine) as session:
        cancel(session, ANNA, booking)
    assert [look(engine, settings, utc_now()) for _ in range(2)] == [1, 0]
    assert "对方取消了" in told(engine, BERTA)[-1]
    assert "约24小时内最近的时间" in enter().get(f"/h5/accident/{number}").text


def test_a_visit_is_refused_in_words_when_nothing_is_free(enter: Enter, engine: Engine) -> None:
    number, now = gathered(engine), utc_now()
    with writing(engine) as session:
        propose(session, BERTA, number, "rear_end", "second", now)
        agree(session, ANNA, number, "rear_end-second", now)
        session.execute(sa.update(SlotRow).values(booked=SlotRow.capacity))
    full = enter().post(f"/h5/accident/{number}/visit")
    assert full.status_code == 409
    assert "约满了" in full.text


def wrote(engine: Engine, driver: str, text: str, after: int) -> None:
    """The driver's message, read and answered by the bot as an emergency, which knows no cases."""
    with writing(engine) as session:
        at = utc_now() + datetime.timedelta(seconds=after)
        inbox.receive(session.connection(), Incoming("wechat", driver, f"{driver}:{text}", "text", text), at, 0)
        row = session.execute(sa.text("SELECT max(id) FROM inbox")).scalar_one()
        understandings.keep(session.connection(), "wechat", driver, row, understandings.Understood("emergency"), at)


def test_an_injury_told_in_the_chat_stops_the_case_and_both_hear_it_once(engine: Engine, settings: Settings) -> None:
    number = gathered(engine)
    at_wechat(engine)
    now = utc_now() + datetime.timedelta(minutes=1)
    look(engine, settings, now)
    wrote(engine, BERTA, "如果有人受伤怎么办", 1)
    look(engine, settings, now)
    assert [len(told(engine, driver)) for driver in (ANNA, BERTA)] == [1, 0]
    wrote(engine, BERTA, "他好像受伤了", 2)
    for _ in range(2):
        look(engine, settings, now)
    for driver in (ANNA, BERTA):
        assert "先打120" in told(engine, driver)[-1]
    assert [len(told(engine, driver)) for driver in (ANNA, BERTA)] == [2, 1]
    with writing(engine) as session:
        let_go_on(session, number, now)
    for _ in range(2):
        look(engine, settings, now)
    assert [len(told(engine, driver)) for driver in (ANNA, BERTA)] == [3, 2]
    assert "接着办" in told(engine, BERTA)[-1]
