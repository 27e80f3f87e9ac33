"""How well a predicted order of models agrees with the measured one."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

import numpy as np


def weighted_tau(truth: Sequence[float], predicted: Sequence[float]) -> float | None:
    """Kendall's tau in which the places at the top count most; −1 to 1, higher is better.

    Vigna 2015 (arXiv:1404.3325), eq. 4, with the additive hyperbolic weight
    1/(r+1) + 1/(s+1) of a pair at ranks r and s from 0. The weight depends on whose ranks
    are taken, so it is computed with the ranks of either side and averaged, which makes it
    symmetric; `scipy.stats.weightedtau(rank=True)` does the same. None when either side has
    only ties.
    """
    by_truth = _tau_by(truth, predicted, _ranks(truth, predicted))
    by_prediction = _tau_by(truth, predicted, _ranks(predicted, truth))
    if by_truth is None or by_prediction is None:
        return None
    return (by_truth + by_prediction) / 2


def _ranks(first: Sequence[float], second: Sequence[float]) -> list[int]:
    """Ranks from 0, largest first; ties by `second`, then the later one first (as in scipy)."""
    order = sorted(range(len(first)), key=lambda i: (first[i], second[i]))[::-1]
    ranks = [0] * len(first)
    for rank, index in enumerate(order):
        ranks[index] = rank
    return ranks


def _tau_by(
    truth: Sequence[float], predicted: Sequence[float], ranks: Sequence[int]
) -> float | None:
    weight = 1 / (np.array(ranks) + 1.0)  # (n,)
    pair = np.tril(weight[:, None] + weight[None, :], -1)  # (n, n) each pair once
    a = np.sign(np.subtract.outer(truth, truth))  # (n, n)
    b = np.sign(np.subtract.outer(predicted, predicted))  # (n, n)
    apart = float((pair * a * a).sum() * (pair * b * b).sum())
    return float((pair * a * b).sum()) / sqrt(apart) if apart else None


def pearson(one: Sequence[float], other: Sequence[float]) -> float | None:
    """Pearson's correlation; None when either side is constant."""
    a, b = np.array(one) - np.mean(one), np.array(other) - np.mean(other)  # (n,)
    apart = float((a @ a) * (b @ b))
    return float(a @ b) / sqrt(apart) if apart > 0 else None


def regret(truth: Sequence[float], predicted: Sequence[float], top: int) -> float:
    """What is lost by taking the best of the predicted top: 0 or more, in units of `truth`.

    Where predictions tie, those tied for the last places count by their mean.
    """
    best = max(truth)
    order = sorted(range(len(truth)), key=lambda i: -predicted[i])
    if len(order) <= top:
        return 0.0
    edge = predicted[order[top - 1]]
    sure = min((best - truth[i] for i in order if predicted[i] > edge), default=float("inf"))
    tied = sorted(best - truth[i] for i in order if predicted[i] == edge)
    places = top - sum(predicted[i] > edge for i in order)
    return _expected_least(sure, tied, places)


def _expected_least(sure: float, tied: Sequence[float], places: int) -> float:
    """Mean of the least of `sure` and of `places` drawn from `tied` (least first)."""
    n = len(tied)
    total, left = 0.0, 1.0  # left: probability that no lesser one was drawn
    for index, value in enumerate(tied):
        drawn = left * places / (n - index)
        total += drawn * min(value, sure)
        left -= drawn
        if left <= 1e-12:
            break
    return total
