"""Pictures of an evaluation: which intents are taken for which, and how honest the confidences are."""

from __future__ import annotations

import collections
import pathlib
from typing import Any, Sequence, Tuple


def confusion_picture(pairs: Sequence[Tuple[str, str]], path: pathlib.Path) -> None:
    """(label, intent) pairs as a matrix of shares, labels down, intents across."""
    import numpy as np

    labels = sorted({name for pair in pairs for name in pair})
    counts = collections.Counter(pairs)
    matrix = np.array([[counts[(row, column)] for column in labels] for row in labels], dtype=float)
    figure, axes = figure_of(0.28 * len(labels) + 3, 0.28 * len(labels) + 3)
    shares = matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    axes.set_xticks(range(len(labels)), labels, rotation=90, fontsize=7)
    axes.set_yticks(range(len(labels)), labels, fontsize=7)
    for row, column in zip(*np.nonzero(matrix), strict=True):
        colour = "white" if shares[row, column] > 0.5 else "black"
        axes.text(column, row, int(matrix[row, column]), ha="center", va="center", fontsize=6, color=colour)
    axes.set(xlabel="understood", ylabel="labelled")
    figure.savefig(path, bbox_inches="tight", dpi=110)


def reliability_picture(bins: Sequence[Tuple[float, float, int]], error: float, path: pathlib.Path) -> None:
    """Share right over confidence; the diagonal is honesty, a dot's size the number of sentences."""
    figure, axes = figure_of(5, 5)
    axes.plot([0, 1], [0, 1], color="grey", linewidth=1)
    axes.scatter([b[0] for b in bins], [b[1] for b in bins], s=[10 + b[2] for b in bins], alpha=0.7)
    axes.set(xlim=(0, 1), ylim=(0, 1), xlabel="confidence", ylabel="share right",
             title=f"expected calibration error {error:.3f}")
    figure.savefig(path, bbox_inches="tight", dpi=110)


def figure_of(width: float, height: float) -> Any:
    """Figure and axes that need no display, in inches; not pyplot, which keeps every figure in memory."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height))
    FigureCanvasAgg(figure)
    return figure, figure.add_subplot()
