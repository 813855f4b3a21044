"""What a driver opens inside WeChat and WeChat itself answers: articles, and the way back with a code (网页授权)."""

from __future__ import annotations

import time
from urllib.parse import parse_qsl, urlencode, urlsplit

from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, redirect, text

from web.headers import POLICY
from web.phone.drivers import OPENID
from web.phone.errors import ApiError
from web.phone.wechat import WeChat
from web.templating import Templates

OURSELVES = ("127.0.0.1", "localhost")
ARTICLE_POLICY = POLICY.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")  # WeChat keeps an article's


def reading_blueprint(wechat: WeChat, templates: Templates) -> Blueprint:
    """`/phone/articles/…` and `/connect/oauth2/authorize`."""
    blueprint = Blueprint("reading")

    @blueprint.get("/phone/articles/<name:str>/<index:int>")
    async def article(request: Request, name: str, index: int) -> HTTPResponse:
        try:
            found = wechat.articles.opened(name, index)
        except ApiError:
            return text("该内容已被发布者删除", status=404)
        page = templates.page("article.html", article=found, account=wechat.account,
                              day=time.strftime("%Y-%m-%d", time.localtime(wechat.now())))
        page.headers["Content-Security-Policy"] = ARTICLE_POLICY
        return page

    @blueprint.get("/connect/oauth2/authorize")
    async def authorize(request: Request) -> HTTPResponse:
        """WeChat knows who opens the page; here the phone page's cookie does."""
        openid, target = request.cookies.get("openid") or "", request.args.get("redirect_uri", "")
        right = (request.args.get("appid"), request.args.get("response_type"), request.args.get("scope"))
        if right != (wechat.account.app_id, "code", "snsapi_base") or urlsplit(target).hostname not in OURSELVES:
            return text("redirect_uri 参数错误", status=400)
        if not OPENID.match(openid):
            return text("请在微信客户端打开链接", status=403)
        code = wechat.oauth_codes.issue(wechat.drivers.meet(openid).openid, wechat.now())
        return redirect(_with(target, code=code, state=request.args.get("state", "")))

    return blueprint


def _with(url: str, **more: str) -> str:
    parts = urlsplit(url)
    return parts._replace(query=urlencode([*parse_qsl(parts.query), *more.items()])).geturl()
