"""Trains linear models: a support vector machine, one label against the rest, calibrated on sentences left out."""

from __future__ import annotations

import dataclasses
import math
from concurrent.futures import ThreadPoolExecutor
from typing import Dict, Iterable, Iterator, List, Sequence, Tuple

import numpy as np
from scipy.sparse import csr_matrix, vstack

from bot.nlu.calibration import fit_curve, fit_sharpness, softmax
from bot.nlu.linear_model import LinearModel, Vocabulary, Weights

Document = Sequence[str]
CLOSE_ENOUGH = 0.01
"""Where the fit stops: a third sooner than at scikit-learn's 0.0001, with the same answers to 1,700 questions."""


@dataclasses.dataclass(frozen=True)
class Recipe:
    """How to train.

    `weights`: weight of each kind of feature; `seen_at_least`: sentences a feature must stand in; `c`: the inverse of
    regularisation; every `left_out`th sentence serves calibration; `prior`: label → how many times likelier it is in
    drivers' messages than in the examples; `plainer`: the examples were written for breadth and are harder than what
    drivers send, so confidences that are honest for them are too modest; this factor sharpens them.
    """

    weights: Weights
    seen_at_least: int
    c: float
    left_out: int
    prior: Dict[str, float]
    plainer: float = 1.0


@dataclasses.dataclass(frozen=True)
class Examples:
    """Encoded documents with their labels; below them each one's misspelt forms, which are trained on, too.

    `documents` and `forms` have a column for each feature of the vocabulary; `owners`: a form's row of `documents`.
    """

    vocabulary: Vocabulary
    labels: np.ndarray
    documents: csr_matrix
    forms: csr_matrix
    owners: np.ndarray

    def only(self, chosen: np.ndarray, labels: Sequence[str], seen_at_least: int) -> Examples:
        """The chosen rows under other labels, with the features that are seen often enough in them."""
        below = np.isin(self.owners, chosen)
        documents, forms = self.documents[chosen], self.forms[below]
        columns = np.flatnonzero(np.asarray((documents > 0).sum(axis=0)).ravel() >= seen_at_least)
        owners = np.searchsorted(chosen, self.owners[below])
        narrow = self.vocabulary.only(columns)
        return Examples(narrow, np.array(labels), documents[:, columns], forms[:, columns], owners)

    def fit(self, inside: np.ndarray, recipe: Recipe) -> Tuple[np.ndarray, np.ndarray]:
        """(coefficients: features × labels, intercepts) learnt from the documents marked `inside` and their forms."""
        from sklearn.svm import LinearSVC

        forms = inside[self.owners]
        rows = vstack([self.documents[inside], self.forms[forms]]).tocsr()
        machine = LinearSVC(C=recipe.c, tol=CLOSE_ENOUGH, random_state=0)
        machine.fit(rows, np.concatenate([self.labels[inside], self.labels[self.owners[forms]]]))
        coefficients, intercepts = machine.coef_.T, machine.intercept_
        if len(machine.classes_) == 2:
            return np.hstack([-coefficients, coefficients]), np.append(-intercepts, intercepts)
        return coefficients, intercepts


def encode_examples(documents: Sequence[Document], forms: Iterable[Tuple[int, Document]], labels: Sequence[str],
                    recipe: Recipe) -> Examples:
    """Learns the vocabulary from `documents`; `forms` are (row of its document, misspelt form), read once."""
    vocabulary = Vocabulary.learn(documents, recipe.weights, recipe.seen_at_least)
    owners: List[int] = []

    def remembered() -> Iterator[Document]:
        for owner, form in forms:
            owners.append(owner)
            yield form

    below = matrix(vocabulary, remembered())
    above, beneath = matrix(vocabulary, documents), np.array(owners, dtype=np.int64)
    return Examples(vocabulary, np.array(labels), above, below, beneath)


def train_linear_model(examples: Examples, recipe: Recipe) -> LinearModel:
    """A calibrated model; one label alone gives a model that is always sure of it."""
    labels = sorted(set(examples.labels.tolist()))
    if len(labels) == 1:
        return LinearModel(examples.vocabulary, labels, np.zeros((len(examples.vocabulary.names), 1)), np.zeros(1))
    everything = np.ones(len(examples.labels), dtype=bool)
    with ThreadPoolExecutor(1) as beside:  # liblinear lets go of Python's lock: one core for each of the two fits
        left_out = beside.submit(_left_out, labels, examples, recipe)
        model = LinearModel(examples.vocabulary, labels, *examples.fit(everything, recipe))
        _calibrate(model, *left_out.result(), recipe)
    return model


def _calibrate(model: LinearModel, scores: np.ndarray, truth: np.ndarray, recipe: Recipe) -> None:
    """Sets sharpness, curve and the prior's shift of the intercepts from documents left out."""
    if not len(truth):
        return
    model.sharpness = fit_sharpness(scores, truth)
    shift = np.array([math.log(recipe.prior.get(label, 1.0)) for label in model.labels]) / model.sharpness
    confidences = softmax(scores * model.sharpness)
    model.curve = fit_curve(confidences.max(axis=1), confidences.argmax(axis=1) == truth)
    model.intercepts = model.intercepts + shift.astype(np.float32)
    model.sharpness *= recipe.plainer


def _left_out(labels: Sequence[str], examples: Examples, recipe: Recipe) -> Tuple[np.ndarray, np.ndarray]:
    """Scores of every so-manieth document by a model that has not seen it, and the columns of their labels."""
    left = np.arange(len(examples.labels)) % recipe.left_out == 0
    if set(examples.labels[~left]) != set(labels):
        return np.zeros((0, len(labels))), np.zeros(0, dtype=np.int64)
    coefficients, intercepts = examples.fit(~left, recipe)
    return examples.documents[left] @ coefficients + intercepts, np.searchsorted(labels, examples.labels[left])


def matrix(vocabulary: Vocabulary, documents: Iterable[Document]) -> csr_matrix:
    """Encoded documents as rows of a sparse matrix."""
    positions, values, ends = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.float32)], [0]
    for document in documents:
        at, value = vocabulary.encode(document)
        positions.append(at)
        values.append(value)
        ends.append(ends[-1] + len(at))
    shape = (len(ends) - 1, len(vocabulary.names))
    return csr_matrix((np.concatenate(values), np.concatenate(positions), ends), shape=shape)
