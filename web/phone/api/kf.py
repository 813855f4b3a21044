"""WeChat's own desk: who is online, and sessions."""

from __future__ import annotations

from web.phone.api.call import DONE, Answer, Call
from web.phone.drivers import Driver
from web.phone.wechat import WeChat


def online(wechat: WeChat, call: Call) -> Answer:
    """Agents who are online, with the number of drivers each has."""
    return {"kf_online_list": [{"kf_account": agent.account, "status": 1, "kf_id": str(agent.number),
                                "accepted_case": len(wechat.desk.drivers_of(agent.account))}
                               for agent in wechat.desk.agents() if agent.online]}


def agents(wechat: WeChat, call: Call) -> Answer:
    """All agents."""
    return {"kf_list": [{"kf_account": agent.account, "kf_nick": agent.account.partition("@")[0],
                         "kf_id": str(agent.number), "kf_headimgurl": ""} for agent in wechat.desk.agents()]}


def create(wechat: WeChat, call: Call) -> Answer:
    """Gives a driver to an agent."""
    wechat.desk.open(_driver(wechat, call), call.text("kf_account"))
    return DONE


def close(wechat: WeChat, call: Call) -> Answer:
    """Takes a driver back."""
    wechat.desk.close(_driver(wechat, call), call.text("kf_account"))
    return DONE


def session(wechat: WeChat, call: Call) -> Answer:
    """The agent who has a driver."""
    driver = wechat.drivers.known(call.query.get("openid"))
    there = wechat.desk.has(driver) and driver.desk_account
    return {**DONE, "kf_account": driver.desk_account if there else "", "createtime": int(wechat.now()) if there else 0}


def waiting(wechat: WeChat, call: Call) -> Answer:
    """Drivers whom nobody has taken yet."""
    openids = wechat.desk.waiting()
    return {"count": len(openids), "waitcaselist": [{"openid": openid, "latest_time": 0} for openid in openids]}


def _driver(wechat: WeChat, call: Call) -> Driver:
    return wechat.drivers.known(call.text("openid"))
