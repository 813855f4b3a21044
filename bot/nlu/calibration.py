"""Makes confidences honest: of the sentences with confidence 0.8, four out of five shall be right.

Both steps are fitted on sentences that the model had not seen.
"""

from __future__ import annotations

import math
from typing import List, Tuple

import numpy as np

Curve = List[Tuple[float, float]]
"""Points (confidence by softmax, share that was right), both rising."""
NO_CURVE: Curve = [(0.0, 0.0), (1.0, 1.0)]
LEAST_POINTS = 20
EACH_POINT = 100
"""Sentences that a point of the curve stands for where there are enough: one right or wrong more hardly moves it."""
MOST = 0.995


def softmax(scores: np.ndarray) -> np.ndarray:
    """Confidences of scores along the last axis."""
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def fit_sharpness(scores: np.ndarray, truth: np.ndarray) -> float:
    """The factor on scores with the least log loss of softmax; `truth` are columns."""
    from scipy.optimize import minimize_scalar

    def loss(log_factor: float) -> float:
        confidences = softmax(scores * math.exp(log_factor))
        return -float(np.log(confidences[np.arange(len(truth)), truth] + 1e-12).mean())

    return math.exp(minimize_scalar(loss, bounds=(-2, 5), method="bounded").x)


def fit_curve(confidences: np.ndarray, right: np.ndarray) -> Curve:
    """The best confidence of each sentence and whether it was right → a rising curve of a few points."""
    from sklearn.isotonic import IsotonicRegression

    if len(confidences) < 10 * LEAST_POINTS:
        return NO_CURVE
    groups = np.array_split(np.argsort(confidences, kind="stable"), max(LEAST_POINTS, len(confidences) // EACH_POINT))
    at, share = (np.array([values[group].mean() for group in groups]) for values in (confidences, right))
    honest = np.minimum(IsotonicRegression().fit_transform(at, share), MOST)
    return [(0.0, 0.0), *zip(map(float, at), map(float, honest), strict=True), (1.0, float(honest[-1]))]



def along(curve: Curve, confidences: np.ndarray) -> np.ndarray:
    """Confidences with the best one moved along the curve; their order and their sum stay."""
    best = int(confidences.argmax())
    top, rest = float(confidences[best]), 1 - float(confidences[best])
    if rest <= 0:
        return confidences
    second = float(np.partition(confidences, -2)[-2]) if len(confidences) > 1 else 0.0
    wanted = float(np.interp(top, [x for x, _ in curve], [y for _, y in curve]))
    wanted = max(wanted, second / (rest + second) + 1e-9)
    moved = confidences * (1 - wanted) / rest
    moved[best] = wanted
    return moved


def expected_calibration_error(confidences: np.ndarray, right: np.ndarray, bins: int = 10) -> float:
    """Mean gap between confidence and share of right ones over equal bins, weighted by their size."""
    at = np.minimum((confidences * bins).astype(int), bins - 1)
    gaps = [abs(confidences[at == b].mean() - right[at == b].mean()) * (at == b).sum()
            for b in range(bins) if (at == b).any()]
    return float(sum(gaps) / len(confidences))
