"""Level and scale: what benchmarks like the task say of its scores."""

from __future__ import annotations

import math
from math import exp, log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pick_model.belief.joint import Marginal
from pick_model.belief.level import ANY_LEVEL, Place, link_of, prior_level
from pick_model.belief.places import LEAST, places
from pick_model.belief.posterior import Belief, Observation
from pick_model.belief.rows import Group, Member
from pick_model.belief.similarity import Target
from pick_model.documents.catalog import Benchmark, Score
from pick_model.interval import Interval
from pick_model.vocabulary.metrics import METRICS


def benchmark(name: str, n_labels: int | None = None) -> Benchmark:
    return Benchmark(
        id=name,
        name=name,
        task="text-classification",
        modality="text",
        n_rows=1000,
        n_labels=n_labels,
    )


BENCHMARKS = {name: benchmark(name, n) for name, n in (("few", 2), ("some", 20), ("many", 200))}
TARGET = Target("text-classification", "text", "tuned", (), None)


@given(st.sampled_from(sorted(METRICS)), st.floats(0.05, 0.9))
def test_a_link_is_undone_and_puts_the_better_score_higher(metric: str, part: float) -> None:
    link = link_of(metric)
    if link is None:
        assert METRICS[metric].low == -float("inf")
        return
    low, high = link.low, link.high if link.high is not None else link.low + 10.0
    score, more = low + part * (high - low), low + (part + 0.05) * (high - low)
    assert link.score(link.of(score)) == pytest.approx(score)
    assert (link.of(more) > link.of(score)) == (not METRICS[metric].lower)


@pytest.mark.parametrize("metric", ["accuracy", "mcc", "wer", "rmse", "perplexity"])
def test_no_score_however_extreme_breaks_a_link(metric: str) -> None:
    link = link_of(metric)
    assert link is not None
    for score in (link.low, link.high if link.high is not None else 1e12):
        assert abs(link.of(score)) < 1e3
    for u in (-1e4, 1e4):
        assert link.score(u) >= link.low


def place(
    benchmark: str,
    level: float,
    scale: float | None = 0.2,
    metric: str = "accuracy",
    source: str = "one",
) -> Place:
    log_scale = None if scale is None else log(scale)
    return Place(benchmark, "fine-tune", metric, level, log_scale, source)


def test_benchmarks_with_as_many_labels_say_most() -> None:
    known = [place("few", 3.0), place("many", -1.0)]
    two = prior_level("accuracy", 2, TARGET, known, BENCHMARKS)
    hundreds = prior_level("accuracy", 200, TARGET, known, BENCHMARKS)
    unknown = prior_level("accuracy", None, TARGET, known, BENCHMARKS)
    assert two is not None
    assert hundreds is not None
    assert unknown is not None
    assert two.mean > unknown.mean > hundreds.mean


def test_only_groups_in_the_metric_count_and_a_repeated_benchmark_counts_once() -> None:
    known = [place("few", 3.0), place("some", 0.0), place("many", 9.0, metric="mcc")]
    once = prior_level("accuracy", None, TARGET, known, BENCHMARKS)
    often = prior_level("accuracy", None, TARGET, [*known, *known[:1] * 5], BENCHMARKS)
    assert once is not None
    assert often is not None
    assert once.n == 2
    assert often.mean == pytest.approx(once.mean)


def test_what_nobody_measured_has_a_level_that_may_be_anything() -> None:
    nothing = prior_level("accuracy", None, TARGET, (), BENCHMARKS)
    some = prior_level("accuracy", None, TARGET, [place("few", 1.0)] * 3, BENCHMARKS)
    assert nothing is not None
    assert some is not None
    assert nothing.n == 0
    assert nothing.variance > some.variance
    assert prior_level("r2", None, TARGET, (), BENCHMARKS) is None


@pytest.mark.parametrize("unit", [1e-7, 1.0, 1e6])
def test_an_error_is_read_in_any_unit(unit: float) -> None:
    """Its prior knows none; after one result models are as far apart whatever the unit is."""
    level = prior_level("rmse", None, TARGET, [place("few", 1.0, metric="rmse")], BENCHMARKS)
    assert level is not None
    assert level.n == 0  # so that nothing is told in the metric before
    members = [Marginal(name, 0.0, 1.0, "encoder", name, name) for name in "ab"]
    half = unit * 0.5
    told = [Observation("a", Interval(half, 0.95 * half, 1.05 * half))]
    found = Belief(members, level, told).interval(0)
    assert found.value == pytest.approx(half, rel=0.01)
    other = Belief(members, level, told).interval(1)
    assert 0.5 < other.value / half < 2.0


@pytest.mark.parametrize("metric", ["accuracy", "mcc"])
def test_an_interval_cut_off_at_an_end_of_the_metric_is_as_wide_as_it_goes_the_other_way(
    metric: str,
) -> None:
    link = link_of(metric)
    assert link is not None
    assert link.high is not None
    wide = link.high - link.low

    def at(*parts: float) -> Interval:
        return Interval(*(link.low + part * wide for part in parts))

    whole = abs(link.of(at(0.9, 0, 0).value) - link.of(at(0.95, 0, 0).value))
    assert link.half_width(at(0.95, 0.9, 1.0)) == pytest.approx(whole)
    assert link.half_width(at(0.05, 0.0, 0.1)) == pytest.approx(whole)
    ends = [
        abs(link.of(at(part, 0, 0).value) - link.of(at(0.7, 0, 0).value)) for part in (0.6, 0.8)
    ]
    assert link.half_width(at(0.7, 0.6, 0.8)) == pytest.approx(sum(ends) / 2)
    perfect = link.of(link.high) - link.of(at(0.9, 0, 0).value)
    assert link.half_width(at(1.0, 0.9, 1.0)) == pytest.approx(perfect)
    # Where neither end tells anything, both do.
    assert link.half_width(at(0.5, 0.0, 1.0)) == pytest.approx(link.of(link.high))
    assert link.half_width(at(0.95, 0.95, 1.0)) == pytest.approx(
        (link.of(link.high) - link.of(at(0.95, 0, 0).value)) / 2
    )


def test_an_error_that_may_be_none_is_as_uncertain_as_it_is_upwards() -> None:
    link = link_of("rmse")
    assert link is not None
    assert link.half_width(Interval(0.1, 0.0, 0.2)) == pytest.approx(math.log(2))


def test_a_group_lies_where_its_scores_do() -> None:
    """Scores made as level + scale · z on the logit scale give both back."""
    link = link_of("accuracy")
    assert link is not None
    z = [-1.0, -0.2, 0.3, 0.9, 1.6]
    rows = [
        Score(
            f"m{i}",
            "few",
            "accuracy",
            link.score(0.8 + 0.3 * x),
            "test",
            "fine-tune",
            "",
            None,
            "s",
        )
        for i, x in enumerate(z)
    ]

    def group(n: int) -> Group:
        members = tuple(Member(i, rows[i].entry, rows[i].score, 1.0) for i in range(n))
        return Group("few", "accuracy", "text-classification", "fine-tune", "s", members)

    (found,) = places([group(LEAST)], rows, dict(enumerate(z)))
    assert found.level == pytest.approx(0.8)
    assert found.log_scale == pytest.approx(log(0.3))
    (fewer,) = places([group(LEAST - 1)], rows, dict(enumerate(z)))
    assert fewer.log_scale is None


def test_the_groups_of_one_source_hang_together() -> None:
    """Nine groups of one table tell as three would, nine of nine tables as nine."""
    names = [f"set-{i}" for i in range(9)]
    known = {name: benchmark(name) for name in names} | {"other": benchmark("other")}
    there = place("other", -1.0, source="elsewhere")
    table = [there, *(place(name, 3.0, source="one") for name in names)]
    tables = [there, *(place(name, 3.0, source=name) for name in names)]
    of_one = prior_level("accuracy", None, TARGET, table, known)
    of_nine = prior_level("accuracy", None, TARGET, tables, known)
    assert of_one is not None
    assert of_nine is not None
    usual, mean = ANY_LEVEL.weight, ANY_LEVEL.mean
    assert of_nine.mean == pytest.approx((usual * mean - 1 + 9 * 3.0) / (usual + 10))
    assert of_one.mean == pytest.approx((usual * mean - 1 + 9**0.5 * 3.0) / (usual + 1 + 9**0.5))


@pytest.mark.parametrize("metric", ["accuracy", "mcc", "rmse"])
def test_scores_of_many_values_are_those_of_each_and_end_where_the_metric_does(metric: str) -> None:
    link = link_of(metric)
    assert link is not None
    values = [-1e6, -3.0, 0.0, 0.7, 1e6]
    found = link.scores(values)
    assert found == [link.score(u) for u in values]
    ends = (found[0], found[-1]) if link.sign > 0 else (found[-1], found[0])
    assert ends[0] == link.low
    assert ends[1] == link.high if link.high is not None else ends[1] > 1e300
    if link.high is not None:
        logistic = link.low + (link.high - link.low) / (1 + exp(-link.sign * 0.7))
        assert found[3] == pytest.approx(logistic)
