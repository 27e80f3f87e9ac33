"""Whether probabilities, expected losses and intervals come true: predicted beside realised."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from math import ceil
from typing import Any, NamedTuple

import numpy as np

from pick_model.backtest.decisions import DecisionTest
from pick_model.belief.expected import Z90
from pick_model.documents.backtest import (
    PointIntervals,
    Reliability,
    ReliabilityBin,
    Shortlist,
)

Array = np.ndarray[Any, np.dtype[Any]]

PROBABILITY_BINS, LOSS_BINS = 10, 5
DRAWS = 500  # of the bootstrap: the ends of a 90 % interval stand on 25 draws each
# What a bin is judged on: so many models expected to be the best, or so many decisions. Of 25
# that are expected, chance alone makes a fifth more or less, one standard error. Where decisions
# hang together (half of a bin may be of one source, between the same four models), or a few
# failed runs make most of what is lost, more are needed: what came true must be known to a fifth
# when sources are drawn. The error falls with the root of the cases, so that it tells how many
# would do: seventeen sets of one source between the same five models are hardly more than one.
ENOUGH, KNOWN_TO = 25, 0.2
DIGITS = 4

Told = Sequence[tuple[int, DecisionTest]]  # with the number of the source it is of


class Cases(NamedTuple):
    """What was predicted and what came; cases of one cluster hang together."""

    predicted: Array  # (n,)
    realised: Array  # (n,)
    cluster: Array  # (n,) integers


def cases(told: Iterable[tuple[float, float, int]]) -> Cases:
    """From (predicted, realised, cluster)."""
    predicted, realised, cluster = np.array(list(told), dtype=float).reshape(-1, 3).T
    return Cases(predicted, realised, cluster.astype(int))


def reliability(tests: Sequence[tuple[str, DecisionTest]]) -> Reliability | None:
    """Of decisions, each with the source of its scores; None where there is none.

    Decisions of one source are between much the same models, and are drawn together.
    """
    if not tests:
        return None
    names = {name: number for number, name in enumerate(sorted({name for name, _ in tests}))}
    told = [(names[name], one) for name, one in tests]
    chances = cases(
        (p, best, number)
        for number, one in told
        for p, best in zip(one.p_best, one.best, strict=True)
    )
    losses = cases(
        (one.expected_loss, one.lost, number)
        for number, one in told
        if one.expected_loss is not None and one.lost is not None
    )
    finals = cases(
        (one.finalists_loss, one.finalists_lost, number)
        for number, one in told
        if one.finalists_loss is not None and one.finalists_lost is not None
    )
    first = cases((one.p_best[one.first], one.best[one.first], number) for number, one in told)
    return Reliability(
        n=len(tests),
        p_best=probability_bins(chances),
        first=_bin(first, ENOUGH),
        shortlist=_shortlist(told),
        expected_loss=loss_bins(losses),
        loss=_bin(losses, ENOUGH) if len(losses.predicted) else None,
        points=_points(told),
        finalists=_bin(finals, ENOUGH) if len(finals.predicted) else None,
        finalists_share=_mean([one.finalists_share for _, one in told]),
    )


def probability_bins(told: Cases) -> tuple[ReliabilityBin, ...]:
    """Ten bins of equal width over 0 to 1; empty ones are left out."""
    last = PROBABILITY_BINS - 1
    number = np.minimum((told.predicted * PROBABILITY_BINS).astype(int), last)  # (n,)
    return _bins(told, number, lambda some: _expecting(some, ENOUGH))


def loss_bins(told: Cases) -> tuple[ReliabilityBin, ...]:
    """Five bins of equally many decisions, the least predicted loss first."""
    order = np.argsort(told.predicted, kind="stable")
    number = np.empty(len(order), dtype=int)
    number[order] = np.arange(len(order)) * LOSS_BINS // max(len(order), 1)
    return _bins(told, number, lambda _: ENOUGH)


def _expecting(told: Cases, n: int) -> int:
    """Cases as these among which n are expected to be the best."""
    return ceil(n / max(float(told.predicted.mean()), 1e-9) - 1e-9)


def _bins(told: Cases, number: Array, least: Callable[[Cases], int]) -> tuple[ReliabilityBin, ...]:
    chosen = [Cases(*(part[number == one] for part in told)) for one in np.unique(number)]
    return tuple(_bin(some, least(some)) for some in chosen)


def _bin(told: Cases, least: int) -> ReliabilityBin:
    n, realised = len(told.predicted), _mean(told.realised)
    low, high = mean_interval(told.realised, told.cluster)
    needed = least
    if realised > 0:
        off = (high - low) / 2 / (Z90 * KNOWN_TO * realised)  # times as far as it may be
        needed = max(least, ceil(n * off * off))
    return ReliabilityBin(
        n=n,
        predicted=_mean(told.predicted),
        realised=realised,
        realised_interval=(low, high),
        enough=n >= needed,
        n_enough=needed,
    )


def _shortlist(told: Told) -> Shortlist:
    held = cases((one.shortlist_p, float(one.shortlist_held), number) for number, one in told)
    return Shortlist(
        predicted=_mean(held.predicted),
        held=_mean(held.realised),
        held_interval=mean_interval(held.realised, held.cluster),
        share=_mean([one.shortlist_share for _, one in told]),
    )


def _points(told: Told) -> PointIntervals | None:
    scores = [(number, score) for number, one in told for score in one.scores]
    if not scores:
        return None
    inside = cases((0.9, float(score.inside), number) for number, score in scores)
    return PointIntervals(
        n=len(scores),
        coverage=_mean(inside.realised),
        coverage_interval=mean_interval(inside.realised, inside.cluster),
        half_width=_mean([score.half_width for _, score in scores]),
        error=_mean([abs(score.expected - score.measured) for _, score in scores]),
    )


def mean_interval(values: Array, cluster: Array) -> tuple[float, float]:
    """90 % interval of a mean over cases, by drawing clusters with replacement."""
    number = np.unique(cluster, return_inverse=True)[1]  # (n,)
    sums, counts = np.bincount(number, values), np.bincount(number)  # (clusters,)
    random = np.random.default_rng(0)  # a fixed draw, so that a report can be repeated
    drawn = random.integers(len(sums), size=(DRAWS, len(sums)))
    means = sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1)
    low, high = np.quantile(means, (0.05, 0.95))
    return round(float(low), DIGITS), round(float(high), DIGITS)


def _mean(values: Sequence[float] | Array) -> float:
    return round(float(np.mean(values)), DIGITS)
