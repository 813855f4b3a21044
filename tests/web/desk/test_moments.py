from __future__ import annotations

import datetime

import pytest

from traffic.errors import BulletinError
from web.desk.moments import moment, written

NOW = datetime.datetime(2026, 11, 23, 4, 30, tzinfo=datetime.timezone.utc)  # Monday 12:30 at the station


@pytest.mark.parametrize(("typed", "meant"), [
    ("2026-12-01 07:30", "2026-12-01 07:30"), ("2026-12-01T07:30", "2026-12-01 07:30"),
    ("12月1日 7:30", "2026-12-01 07:30"), ("12月1日7点半", "2026-12-01 07:30"), ("12/1 19：05", "2026-12-01 19:05"),
    ("1月3日 8:00", "2027-01-03 08:00"), ("12月31日 24:00", "2027-01-01 00:00"),
    ("明早7点", "2026-11-24 07:00"), ("今晚8点", "2026-11-23 20:00"), ("", ""),
])
def test_a_moment_is_typed_in_figures_or_as_one_says_it(typed: str, meant: str) -> None:
    assert written(moment(typed, "starts", NOW)) == meant


@pytest.mark.parametrize("typed", ["过两天", "2026-13-01 07:30", "2026-02-30 07:30", "25:00", "12月1日 24:30"])
def test_what_is_no_moment_is_named_by_its_field(typed: str) -> None:
    with pytest.raises(BulletinError) as refused:
        moment(typed, "starts", NOW)
    assert refused.value.field == "starts"
