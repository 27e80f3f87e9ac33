"""Whether probabilities, expected losses and intervals come true: predicted beside realised.

Everything here reads plain numbers, one case a candidate or a decision.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from pick_model.documents.backtest import ReliabilityBin

Array = np.ndarray[Any, np.dtype[Any]]

BINS = 10
DRAWS = 500  # of the bootstrap: the ends of a 90 % interval stand on 25 draws each
# Cases that a bin needs before it is judged: as many that are expected to come true, or
# decisions. A ratio over 25 is off by a fifth by chance alone, one standard error.
ENOUGH = 25
DIGITS = 4


class Cases(NamedTuple):
    """What was predicted and what came, one case an entry; cases of a cluster hang together."""

    predicted: Array  # (n,)
    realised: Array  # (n,)
    cluster: Array  # (n,) integers

    @property
    def ratio(self) -> float | None:
        """Realised for each that was predicted; None where nothing was."""
        total = float(self.predicted.sum())
        return float(self.realised.sum()) / total if total else None


def cases(told: Sequence[tuple[float, float, int]]) -> Cases:
    """From (predicted, realised, cluster)."""
    predicted, realised, cluster = np.array(told, dtype=float).reshape(-1, 3).T
    return Cases(predicted, realised, cluster.astype(int))


def probability_bins(told: Cases) -> tuple[ReliabilityBin, ...]:
    """Ten bins of equal width over 0 to 1; empty ones are left out."""
    number = np.minimum((told.predicted * BINS).astype(int), BINS - 1)  # (n,)
    return _bins(told, number, lambda chosen: float(chosen.predicted.sum()) >= ENOUGH)


def loss_bins(told: Cases, bins: int = 5) -> tuple[ReliabilityBin, ...]:
    """Bins of equally many cases, least predicted loss first."""
    order = np.argsort(told.predicted, kind="stable")
    number = np.empty(len(order), dtype=int)
    number[order] = np.arange(len(order)) * bins // max(len(order), 1)
    return _bins(told, number, lambda chosen: len(chosen.predicted) >= ENOUGH)


def _bins(
    told: Cases, number: Array, enough: Callable[[Cases], bool]
) -> tuple[ReliabilityBin, ...]:
    found = []
    for one in np.unique(number).tolist():
        chosen = Cases(*(part[number == one] for part in told))
        low, high = mean_interval(chosen.realised, chosen.cluster)
        found.append(
            ReliabilityBin(
                n=len(chosen.predicted),
                predicted=round(float(chosen.predicted.mean()), DIGITS),
                realised=round(float(chosen.realised.mean()), DIGITS),
                realised_interval=(low, high),
                enough=enough(chosen),
            )
        )
    return tuple(found)


def mean_interval(values: Array, cluster: Array) -> tuple[float, float]:
    """90 % interval of a mean over cases, by drawing clusters with replacement."""
    _, number = np.unique(cluster, return_inverse=True)
    sums, counts = np.bincount(number, values), np.bincount(number)  # (clusters,)
    random = np.random.default_rng(0)  # a fixed draw, so that a report can be repeated
    drawn = random.integers(len(sums), size=(DRAWS, len(sums)))
    means = sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1)
    low, high = np.quantile(means, (0.05, 0.95))
    return round(float(low), DIGITS), round(float(high), DIGITS)


def best_shares(scores: Sequence[float]) -> list[float]:
    """1 for the best of a group and 0 for the others; the best share it where they are equal."""
    best = max(scores)
    n = sum(score == best for score in scores)
    return [float(score == best) / n for score in scores]
