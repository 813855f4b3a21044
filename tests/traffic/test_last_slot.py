from __future__ import annotations

import os

import pytest
from sqlalchemy.engine import Engine

from bench.last_slot import connected, one_winner, rush

DRIVERS, ROUNDS = (int(n) for n in os.environ.get("WEIJING_LAST_SLOT", "40x3").split("x"))


@pytest.mark.flaky(reruns=0)
def test_of_many_who_book_the_last_place_at_once_one_wins_in_every_round(engine: Engine) -> None:
    with connected(engine, DRIVERS) as engines:
        for number in range(ROUNDS):
            assert rush(engines, DRIVERS, number) == one_winner(DRIVERS)
