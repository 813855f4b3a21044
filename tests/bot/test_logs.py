from __future__ import annotations

import io
import json
import logging

import pytest

from bot.logs import MaskedStream, mask

CANARIES = ["浙JA1234", "浙J·D12345", "沪a 88z9", "331000199001011234", "33100019900101123X", "13800000001"]


@pytest.mark.parametrize("number", CANARIES)
def test_no_personal_number_passes(number: str) -> None:
    assert number not in mask(f"turn failed for {number}, again later")


@pytest.mark.parametrize("number", CANARIES[:1])
def test_an_escaped_plate_does_not_pass_either(number: str) -> None:
    assert "A1234" not in mask(json.dumps({"text": number}))


def test_times_ports_and_counts_stay_readable() -> None:
    line = "2026-11-22 22:25:57 took 1234567 ns on 127.0.0.1:8080, row 1000000"
    assert mask(line) == line


def test_a_traceback_is_masked_too() -> None:
    written = io.StringIO()
    handler = logging.StreamHandler(MaskedStream(written))
    logger = logging.Logger("somewhere")
    logger.addHandler(handler)
    try:
        raise ValueError("浙JA1234")
    except ValueError:
        logger.exception("failed")
    assert "ValueError" in written.getvalue()
    assert "A1234" not in written.getvalue()
