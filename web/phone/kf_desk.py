"""WeChat's own desk (客服): agents, who has which driver, and the events that tell the account's server."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Dict, List

from web.phone import posts
from web.phone.drivers import Driver
from web.phone.errors import ApiError
from web.phone.segments import segments

if TYPE_CHECKING:
    from web.phone.wechat import WeChat

DESK_SECONDS = 30 * 60  # without a word a session ends by itself


@dataclass
class Agent:
    """One agent; `account` is like name@gh_id."""

    account: str
    number: int
    online: bool = True


class KfDesk:
    """A driver at the desk has `desk_until` in the future; without a `desk_account` nobody has taken the driver yet."""

    def __init__(self, wechat: WeChat) -> None:
        self._wechat = wechat
        self._agents: Dict[str, Agent] = {}
        self._here: Dict[str, Driver] = {}

    def put(self, account: str, online: bool) -> None:
        """An agent signs in or out; who signs in takes those who wait."""
        agent = self._agents.setdefault(account, Agent(account, 1001 + len(self._agents)))
        agent.online = online
        for driver in self._waiting() if online else []:
            self._begin(driver, account)

    def agents(self) -> List[Agent]:
        """All agents."""
        return list(self._agents.values())

    def drivers_of(self, account: str) -> List[Driver]:
        """Drivers who are with an agent now."""
        return [driver for driver in self._present() if driver.desk_account == account]

    def has(self, driver: Driver) -> bool:
        """Whether the driver's words go to the desk and not to the account's server."""
        self.end_old()
        return driver.desk_until > self._wechat.now()

    def transfer(self, driver: Driver, account: str) -> None:
        """The account's server handed the driver over; without an agent online the driver waits, unheard."""
        self._take(driver)
        online = [agent.account for agent in self._agents.values() if agent.online]
        if (account and account not in online) or not online:
            return
        self._begin(driver, account or min(online, key=lambda each: len(self.drivers_of(each))))

    def open(self, driver: Driver, account: str) -> None:
        """`kfsession/create`. Raises ApiError 65401, 65414, 65415."""
        self._check(account)
        if self.has(driver) and driver.desk_account not in ("", account):
            raise ApiError(65414)
        if not self._agents[account].online:
            raise ApiError(65415)
        self._take(driver)
        self._begin(driver, account)

    def close(self, driver: Driver, account: str, how: str = "KF") -> None:
        """`kfsession/close`, or the agent ends it. Raises ApiError 65413 without such a session."""
        if not self.has(driver) or driver.desk_account != account:
            raise ApiError(65413)
        self._end(driver, how)

    def switch(self, driver: Driver, account: str) -> None:
        """The agent passes the driver on to a colleague."""
        self._check(account)
        if not self.has(driver):
            raise ApiError(65413)
        before, driver.desk_account = driver.desk_account, account
        self._wechat.job_posts.add(driver.openid, posts.event(
            "kf_switch_session", FromKfAccount=before, ToKfAccount=account))

    def say(self, driver: Driver, words: str) -> None:
        """The agent writes; costs none of the account's messages. Raises ApiError 65413 without a session."""
        if not self.has(driver):
            raise ApiError(65413)
        self._take(driver)
        driver.show("account", self._wechat.now(), kind="text", parts=segments(words), desk=driver.desk_account)

    def heard(self, driver: Driver) -> None:
        """The driver wrote to the desk: the half hour begins anew."""
        if driver.desk_account:
            self._take(driver)

    def end_old(self) -> None:
        """Ends sessions in which nobody wrote for half an hour."""
        for driver in self._present():
            if driver.desk_until <= self._wechat.now():
                self._end(driver, "TIMEOUT")

    def waiting(self) -> List[str]:
        """Openids of drivers whom nobody has taken yet."""
        return [driver.openid for driver in self._waiting()]

    def _take(self, driver: Driver) -> None:
        driver.desk_until = self._wechat.now() + DESK_SECONDS
        self._here[driver.openid] = driver
        asyncio.get_running_loop().call_later(DESK_SECONDS + 1, self.end_old)

    def _begin(self, driver: Driver, account: str) -> None:
        driver.desk_account = account
        self._wechat.job_posts.add(driver.openid, posts.event("kf_create_session", KfAccount=account))

    def _end(self, driver: Driver, how: str) -> None:
        before, driver.desk_account, driver.desk_until = driver.desk_account, "", 0.0
        self._here.pop(driver.openid, None)
        if before:
            self._wechat.job_posts.add(driver.openid, posts.event("kf_close_session", KfAccount=before, CloseType=how))

    def _present(self) -> List[Driver]:
        return list(self._here.values())

    def _waiting(self) -> List[Driver]:
        now = self._wechat.now()
        return [driver for driver in self._present() if driver.desk_until > now and not driver.desk_account]

    def _check(self, account: str) -> None:
        if account not in self._agents:
            raise ApiError(65401)
