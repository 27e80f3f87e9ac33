"""Where the item that was taken next stands among all items, and what that is worth.

All items are ranked but those the user had already. Metrics over a sample of items are not
taken: they put recommenders into another order than all items do (Krichene and Rendle 2020,
"On Sampled Metrics for Item Recommendation", KDD, section 4).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from pick_model.measure.recommendation.split import Question
from pick_model.measure.retrieval.metrics import METRICS, of_query

# Scores (B, I) of all items, higher first, for some questions.
Scorer = Callable[[Sequence[Question]], np.ndarray]

BLOCK_NUMBERS = 4_000_000  # scores held at a time; by hand, 32 MB


def ranks(scorer: Scorer, questions: Sequence[Question], n_items: int, seed: int = 0) -> np.ndarray:
    """The rank of each target from 1, int (Q,).

    Of equal scores the order is drawn once for all: files are mostly sorted by something, and
    a scorer that says nothing must find nothing.
    """
    lot = np.random.default_rng(seed).permutation(n_items)
    found = []
    for block in blocks(questions, n_items):
        scores = np.array(scorer(block), dtype=np.float64)  # (B, I)
        for line, question in zip(scores, block, strict=True):
            mine = line[question.target]
            line[list(question.history)] = -np.inf
            above = (line > mine) | ((line == mine) & (lot < lot[question.target]))
            found.append(1 + int(above.sum()))
    return np.array(found, dtype=np.int64)


def blocks(questions: Sequence[Question], n_items: int) -> Iterator[Sequence[Question]]:
    size = max(1, BLOCK_NUMBERS // n_items)
    for start in range(0, len(questions), size):
        yield questions[start : start + size]


def values(ranked: np.ndarray) -> np.ndarray:
    """Every metric of METRICS, (Q, metrics); with one item to find, `map` is the reciprocal rank
    without a cut.
    """
    known = {rank: of_query({0: rank}, {0: 1.0}) for rank in set(ranked.tolist())}
    return np.array([known[rank] for rank in ranked.tolist()]).reshape(-1, len(METRICS))
