"""What texts say without any learning: how near an item is to what the user took of late."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pick_model.measure.recommendation.ranking import Scorer
from pick_model.measure.recommendation.split import Question

# How much less an item counts than the one after it. By hand: half of it after three items.
KEPT = 0.8
LAST = 50  # items of a user that are looked at; by hand: the fiftieth counts .00002


def by_similarity(vectors: np.ndarray) -> Scorer:
    """The cosine with the mean of the user's items, later ones counting more; vectors (I, D).

    The mean over all items is taken off first: it is what all texts share, and in most
    encoders the longest direction (Mu and Viswanath 2018, arXiv:1702.01417).
    """
    apart = vectors - vectors.mean(axis=0)
    lengths = np.linalg.norm(apart, axis=1, keepdims=True)
    apart = apart / np.where(lengths > 0, lengths, 1.0)

    def score(questions: Sequence[Question]) -> np.ndarray:
        found: np.ndarray = np.stack([_mean(apart, q.history) for q in questions]) @ apart.T
        return found

    return score


def _mean(vectors: np.ndarray, history: Sequence[int]) -> np.ndarray:
    late = list(history[-LAST:])
    weights = KEPT ** np.arange(len(late))[::-1]
    found: np.ndarray = weights @ vectors[late]
    return found
