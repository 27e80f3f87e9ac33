"""Means of the back-test's figures, and paired intervals of the differences."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from pick_model.backtest.rankings import BASELINES
from pick_model.documents.backtest import Agreement, BenchmarkResult, Gain, Summary

DRAWS = 500  # of the bootstrap: the ends of a 90 % interval stand on 25 draws each
DIGITS = 4


class TestedBenchmark(NamedTuple):
    """One hidden benchmark, and what it belongs to."""

    result: BenchmarkResult
    dataset: str
    source: str
    scale: str


Read = Callable[[BenchmarkResult], "float | None"]


def summary(tables: Sequence[Sequence[TestedBenchmark]]) -> Summary:
    """Means over the benchmarks of each table, then over tables, each counted once."""

    def mean(read: Read) -> float | None:
        means = [_mean([read(o.result) for o in some]) for some in tables]
        value = _mean(means)
        return None if value is None else round(value, DIGITS)

    return Summary(
        n_benchmarks=sum(len(some) for some in tables),
        tau=mean(lambda r: r.tau),
        pearson=mean(lambda r: r.pearson),
        regret1=mean(lambda r: r.regret1),
        regret3=mean(lambda r: r.regret3),
        coverage=mean(lambda r: r.coverage),
        first_group_hit=mean(
            lambda r: None if r.first_group_hit is None else float(r.first_group_hit)
        ),
        first_group_share=mean(lambda r: r.first_group_share),
        baselines={
            name: Agreement(
                tau=mean(lambda r, n=name: r.baselines[n].tau),  # type: ignore[misc]
                pearson=mean(lambda r, n=name: r.baselines[n].pearson),  # type: ignore[misc]
                regret1=mean(lambda r, n=name: r.baselines[n].regret1),  # type: ignore[misc]
                regret3=mean(lambda r, n=name: r.baselines[n].regret3),  # type: ignore[misc]
            )
            for name in BASELINES
        },
        gains=tuple(_gain(name, tables) for name in BASELINES),
    )


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def _gain(name: str, tables: Sequence[Sequence[TestedBenchmark]]) -> Gain:
    """The difference from a baseline with its paired 90 % interval."""

    def tau(r: BenchmarkResult) -> float | None:
        theirs = r.baselines[name].tau
        return None if r.tau is None or theirs is None else r.tau - theirs

    def lost(r: BenchmarkResult) -> float | None:
        theirs = r.baselines[name].regret1
        return None if r.regret1 is None or theirs is None else r.regret1 - theirs

    by_tau, by_regret = _bootstrap(tables, tau), _bootstrap(tables, lost)
    return Gain(
        baseline=name,
        tau=by_tau[0] if by_tau else 0.0,
        tau_interval=by_tau[1:] if by_tau else (0.0, 0.0),
        regret1=by_regret[0] if by_regret else None,
        regret1_interval=by_regret[1:] if by_regret else None,
    )


def _bootstrap(
    tables: Sequence[Sequence[TestedBenchmark]], read: Read
) -> tuple[float, float, float] | None:
    """Mean of a difference and the ends of its 90 % interval.

    Data sets of a table are drawn with replacement, all benchmarks of one together: the
    editions of a data set in ten languages are not ten independent benchmarks.
    """
    clustered = []
    for some in tables:
        clusters: dict[str, list[float]] = defaultdict(list)
        for one in some:
            value = read(one.result)
            if value is not None:
                clusters[one.dataset].append(value)
        if clusters:
            clustered.append([(sum(v), len(v)) for _, v in sorted(clusters.items())])
    if not clustered:
        return None

    random = np.random.default_rng(0)  # a fixed draw, so that a report can be repeated
    means = np.zeros(DRAWS)
    middle = 0.0
    for clusters_of_table in clustered:
        sums, counts = np.array(clusters_of_table).T  # (clusters,) each
        drawn = random.integers(len(sums), size=(DRAWS, len(sums)))
        means += sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1) / len(clustered)
        middle += sums.sum() / counts.sum() / len(clustered)
    low, high = np.quantile(means, (0.05, 0.95))
    return round(float(middle), DIGITS), round(float(low), DIGITS), round(float(high), DIGITS)
