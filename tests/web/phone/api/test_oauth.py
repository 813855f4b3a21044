from __future__ import annotations

import pytest

from tests.web.fake_account import ACCOUNT, Phone

ASKED = {"appid": ACCOUNT.app_id, "redirect_uri": "http://127.0.0.1:1/h5?page=points", "response_type": "code",
         "scope": "snsapi_base", "state": "s1"}


def openid_of(phone: Phone, code: str) -> dict:
    return phone.client.get("/sns/oauth2/access_token", params={
        "appid": ACCOUNT.app_id, "secret": ACCOUNT.app_secret, "code": code,
        "grant_type": "authorization_code"}).json()


def test_the_page_comes_back_with_a_code_worth_one_openid_once(phone: Phone) -> None:
    phone.client.cookies.set("openid", phone.openid)
    back = phone.client.get("/connect/oauth2/authorize", params=ASKED).headers["location"]
    assert back.startswith("http://127.0.0.1:1/h5?page=points&code=")
    assert back.endswith("&state=s1")
    code = back.partition("code=")[2].partition("&")[0]
    assert openid_of(phone, code)["openid"] == phone.openid
    assert openid_of(phone, code)["errcode"] == 40163


def test_a_code_ends_after_five_minutes(phone: Phone) -> None:
    code = phone.client.post(f"/stand-in/drivers/{phone.openid}/code", json={}).json()["code"]
    phone.client.post("/stand-in/clock", json={"forward": 300})
    assert openid_of(phone, code)["errcode"] == 40029


@pytest.mark.parametrize(("changes", "status"), [
    ({"redirect_uri": "http://evil.example/"}, 400), ({"appid": "wx-other"}, 400), ({"scope": "snsapi_userinfo"}, 400),
    ({}, 403)])
def test_a_wrong_or_anonymous_visit_is_refused(phone: Phone, changes: dict, status: int) -> None:
    assert phone.client.get("/connect/oauth2/authorize", params={**ASKED, **changes}).status_code == status
