"""The best passages of every query, by score and, of equal scores, by their place in the corpus.

Scores are rounded first: the last bits of a product depend on the block it was computed in, and
a text that is there twice must not win or lose by them.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

# Passages of a query that are ranked; what lies deeper counts as not found. trec_eval's own
# default, at which published scores of BEIR and MTEB are computed.
DEPTH = 1000


class Best:
    """The best so far, while the corpus goes by in blocks."""

    def __init__(self, n_queries: int, digits: int, depth: int = DEPTH) -> None:
        self.digits, self.depth = digits, depth
        self.scores = np.zeros((n_queries, 0), dtype=np.float32)
        self.places = np.zeros((n_queries, 0), dtype=np.int64)
        self.seen = 0  # passages

    def add(self, scores: np.ndarray) -> None:
        """The next block's scores, float (queries, passages)."""
        rounded = np.round(scores, self.digits).astype(np.float32)
        places = np.arange(self.seen, self.seen + scores.shape[1], dtype=np.int64)
        self.seen += scores.shape[1]
        both = np.concatenate([self.scores, rounded], axis=1)
        whose = np.concatenate(
            [self.places, np.broadcast_to(places, (len(both), len(places)))], axis=1
        )
        # Stable, and what came earlier stands first: equal scores keep the order of places.
        order = np.argsort(-both, axis=1, kind="stable")[:, : self.depth]
        self.scores = np.take_along_axis(both, order, axis=1)
        self.places = np.take_along_axis(whose, order, axis=1)


def best_of(scores: np.ndarray, digits: int, depth: int = DEPTH) -> np.ndarray:
    """The places of one query's best passages, of those that score above 0."""
    found = np.flatnonzero(scores > 0)
    order = np.argsort(-np.round(scores[found], digits), kind="stable")[:depth]
    places: np.ndarray = found[order]
    return places


def ranks(places: np.ndarray, relevant: Mapping[int, float]) -> dict[int, int]:
    """The rank from 1 of each relevant passage among the places of the best, by its place."""
    hits = np.flatnonzero(np.isin(places, list(relevant)))
    return {int(places[at]): int(at) + 1 for at in hits}
