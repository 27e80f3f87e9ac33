"""Level and scale of a task: what score a standing has in the user's metric.

On the scale of a metric's link (see `Link`) the score of a model whose standing is z is
level + scale · z. Both are unknown: how hard the task is, and how far models are apart on it.
Benchmarks that resemble the task say what to expect of them (`prior_level`); scores measured
on the task itself say the rest (see `posterior`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from math import exp, inf, log, log1p, log10
from typing import NamedTuple

from pick_model.belief.rows import scale_of
from pick_model.belief.similarity import Target, similarity
from pick_model.documents.catalog import Benchmark
from pick_model.vocabulary.metrics import METRICS

# A score this near to an end of its metric's range is taken to be this far from it: the logit
# of a perfect score is infinite, and what is measured is a finite number of rows.
NEAREST_END = 1e-3


class Link(NamedTuple):
    """From a metric's scores to a scale on which models are equally far apart everywhere.

    The logit of a bounded metric, as a fraction of its range: over the groups of the evidence
    the spread of accuracies goes with p·(1 − p) (log–log slope .9 to 1.25 in the five largest
    kinds of table). The logarithm of an error without a largest value. Higher is better.
    """

    low: float
    high: float | None
    sign: float

    def of(self, score: float) -> float:
        """A score on the scale of the link."""
        if self.high is None:
            return self.sign * log(max(score, NEAREST_END))
        part = (score - self.low) / (self.high - self.low)
        part = min(max(part, NEAREST_END), 1 - NEAREST_END)
        return self.sign * (log(part) - log1p(-part))

    def score(self, u: float) -> float:
        """The score of a value on the scale of the link."""
        u *= self.sign
        if self.high is None:
            return exp(min(u, 700.0))
        part = 1 / (1 + exp(-u)) if u > -700 else 0.0
        return self.low + (self.high - self.low) * part

    def slope(self, score: float) -> float:
        """How fast the scale goes at a score, per unit of the metric; positive."""
        if self.high is None:
            return 1 / max(score, NEAREST_END)
        width = self.high - self.low
        part = (score - self.low) / width
        part = min(max(part, NEAREST_END), 1 - NEAREST_END)
        return 1 / (width * part * (1 - part))


def link_of(metric: str) -> Link | None:
    """The link of a metric; None where the metric is unknown or has no least value."""
    known = METRICS.get(metric)
    if known is None or known.low == -inf:
        return None
    return Link(known.low, known.high, -1.0 if known.lower else 1.0)


class Place(NamedTuple):
    """Where one group of comparable scores lies: level + scale · z, on the link's scale."""

    benchmark: str
    protocol: str
    metric: str
    level: float
    log_scale: float | None  # None where too few models were compared (`places.LEAST`)


class Level(NamedTuple):
    """What is known of level and scale before anything is measured on the task."""

    link: Link
    mean: float
    variance: float
    log_scale: float
    log_scale_variance: float
    n: int  # groups in the same metric that it rests on


# Over all groups of the evidence levels are .7 with a spread of 1.4, and scales e^-1.75 with a
# factor of e^.85 either way. They count as a third of a group; leaving one data set out, the
# mean log density of its level is −.55 and of its scale −.14, with a whole group −.57 and −.17,
# and without weighing the number of labels −.58 and −.18.
ANY_LEVEL, ANY_LEVEL_VARIANCE = 0.7, 1.4**2
ANY_LOG_SCALE, ANY_LOG_SCALE_VARIANCE = -1.75, 0.85**2
FIRM = 0.3
# What a tenfold number of labels takes from the weight of a group: half. An unknown one counts
# as tenfold.
PER_DECADE_OF_LABELS = 1.0
OTHER_SCALE = 0.2  # weight of a group that was used another way


def prior_level(
    metric: str,
    n_labels: int | None,
    target: Target,
    places: Sequence[Place],
    benchmarks: Mapping[str, Benchmark],
) -> Level | None:
    """Level and scale to expect of a task, from groups in the same metric.

    Each counts by how much its benchmark resembles the task (`similarity`), its way of use
    and its number of labels; groups of one benchmark share its weight. None where the metric
    has no link.
    """
    link = link_of(metric)
    if link is None:
        return None
    same = [p for p in places if p.metric == metric and p.benchmark in benchmarks]
    groups = Counter((place.benchmark, place.protocol) for place in same)
    resembles: dict[str, float] = {}
    levels: list[tuple[float, float]] = [(FIRM, ANY_LEVEL)]
    scales: list[tuple[float, float]] = [(FIRM, ANY_LOG_SCALE)]
    for place in same:
        benchmark = benchmarks[place.benchmark]
        if place.benchmark not in resembles:
            near = similarity(benchmark, target)
            if n_labels is not None:
                decades = abs(log10(benchmark.n_labels / n_labels)) if benchmark.n_labels else 1.0
                near /= 1 + PER_DECADE_OF_LABELS * decades
            resembles[place.benchmark] = near
        weight = resembles[place.benchmark] / groups[place.benchmark, place.protocol]
        if not target.hears(scale_of(benchmark.task, place.protocol)):
            weight *= OTHER_SCALE
        if weight > 0:
            levels.append((weight, place.level))
            if place.log_scale is not None:
                scales.append((weight, place.log_scale))
    mean, variance = _spread(levels, ANY_LEVEL_VARIANCE)
    log_scale, log_scale_variance = _spread(scales, ANY_LOG_SCALE_VARIANCE)
    return Level(link, mean, variance, log_scale, log_scale_variance, len(levels) - 1)


def _spread(weighed: Sequence[tuple[float, float]], variance: float) -> tuple[float, float]:
    """Weighted mean and variance; the first stands for many, of a variance of its own."""
    total = sum(weight for weight, _ in weighed)
    mean = sum(weight * value for weight, value in weighed) / total
    squares = sum(weight * (value - mean) ** 2 for weight, value in weighed)
    return mean, (squares + weighed[0][0] * variance) / total
