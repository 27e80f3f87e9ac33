"""Means over tables and data sets, and what one data set makes of a gain."""

from __future__ import annotations

import pytest

from pick_model.backtest.rankings import BASELINES
from pick_model.backtest.summary import (
    ENOUGH_STRATA,
    Outcome,
    bootstrap,
    by_dataset,
    by_size,
    by_table,
    summary,
)
from pick_model.documents.backtest import Agreement, BenchmarkResult


def agreement(tau: float, lost: float | None) -> Agreement:
    return Agreement(tau=tau, pearson=tau, regret1=lost, regret3=lost, regret5=lost, regret10=lost)


def outcome(
    source: str,
    dataset: str,
    tau: float,
    lost: float | None,
    theirs: float | None = 4.0,
    n_models: int = 5,
) -> Outcome:
    """A benchmark whose baselines have tau 0 and lose `theirs`."""
    result = BenchmarkResult(
        benchmark=f"{dataset}-{source}",
        dataset=dataset,
        metric="accuracy",
        protocol="fine-tune",
        n_models=n_models,
        tau=tau,
        pearson=tau,
        regret1=lost,
        regret3=lost,
        regret5=None,
        regret10=None,
        coverage=0.9,
        first_group_hit=True,
        first_group_share=0.5,
        baselines=dict.fromkeys(BASELINES, agreement(0.0, theirs)),
    )
    return Outcome(result, dataset, source, "tuned", None)


def test_a_table_counts_once_and_so_does_a_data_set() -> None:
    some = [
        outcome("big", "mnli", 0.9, 1.0),
        outcome("big", "sst2", 0.6, 2.0),
        outcome("big", "cola", 0.6, 3.0),
        outcome("small", "mnli", 0.1, 4.0),
    ]
    assert summary(by_table(some)).tau == pytest.approx((0.7 + 0.1) / 2)
    assert summary(by_table(some)).regret1 == pytest.approx((2.0 + 4.0) / 2)
    assert summary(by_dataset(some)).tau == pytest.approx(
        ((0.9 + 0.1) / 2 + 0.6 + 0.6) / 3, abs=1e-4
    )


def test_a_benchmark_without_points_does_not_count_for_none() -> None:
    some = [outcome("one", "mnli", 0.9, None), outcome("two", "sst2", 0.5, 3.0)]
    assert summary(by_table(some)).regret1 == 3.0
    assert summary([[some[0]]]).regret1 is None
    assert summary([[some[0]]]).regret1_interval is None


def test_the_data_set_that_makes_most_of_a_gain_is_shown_apart() -> None:
    some = [
        outcome("one", "mnli", 0.5, 0.0, theirs=36.0),
        outcome("two", "sst2", 0.5, 1.0, theirs=2.0),
        outcome("two", "cola", 0.5, 1.0, theirs=4.0),
    ]
    gain = summary(by_table(some)).gains[0]
    assert gain.regret1 == pytest.approx((-36 + (-1 - 3) / 2) / 2)
    assert gain.without is not None
    assert gain.without.dataset == "mnli"
    assert gain.without.share == pytest.approx(36 / (36 + (1 + 3) / 2), abs=1e-4)
    assert gain.without.regret1 == pytest.approx((-1 - 3) / 2)


def test_where_nothing_is_gained_nothing_is_set_apart() -> None:
    some = [outcome("one", "mnli", 0.5, 9.0), outcome("two", "sst2", 0.5, 5.0)]
    assert summary(by_table(some)).gains[0].without is None


def test_many_tables_are_drawn_and_few_ones_are_kept() -> None:
    """One data set a table: where tables are kept, nothing is left to draw."""
    few = [outcome(f"s{i}", f"d{i}", i / 10, 1.0) for i in range(ENOUGH_STRATA - 1)]
    many = [*few, outcome("last", "last", 0.9, 1.0)]
    kept, drawn = (bootstrap(by_table(some), lambda r: r.tau) for some in (few, many))
    assert kept is not None
    assert drawn is not None
    assert kept.interval == (kept.value, kept.value)
    assert drawn.interval[0] < drawn.value < drawn.interval[1]


def test_an_interval_is_as_wide_as_the_standard_error_asks() -> None:
    values = [0.1 * i for i in range(16)]
    some = [outcome(f"s{i}", f"d{i}", value, 1.0) for i, value in enumerate(values)]
    found = bootstrap(by_table(some), lambda r: r.tau)
    assert found is not None
    mean = sum(values) / 16
    error = (sum((v - mean) ** 2 for v in values) / 16 / 16) ** 0.5
    assert found.interval[1] - found.interval[0] == pytest.approx(2 * 1.645 * error, rel=0.15)


def test_sizes_are_shown_beside_each_other() -> None:
    some = [outcome("s", f"d{n}", 0.5, 1.0, n_models=n) for n in (4, 5, 6, 29, 30, 125)]
    found = [(one.least, one.most, one.mean.n_benchmarks) for one in by_size(some)]
    assert found == [(4, 5, 2), (6, 9, 1), (10, 29, 1), (30, None, 2)]
