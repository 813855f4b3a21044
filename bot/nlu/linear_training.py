"""Trains linear models: a support vector machine, one label against the rest, calibrated on sentences left out."""

from __future__ import annotations

import dataclasses
import math
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Dict, Sequence, Tuple

import numpy as np
from scipy.sparse import csr_matrix, vstack

from bot.nlu.calibration import fit_curve, fit_sharpness, softmax
from bot.nlu.linear_model import LinearModel, Vocabulary, Weights

Document = Sequence[str]


@dataclasses.dataclass(frozen=True)
class Recipe:
    """How to train.

    `weights`: weight of each kind of feature; `seen_at_least`: sentences a feature must stand in; `c`: the inverse of
    regularisation; every `left_out`th sentence serves calibration; `prior`: label → how many times likelier it is in
    drivers' messages than in the examples.
    """

    weights: Weights
    seen_at_least: int
    c: float
    left_out: int
    prior: Dict[str, float]


@dataclasses.dataclass(frozen=True)
class Examples:
    """Documents with their labels; `misspelt` holds each document's misspelt forms, which are trained on, too."""

    documents: Sequence[Document]
    misspelt: Sequence[Sequence[Document]]
    labels: Sequence[str]

    def only(self, chosen: Sequence[int], labels: Sequence[str]) -> Examples:
        """The chosen examples under other labels."""
        return Examples([self.documents[i] for i in chosen], [self.misspelt[i] for i in chosen], list(labels))


def train_linear_model(examples: Examples, recipe: Recipe) -> LinearModel:
    """A calibrated model; one label alone gives a model that is always sure of it."""
    vocabulary = Vocabulary.learn(examples.documents, recipe.weights, recipe.seen_at_least)
    labels = sorted(set(examples.labels))
    if len(labels) == 1:
        return LinearModel(vocabulary, labels, np.zeros((len(vocabulary.names), 1)), np.zeros(1))
    rows = _Rows(vocabulary, examples)
    with ThreadPoolExecutor(1) as beside:  # liblinear lets go of Python's lock: one core for each of the two fits
        left_out = beside.submit(_left_out, labels, rows, recipe)
        model = LinearModel(vocabulary, labels, *rows.fit(np.ones(len(examples.labels), dtype=bool), labels, recipe))
        _calibrate(model, *left_out.result(), recipe.prior)
    return model


class _Rows:
    """The examples as a matrix: the documents, and below them each one's misspelt forms."""

    def __init__(self, vocabulary: Vocabulary, examples: Examples) -> None:
        self.labels = np.array(examples.labels)
        self.documents = matrix(vocabulary, examples.documents)
        self.forms = matrix(vocabulary, [form for forms in examples.misspelt for form in forms])
        self.owners = np.array([i for i, forms in enumerate(examples.misspelt) for _ in forms], dtype=np.int64)

    def fit(self, inside: np.ndarray, labels: Sequence[str], recipe: Recipe) -> Tuple[np.ndarray, np.ndarray]:
        """(coefficients: features × labels, intercepts) learnt from the documents marked `inside` and their forms."""
        from sklearn.svm import LinearSVC

        forms = inside[self.owners] if len(self.owners) else np.zeros(0, dtype=bool)
        rows = vstack([self.documents[inside], self.forms[forms]]).tocsr()
        machine = LinearSVC(C=recipe.c, random_state=0)
        machine.fit(rows, np.concatenate([self.labels[inside], self.labels[self.owners[forms]]]))
        coefficients, intercepts = machine.coef_.T, machine.intercept_
        if len(labels) == 2:
            coefficients, intercepts = np.hstack([-coefficients, coefficients]), np.append(-intercepts, intercepts)
        return coefficients, intercepts


def _calibrate(model: LinearModel, scores: np.ndarray, truth: np.ndarray, prior: Dict[str, float]) -> None:
    """Sets sharpness, curve and the prior's shift of the intercepts from documents left out."""
    if not len(truth):
        return
    model.sharpness = fit_sharpness(scores, truth)
    shift = np.array([math.log(prior.get(label, 1.0)) for label in model.labels]) / model.sharpness
    confidences = softmax(scores * model.sharpness)
    model.curve = fit_curve(confidences.max(axis=1), confidences.argmax(axis=1) == truth)
    model.intercepts = model.intercepts + shift.astype(np.float32)


def _left_out(labels: Sequence[str], rows: _Rows, recipe: Recipe) -> Tuple[np.ndarray, np.ndarray]:
    """Scores of every so-manieth document by a model that has not seen it, and the columns of their labels."""
    left = np.arange(len(rows.labels)) % recipe.left_out == 0
    if set(rows.labels[~left]) != set(labels):
        return np.zeros((0, len(labels))), np.zeros(0, dtype=np.int64)
    coefficients, intercepts = rows.fit(~left, labels, recipe)
    return rows.documents[left] @ coefficients + intercepts, np.searchsorted(labels, rows.labels[left])


def matrix(vocabulary: Vocabulary, documents: Sequence[Document]) -> Any:
    """Encoded documents as rows of a sparse matrix."""
    encoded = [vocabulary.encode(document) for document in documents]
    ends = np.cumsum([0, *(len(positions) for positions, _ in encoded)])
    positions = np.concatenate([p for p, _ in encoded]) if encoded else np.zeros(0, dtype=np.int64)
    values = np.concatenate([v for _, v in encoded]) if encoded else np.zeros(0, dtype=np.float32)
    return csr_matrix((values, positions, ends), shape=(len(documents), len(vocabulary.names)))
