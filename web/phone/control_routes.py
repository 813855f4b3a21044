"""What tests and developers ask of the stand-in: faults, its record, its clock, its keys, any post at all."""

from __future__ import annotations

import dataclasses
from typing import Any, Dict, List

import pydantic
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, empty, json

from web.phone.errors import ApiError
from web.phone.faults import Fault
from web.phone.wechat import WeChat

CHANGEABLE = {"token", "encoding_aes_key", "app_secret", "verified"}


def control_blueprint(wechat: WeChat) -> Blueprint:
    """`/stand-in/…`: never a part of WeChat."""
    blueprint = Blueprint("stand_in", url_prefix="/stand-in")

    @blueprint.post("/faults")
    async def add_faults(request: Request) -> HTTPResponse:
        asked: List[Dict[str, Any]] = request.json if isinstance(request.json, list) else [request.json]
        try:
            wechat.faults.add([Fault(**fault) for fault in asked])
        except (pydantic.ValidationError, TypeError) as error:
            return json({"error": str(error)}, status=400)
        return empty()

    @blueprint.delete("/faults")
    async def clear_faults(request: Request) -> HTTPResponse:
        wechat.faults.clear()
        return empty()

    @blueprint.get("/record")
    async def record(request: Request) -> HTTPResponse:
        asked = request.args
        return json(wechat.record.lines(asked.get("kind"), asked.get("driver"), int(asked.get("after", 0))))

    @blueprint.delete("/record")
    async def clear_record(request: Request) -> HTTPResponse:
        wechat.record.clear()
        return empty()

    @blueprint.get("/drivers/<openid:str>")
    async def driver(request: Request, openid: str) -> HTTPResponse:
        found = wechat.drivers.meet(openid)
        return json({"following": found.following, "typing": found.typing, "scene": found.scene,
                     "left": found.allowance.left(wechat.now()), "entries": list(found.entries),
                     "desk": found.desk_account, "consents": found.consents, "tags": list(found.tags)})

    @blueprint.post("/drivers/<openid:str>/post")
    async def post(request: Request, openid: str) -> HTTPResponse:
        try:
            wechat.post_any(openid, request.json)
        except ApiError as error:
            return json(error.answer(), status=400)
        return empty()

    @blueprint.post("/visit")
    async def visit(request: Request) -> HTTPResponse:
        return json({"echoed": await wechat.delivery.visit()})

    @blueprint.post("/clock")
    async def clock(request: Request) -> HTTPResponse:
        wechat.clock_ahead += float(request.json["forward"])
        wechat.desk.end_old()
        return empty()

    @blueprint.post("/tokens/forget")
    async def forget_tokens(request: Request) -> HTTPResponse:
        wechat.tokens.forget()
        return empty()

    @blueprint.post("/account")
    async def account(request: Request) -> HTTPResponse:
        unknown = set(request.json) - CHANGEABLE
        if unknown:
            return json({"error": f"can't change {sorted(unknown)}; can change {sorted(CHANGEABLE)}"}, status=400)
        wechat.account = dataclasses.replace(wechat.account, **request.json)
        return empty()

    return blueprint
