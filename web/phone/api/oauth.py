"""Who opened a page: a code for an openid."""

from __future__ import annotations

import secrets

from web.phone.api.call import Answer, Call
from web.phone.api.tokens import check_secret
from web.phone.errors import ApiError
from web.phone.wechat import WeChat


def access_token(wechat: WeChat, call: Call) -> Answer:
    """`/sns/oauth2/access_token`: the openid behind a code."""
    if call.query.get("grant_type") != "authorization_code":
        raise ApiError(40002)
    check_secret(wechat, call.query.get("appid", ""), call.query.get("secret", ""))
    openid = wechat.oauth_codes.redeem(call.query.get("code", ""), wechat.now())
    return {"access_token": secrets.token_urlsafe(32), "expires_in": 7200, "refresh_token": secrets.token_urlsafe(32),
            "openid": openid, "scope": "snsapi_base"}
