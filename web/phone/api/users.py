"""Who follows, and what WeChat tells of them: no name and no picture since December 2021."""

from __future__ import annotations

from typing import Any, Dict

from web.phone.api.call import DONE, Answer, Call
from web.phone.drivers import Driver
from web.phone.errors import ApiError
from web.phone.wechat import WeChat

PAGE, AT_ONCE, REMARK_CHARACTERS = 10_000, 100, 30


def info(wechat: WeChat, call: Call) -> Answer:
    """One driver."""
    return _told(wechat.drivers.known(call.query.get("openid")))


def several(wechat: WeChat, call: Call) -> Answer:
    """Up to 100 drivers."""
    asked = call.mapping().get("user_list")
    if not isinstance(asked, list) or not 1 <= len(asked) <= AT_ONCE:
        raise ApiError(40032)
    return {"user_info_list": [_told(wechat.drivers.known(str(each.get("openid")))) for each in asked]}


def _told(driver: Driver) -> Dict[str, Any]:
    if not driver.following:
        return {"subscribe": 0, "openid": driver.openid}
    how = "ADD_SCENE_QR_CODE" if driver.scene else "ADD_SCENE_SEARCH"
    return {"subscribe": 1, "openid": driver.openid, "nickname": "", "sex": 0, "language": "zh_CN", "city": "",
            "province": "", "country": "", "headimgurl": "", "subscribe_time": int(driver.followed_at),
            "remark": driver.remark, "groupid": 0, "tagid_list": list(driver.tags), "subscribe_scene": how,
            "qr_scene": 0, "qr_scene_str": driver.scene}


def followers(wechat: WeChat, call: Call) -> Answer:
    """Openids, 10,000 at a time, after `next_openid`."""
    everyone = wechat.drivers.followers()
    after = call.query.get("next_openid", "")
    start = everyone.index(after) + 1 if after in everyone else 0
    page = everyone[start : start + PAGE]
    data = {"data": {"openid": page}} if page else {}
    return {"total": len(everyone), "count": len(page), **data, "next_openid": page[-1] if page else ""}


def remark(wechat: WeChat, call: Call) -> Answer:
    """Notes a name beside a driver, 30 characters at most."""
    if len(call.text("remark")) >= REMARK_CHARACTERS:
        raise ApiError(40035)
    wechat.drivers.known(call.text("openid")).remark = call.text("remark")
    return DONE
