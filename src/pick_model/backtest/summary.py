"""Means of the back-test's figures, and paired intervals of the differences.

Benchmarks hang together: those of one source share its models and its recipe, and those of one
data set its examples. A mean counts each stratum once, a table or a data set, and its interval
comes of drawing strata.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np

from pick_model.backtest.decisions import DecisionTest
from pick_model.backtest.rankings import BASELINES
from pick_model.documents.backtest import (
    Agreement,
    Apart,
    BenchmarkResult,
    Gain,
    SizeClass,
    Summary,
)

Array = np.ndarray[Any, np.dtype[Any]]

DRAWS = 500  # of the bootstrap: the ends of a 90 % interval stand on 25 draws each
# With fewer tables than this their draws say little, and data sets are drawn inside each.
ENOUGH_STRATA = 8
# Models of a benchmark, from the least of one class to below that of the next.
SIZE_CLASSES = (4, 6, 10, 30)
DIGITS = 4


class Outcome(NamedTuple):
    """One hidden benchmark, and what it belongs to."""

    result: BenchmarkResult
    dataset: str
    source: str
    scale: str
    decision: DecisionTest | None  # None: not tested, see `backtest`


Strata = Sequence[Sequence[Outcome]]
Read = Callable[[BenchmarkResult], "float | None"]


class Mean(NamedTuple):
    """A mean and its 90 % interval."""

    value: float
    interval: tuple[float, float]


def by_table(tested: Iterable[Outcome]) -> Strata:
    """Benchmarks of one source and scale together."""
    return _strata(tested, lambda one: (one.source, one.scale))


def by_dataset(tested: Iterable[Outcome]) -> Strata:
    """Benchmarks of one data set together: its languages, metrics and sources count once."""
    return _strata(tested, lambda one: one.dataset)


def _strata(tested: Iterable[Outcome], key: Callable[[Outcome], Any]) -> Strata:
    found: dict[Hashable, list[Outcome]] = defaultdict(list)
    for one in tested:
        found[key(one)].append(one)
    return [found[name] for name in sorted(found)]  # type: ignore[type-var]


def by_size(tested: Sequence[Outcome]) -> tuple[SizeClass, ...]:
    """Means by how many models a benchmark has, each data set once."""
    found = []
    for least, below in zip(SIZE_CLASSES, [*SIZE_CLASSES[1:], None], strict=True):
        chosen = [
            one
            for one in tested
            if least <= one.result.n_models and (below is None or one.result.n_models < below)
        ]
        if chosen:
            most = None if below is None else below - 1
            found.append(SizeClass(least=least, most=most, mean=summary(by_dataset(chosen))))
    return tuple(found)


def summary(strata: Strata) -> Summary:
    """Means over the benchmarks of each stratum, then over strata."""

    def mean(read: Read) -> float | None:
        return _rounded(_mean([_mean([read(o.result) for o in some]) for some in strata]))

    tau, lost = bootstrap(strata, lambda r: r.tau), bootstrap(strata, lambda r: r.regret1)
    return Summary(
        n_benchmarks=sum(len(some) for some in strata),
        tau=mean(lambda r: r.tau),
        tau_interval=tau.interval if tau else None,
        pearson=mean(lambda r: r.pearson),
        regret1=mean(lambda r: r.regret1),
        regret1_interval=lost.interval if lost else None,
        regret3=mean(lambda r: r.regret3),
        regret5=mean(lambda r: r.regret5),
        regret10=mean(lambda r: r.regret10),
        coverage=mean(lambda r: r.coverage),
        first_group_hit=mean(
            lambda r: None if r.first_group_hit is None else float(r.first_group_hit)
        ),
        first_group_share=mean(lambda r: r.first_group_share),
        baselines={name: _agreement(name, mean) for name in BASELINES},
        gains=tuple(_gain(name, strata) for name in BASELINES),
    )


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, DIGITS)


def _agreement(name: str, mean: Callable[[Read], float | None]) -> Agreement:
    return Agreement(
        tau=mean(lambda r: r.baselines[name].tau),
        pearson=mean(lambda r: r.baselines[name].pearson),
        regret1=mean(lambda r: r.baselines[name].regret1),
        regret3=mean(lambda r: r.baselines[name].regret3),
        regret5=mean(lambda r: r.baselines[name].regret5),
        regret10=mean(lambda r: r.baselines[name].regret10),
    )


def _gain(name: str, strata: Strata) -> Gain:
    """The difference from a baseline with its paired 90 % interval."""

    def tau(r: BenchmarkResult) -> float | None:
        theirs = r.baselines[name].tau
        return None if r.tau is None or theirs is None else r.tau - theirs

    def lost(r: BenchmarkResult) -> float | None:
        theirs = r.baselines[name].regret1
        return None if r.regret1 is None or theirs is None else r.regret1 - theirs

    by_tau, by_regret = bootstrap(strata, tau), bootstrap(strata, lost)
    return Gain(
        baseline=name,
        tau=by_tau.value if by_tau else 0.0,
        tau_interval=by_tau.interval if by_tau else (0.0, 0.0),
        regret1=by_regret.value if by_regret else None,
        regret1_interval=by_regret.interval if by_regret else None,
        without=_without_largest(strata, tau, lost),
    )


def _without_largest(strata: Strata, tau: Read, lost: Read) -> Apart | None:
    """The gain without the data set that adds most to the gain in regret."""
    added: dict[str, float] = defaultdict(float)  # points less that are lost, by data set
    for some in strata:
        known = [(one.dataset, lost(one.result)) for one in some]
        values = [(dataset, value) for dataset, value in known if value is not None]
        for dataset, value in values:
            added[dataset] -= value / len(values)
    total = sum(added.values())
    largest = max(added, key=lambda name: added[name], default=None)
    if largest is None or added[largest] <= 0 or total <= 0:
        return None
    left = [[one for one in some if one.dataset != largest] for some in strata]
    by_tau, by_regret = bootstrap(left, tau), bootstrap(left, lost)
    if by_tau is None:
        return None
    return Apart(
        dataset=largest.removeprefix("file:"),
        share=round(added[largest] / total, DIGITS),
        tau=by_tau.value,
        regret1=by_regret.value if by_regret else None,
        regret1_interval=by_regret.interval if by_regret else None,
    )


def bootstrap(strata: Strata, read: Read) -> Mean | None:
    """Mean over strata and the ends of its 90 % interval; None where no benchmark has it.

    Strata are drawn with replacement. Where they are few, data sets are drawn inside each of
    them instead, all benchmarks of one together: the editions of a data set in ten languages
    are not ten independent benchmarks.
    """
    clustered = []
    for some in strata:
        clusters: dict[str, list[float]] = defaultdict(list)
        for one in some:
            value = read(one.result)
            if value is not None:
                clusters[one.dataset].append(value)
        if clusters:
            clustered.append(np.array([(sum(v), len(v)) for _, v in sorted(clusters.items())]))
    if not clustered:
        return None
    means = np.array([sums.sum() / counts.sum() for sums, counts in (c.T for c in clustered)])
    random = np.random.default_rng(0)  # a fixed draw, so that a report can be repeated
    if len(clustered) >= ENOUGH_STRATA:
        drawn = means[random.integers(len(means), size=(DRAWS, len(means)))].mean(axis=1)
    else:
        drawn = np.mean([_drawn_inside(clusters, random) for clusters in clustered], axis=0)
    low, high = np.quantile(drawn, (0.05, 0.95))
    ends = round(float(low), DIGITS), round(float(high), DIGITS)
    return Mean(round(float(means.mean()), DIGITS), ends)


def _drawn_inside(clusters: Array, random: np.random.Generator) -> Array:
    """Means of a stratum with its data sets drawn with replacement, (DRAWS,)."""
    sums, counts = clusters.T  # (clusters,) each
    drawn = random.integers(len(sums), size=(DRAWS, len(sums)))
    found: Array = sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1)
    return found
