from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from connectors.wechat.errors import ApiError
from connectors.wechat.oauth import authorize_url, openid_of
from tests.connectors.wechat.account import Driver
from tests.connectors.wechat.accounts import settings_for
from tests.connectors.wechat.calls import Run


def test_a_code_is_worth_one_openid_once(run: Run, driver: Driver, database_url: str) -> None:
    settings = settings_for(database_url, driver.api)
    code = driver.code()
    assert run(lambda client: openid_of(client, settings, code)) == driver.openid
    with pytest.raises(ApiError, match="40163"):
        run(lambda client: openid_of(client, settings, code))


def test_no_secret_is_in_the_error_of_a_wrong_code(run: Run, driver: Driver, database_url: str) -> None:
    settings = settings_for(database_url, driver.api)
    with pytest.raises(ApiError) as caught:
        run(lambda client: openid_of(client, settings, "guess"))
    assert caught.value.code == 40029
    assert settings.wechat_app_secret not in str(caught.value)


def test_the_phone_is_sent_to_wechat_and_in_development_to_the_stand_in(database_url: str) -> None:
    url = urlsplit(authorize_url(settings_for(database_url), "https://station.example/h5?x=1", "s1"))
    asked = parse_qs(url.query)
    assert (url.hostname, url.fragment, asked["redirect_uri"]) == (
        "open.weixin.qq.com", "wechat_redirect", ["https://station.example/h5?x=1"])
    own = settings_for(database_url, "http://127.0.0.1:8090")
    assert authorize_url(own, "http://127.0.0.1:8080/h5", "s1").startswith("http://127.0.0.1:8090/connect/oauth2/")
