from __future__ import annotations

import pytest

from bot.settings import ROOT, load_station
from connectors.wechat.codes import OUTCOMES
from web.templating import Templates


def said(code: int) -> str:
    template = '{% from "_words.html" import refusal with context %}{{ refusal(code) }}'
    environment = Templates(ROOT / "web" / "desk" / "templates")._environment
    return environment.from_string(template).render(code=code, station=load_station())


@pytest.mark.parametrize(("code", "words"), [
    (43004, "车主已取消关注"), (45015, "车主超过48小时没说话"), (45047, "这两天能主动发的条数用完了"),
    (99999, "微信错误码99999")])
def test_an_officer_reads_in_words_why_a_message_did_not_arrive(code: int, words: str) -> None:
    assert said(code) == words


def test_what_parks_or_delays_a_message_has_words() -> None:
    unsaid = {code for code in OUTCOMES if "错误码" in said(code)}
    assert unsaid <= {40014, 42001}  # the token's life is the client's business
