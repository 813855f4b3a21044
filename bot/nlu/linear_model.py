"""A linear classifier on sparse text features, saved as plain arrays: fast to load, nothing to unpickle."""

from __future__ import annotations

import json
import math
import pathlib
from collections import Counter
from typing import Dict, Iterable, List, Sequence, Tuple

import numpy as np

from bot.nlu.calibration import NO_CURVE, Curve, along, softmax

Weights = Dict[str, float]
"""Kind of feature (its first character) → weight of the kind."""


class Vocabulary:
    """Known features with their inverse document frequency, and the weight of each kind."""

    def __init__(self, names: Sequence[str], idf: np.ndarray, weights: Weights) -> None:
        self.names, self.idf, self.weights = list(names), idf.astype(np.float32), dict(weights)
        self.index = {name: position for position, name in enumerate(self.names)}
        self.kinds = sorted(self.weights)
        self.kind = np.array([self.kinds.index(name[0]) for name in self.names], dtype=np.int64)
        self.weight = np.array([self.weights[kind] for kind in self.kinds], dtype=np.float32)

    @classmethod
    def learn(cls, documents: Sequence[Sequence[str]], weights: Weights, seen_at_least: int) -> Vocabulary:
        """Features of the kinds in `weights` that stand in at least so many documents."""
        counts = Counter(name for document in documents for name in set(document) if name[0] in weights)
        names = sorted(name for name, count in counts.items() if count >= seen_at_least)
        idf = np.array([math.log((1 + len(documents)) / (1 + counts[name])) + 1 for name in names])
        return cls(names, idf, weights)

    def only(self, columns: np.ndarray) -> Vocabulary:
        """The features at the columns, with the weights they have."""
        return Vocabulary([self.names[column] for column in columns], self.idf[columns], self.weights)

    def encode(self, document: Iterable[str]) -> Tuple[np.ndarray, np.ndarray]:
        """(positions, values) of a document: log counts times idf, each kind of length one times its weight."""
        counts = Counter(map(self.index.get, document))
        counts.pop(None, None)  # unknown ones
        positions = np.fromiter(counts, dtype=np.int64, count=len(counts))
        repeated = np.fromiter(counts.values(), dtype=np.float32, count=len(counts))
        values = (1 + np.log(repeated)) * self.idf[positions]
        kinds = self.kind[positions]
        lengths = np.sqrt(np.bincount(kinds, values ** 2, minlength=len(self.kinds)))
        scale = self.weight / np.where(lengths > 0, lengths, 1)
        return positions, (values * scale[kinds]).astype(np.float32)


class LinearModel:
    """Scores of labels: sums of the coefficients of a document's features, turned into honest confidences."""

    def __init__(self, vocabulary: Vocabulary, labels: Sequence[str], coefficients: np.ndarray, intercepts: np.ndarray,
                 sharpness: float = 1.0, curve: Curve = NO_CURVE) -> None:
        self.vocabulary, self.labels = vocabulary, list(labels)
        self.coefficients = coefficients.astype(np.float32)
        self.intercepts = intercepts.astype(np.float32)
        self.sharpness, self.curve = sharpness, curve

    def scores(self, document: Iterable[str]) -> np.ndarray:
        """One score a label."""
        positions, values = self.vocabulary.encode(document)
        return values @ self.coefficients[positions] + self.intercepts

    def confidences(self, document: Iterable[str]) -> np.ndarray:
        """One confidence a label, together one."""
        return along(self.curve, softmax(self.scores(document) * self.sharpness))

    def ranked(self, document: Sequence[str]) -> List[Tuple[str, float]]:
        """(label, confidence), best first."""
        confidences = self.confidences(document)
        order, honest = np.argsort(-confidences, kind="stable").tolist(), confidences.tolist()
        return [(self.labels[i], honest[i]) for i in order]

    def save(self, folder: pathlib.Path, name: str) -> None:
        """Writes `name`.json and `name`.npz."""
        meaning = {"names": self.vocabulary.names, "weights": self.vocabulary.weights, "labels": self.labels,
                   "sharpness": self.sharpness, "curve": self.curve}
        (folder / f"{name}.json").write_text(json.dumps(meaning, ensure_ascii=False), encoding="utf-8")
        # Compressed here: Rasa's archive would do it at the highest level, which is slow on numbers and gains nothing
        np.savez_compressed(folder / f"{name}.npz", idf=self.vocabulary.idf, coefficients=self.coefficients,
                            intercepts=self.intercepts)

    @classmethod
    def load(cls, folder: pathlib.Path, name: str) -> LinearModel:
        """What `save` wrote."""
        meaning = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        with np.load(folder / f"{name}.npz", allow_pickle=False) as arrays:
            vocabulary = Vocabulary(meaning["names"], arrays["idf"], meaning["weights"])
            return cls(vocabulary, meaning["labels"], arrays["coefficients"], arrays["intercepts"],
                       meaning["sharpness"], [(x, y) for x, y in meaning["curve"]])
