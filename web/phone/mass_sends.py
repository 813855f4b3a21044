"""Mass sends (群发): to all, to a tag or to openids; four a month reach one follower; how it ended is posted back."""

from __future__ import annotations

import asyncio
import itertools
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Dict, List, Optional, Set

from web.phone import posts
from web.phone.errors import ApiError

if TYPE_CHECKING:
    from web.phone.wechat import WeChat

A_MONTH = 4
KEY_CHARACTERS = 32
HELPER = "o-mass-helper"  # FromUserName of MASSSENDJOBFINISH is no follower
AT_ONCE = 500
SENDING, SUCCESS, FAIL, DELETED = "SENDING", "SEND_SUCCESS", "SEND_FAIL", "DELETE"


@dataclass
class MassJob:
    """One mass send; `total` followers were asked for, `filtered` of them could be tried."""

    number: int
    kind: str
    content: Dict[str, Any]
    audience: List[str]
    total: int
    state: str = SENDING
    sent: int = 0
    errors: int = 0

    def finish_event(self) -> Dict[str, Any]:
        """MASSSENDJOBFINISH."""
        status = {SUCCESS: "send success", FAIL: "send fail"}.get(self.state, "err(10016)")
        return posts.event("MASSSENDJOBFINISH", MsgID=self.number, Status=status, TotalCount=self.total,
                           FilterCount=len(self.audience), SentCount=self.sent, ErrorCount=self.errors)


@dataclass
class MassSends:
    """All mass sends. `delay` seconds pass before one begins; `per_second` recipients are reached (0: all at once)."""

    wechat: WeChat
    delay: float = 0.3
    per_second: float = 0.0
    _jobs: Dict[int, MassJob] = field(default_factory=dict)
    _by_key: Dict[str, int] = field(default_factory=dict)
    _months: List[str] = field(default_factory=list)
    _tasks: Set[asyncio.Task[None]] = field(default_factory=set)
    _numbers: Any = field(default_factory=lambda: itertools.count(3_147_483_648))

    def start(self, kind: str, content: Dict[str, Any], openids: List[str], key: str, everyone: bool) -> MassJob:
        """Takes a mass send. Raises ApiError 45028, 45065 (with the earlier msg_id), 45067, or what is wrong in it."""
        if len(key) > KEY_CHARACTERS:
            raise ApiError(45067)
        if key in self._by_key:
            raise ApiError(45065, msg_id=self._by_key[key])
        self.wechat.content_of(kind, content)
        if everyone:
            self._count_month()
        job = MassJob(next(self._numbers), kind, content, [o for o in openids if self._open(o)], len(openids))
        self._jobs[job.number] = job
        if key:
            self._by_key[key] = job.number
        task = asyncio.get_running_loop().create_task(self._run(job))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return job

    def job(self, number: object) -> MassJob:
        """The job of a msg_id. Raises ApiError 40059."""
        found = self._jobs.get(int(str(number))) if str(number).isdigit() else None
        if found is None:
            raise ApiError(40059)
        return found

    def delete(self, job: MassJob) -> None:
        """Stops what is still being sent; articles that arrived can't be opened any more. Raises ApiError 40008."""
        if job.state != SENDING and job.kind not in ("mpnews", "mpvideo"):
            raise ApiError(40008)
        job.state = DELETED
        if job.kind == "mpnews":
            self.wechat.articles.close(str(job.content.get("media_id", "")))

    def left_this_month(self) -> int:
        """How many sends to all the account still has this month."""
        return A_MONTH - self._months.count(self._month())

    async def close(self) -> None:
        """Stops sending."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _run(self, job: MassJob) -> None:
        await asyncio.sleep(self.delay)
        fault = self.wechat.faults.take("job/mass")
        if fault and fault.errcode is not None:
            job.state = FAIL
        for start in range(0, len(job.audience), AT_ONCE):
            if job.state != SENDING:
                break
            some = job.audience[start:start + AT_ONCE]
            for openid in some:
                self._reach(job, openid)
            await asyncio.sleep(len(some) / self.per_second if self.per_second else 0)
        if job.state == SENDING:
            job.state = SUCCESS
        self.wechat.job_posts.add(HELPER, job.finish_event())

    def _reach(self, job: MassJob, openid: str) -> None:
        if not self._open(openid) or self.wechat.faults.take("job/recipient"):
            job.errors += 1
            return
        driver = self.wechat.drivers.known(openid)
        driver.mass = (*driver.mass, self._month())
        job.sent += 1
        driver.show("account", self.wechat.now(), **self.wechat.content_of(job.kind, job.content))

    def _open(self, openid: str) -> bool:
        driver = self.wechat.drivers.find(openid)
        return bool(driver and driver.following and not driver.blocked and driver.mass.count(self._month()) < A_MONTH)

    def _count_month(self) -> None:
        if self.left_this_month() <= 0:
            raise ApiError(45028)
        self._months.append(self._month())

    def _month(self) -> str:
        return time.strftime("%Y-%m", time.gmtime(self.wechat.now() + 8 * 3600))  # months are Beijing's


def audience_of(openids: Optional[object]) -> List[str]:
    """The openids of `message/mass/send`. Raises ApiError 40130 for fewer than 2, 40032 for more than 10,000."""
    if not isinstance(openids, list) or len(set(openids)) < 2:
        raise ApiError(40130)
    if len(openids) > 10_000:
        raise ApiError(40032)
    return list(dict.fromkeys(str(openid) for openid in openids))
