from __future__ import annotations

import numpy as np
import pytest

from bot.nlu.calibration import NO_CURVE, along, expected_calibration_error, fit_curve, fit_sharpness, softmax


def test_honest_confidences_have_no_error() -> None:
    randomness = np.random.RandomState(0)
    confidences = randomness.uniform(0, 1, 50000)
    assert expected_calibration_error(confidences, randomness.uniform(0, 1, 50000) < confidences) < 0.01


def test_boasting_is_measured() -> None:
    assert expected_calibration_error(np.full(100, 0.95), np.arange(100) < 50) == pytest.approx(0.45)


def test_a_curve_makes_boasting_honest() -> None:
    randomness = np.random.RandomState(0)
    boasted = randomness.uniform(0.5, 1, 5000)
    right = randomness.uniform(0, 1, 5000) < boasted - 0.3
    curve = fit_curve(boasted, right)
    honest = np.array([along(curve, np.array([c, 1 - c]) if c > 0.5 else np.array([0.5, 0.5]))[0] for c in [0.9, 0.95]])
    assert honest == pytest.approx([0.6, 0.65], abs=0.06)


def test_the_order_and_the_sum_stay() -> None:
    moved = along([(0.0, 0.0), (1.0, 0.2)], np.array([0.1, 0.5, 0.4]))
    assert list(np.argsort(-moved)) == [1, 2, 0]
    assert moved.sum() == pytest.approx(1)


def test_too_few_sentences_leave_confidences_alone() -> None:
    assert fit_curve(np.array([0.5, 0.9]), np.array([True, True])) == NO_CURVE


def test_sharpness_is_found_again() -> None:
    randomness = np.random.RandomState(0)
    scores = randomness.normal(size=(20000, 4))
    truth = np.array([randomness.choice(4, p=row) for row in softmax(scores * 3)])
    assert fit_sharpness(scores, truth) == pytest.approx(3, rel=0.05)
