"""The door of the stand-in's API: token first, then faults on demand, then the call, all of it recorded."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any, Dict, Optional, Tuple, cast

from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, raw

from web.phone.api import CALLS, OPEN, UNVERIFIED
from web.phone.api.call import Answer, Call, File
from web.phone.errors import ApiError
from web.phone.faults import Fault
from web.phone.wechat import WeChat

SECRET = ("access_token", "secret")


def api_blueprint(wechat: WeChat) -> Blueprint:
    """All of `/cgi-bin/…`, `/customservice/…` and `/sns/…`."""
    blueprint = Blueprint("wechat_api")

    @blueprint.route("/cgi-bin/<path:path>", methods=["GET", "POST"], name="cgi_bin")
    @blueprint.route("/customservice/<path:path>", methods=["GET", "POST"], name="customservice")
    @blueprint.route("/sns/<path:path>", methods=["GET", "POST"], name="sns")
    async def answer(request: Request, path: str) -> HTTPResponse:
        path = path if request.path.startswith("/cgi-bin/") else request.path
        started = time.monotonic()
        fault = wechat.faults.take(request.path)
        answered, status = await _answer(wechat, request, path, fault)
        _write_down(wechat, request, answered, status, started)
        return _response(request, answered, status, fault)

    return blueprint


async def _answer(wechat: WeChat, request: Request, path: str, fault: Optional[Fault]) -> Tuple[Answer, int]:
    if fault is None:
        return _carry_out(wechat, request, path), 200
    await asyncio.sleep(fault.delay)
    failing = fault.errcode is not None or fault.status is not None or fault.hang_up
    done = _carry_out(wechat, request, path) if fault.after or not failing else None
    if fault.errcode is not None:
        return ApiError(fault.errcode).answer(), 200
    return done or {}, fault.status or 200


def _carry_out(wechat: WeChat, request: Request, path: str) -> Answer:
    try:
        handler = CALLS.get((request.method, path))
        if handler is None:
            raise ApiError(43002 if ("POST", path) in CALLS else 40066)
        if path not in OPEN:
            wechat.tokens.check(request.args.get("access_token", ""), wechat.now())
        if not wechat.account.verified and path not in UNVERIFIED:
            raise ApiError(48001)
        wechat.limits.check(path, wechat.now())
        answered = handler(wechat, _call(request))
        wechat.limits.count(path, wechat.now())
        return answered
    except ApiError as error:
        return error.answer()


def _call(request: Request) -> Call:
    upload = request.files.get("media") if request.files else None
    return Call({name: values[0] for name, values in request.args.items()}, _body(request),
                upload.body if upload else None, f"http://{request.host}")


def _body(request: Request) -> Any:
    if not request.body or "multipart/" in request.headers.get("content-type", ""):
        return None
    try:
        return json.loads(request.body)
    except ValueError:
        raise ApiError(47001) from None


def _write_down(wechat: WeChat, request: Request, answered: Answer, status: int, started: float) -> None:
    asked = _without_secrets(request)
    said = f"<{answered.content_type}, {len(answered.data)} bytes>" if isinstance(answered, File) else _told(answered)
    ms = round((time.monotonic() - started) * 1000, 1)
    openid = asked.get("touser") or asked.get("openid")
    wechat.record.add("call", openid if isinstance(openid, str) else None, path=request.path, sent=_told(asked),
                      status=status, answer=said, ms=ms)


def _without_secrets(request: Request) -> Dict[str, Any]:
    try:
        body = _body(request)
    except ApiError:
        body = None
    asked = {**{name: values[0] for name, values in request.args.items()}, **(body if isinstance(body, dict) else {})}
    return {name: "…" if name in SECRET else value for name, value in asked.items()}


def _told(answered: Dict[str, Any]) -> str:
    shown = {name: "…" if name == "access_token" else value for name, value in answered.items()}
    return json.dumps(shown, ensure_ascii=False)


def _response(request: Request, answered: Answer, status: int, fault: Optional[Fault]) -> HTTPResponse:
    if fault and fault.hang_up:
        cast(asyncio.Transport, request.transport).abort()
    if isinstance(answered, File):
        return raw(answered.data, status, answered.headers, answered.content_type)
    return raw(json.dumps(answered, ensure_ascii=False).encode(), status,
               content_type="application/json; encoding=utf-8")
