from __future__ import annotations

import pytest

from web.phone.errors import ApiError
from web.phone.tokens import Tokens


def refusal(tokens: Tokens, value: object, now: float) -> int:
    try:
        tokens.check(str(value), now)
    except ApiError as error:
        return error.code
    return 0


def test_everybody_gets_the_same_stable_token() -> None:
    tokens = Tokens()
    first = tokens.stable(0, False)
    assert tokens.stable(100, False) == {**first, "expires_in": 7100}


def test_five_minutes_before_the_end_there_are_two_valid_tokens() -> None:
    tokens = Tokens()
    old, new = tokens.stable(0, False)["access_token"], tokens.stable(6901, False)["access_token"]
    assert old != new
    assert (refusal(tokens, old, 7199), refusal(tokens, new, 7199)) == (0, 0)
    assert refusal(tokens, old, 7200) == 42001


def test_a_forced_token_ends_the_one_before() -> None:
    tokens = Tokens()
    old = tokens.stable(0, False)["access_token"]
    tokens.stable(1, True)
    assert refusal(tokens, old, 2) == 40001


def test_forcing_is_limited_to_once_in_half_a_minute() -> None:
    tokens = Tokens()
    tokens.stable(0, True)
    with pytest.raises(ApiError) as refused:
        tokens.stable(29, True)
    assert refused.value.code == 45011


def test_forcing_is_limited_to_20_a_day() -> None:
    tokens = Tokens()
    for number in range(20):
        tokens.stable(number * 31, True)
    with pytest.raises(ApiError) as refused:
        tokens.stable(1000, True)
    assert refused.value.code == 45009


def test_an_ordinary_token_leaves_the_one_before_five_minutes() -> None:
    tokens = Tokens()
    old = tokens.ordinary(0)["access_token"]
    tokens.ordinary(10)
    assert (refusal(tokens, old, 309), refusal(tokens, old, 310)) == (0, 42001)


@pytest.mark.parametrize(("value", "code"), [("", 41001), ("made-up", 40001)])
def test_no_token_and_a_wrong_one_differ(value: str, code: int) -> None:
    assert refusal(Tokens(), value, 0) == code
