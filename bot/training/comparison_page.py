"""The comparison as a page to read, with two pictures; kept as JSON, so that the desk shows the same."""

from __future__ import annotations

import dataclasses
import json
import pathlib
from typing import Any, Mapping, Optional, Sequence

import jinja2

from bot.settings import DATA, ROOT, VAR
from bot.training.answer_book import entries
from bot.training.comparison import Comparison, Step
from bot.training.pictures import figure_of
from bot.training.titles import titles

HERE = pathlib.Path(__file__).resolve().parent
FONT = ROOT / "web" / "static" / "vendor" / "NotoSansSC-Regular.ttf"
KEPT = "comparison.json"
PICTURES = ("steps.png", "understood.png")


def folder_of(model: str) -> pathlib.Path:
    """Where the comparison of a candidate is kept."""
    return VAR / "evaluation" / model.removesuffix(".tar.gz")


def write_comparison(folder: pathlib.Path, found: Comparison, live: str, candidate: str,
                     data: pathlib.Path = DATA) -> pathlib.Path:
    """Writes comparison.json, comparison.html and its pictures into `folder`; returns the page."""
    folder.mkdir(parents=True, exist_ok=True)
    names = titles(data)
    steps_picture(found.steps, names, folder / PICTURES[0])
    understood_picture(found, folder / PICTURES[1])
    kept = {**dataclasses.asdict(found), "passed": found.passed, "live": live, "candidate": candidate}
    (folder / KEPT).write_text(json.dumps(kept, ensure_ascii=False, indent=1), encoding="utf-8")
    page = folder / "comparison.html"
    page.write_text(_template("comparison.html").render(body=body(folder, data)), encoding="utf-8")
    return page


def read_comparison(folder: pathlib.Path) -> Optional[Mapping[str, Any]]:
    """What was kept, or None where this candidate was not compared here."""
    try:
        kept: Mapping[str, Any] = json.loads((folder / KEPT).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    return kept


def body(folder: pathlib.Path, data: pathlib.Path = DATA, base: str = "") -> str:
    """The inner part of the page, escaped; `folder` holds a comparison, `base` stands before its pictures' names."""
    answers = {entry.label: entry.text for entry in entries(data)}
    return _template("comparison_body.html").render(found=read_comparison(folder), titles=titles(data), answers=answers,
                                                         base=base)


def _template(name: str) -> jinja2.Template:
    loader = jinja2.FileSystemLoader(str(HERE))
    return jinja2.Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True).get_template(name)


def steps_picture(steps: Sequence[Step], names: Mapping[str, str], path: pathlib.Path) -> None:
    """F1 of each intent: a grey dot before, a coloured one after, worst change on top."""
    shown = [step for step in steps if step.gain] or list(steps)[:10]
    figure, axes = figure_of(7, 0.3 * len(shown) + 1.2)
    for row, step in enumerate(reversed(shown)):
        colour = "tab:green" if step.gain > 0 else "tab:red" if step.gain < 0 else "grey"
        axes.plot([step.before, step.after], [row, row], color=colour, linewidth=2)
        axes.scatter([step.before], [row], color="grey", s=25, zorder=3)
        axes.scatter([step.after], [row], color=colour, s=40, zorder=3)
    font = _font()
    axes.set_yticks(range(len(shown)), [names.get(step.intent, step.intent) for step in reversed(shown)], font=font,
                    fontsize=9)
    axes.set(xlim=(0, 1.02))
    axes.set_xlabel("得分（1 最好）：灰点是现在，绿点变好，红点变差", font=font)
    axes.grid(axis="x", alpha=0.3)
    figure.savefig(path, bbox_inches="tight", dpi=110)


def understood_picture(found: Comparison, path: pathlib.Path) -> None:
    """What became of the held-out sentences with either model, as two bars."""
    font, (figure, axes) = _font(), figure_of(7, 1.9)
    for row, measures in enumerate((found.after, found.before)):
        parts = (measures.accuracy, measures.wrong_service, 1 - measures.accuracy - measures.wrong_service)
        left = 0.0
        for part, colour in zip(parts, ("tab:green", "tab:red", "lightgrey"), strict=True):
            axes.barh(row, part, left=left, color=colour, height=0.55)
            left += part
        axes.text(0.01, row, f"{measures.accuracy:.1%}", va="center", color="white")
    axes.set_yticks([0, 1], ["候选", "现在"], font=font)
    axes.set(xlim=(0, 1))
    axes.set_xlabel("绿：听懂了　红：答非所问　灰：没听懂、转人工或反问", font=font)
    figure.savefig(path, bbox_inches="tight", dpi=110)


def _font() -> Any:
    from matplotlib.font_manager import FontProperties

    return FontProperties(fname=str(FONT), size=9)
