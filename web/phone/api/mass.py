"""Mass sends."""

from __future__ import annotations

from typing import Any, Dict, List, Tuple

from web.phone.api.call import DONE, Answer, Call
from web.phone.errors import ApiError
from web.phone.mass_sends import MassJob, audience_of
from web.phone.wechat import WeChat


def send_all(wechat: WeChat, call: Call) -> Answer:
    """To all followers, or to those with a tag."""
    asked = call.mapping().get("filter")
    if not isinstance(asked, dict):
        raise ApiError(47001, "filter")
    everyone = asked.get("is_to_all") is True
    audience = wechat.drivers.followers() if everyone else _tagged(wechat, asked.get("tag_id"))
    return _start(wechat, call, audience, everyone)


def send(wechat: WeChat, call: Call) -> Answer:
    """To 2 to 10,000 followers."""
    return _start(wechat, call, audience_of(call.mapping().get("touser")), False)


def preview(wechat: WeChat, call: Call) -> Answer:
    """To one follower, at once."""
    driver = wechat.drivers.known(call.text("touser"))
    if not driver.following:
        raise ApiError(43004)
    driver.show("account", wechat.now(), **wechat.content_of(*_content(call)))
    return {**DONE, "msg_id": 0}


def status(wechat: WeChat, call: Call) -> Answer:
    """How far a mass send is."""
    job = wechat.mass_sends.job(call.mapping().get("msg_id"))
    return {"msg_id": job.number, "msg_status": job.state}


def delete(wechat: WeChat, call: Call) -> Answer:
    """Stops a mass send, or closes its articles."""
    wechat.mass_sends.delete(wechat.mass_sends.job(call.mapping().get("msg_id")))
    return DONE


def _start(wechat: WeChat, call: Call, audience: List[str], everyone: bool) -> Answer:
    key = str(call.mapping().get("clientmsgid") or "")
    job: MassJob = wechat.mass_sends.start(*_content(call), audience, key, everyone)
    return {"errcode": 0, "errmsg": "send job submission success", "msg_id": job.number, "msg_data_id": job.number}


def _content(call: Call) -> Tuple[str, Dict[str, Any]]:
    kind = call.text("msgtype")
    content = call.mapping().get(kind)
    if not isinstance(content, dict):
        raise ApiError(40008)
    return kind, content


def _tagged(wechat: WeChat, number: object) -> List[str]:
    try:
        return wechat.tags.openids(int(str(number)))
    except (ApiError, ValueError):
        raise ApiError(40152) from None
