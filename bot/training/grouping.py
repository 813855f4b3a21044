"""Puts near-duplicates together and finds the nearest training sentences, by runs of characters (TF-IDF)."""

from __future__ import annotations

from typing import Any, Iterator, List, Sequence, Tuple

import numpy as np
from scipy.sparse import csr_matrix

ALIKE = 0.35
ROWS = 2000
COMMON = 3000
"""A run of characters in more sentences than this tells nothing and would cost most of the time."""


class Sentences:
    """Vectors of sentences: runs of 1 to 3 characters, length one, so that a product is a likeness of 0 to 1.

    What is rare in the `background`, too, weighs more: the one word of a new topic, which is common in the inbox.
    """

    def __init__(self, texts: Sequence[str], background: Sequence[str] = ()) -> None:
        from sklearn.feature_extraction.text import TfidfVectorizer

        self._vectorizer: Any = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True,
                                                dtype=np.float32, max_features=200_000)
        self._vectorizer.fit([*background, *texts])
        self.vectors: csr_matrix = self._vectorizer.transform(texts)

    def of(self, texts: Sequence[str]) -> csr_matrix:
        """Vectors of other texts, by the same measure."""
        return self._vectorizer.transform(texts)

    def nearest(self, texts: Sequence[str], count: int) -> List[List[Tuple[int, float]]]:
        """(position, likeness) of the nearest sentences of each text, nearest first."""
        found: List[List[Tuple[int, float]]] = []
        for columns, likeness in _rows(self.of(texts), self.vectors):
            best = np.argsort(-likeness, kind="stable")[:count]
            found.append([(int(columns[i]), float(likeness[i])) for i in best])
        return found


def grouped(texts: Sequence[str], weights: Sequence[float], background: Sequence[str] = (),
            alike: float = ALIKE) -> List[List[int]]:
    """Positions of the texts in groups; the heaviest text that is still free gathers those that are like it."""
    if not texts:
        return []
    vectors = _without_common(Sentences(texts, background).vectors)
    order = np.argsort(-np.asarray(weights), kind="stable")
    taken, groups = np.zeros(len(texts), dtype=bool), []
    for head, (columns, likeness) in zip(order, _rows(vectors[order], vectors), strict=True):
        if not taken[head]:
            near = columns[likeness >= alike]
            mine = [int(head), *(int(i) for i in near[~taken[near]] if i != head)]
            taken[mine] = True
            groups.append(mine)
    return groups


def _rows(rows: csr_matrix, others: csr_matrix) -> Iterator[Tuple[np.ndarray, np.ndarray]]:
    """(positions, likenesses) of the others that have anything in common with each row; a block at a time."""
    across = others.T.tocsr()
    for start in range(0, rows.shape[0], ROWS):
        block = (rows[start:start + ROWS] @ across).tocsr()
        for begin, end in zip(block.indptr, block.indptr[1:], strict=False):
            yield block.indices[begin:end], block.data[begin:end]


def _without_common(vectors: csr_matrix) -> csr_matrix:
    """Without the runs that stand nearly everywhere; lengths are one again."""
    from sklearn.preprocessing import normalize

    seen = np.asarray((vectors > 0).sum(axis=0)).ravel()
    few = vectors[:, np.flatnonzero(seen <= max(COMMON, vectors.shape[0] // 20))]
    return normalize(few) if few.shape[1] else vectors
