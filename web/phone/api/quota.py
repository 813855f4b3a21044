"""What is left of a call's daily quota."""

from __future__ import annotations

from web.phone.api.call import Answer, Call
from web.phone.wechat import WeChat


def get(wechat: WeChat, call: Call) -> Answer:
    """`openapi/quota/get`: limit, used and left of one path."""
    path = call.text("cgi_path").removeprefix("/cgi-bin/")
    return {"errcode": 0, "errmsg": "ok", "quota": wechat.limits.quota(path, wechat.now())}
