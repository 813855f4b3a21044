"""`stable_token`, `token`, and the addresses WeChat posts from."""

from __future__ import annotations

import hmac

from web.phone.api.call import Answer, Call
from web.phone.errors import ApiError
from web.phone.wechat import WeChat


def stable_token(wechat: WeChat, call: Call) -> Answer:
    """One token for all callers; `force_refresh` ends the one before at once."""
    if call.text("grant_type") != "client_credential":
        raise ApiError(40002)
    check_secret(wechat, call.text("appid"), call.text("secret"))
    return wechat.tokens.stable(wechat.now(), call.mapping().get("force_refresh") is True)


def token(wechat: WeChat, call: Call) -> Answer:
    """The older call: a new token each time."""
    if call.query.get("grant_type") != "client_credential":
        raise ApiError(40002)
    check_secret(wechat, call.query.get("appid", ""), call.query.get("secret", ""))
    return wechat.tokens.ordinary(wechat.now())


def callback_addresses(wechat: WeChat, call: Call) -> Answer:
    """Where posts come from."""
    return {"ip_list": ["127.0.0.1"]}


def check_secret(wechat: WeChat, app_id: str, secret: str) -> None:
    """Raises ApiError 40013 or 40125 for another account's."""
    if app_id != wechat.account.app_id:
        raise ApiError(40013)
    if not hmac.compare_digest(secret.encode(), wechat.account.app_secret.encode()):
        raise ApiError(40125)
