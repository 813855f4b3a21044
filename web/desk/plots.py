"""Plots of the figures as SVG, drawn by matplotlib on the server: the page runs no script for them."""

from __future__ import annotations

import io
import pathlib
from typing import Any, Callable, Dict, Sequence, Tuple

from bot.settings import ROOT
from web.desk.figures import Figures

FONT = ROOT / "web" / "static" / "vendor" / "NotoSansSC-Regular.ttf"
BLUE, GREEN = "#1f4e9e", "#0b6b3a"
Title = Callable[[str], str]


def plots(title: Title) -> Dict[str, Callable[[Figures], bytes]]:
    """Name → what draws it; `title` says in words what an intent or an answer is about."""
    return {
        "hours": lambda f: _bars([str(hour) for hour in range(24)], f.hours, "点", BLUE),
        "days": lambda f: _bars([f"{day.month}/{day.day}" for day in f.days], list(f.days.values()), "", BLUE),
        "topics": lambda f: _rows([(title(name), count) for name, count in f.topics]),
        "waits": lambda f: _spread([each.waited / 60 for each in f.times], "分钟"),
        "handled": lambda f: _spread([each.handled / 60 for each in f.times if each.handled is not None], "分钟"),
    }


def _figure(width: float, height: float) -> Tuple[Any, Any]:
    from matplotlib import font_manager
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasSVG(figure)
    axes = figure.add_subplot()
    axes.spines[["top", "right"]].set_visible(False)
    if pathlib.Path(FONT).exists():
        axes.weijing_font = font_manager.FontProperties(fname=str(FONT))
    return figure, axes


def _bars(names: Sequence[str], counts: Sequence[int], unit: str, colour: str) -> bytes:
    figure, axes = _figure(7.2, 2.6)
    axes.bar(range(len(names)), counts, color=colour)
    step = max(1, len(names) // 16)
    axes.set_xticks(range(0, len(names), step), [names[i] for i in range(0, len(names), step)])
    axes.set_xlabel(unit, fontproperties=_font(axes))
    axes.yaxis.get_major_locator().set_params(integer=True)
    return _svg(figure)


def _rows(rows: Sequence[Tuple[str, int]]) -> bytes:
    figure, axes = _figure(7.2, max(1.2, 0.32 * len(rows) + 0.4))
    axes.barh(range(len(rows)), [count for _, count in rows], color=BLUE)
    axes.set_yticks(range(len(rows)), [name[:18] for name, _ in rows], fontproperties=_font(axes))
    axes.invert_yaxis()
    axes.xaxis.get_major_locator().set_params(integer=True)
    return _svg(figure)


def _spread(values: Sequence[float], unit: str) -> bytes:
    figure, axes = _figure(7.2, 2.2)
    axes.hist(values, bins=20, color=GREEN) if values else axes.set_xticks([])
    axes.set_xlabel(unit, fontproperties=_font(axes))
    axes.yaxis.get_major_locator().set_params(integer=True)
    return _svg(figure)


def _font(axes: Any) -> Any:
    return getattr(axes, "weijing_font", None)


def _svg(figure: Any) -> bytes:
    written = io.BytesIO()
    figure.savefig(written, format="svg", metadata={"Date": None})
    return written.getvalue()
