from __future__ import annotations

import pytest

from web.phone.allowances import Allowance
from web.phone.errors import ApiError


def spend(allowance: Allowance, now: float) -> int:
    try:
        allowance.spend(now)
    except ApiError as error:
        return error.code
    return 0


def test_without_a_word_of_the_driver_nothing_may_be_sent() -> None:
    assert spend(Allowance(), 0) == 45015


def test_five_messages_follow_a_message() -> None:
    allowance = Allowance()
    allowance.wrote(0)
    assert [spend(allowance, 10) for _ in range(6)] == [0, 0, 0, 0, 0, 45047]


def test_three_messages_follow_a_click() -> None:
    allowance = Allowance()
    allowance.acted(0)
    assert [spend(allowance, 59) for _ in range(4)] == [0, 0, 0, 45047]


@pytest.mark.parametrize(("what", "ends"), [("acted", 60), ("wrote", 48 * 3600)])
def test_the_window_closes(what: str, ends: float) -> None:
    allowance = Allowance()
    getattr(allowance, what)(0)
    assert (spend(allowance, ends - 1), spend(allowance, ends)) == (0, 45015)


def test_the_minute_after_a_click_is_used_before_the_two_days() -> None:
    allowance = Allowance()
    allowance.wrote(0)
    allowance.acted(0)
    assert [spend(allowance, 1) for _ in range(3)] == [0, 0, 0]
    assert allowance.left(61) == 5


def test_a_new_message_fills_up_again() -> None:
    allowance = Allowance()
    allowance.wrote(0)
    for _ in range(5):
        allowance.spend(1)
    allowance.wrote(2)
    assert allowance.left(3) == 5
