"""QR codes with scenes, and their picture."""

from __future__ import annotations

import io

import segno

from web.phone.api.call import Answer, Call, File
from web.phone.errors import ApiError
from web.phone.wechat import WeChat


def create(wechat: WeChat, call: Call) -> Answer:
    """Makes a code for a scene."""
    code = wechat.qr_codes.create(call.mapping())
    life = {"expire_seconds": code.seconds} if code.seconds else {}
    return {"ticket": code.ticket, **life, "url": code.url}


def show(wechat: WeChat, call: Call) -> Answer:
    """The code as a PNG."""
    code = wechat.qr_codes.of_ticket(call.query.get("ticket", ""))
    if code is None:
        raise ApiError(40035)
    picture = io.BytesIO()
    segno.make(code.url).save(picture, kind="png", scale=8)
    return File(picture.getvalue(), "image/png")
