"""The comparison as a page to read, with two pictures."""

from __future__ import annotations

import pathlib
from typing import Sequence

import jinja2

from bot.training.comparison import Comparison, Step
from bot.training.pictures import figure_of

TEMPLATE = pathlib.Path(__file__).resolve().parent / "comparison.html"


def write_comparison(folder: pathlib.Path, found: Comparison, live: str, candidate: str) -> pathlib.Path:
    """Writes comparison.html and its picture into `folder`; returns the page."""
    folder.mkdir(parents=True, exist_ok=True)
    steps_picture(found.steps, folder / "steps.png")
    template = jinja2.Template(TEMPLATE.read_text(encoding="utf-8"), autoescape=True)
    page = folder / "comparison.html"
    page.write_text(template.render(found=found, live=live, candidate=candidate), encoding="utf-8")
    return page


def steps_picture(steps: Sequence[Step], path: pathlib.Path) -> None:
    """F1 of each intent: a grey dot before, a coloured one after, worst change on top."""
    shown = [step for step in steps if step.gain] or list(steps)[:10]
    figure, axes = figure_of(7, 0.28 * len(shown) + 1.2)
    for row, step in enumerate(reversed(shown)):
        colour = "tab:green" if step.gain > 0 else "tab:red" if step.gain < 0 else "grey"
        axes.plot([step.before, step.after], [row, row], color=colour, linewidth=2)
        axes.scatter([step.before], [row], color="grey", s=25, zorder=3)
        axes.scatter([step.after], [row], color=colour, s=40, zorder=3)
    axes.set_yticks(range(len(shown)), [step.intent for step in reversed(shown)], fontsize=8)
    axes.set(xlim=(0, 1.02), xlabel="F1 on the held-out sentences: grey before, coloured after")
    axes.grid(axis="x", alpha=0.3)
    figure.savefig(path, bbox_inches="tight", dpi=110)
