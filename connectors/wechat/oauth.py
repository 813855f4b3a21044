"""Who opens a page inside WeChat (网页授权, snsapi_base): a code in the address, worth one openid."""

from __future__ import annotations

from urllib.parse import urlencode

from bot.settings import Settings
from connectors.wechat.client import WeChatClient


def authorize_url(settings: Settings, redirect: str, state: str) -> str:
    """Where to send the phone; it comes back to `redirect` with `code` and `state`. No consent is asked.

    In development the stand-in answers in WeChat's place.
    """
    asked = {"appid": settings.wechat_app_id, "redirect_uri": redirect, "response_type": "code",
             "scope": "snsapi_base", "state": state}
    base = settings.wechat_api_base_url if settings.development else "https://open.weixin.qq.com"
    return f"{base}/connect/oauth2/authorize?{urlencode(asked)}#wechat_redirect"


async def openid_of(client: WeChatClient, settings: Settings, code: str) -> str:
    """The openid behind a code, which is good for 5 minutes and once. Raises ApiError (40029, 40163)."""
    answer = await client.call_without_token("/sns/oauth2/access_token", {
        "appid": settings.wechat_app_id, "secret": settings.wechat_app_secret, "code": code,
        "grant_type": "authorization_code"})
    return str(answer["openid"])
