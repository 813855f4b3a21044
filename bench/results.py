"""Turns what was measured into bench/RESULTS.md and a plot."""

from __future__ import annotations

import pathlib
from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence, Tuple

import numpy as np

from bot.training.measures import is_right

Measured = Mapping[str, Any]
ROWS: List[Tuple[str, Callable[[Measured], Optional[float]], str]] = [
    ("understood (own held-out sentences)", lambda m: m["accuracy"], "{:.3f}"),
    ("labelled file: strict", lambda m: m.get("strict"), "{:.3f}"),
    ("labelled file: second-best label accepted", lambda m: m.get("accepted"), "{:.3f}"),
    ("ms a sentence, median", lambda m: percentile(m["ms"], 50), "{:.1f}"),
    ("ms a sentence, 99th percentile", lambda m: percentile(m["ms"], 99), "{:.1f}"),
    ("messages a second, whole server", lambda m: m.get("per_second"), "{:.0f}"),
    ("ms an answer of the server, median", lambda m: percentile(m.get("server_ms"), 50), "{:.0f}"),
    ("ms an answer of the server, 99th percentile", lambda m: percentile(m.get("server_ms"), 99), "{:.0f}"),
    ("training, seconds", lambda m: m["train_s"], "{:.0f}"),
    ("training, seconds of processor", lambda m: m["train_cpu_s"], "{:.0f}"),
    ("training, megabytes", lambda m: m["train_mb"], "{:.0f}"),
    ("start to first answer, seconds", lambda m: m["start_s"], "{:.1f}"),
    ("memory when asked, megabytes", lambda m: m["mb"], "{:.0f}"),
]


def percentile(times: Optional[Sequence[float]], share: float) -> Optional[float]:
    """Of milliseconds; None where nothing was measured."""
    return float(np.percentile(times, share)) if times else None


def accuracy(labels: Sequence[str], intents: Sequence[str]) -> float:
    """Share understood; intents may carry their question behind a slash."""
    pairs = zip(labels, intents, strict=True)
    return float(np.mean([is_right(label, intent.split("/")[0]) for label, intent in pairs]))


def table(measured: Mapping[str, Measured]) -> str:
    """Markdown: a row a figure, a column a system."""
    head = f"| | {' | '.join(measured)} |\n| --- |{' --- |' * len(measured)}"
    rows = (_row(title, [figure(m) for m in measured.values()], form) for title, figure, form in ROWS)
    return "\n".join([head, *rows])


def _row(title: str, values: Sequence[Optional[float]], form: str) -> str:
    return f"| {title} | {' | '.join('–' if value is None else form.format(value) for value in values)} |"


def ratios(stock: Measured, weijing: Measured) -> str:
    """What issue and design ask for, as a list."""
    lines = [f"accuracy {weijing['accuracy']:.3f} against {stock['accuracy']:.3f}",
             f"training {stock['train_cpu_s'] / weijing['train_cpu_s']:.1f} times as fast, in seconds of processor"]
    if "per_second" in stock:
        quicker = percentile(stock["server_ms"], 99), percentile(weijing["server_ms"], 99)
        lines += [f"{weijing['per_second'] / stock['per_second']:.1f} times the messages a second",
                  f"99th percentile of answers {quicker[0] / quicker[1]:.1f} times as short" if all(quicker) else ""]
    return "\n".join(f"- {line}" for line in lines if line)


def write_results(path: pathlib.Path, measured: Mapping[str, Measured], notes: Dict[str, Any]) -> None:
    """RESULTS.md at `path` and results.png beside it."""
    plot(path.with_name("results.png"), measured)
    told = "\n".join(f"- {name}: {value}" for name, value in notes.items())
    compared = ratios(measured["stock Rasa"], measured["Weijing"]) if "stock Rasa" in measured else ""
    path.write_text(f"# Weijing and stock Rasa side by side\n\nWritten by `weijing bench`; one run, the same data, one "
                    f"machine.\n\n{table(measured)}\n\n{compared}\n\n![accuracy and speed](results.png)\n\n{told}\n",
                    encoding="utf-8")


def plot(path: pathlib.Path, measured: Mapping[str, Measured]) -> None:
    """Accuracy over the median time of a sentence."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6, 4))
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    for name, one in measured.items():
        at = percentile(one["ms"], 50) or 0, one["accuracy"]
        axes.scatter(*at, s=60)
        axes.annotate(name, at, xytext=(6, 6), textcoords="offset points")
    axes.set(xscale="log", xlabel="milliseconds a sentence (median)", ylabel="share understood", ylim=(0, 1))
    figure.savefig(path, bbox_inches="tight", dpi=110)
