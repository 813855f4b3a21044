"""What all pages of the desk share: database, station, sentences, templates, what is live."""

from __future__ import annotations

import asyncio
import concurrent.futures
from typing import Any, Callable, TypeVar

from sanic.response import HTTPResponse

from bot.settings import ROOT, Settings, Station
from messages.database import open_engine
from messages.urgency import URGENT
from web.desk.answer_book import AnswerBook
from web.desk.clock import StationClock
from web.desk.live import Live
from web.desk.one_time_codes import Codes
from web.desk.sentences import Sentences
from web.seals import Seals
from web.templating import Templates

Result = TypeVar("Result")
THREADS, SIGNING_IN = 6, 2


class Office:
    """The desk of one process. Its threads are its own: busy officers never keep WeChat's webhook waiting."""

    def __init__(self, settings: Settings, station: Station) -> None:
        self.station, self.settings = station, settings
        self.engine = open_engine(settings.database_url)
        self.seals = Seals(settings.weijing_secret, "desk")
        self.secret = settings.weijing_secret
        self.sentences = Sentences(station)
        self.codes = Codes(settings.weijing_secret)
        self.book = AnswerBook(self.sentences)
        self.secure_cookies = not settings.development
        self.clock = StationClock()
        self._templates = Templates(ROOT / "web" / "desk" / "templates")
        self._threads = concurrent.futures.ThreadPoolExecutor(THREADS, "desk")
        self._doorkeepers = concurrent.futures.ThreadPoolExecutor(SIGNING_IN, "desk-sign-in")  # 64 MiB each
        self._draughtsman = concurrent.futures.ThreadPoolExecutor(1, "desk-plots")  # officers never wait for a plot
        self.live = Live(self.engine, self.do)

    async def do(self, deed: Callable[..., Result], *arguments: Any) -> Result:
        """Runs what waits for the database in one of the desk's threads."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, deed, *arguments)

    async def check_password(self, deed: Callable[..., Result], *arguments: Any) -> Result:
        """Runs what is slow on purpose, two at a time."""
        return await asyncio.get_running_loop().run_in_executor(self._doorkeepers, deed, *arguments)

    async def draw(self, deed: Callable[..., Result], *arguments: Any) -> Result:
        """Draws a plot, one after the other."""
        return await asyncio.get_running_loop().run_in_executor(self._draughtsman, deed, *arguments)

    def page(self, name: str, status: int = 200, **values: Any) -> HTTPResponse:
        """A template with what all of them need."""
        menu = {f"/{key.say}": key.name for column in self.station.menu for key in column.keys}
        return self._templates.page(name, status, station=self.station, clock=self.clock, menu=menu,
                                    meaning=self.book.title, urgent=URGENT, **values)

    def fragment(self, name: str, **values: Any) -> str:
        """A part of a page as text."""
        body = self.page(name, **values).body
        return body.decode() if body else ""

    def close(self) -> None:
        """Ends its threads and connections."""
        for pool in (self._threads, self._doorkeepers, self._draughtsman):
            pool.shutdown(wait=False)
        self.engine.dispose()
