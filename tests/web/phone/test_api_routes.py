from __future__ import annotations

import pytest

from tests.web.fake_account import Phone


@pytest.mark.parametrize(("method", "path", "code"), [
    ("GET", "menu/get", 41001), ("GET", "menu/create", 43002), ("POST", "no/such/call", 40066),
])
def test_a_wrong_call_gets_wechats_code(phone: Phone, method: str, path: str, code: int) -> None:
    assert phone.client.request(method, f"/cgi-bin/{path}").json()["errcode"] == code


def test_what_is_no_json_is_refused(phone: Phone) -> None:
    params = {"access_token": phone.token()}
    assert phone.client.post("/cgi-bin/menu/create", params=params, content=b"{").json()["errcode"] == 47001
    assert phone.client.post("/cgi-bin/menu/create", params=params).json()["errcode"] == 44002
    assert phone.client.post("/cgi-bin/menu/create", params=params, json=[1]).json()["errcode"] == 47001
