"""What all pages for drivers share: records, station, templates, seals (the 办事大厅 of the web app)."""

from __future__ import annotations

import asyncio
import concurrent.futures
import datetime
from typing import Any, Callable, TypeVar

from sanic.request import Request
from sanic.response import HTTPResponse

from bot.settings import ROOT, Settings, Station
from traffic import presentation
from traffic.database import open_engine, reading, utc_now, writing
from traffic.drivers import mask_license
from traffic.plates import mask_plate
from web.seals import Seals
from web.templating import Templates

Result = TypeVar("Result")
THREADS = 6


class Hall:
    """The pages of one process; its threads are its own, so that WeChat's webhook never waits for a driver's page."""

    def __init__(self, settings: Settings, station: Station) -> None:
        self.settings, self.station = settings, station
        self.engine = open_engine(settings.database_url)
        self.seals = Seals(settings.weijing_secret, "driver")
        self.secure_cookies = settings.pages_address.startswith("https://")
        self.to_stranger: Callable[[Request], HTTPResponse] = lambda request: self.problem("away", 401)
        self._templates = Templates(ROOT / "web" / "driver" / "templates", self._filters())
        self._threads = concurrent.futures.ThreadPoolExecutor(THREADS, "h5")

    def now(self) -> datetime.datetime:
        """The present moment; tests put another in its place."""
        return utc_now()

    def today(self) -> datetime.date:
        """The station's date."""
        return presentation.local(self.now()).date()

    async def do(self, deed: Callable[..., Result], *arguments: Any, **named: Any) -> Result:
        """Runs what waits, in one of the hall's threads."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, lambda: deed(*arguments, **named))

    async def look_up(self, query: Callable[..., Result], *arguments: Any, **named: Any) -> Result:
        """The answer of `query(session, …)`, which only reads."""
        return await self.do(self._within, reading, query, arguments, named)

    async def change(self, command: Callable[..., Result], *arguments: Any, **named: Any) -> Result:
        """The answer of `command(session, …)`, committed when it returns, rolled back when it raises."""
        return await self.do(self._within, writing, command, arguments, named)

    def _within(self, transaction: Callable[..., Any], query: Callable[..., Result], arguments: Any,
                named: Any) -> Result:
        with transaction(self.engine) as session:
            return query(session, *arguments, **named)

    def page(self, name: str, status: int = 200, **values: Any) -> HTTPResponse:
        """A template with what all of them need."""
        return self._templates.page(name, status, **{"station": self.station, "today": self.today(), "visit": None,
                                                     **values})

    def problem(self, what: str, status: int) -> HTTPResponse:
        """A page that says what can't be and what to do: `away`, `link`, `form`, `missing` or `fault`."""
        return self.page("problem.html", status, what=what)

    def close(self) -> None:
        """Ends its threads and connections."""
        self._threads.shutdown(wait=False)
        self.engine.dispose()

    def _filters(self) -> dict[str, Callable[..., Any]]:
        return {"money": presentation.money, "local": presentation.local, "time_of_day": presentation.time_of_day,
                "day": lambda day: presentation.day(day, self.today()),
                "moment": lambda at: presentation.moment(at, self.today()),
                "short_moment": lambda at: presentation.short_moment(at, self.today()),
                "until": lambda at: _until(at, self.today()),
                "last_day": lambda end: presentation.local(end - datetime.timedelta(seconds=1)).date(),
                "masked_plate": mask_plate, "masked_license": mask_license}


def _until(end: datetime.datetime, today: datetime.date) -> str:
    """The end of a span; midnight is said as the end of the day before."""
    if presentation.local(end).time() != datetime.time():
        return presentation.moment(end, today)
    return presentation.day(presentation.local(end).date() - datetime.timedelta(days=1), today) + " 24:00"
