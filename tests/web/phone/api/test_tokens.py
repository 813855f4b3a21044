from __future__ import annotations

import pytest

from tests.web.fake_account import ACCOUNT, Phone

ASKED = {"grant_type": "client_credential", "appid": ACCOUNT.app_id, "secret": ACCOUNT.app_secret}


def test_the_token_lives_two_hours(phone: Phone) -> None:
    answer = phone.client.post("/cgi-bin/stable_token", json=ASKED).json()
    assert answer["expires_in"] == 7200


@pytest.mark.parametrize(("wrong", "code"), [
    ({"appid": "wx-other"}, 40013), ({"secret": "guess"}, 40125), ({"grant_type": "magic"}, 40002),
    ({"appid": 7}, 47001),
])
def test_a_wrong_request_gets_its_own_code(phone: Phone, wrong: dict, code: int) -> None:
    assert phone.client.post("/cgi-bin/stable_token", json={**ASKED, **wrong}).json()["errcode"] == code


def test_after_its_life_a_token_is_refused(phone: Phone) -> None:
    token = phone.token()
    phone.client.post("/stand-in/clock", json={"forward": 7200})
    assert phone.client.get("/cgi-bin/menu/get", params={"access_token": token}).json()["errcode"] == 42001


def test_forgotten_tokens_are_refused(phone: Phone) -> None:
    token = phone.token()
    phone.client.post("/stand-in/tokens/forget")
    assert phone.client.get("/cgi-bin/menu/get", params={"access_token": token}).json()["errcode"] == 40001


def test_neither_token_nor_secret_is_in_the_record(phone: Phone) -> None:
    token = phone.token()
    phone.call("menu/get")
    record = phone.client.get("/stand-in/record").text
    assert "stable_token" in record
    assert token not in record
    assert ACCOUNT.app_secret not in record
