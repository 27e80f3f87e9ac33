"""What a user measured on their own data, as the strongest evidence about their task.

Scores of several models on the same held-out rows say how far apart they are; where the whole
lot stands among the models of the catalog only the published evidence can say. So the level,
what score a standing of 0 has on this data, is an unknown that all of them share.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import sqrt
from typing import NamedTuple

from pick_model.belief.expected import Z90, Expected
from pick_model.interval import Interval
from pick_model.vocabulary.metrics import LOWER_IS_BETTER, unbounded

# Standing points that make one standard score. The median spread in the 157 fine-tuning tables
# of the evidence with five models or more is 0.022, and such a table holds about three
# quarters of the spread of the whole scale.
POINTS = 0.03
# For metrics without a ceiling, the same share of the best score measured.
RELATIVE = 0.1
# A result is never taken to be surer than this, in standard scores: a thousandth, 0.003 points.
LEAST_ERROR = 1e-3


class ProbeResult(NamedTuple):
    """One probed model: its expected full fine-tune on the user's data."""

    entry: str  # id in the catalog
    metric: str
    score: Interval  # 90 %
    verdict: str


class Normal(NamedTuple):
    """A normal distribution."""

    mean: float
    variance: float


def updated(
    expected: Mapping[str, Expected], results: Sequence[ProbeResult]
) -> dict[str, Expected]:
    """Expected standings of the measured models, by precision from both kinds of evidence.

    Results of one metric on one data set; `expected` holds the published standing of every
    model in `results`. No interval becomes wider. With one model alone there is no distance
    to learn from, so all that was said of it stays.

    What was measured is the standing on this very task, so it is weighed against `z`, which
    allows for what a task adds. `standing` leaves that out, for these models as for all
    others it is compared with, and narrows by what the results say of a standing.
    """
    if not results:
        return {}
    sign = -1.0 if results[0].metric in LOWER_IS_BETTER else 1.0
    unit = POINTS
    if unbounded(results[0].metric):
        unit = RELATIVE * max(min(abs(r.score.value) for r in results), 1e-9)
    seen = [
        Normal(sign * r.score.value / unit, _normal(r.score.times(1 / unit)).variance)
        for r in results
    ]
    before = [expected[r.entry] for r in results]
    on_task = combined([_normal(e.z) for e in before], seen)
    over_many = combined([_normal(e.standing) for e in before], seen)
    return {
        result.entry: old._replace(
            z=_interval(one.mean, one.variance),
            standing=_interval(one.mean, many.variance),
            basis="measured",
        )
        for result, old, one, many in zip(results, before, on_task, over_many, strict=True)
    }


def combined(priors: Sequence[Normal], seen: Sequence[Normal]) -> list[Normal]:
    """What is known of standings x, seen with an error and a level that all of them share.

    Seen are y = level + x + error, the level anything at all. The posterior of x under
    independent normal priors, with the level integrated out: with prior precision p and that
    of the error w, each result informs the level by k = p·w/(p + w). The mean moves by the
    share w/(p + w) of the distance from the level; the variance 1/(p + w) + (w/(p + w))²/Σk
    is at most 1/p, and just that where one result is all there is.
    """
    shares = [
        prior.variance / (prior.variance + one.variance) for prior, one in _pairs(priors, seen)
    ]
    distances = [one.mean - prior.mean for prior, one in _pairs(priors, seen)]
    informs = [1 / (prior.variance + one.variance) for prior, one in _pairs(priors, seen)]
    total = sum(informs)
    level = sum(k * d for k, d in zip(informs, distances, strict=True)) / total
    return [
        Normal(
            prior.mean + share * (distance - level),
            min(share * one.variance + share * share / total, prior.variance),
        )
        for (prior, one), share, distance in zip(
            _pairs(priors, seen), shares, distances, strict=True
        )
    ]


def _pairs(priors: Sequence[Normal], seen: Sequence[Normal]) -> list[tuple[Normal, Normal]]:
    return list(zip(priors, seen, strict=True))


def _normal(known: Interval) -> Normal:
    half = max((known.high - known.low) / 2 / Z90, LEAST_ERROR)
    return Normal(known.value, half * half)


def _interval(mean: float, variance: float) -> Interval:
    half = Z90 * sqrt(variance)
    return Interval(mean, mean - half, mean + half)
