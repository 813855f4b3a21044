"""Tags of followers."""

from __future__ import annotations

from typing import Any, Dict, List

from web.phone.api.call import DONE, Answer, Call
from web.phone.api.users import PAGE
from web.phone.errors import ApiError
from web.phone.wechat import WeChat


def create(wechat: WeChat, call: Call) -> Answer:
    """A new tag."""
    name = str(_tag(call).get("name") or "")
    return {"tag": {"id": wechat.tags.create(name), "name": name}}


def listed(wechat: WeChat, call: Call) -> Answer:
    """All tags."""
    return {"tags": wechat.tags.listed()}


def update(wechat: WeChat, call: Call) -> Answer:
    """Another name for a tag."""
    wechat.tags.rename(_number(_tag(call).get("id")), str(_tag(call).get("name") or ""))
    return DONE


def delete(wechat: WeChat, call: Call) -> Answer:
    """Takes a tag from everyone."""
    wechat.tags.delete(_number(_tag(call).get("id")))
    return DONE


def give(wechat: WeChat, call: Call) -> Answer:
    """Tags up to 50 followers."""
    wechat.tags.give(_number(call.mapping().get("tagid")), _openids(call), True)
    return DONE


def take(wechat: WeChat, call: Call) -> Answer:
    """Takes a tag from up to 50 followers."""
    wechat.tags.give(_number(call.mapping().get("tagid")), _openids(call), False)
    return DONE


def of_follower(wechat: WeChat, call: Call) -> Answer:
    """A follower's tags."""
    return {"tagid_list": list(wechat.drivers.known(call.text("openid")).tags)}


def members(wechat: WeChat, call: Call) -> Answer:
    """Followers with a tag, 10,000 at a time, after `next_openid`."""
    everyone = wechat.tags.openids(_number(call.mapping().get("tagid")))
    after = str(call.mapping().get("next_openid") or "")
    start = everyone.index(after) + 1 if after in everyone else 0
    page = everyone[start:start + PAGE]
    return {"count": len(page), **({"data": {"openid": page}} if page else {}),
            "next_openid": page[-1] if page else ""}


def _tag(call: Call) -> Dict[str, Any]:
    asked = call.mapping().get("tag")
    if not isinstance(asked, dict):
        raise ApiError(47001, "tag")
    return asked


def _number(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise ApiError(45159)
    return value


def _openids(call: Call) -> List[str]:
    asked = call.mapping().get("openid_list")
    if not isinstance(asked, list):
        raise ApiError(40032)
    return [str(openid) for openid in asked]
