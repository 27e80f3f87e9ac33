"""How what was measured one way tells of models that are used another."""

from __future__ import annotations

from collections.abc import Sequence
from math import log, sqrt
from typing import NamedTuple


class ObservationKind(NamedTuple):
    """What observations of one kind read: offset + level + slope · scale · z + error.

    The offset is one for all observations of the kind on one task: frozen features of every
    model score below a full fine-tune of it by about as much. A measure that is no score
    (`scored` False) does not know the level, and its slope is on z itself. Observations that err
    together (`shared`) tell models apart better than each tells its score.
    """

    name: str
    offset: float = 0.0
    offset_sd: float = 0.0  # negative: one that moves against the others of its kind
    slope: float = 1.0
    variance: float = 0.0  # of each observation, beside its own interval
    scored: bool = True
    kin: bool = False  # relatives share of the error what they share of their standings
    shared: float = 0.0  # of the variance of an interval, what sets none of the kind above another


# The task's own way of use: a score is what the belief is about.
THE_SAME = ObservationKind("the same")
# A probe: all of a task's are scored on the same held-out rows and foretold by the same curve, and
# their intervals are cautious. Two of them are apart by .30 of the variance that their intervals
# allow, in the mean of five sets, one with two row counts (`probe_truth.py --other-rows`; .02 to
# 1.17, the most where hopeless models are among them); the rest sets none above another.
PROBED = ObservationKind("probed", shared=0.7)
OF_THE_TASK = (THE_SAME.name, PROBED.name)  # what is observed is what the belief is about
# What a model misses falls by a power of the rows that teach it, of logarithms one for all: .21 by
# the fine-tunes that `measure.probe.curve` was fitted to; by hand as unsure as the exponents that
# Hestness et al. 2017 (arXiv:1712.00409) find lie apart, .07 to .35.
ROWS_EXPONENT, ROWS_EXPONENT_SD = 0.21, 0.09
# How many times as many rows are another data set. By hand: a profile rounds, a sample is smaller.
FAR = 2.0
# A linear model of frozen features where the model is to be fine-tuned, on the link's scale, by
# `python tests/benchmarks/screen_error.py`: 14 tables with a source's own frozen and tuned scores
# of the same models (Bassignana et al. 2022, arXiv:2210.11255, seven encoders on ten sets; WavLM's
# README, four on three; MNLI of model-recycling, four). Slope and error are medians.
FROZEN = ObservationKind("frozen", offset=-0.59, offset_sd=0.41, slope=0.47, variance=0.15**2)
# Correlation of a measure of frozen features with what the model then scores, both as normal
# scores of their ranks, over models of one data set: the means over 8 sets with some 156 models
# of TransferGraph and, full alone, 8 sets with 6 models of Bai et al. 2023 (the same benchmark).
CORRELATIONS = {
    "full": {"logme": 0.59, "h_score": 0.65},
    "lora": {"logme": 0.78, "h_score": 0.78},
}
# A correlation over all models holds within families and between them alike, so relatives share of
# a measure's error what they share of their standings. Were errors independent, fifty fine-tunes of
# one base would tell its place nearly for certain: on TransferGraph's texts that held the belief
# below the measure alone (`tests/benchmarks/replay_measures.py`; half of it shared lay between).
FLAT = 100.0  # times the spread, squared: where a measure lies for the average model is unknown


def is_far(rows: int, wanted: int) -> bool:
    """Whether so many rows are another data set than as many as are wanted."""
    return not rows / FAR <= wanted <= rows * FAR


def probed_on(rows: int, wanted: int) -> ObservationKind:
    """A probe that foretells the fine-tune on so many rows, where the task has as many as wanted.

    On the link's scale, where a share that is missing is its logarithm as long as it is small.
    """
    if not is_far(rows, wanted):
        return PROBED
    times = log(wanted / rows)  # below 0 of a probe on more rows, which errs the other way
    return PROBED._replace(offset=-ROWS_EXPONENT * times, offset_sd=-ROWS_EXPONENT_SD * times)


def measure_way(name: str, method: str, spread: float) -> ObservationKind:
    """A measure in units of `spread` standard scores over the models it was taken of.

    x of unit variance that correlates by r with z of that spread: spread · x = r · z + error of
    variance spread² · (1 − r²).
    """
    r = CORRELATIONS[method][name]
    return ObservationKind(
        name,
        offset_sd=sqrt(FLAT) * spread,
        slope=r,
        variance=spread * spread * (1 - r * r),
        scored=False,
        kin=True,
    )


def spread_of(means: list[float], variances: list[float], shared: float) -> float:
    """How far apart models are expected to stand: of means, and of what is unknown of each.

    shared: the mean covariance of two of them, which sets none apart.
    """
    middle = sum(means) / len(means)
    apart = sum((mean - middle) ** 2 for mean in means) / len(means)
    return sqrt(max(apart + sum(variances) / len(variances) - shared, 1e-6))


def normal_scores(values: Sequence[float]) -> list[float]:
    """Standard normal quantiles of the ranks, of unit variance; equal values share theirs.

    Measures have no unit, and one hopeless model must not bring all others together.
    """
    from statistics import NormalDist  # which few rankings need, and which takes its time

    normal, order = NormalDist(), sorted(values)
    n = len(order)
    at = {}
    for value in set(values):
        rank = order.index(value) + (order.count(value) + 1) / 2  # the middle one of equals
        at[value] = normal.inv_cdf((rank - 0.375) / (n + 0.25))  # Blom 1958
    found = [at[value] for value in values]
    spread = (sum(one * one for one in found) / n) ** 0.5
    return [one / spread for one in found] if spread else found
