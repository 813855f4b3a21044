"""What tests and developers ask of the stand-in about sends, consents, limits and WeChat's own desk."""

from __future__ import annotations

from typing import Any, Dict, List

from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, empty, json

from web.phone.drivers import Driver
from web.phone.errors import ApiError
from web.phone.wechat import WeChat

MOST_FOLLOWERS = 200_000


def console_blueprint(wechat: WeChat) -> Blueprint:
    """`/stand-in/…`, as `control_routes`."""
    blueprint = Blueprint("stand_in_console", url_prefix="/stand-in")
    _add_followers(blueprint, wechat)
    _add_jobs(blueprint, wechat)
    _add_desk(blueprint, wechat)

    @blueprint.exception(ApiError)
    async def refused(request: Request, error: ApiError) -> HTTPResponse:
        return json(error.answer(), status=400)

    return blueprint


def _add_followers(blueprint: Blueprint, wechat: WeChat) -> None:
    @blueprint.post("/followers")
    async def followers(request: Request) -> HTTPResponse:
        """{"count", "prefix"}: that many who have followed for long; nothing is posted."""
        count, prefix = min(int(request.json["count"]), MOST_FOLLOWERS), str(request.json.get("prefix", "o-fan-"))
        for number in range(count):
            driver = wechat.drivers.meet(f"{prefix}{number}")
            driver.following, driver.followed_at = True, driver.followed_at or wechat.now()
        return json({"total": len(wechat.drivers.followers())})

    @blueprint.get("/received")
    async def received(request: Request) -> HTTPResponse:
        """?kind=notice|news|text: how many drivers got any, how many in all, the most that one got."""
        kind = request.args.get("kind")
        counts = [sum(entry["side"] == "account" and kind in (None, entry["kind"]) for entry in driver.entries)
                  for driver in wechat.drivers.everyone()]
        return json({"drivers": sum(count > 0 for count in counts), "total": sum(counts),
                     "most": max(counts, default=0)})

    @blueprint.post("/crowd")
    async def crowd(request: Request) -> HTTPResponse:
        """{"count", "prefix", "texts", "within"}: they write one text each within so many seconds."""
        asked: Dict[str, Any] = request.json
        texts, count, within = asked["texts"], int(asked["count"]), float(asked["within"])
        for number in range(count):
            wechat.write_after(within * number / count, f"{asked['prefix']}{number}", texts[number % len(texts)])
        return empty()

    @blueprint.get("/waits")
    async def waits(request: Request) -> HTTPResponse:
        """?prefix=: for each who wrote, after how many seconds the account said what since the latest words."""
        prefix = request.args.get("prefix", "")
        found = {driver.openid: since_words(driver) for driver in wechat.drivers.everyone()
                 if driver.openid.startswith(prefix) and driver.wrote_at}
        return json(found)

    @blueprint.post("/drivers/<openid:str>/blocked")
    async def blocked(request: Request, openid: str) -> HTTPResponse:
        """{"on"}: the driver takes no messages though still following."""
        wechat.drivers.meet(openid).blocked = bool(request.json.get("on", True))
        return empty()

    @blueprint.post("/drivers/<openid:str>/consent")
    async def consent(request: Request, openid: str) -> HTTPResponse:
        """{"template", "accept", "long_term"}: the driver answers the sheet; {"template", "withdraw"} in settings."""
        asked: Dict[str, Any] = request.json
        if asked.get("withdraw"):
            wechat.notices.withdraw(openid, asked["template"])
        else:
            wechat.notices.ask(openid, asked["template"], asked.get("accept", True), asked.get("long_term", False))
        return empty()

    @blueprint.post("/drivers/<openid:str>/code")
    async def code(request: Request, openid: str) -> HTTPResponse:
        """A code of 网页授权, as a page opened by this driver gets it."""
        return json({"code": wechat.oauth_codes.issue(wechat.drivers.meet(openid).openid, wechat.now())})


def since_words(driver: Driver) -> List[Dict[str, Any]]:
    """[{"after", "kind", "text", "fault"}] of what the driver got since their latest words."""
    heard: List[Dict[str, Any]] = []
    wrote = driver.wrote_at
    for entry in driver.entries:
        if entry["side"] == "driver":
            heard, wrote = [], entry["at"]
        else:
            text = "".join(part.get("text", "") for part in entry.get("parts") or entry.get("head") or [])
            heard.append({"after": round(entry["at"] - wrote, 3), "kind": entry["kind"], "text": text,
                          "fault": entry.get("fault", False)})
    return heard


def _add_jobs(blueprint: Blueprint, wechat: WeChat) -> None:
    @blueprint.post("/jobs")
    async def change_jobs(request: Request) -> HTTPResponse:
        """{"on", "delay", "mass_delay", "mass_per_second"}: whether and when ends are told, how fast mass sends go."""
        asked: Dict[str, Any] = request.json
        wechat.job_posts.on = bool(asked.get("on", wechat.job_posts.on))
        wechat.job_posts.delay = float(asked.get("delay", wechat.job_posts.delay))
        wechat.mass_sends.delay = float(asked.get("mass_delay", wechat.mass_sends.delay))
        wechat.mass_sends.per_second = float(asked.get("mass_per_second", wechat.mass_sends.per_second))
        return empty()

    @blueprint.get("/jobs")
    async def jobs(request: Request) -> HTTPResponse:
        return json({"waiting": wechat.job_posts.waiting, "mass_left_this_month": wechat.mass_sends.left_this_month()})

    @blueprint.post("/limits")
    async def limits(request: Request) -> HTTPResponse:
        """{"path", "day", "minute"}: path below /cgi-bin; a number that is missing is no limit."""
        wechat.limits.set(request.json["path"], request.json.get("day"), request.json.get("minute"))
        return empty()

    @blueprint.post("/templates")
    async def templates(request: Request) -> HTTPResponse:
        """[{"template", "title", "content"}]: puts templates up; from then on any other is unknown."""
        asked: List[Dict[str, str]] = request.json
        for each in asked:
            wechat.notices.put_up(each["template"], each["title"], each.get("content", ""))
        return empty()


def _add_desk(blueprint: Blueprint, wechat: WeChat) -> None:
    @blueprint.get("/kf")
    async def desk(request: Request) -> HTTPResponse:
        agents = [{"account": agent.account, "online": agent.online,
                   "drivers": [driver.openid for driver in wechat.desk.drivers_of(agent.account)]}
                  for agent in wechat.desk.agents()]
        return json({"agents": agents, "waiting": wechat.desk.waiting()})

    @blueprint.post("/kf/agents")
    async def put_agent(request: Request) -> HTTPResponse:
        """{"account", "online"}: an agent signs in or out."""
        wechat.desk.put(str(request.json["account"]), bool(request.json.get("online", True)))
        return empty()

    @blueprint.post("/kf/<openid:str>/say")
    async def say(request: Request, openid: str) -> HTTPResponse:
        """{"words"}: the agent who has the driver writes."""
        wechat.desk.say(wechat.drivers.known(openid), str(request.json["words"]))
        return empty()

    @blueprint.post("/kf/<openid:str>/close")
    async def close(request: Request, openid: str) -> HTTPResponse:
        """The agent ends the session."""
        driver = wechat.drivers.known(openid)
        wechat.desk.close(driver, driver.desk_account)
        return empty()

    @blueprint.post("/kf/<openid:str>/switch")
    async def switch(request: Request, openid: str) -> HTTPResponse:
        """{"account"}: the agent passes the driver on."""
        wechat.desk.switch(wechat.drivers.known(openid), str(request.json["account"]))
        return empty()
