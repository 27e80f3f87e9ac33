"""Level and scale of a task: what score a standing has in the user's metric.

On the scale of a metric's link (see `Link`) the score of a model whose standing is z is
level + scale · z. Both are unknown: how hard the task is, and how far models are apart on it.
Benchmarks that resemble the task say what to expect of them (`prior_level`); scores measured
on the task itself say the rest (see `posterior`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from math import exp, inf, log, log1p, log10, tanh

from msgspec import Struct

from pick_model.belief.rows import scale_of
from pick_model.belief.similarity import Target, similarity
from pick_model.documents.catalog import Benchmark
from pick_model.interval import Interval
from pick_model.vocabulary.metrics import METRICS

# A score this near to an end of its metric's range is taken to be this far from it: the logit
# of a perfect score is infinite, and what is measured is a finite number of rows.
NEAREST_END = 1e-3
# An error has no such end, only no logarithm of 0. By hand: below any that was measured.
LEAST_ERROR = 1e-12
# The unit of an error is the user's, thousands of euros or millionths of a second: where its
# logarithm lies nothing says before it is measured. Flat beside what any unit changes.
ANY_UNIT = 1e4


class Link(Struct, frozen=True):
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
            return self.sign * log(max(score, LEAST_ERROR))
        part = (score - self.low) / (self.high - self.low)
        part = min(max(part, NEAREST_END), 1 - NEAREST_END)
        return self.sign * (log(part) - log1p(-part))

    def is_end(self, score: float) -> bool:
        """Whether a score is at an end of its metric, from which its distance is unknown."""
        if self.high is None:
            return score <= LEAST_ERROR
        return min(score - self.low, self.high - score) <= NEAREST_END * (self.high - self.low)

    def is_worst(self, score: float) -> bool:
        """Whether a score is at the bottom of a bounded metric."""
        return self.is_end(score) and self.of(score) < 0

    def sampling_variance(self, score: float, rows: int) -> float:
        """Of a score of so many rows, on the scale of the link: as of a share, in its range; an
        error's as of the deviation of normal ones."""
        if self.high is None:
            return 1 / (2 * rows)
        part = (score - self.low) / (self.high - self.low)
        part = min(max(part, NEAREST_END), 1 - NEAREST_END)
        return 1 / (rows * part * (1 - part))

    def half_width(self, score: Interval) -> float:
        """Half the width of an interval on the scale of the link; one that was cut off at an end of
        the metric is taken to reach as far as it does the other way.
        """
        ends = score.low, score.high
        whole = [end for end in ends if not self.is_end(end) and end != score.value] or ends
        value = self.of(score.value)
        return sum(abs(self.of(end) - value) for end in whole) / len(whole)

    def score(self, u: float) -> float:
        """The score of a value on the scale of the link."""
        return self.scores((u,))[0]

    def scores(self, values: Iterable[float]) -> list[float]:
        """The scores of values on the scale of the link.

        The inverse of the logit, 1 / (1 + e^−u), is (1 + tanh(u / 2)) / 2, which has no overflow.
        """
        sign = self.sign
        if self.high is None:
            return [exp(min(sign * u, 700.0)) for u in values]
        low, half = self.low, (self.high - self.low) / 2
        return [low + half * (1 + tanh(sign * u / 2)) for u in values]

    def slope(self, score: float) -> float:
        """How fast the scale goes at a score, per unit of the metric; positive."""
        if self.high is None:
            return 1 / max(score, LEAST_ERROR)
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


class Place(Struct, frozen=True):
    """Where one group of comparable scores lies: level + scale · z, on the link's scale."""

    benchmark: str
    protocol: str
    metric: str
    level: float
    log_scale: float | None  # None where too few models were compared (`places.LEAST`)
    source: str


class Level(Struct, frozen=True):
    """What is known of level and scale before anything is measured on the task."""

    link: Link
    mean: float
    variance: float
    log_scale: float
    log_scale_variance: float
    n: int  # groups in the same metric that it rests on


class _Usual(Struct, frozen=True):
    """What is known of any group, and how many groups it counts for."""

    weight: float
    mean: float
    variance: float


_Weighed = tuple[float, float, str]  # weight, value, source

# Over the tables of the evidence levels are .7 with a spread of 1.4, and scales e^-1.6 with a
# factor of e^.9 either way. What they count, and the square root in `_spread`, are those under
# which a hidden source's levels and scales are foretold best: the mean log density of a scale is
# −1.28 over tables, −1.31 over decisions (−1.46 and −1.42 with a third of a group, and every
# group of a source counting alone).
ANY_LEVEL = _Usual(0.3, 0.7, 1.4**2)
ANY_LOG_SCALE = _Usual(1.5, -1.6, 0.9**2)
# The logarithm by which hidden benchmarks hold models farther apart than the groups that are left
# let expect, spreads taken by medians so that failed runs (`failures`) do not count twice: the mean
# over all hidden benchmarks, tables counting as the root of their benchmarks. Each for
# itself they say .37, each table for itself −.02: the large boards compare models that differ more
# than those of a paper do. `python tests/benchmarks/failed_runs.py`.
FARTHER = 0.11
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
    and its number of labels; groups of one benchmark and way of use share its weight. None where
    the metric has no link.
    """
    link = link_of(metric)
    if link is None:
        return None
    same = [p for p in places if p.metric == metric and p.benchmark in benchmarks]
    groups = Counter((place.benchmark, place.protocol) for place in same)
    resembles: dict[str, float] = {}
    levels: list[_Weighed] = []
    scales: list[_Weighed] = []
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
            levels.append((weight, place.level, place.source))
            if place.log_scale is not None:
                scales.append((weight, place.log_scale, place.source))
    mean, variance = _spread(levels, ANY_LEVEL)
    log_scale, log_scale_variance = _spread(scales, ANY_LOG_SCALE)
    if METRICS[metric].in_unit:
        return Level(link, mean, ANY_UNIT, log_scale + FARTHER, log_scale_variance, 0)
    return Level(link, mean, variance, log_scale + FARTHER, log_scale_variance, len(levels))


def _spread(weighed: Sequence[_Weighed], usual: _Usual) -> tuple[float, float]:
    """Weighted mean and variance of values and of what is usual.

    The groups of one source hang together: beyond a whole group's weight they count as the
    square root of what they weigh.
    """
    of_source: dict[str, float] = {}
    for weight, _, source in weighed:
        of_source[source] = of_source.get(source, 0.0) + weight
    part = {source: min(1.0, total**-0.5) for source, total in of_source.items()}
    counted = [(weight * part[source], value) for weight, value, source in weighed]
    total = usual.weight + sum(weight for weight, _ in counted)
    mean = (usual.weight * usual.mean + sum(w * value for w, value in counted)) / total
    squares = sum(weight * (value - mean) ** 2 for weight, value in counted)
    squares += usual.weight * (usual.variance + (usual.mean - mean) ** 2)
    return mean, squares / total
