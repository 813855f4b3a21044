"""The lead's page: figures of a span of days, their plots, and all of it as CSV."""

from __future__ import annotations

import csv
import datetime
import io
from typing import Iterator, List, Sequence

from sanic.response import HTTPResponse, raw

from messages.database import reading, writing
from traffic.opening_days import day_bounds, station_zone
from web.desk import figures, plots
from web.desk.deeds import record
from web.desk.errors import Missing
from web.desk.figures import Figures
from web.desk.guard import Route, Visit
from web.desk.office import Office

SPANS = (1, 7, 30, 90)
LIKE_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def _days(visit: Visit) -> int:
    asked = visit.request.args.get("days", "")
    return int(asked) if asked.isdigit() and int(asked) in SPANS else 7


def _figures(office: Office, visit: Visit) -> Figures:
    today = office.clock.today()
    since, _ = day_bounds(today - datetime.timedelta(days=_days(visit) - 1))
    with reading(office.engine) as session:
        return figures.figures(session, since, day_bounds(today)[1], station_zone())


async def _page(office: Office, visit: Visit) -> HTTPResponse:
    found = await office.do(_figures, office, visit)
    await office.do(_note, office, visit, "looked_figures")
    waits = [each.waited for each in found.times]
    handled = [each.handled for each in found.times if each.handled is not None]
    return office.page("figures.html", visit=visit, found=found, days=_days(visit), spans=SPANS, said="",
                       waited=figures.median(waits), handled=figures.median(handled))


def _note(office: Office, visit: Visit, deed: str) -> None:
    with writing(office.engine) as session:
        record(session, visit.officer.name, deed, "figures", {"days": _days(visit)}, now=visit.now)


async def _plot(office: Office, visit: Visit, name: str) -> HTTPResponse:
    draw = plots.plots(office.book.title).get(name.removesuffix(".svg"))
    if draw is None or not name.endswith(".svg"):
        raise Missing("no such plot")
    found = await office.do(_figures, office, visit)
    return raw(await office.draw(draw, found), content_type="image/svg+xml")


async def _csv(office: Office, visit: Visit) -> HTTPResponse:
    found = await office.do(_figures, office, visit)
    await office.do(_note, office, visit, "took_figures")
    written = io.StringIO()
    csv.writer(written).writerows([_harmless(cell) for cell in row] for row in _rows(office, found))
    name = f"figures-{found.since.astimezone(station_zone()):%Y%m%d}-{_days(visit)}d.csv"
    return raw(b"\xef\xbb\xbf" + written.getvalue().encode(), content_type="text/csv; charset=utf-8",
               headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _rows(office: Office, found: Figures) -> Iterator[Sequence[object]]:
    yield ("项目", "名称", "数")
    yield ("消息", "全部", found.messages)
    yield ("消息", "转给民警", found.handed_over)
    yield from (("每小时", f"{hour}点", count) for hour, count in enumerate(found.hours))
    yield from (("每天", day.isoformat(), count) for day, count in found.days.items())
    yield from (("问得多的", office.book.title(name), count) for name, count in found.topics)
    yield from (("评价", {3: "满意", 2: "一般", 1: "不满意"}[stars], count) for stars, count in found.stars.items())
    yield from (("窗口二维码", scene, count) for scene, count in found.counters)
    yield ("没听懂", "条数", found.unclear_count)
    yield from (("没听懂", text, "") for text in found.unclear)
    yield ("接待", "民警（原因）", "等候秒/处理秒")
    yield from (("接待", f"{each.officer}（{each.reason}）",
                 f"{each.waited:.0f}/{'' if each.handled is None else format(each.handled, '.0f')}")
                for each in found.times)


def _harmless(cell: object) -> object:
    """A driver's words must not become a formula in the reader's spreadsheet."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(LIKE_A_FORMULA) else cell


ROUTES: List[Route] = [
    Route("/figures", _page, may="supervise"),
    Route("/figures.csv", _csv, may="supervise"),
    Route("/figures/<name:str>", _plot, may="supervise"),
]
