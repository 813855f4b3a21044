"""Drivers as WeChat knows them: who follows, what was said, what may still be sent, who is looking."""

from __future__ import annotations

import asyncio
import collections
import re
from dataclasses import dataclass, field
from typing import Any, Dict, List, Optional, Set, Tuple

from web.phone.allowances import Allowance
from web.phone.errors import ApiError

OPENID = re.compile(r"^[A-Za-z0-9_-]{1,64}$")
DRIVERS, ENTRIES, WAITING = 250_000, 300, 1_000
TYPING_SECONDS = 15

Entry = Dict[str, Any]
Notice = Tuple[str, Dict[str, Any]]


@dataclass(slots=True)
class Driver:
    """One openid. `entries` are what the chat shows, each with a growing `id`; `watchers` are open pages.

    `consents` are the notices of a template still agreed to, `mass` the months in which mass sends arrived.
    There may be 100,000 of these: what most never need is empty until it is used.
    """

    openid: str
    following: bool = False
    followed_at: float = 0.0
    scene: str = ""
    typing: bool = False
    typing_ends: Optional[asyncio.TimerHandle] = None
    wrote_at: float = 0.0
    desk_until: float = 0.0
    desk_account: str = ""
    blocked: bool = False
    remark: str = ""
    tags: Tuple[int, ...] = ()
    mass: Tuple[str, ...] = ()
    consents: Dict[str, int] = field(default_factory=dict)
    allowance: Allowance = field(default_factory=Allowance)
    entries: List[Entry] = field(default_factory=list)
    watchers: Set[asyncio.Queue[Notice]] = field(default_factory=set)
    shown: int = 0

    def show(self, side: str, at: float, **content: Any) -> Entry:
        """Appends to the chat; `side` is driver or account."""
        self.shown += 1
        entry = {"id": self.shown, "side": side, "at": at, **content}
        self.entries.append(entry)
        del self.entries[:-ENTRIES]
        if side == "account":
            self.set_typing(False)
        self.tell("entry", entry)
        return entry

    def set_typing(self, typing: bool) -> None:
        """Shows 对方正在输入, for 15 s at most, or hides it."""
        if self.typing_ends:
            self.typing_ends.cancel()
        loop = asyncio.get_running_loop() if typing else None
        self.typing_ends = loop.call_later(TYPING_SECONDS, self.set_typing, False) if loop else None
        if typing != self.typing:
            self.typing = typing
            self.tell("typing", {"on": typing})

    def tell(self, name: str, data: Dict[str, Any]) -> None:
        """Tells every open page; one that doesn't read is dropped and will connect again."""
        for watcher in list(self.watchers):
            try:
                watcher.put_nowait((name, data))
            except asyncio.QueueFull:
                self.watchers.discard(watcher)

    def leave(self) -> None:
        """Ends what open pages hear; they connect again."""
        self.watchers.clear()

    def watch(self) -> asyncio.Queue[Notice]:
        """A queue of what happens from now on; give it back with `watchers.discard`."""
        queue: asyncio.Queue[Notice] = asyncio.Queue(WAITING)
        self.watchers.add(queue)
        return queue


class Drivers:
    """All drivers, by openid; the one not seen for longest leaves when there are too many."""

    def __init__(self) -> None:
        self._by_openid: collections.OrderedDict[str, Driver] = collections.OrderedDict()

    def meet(self, openid: str) -> Driver:
        """The driver, new or known. Raises ApiError 40003 when the openid can't be one."""
        if not OPENID.match(openid):
            raise ApiError(40003)
        driver = self._by_openid.get(openid) or self._by_openid.setdefault(openid, Driver(openid))
        self._by_openid.move_to_end(openid)
        if len(self._by_openid) > DRIVERS:
            self._by_openid.popitem(last=False)
        return driver

    def known(self, openid: Optional[str]) -> Driver:
        """The driver. Raises ApiError 40003 for one who was never here."""
        if not openid or openid not in self._by_openid:
            raise ApiError(40003)
        return self._by_openid[openid]

    def find(self, openid: str) -> Optional[Driver]:
        """The driver, None for one who was never here."""
        return self._by_openid.get(openid)

    def everyone(self) -> List[Driver]:
        """All drivers."""
        return list(self._by_openid.values())

    def followers(self) -> List[str]:
        """Openids of all who follow, the earliest first."""
        following = (driver for driver in self._by_openid.values() if driver.following)
        return [driver.openid for driver in sorted(following, key=lambda driver: driver.followed_at)]

    def leave_all(self) -> None:
        """Ends what every open page hears."""
        for driver in self._by_openid.values():
            driver.leave()

    def tell_all(self, name: str, data: Dict[str, Any]) -> None:
        """Tells the open pages of every driver."""
        for driver in self._by_openid.values():
            driver.tell(name, data)
