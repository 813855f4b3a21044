"""A linear classifier on sparse text features, saved as plain arrays: fast to load, nothing to unpickle."""

from __future__ import annotations

import json
import math
import pathlib
from collections import Counter
from typing import Dict, Iterable, List, Sequence, Tuple

import numpy as np

Weights = Dict[str, float]
"""Kind of feature (its first character) → weight of the kind."""


class Vocabulary:
    """Known features with their inverse document frequency, and the weight of each kind."""

    def __init__(self, names: Sequence[str], idf: np.ndarray, weights: Weights) -> None:
        self.names, self.idf, self.weights = list(names), idf.astype(np.float32), dict(weights)
        self.index = {name: position for position, name in enumerate(self.names)}

    @classmethod
    def learn(cls, documents: Sequence[Sequence[str]], weights: Weights, seen_at_least: int) -> Vocabulary:
        """Features of the kinds in `weights` that stand in at least so many documents."""
        counts = Counter(name for document in documents for name in set(document) if name[0] in weights)
        names = sorted(name for name, count in counts.items() if count >= seen_at_least)
        idf = np.array([math.log((1 + len(documents)) / (1 + counts[name])) + 1 for name in names])
        return cls(names, idf, weights)

    def encode(self, document: Iterable[str]) -> Tuple[np.ndarray, np.ndarray]:
        """(positions, values) of a document: log counts times idf, each kind of length one times its weight."""
        counts = Counter(position for position in map(self.index.get, document) if position is not None)
        positions = np.fromiter(counts, dtype=np.int64, count=len(counts))
        repeated = np.fromiter(counts.values(), dtype=np.float32, count=len(counts))
        values = (1 + np.log(repeated)) * self.idf[positions] if len(counts) else repeated
        kinds = [self.names[position][0] for position in counts]
        squares: Counter[str] = Counter()
        for kind, value in zip(kinds, values):
            squares[kind] += float(value) ** 2
        scale = {kind: self.weights[kind] / math.sqrt(total) for kind, total in squares.items()}
        return positions, values * np.array([scale[kind] for kind in kinds], dtype=np.float32)


class LinearModel:
    """Scores of labels: sums of the coefficients of a document's features, turned into confidences by softmax."""

    def __init__(self, vocabulary: Vocabulary, labels: Sequence[str], coefficients: np.ndarray, intercepts: np.ndarray,
                 sharpness: float = 1.0) -> None:
        self.vocabulary, self.labels = vocabulary, list(labels)
        self.coefficients = coefficients.astype(np.float32)
        self.intercepts = intercepts.astype(np.float32)
        self.sharpness = sharpness

    def scores(self, document: Iterable[str]) -> np.ndarray:
        """One score a label."""
        positions, values = self.vocabulary.encode(document)
        return values @ self.coefficients[positions] + self.intercepts

    def confidences(self, document: Iterable[str]) -> np.ndarray:
        """One confidence a label, together one."""
        return softmax(self.scores(document) * self.sharpness)

    def save(self, folder: pathlib.Path, name: str) -> None:
        """Writes `name`.json and `name`.npz."""
        meaning = {"names": self.vocabulary.names, "weights": self.vocabulary.weights, "labels": self.labels,
                   "sharpness": self.sharpness}
        (folder / f"{name}.json").write_text(json.dumps(meaning, ensure_ascii=False), encoding="utf-8")
        np.savez(folder / f"{name}.npz", idf=self.vocabulary.idf, coefficients=self.coefficients,
                 intercepts=self.intercepts)

    @classmethod
    def load(cls, folder: pathlib.Path, name: str) -> LinearModel:
        """What `save` wrote."""
        meaning = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        with np.load(folder / f"{name}.npz", allow_pickle=False) as arrays:
            vocabulary = Vocabulary(meaning["names"], arrays["idf"], meaning["weights"])
            return cls(vocabulary, meaning["labels"], arrays["coefficients"], arrays["intercepts"],
                       meaning["sharpness"])


def softmax(scores: np.ndarray) -> np.ndarray:
    """Confidences of scores along the last axis."""
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def train_linear_model(documents: Sequence[Sequence[str]], labels: Sequence[str], weights: Weights,
                       seen_at_least: int = 2, c: float = 0.5) -> LinearModel:
    """A linear support vector machine, one label against the rest; `c` is the inverse of its regularisation."""
    from sklearn.svm import LinearSVC

    vocabulary = Vocabulary.learn(documents, weights, seen_at_least)
    known = sorted(set(labels))
    if len(known) == 1:
        return LinearModel(vocabulary, known, np.zeros((len(vocabulary.names), 1)), np.zeros(1))
    machine = LinearSVC(C=c, random_state=0).fit(matrix(vocabulary, documents), labels)
    coefficients, intercepts = machine.coef_.T, machine.intercept_
    if len(known) == 2:
        coefficients = np.hstack([-coefficients, coefficients]) / 2
        intercepts = np.array([-intercepts[0], intercepts[0]]) / 2
    return LinearModel(vocabulary, known, coefficients, intercepts)


def matrix(vocabulary: Vocabulary, documents: Sequence[Sequence[str]]) -> "scipy.sparse.csr_matrix":  # noqa: F821
    """Encoded documents as rows."""
    from scipy.sparse import csr_matrix

    rows: List[int] = [0]
    positions, values = [], []
    for document in documents:
        at, value = vocabulary.encode(document)
        positions.append(at)
        values.append(value)
        rows.append(rows[-1] + len(at))
    shape = (len(documents), len(vocabulary.names))
    return csr_matrix((np.concatenate(values), np.concatenate(positions), rows), shape=shape)


def fit_sharpness(scores: np.ndarray, truth: np.ndarray) -> float:
    """The factor that makes softmax honest: least log loss on scores of sentences the model has not seen."""
    from scipy.optimize import minimize_scalar

    def loss(log_factor: float) -> float:
        confidences = softmax(scores * math.exp(log_factor))
        return -float(np.log(confidences[np.arange(len(truth)), truth] + 1e-12).mean())

    return math.exp(minimize_scalar(loss, bounds=(-2, 5), method="bounded").x)
