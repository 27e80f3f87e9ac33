"""Predicted beside realised, against counting by hand."""

from __future__ import annotations

from collections import defaultdict
from math import ceil
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pick_model.backtest.decisions import DecisionTest, best_shares, decision_test
from pick_model.backtest.reliability import (
    ENOUGH,
    KNOWN_TO,
    cases,
    loss_bins,
    mean_interval,
    probability_bins,
    reliability,
)
from pick_model.belief.expected import Z90
from pick_model.belief.failures import DEPTH, RATE
from pick_model.belief.joint import Marginal
from pick_model.belief.level import Level, link_of

told = st.lists(
    st.tuples(st.integers(0, 100).map(lambda p: p / 100), st.sampled_from([0.0, 1.0]), st.just(0)),
    min_size=1,
    max_size=60,
)


@given(told)
def test_a_bin_holds_what_was_predicted_alike(some: list[tuple[float, float, int]]) -> None:
    slow: dict[int, list[tuple[float, float]]] = defaultdict(list)
    for p, came, _ in some:
        slow[9 if p == 1 else int(p * 10)].append((p, came))
    bins = probability_bins(cases(some))
    assert len(bins) == len(slow)
    for one, number in zip(bins, sorted(slow), strict=True):
        n = len(slow[number])
        assert one.n == n
        assert one.predicted == pytest.approx(sum(p for p, _ in slow[number]) / n, abs=1e-4)
        assert one.realised == pytest.approx(sum(c for _, c in slow[number]) / n, abs=1e-4)
        assert one.enough == (sum(p for p, _ in slow[number]) >= ENOUGH)


def test_a_bin_that_hangs_on_one_source_is_not_judged() -> None:
    """Of 60 models expected to be the best 50 are: one of each of 50 sources, or all of one of two."""
    came = [1.0] * 50 + [0.0] * 50
    apart, together = (
        probability_bins(
            cases((0.6, one, source) for one, source in zip(came, sources, strict=True))
        )
        for sources in ([i % 50 for i in range(100)], [i // 50 for i in range(100)])
    )
    assert [one.enough for one in (*apart, *together)] == [True, False]
    assert apart[0].realised == together[0].realised == 50 / 100
    (spread,), (one_of_two,) = apart, together
    assert spread.n_enough is not None
    assert one_of_two.n_enough is not None
    assert spread.n_enough <= spread.n < one_of_two.n_enough
    # Either source or the other: the interval is all of 0 to 1, 1/2 where .2 × .5 is allowed.
    assert one_of_two.n_enough == ceil(100 * (0.5 / (Z90 * KNOWN_TO * 0.5)) ** 2)


def test_losses_fall_into_five_bins_of_equally_many() -> None:
    losses = list(range(50))
    Random(0).shuffle(losses)
    bins = loss_bins(cases((float(loss), 2.0 * loss, loss) for loss in losses))
    assert [one.n for one in bins] == [10] * 5
    assert [one.predicted for one in bins] == [4.5, 14.5, 24.5, 34.5, 44.5]
    assert all(one.realised == 2 * one.predicted for one in bins)


def test_cases_of_one_data_set_are_drawn_together() -> None:
    values = np.array([0.0, 0.0, 0.0, 1.0, 1.0, 1.0])
    apart = mean_interval(values, np.arange(6))
    together = mean_interval(values, np.array([0, 0, 0, 1, 1, 1]))
    assert together == (0.0, 1.0)
    assert apart[1] - apart[0] < 1.0
    assert mean_interval(values, np.zeros(6, dtype=int)) == (0.5, 0.5)


def test_the_best_share_it_where_they_are_equal() -> None:
    assert best_shares([1.0, 3.0, 2.0]) == [0, 1, 0]
    assert best_shares([3.0, 1.0, 3.0]) == [1 / 2, 0, 1 / 2]


def members(means: list[float], sd: float) -> list[Marginal]:
    return [Marginal(f"m{i}", z, sd, f"k{i}", f"f{i}", f"m{i}") for i, z in enumerate(means)]


def level(scale: float) -> Level:
    link = link_of("accuracy")
    assert link is not None
    return Level(link, 1.0, 0.8**2, float(np.log(scale)), 1e-6, 20)


def worlds(n: int, truth: float) -> list[tuple[str, DecisionTest]]:
    """Decisions by a right belief, where standings differ by `truth` times what it says.

    Some runs fail, as the belief has it.
    """
    random = Random(1)

    def missed() -> float:
        falls = random.expovariate(1 / DEPTH) if random.random() < RATE else 0.0
        return random.gauss(0, 1) - falls

    found = []
    for number in range(n):
        means = [random.gauss(0, 0.7) for _ in range(8)]
        base = random.gauss(1.0, 0.8)
        us = [base + 0.3 * (z + truth * 0.6 * missed()) for z in means]
        scores = [1 / (1 + float(np.exp(-u))) for u in us]
        found.append((f"d{number}", decision_test(members(means, 0.6), level(0.3), scores, 100.0)))
    return found


def test_a_right_belief_comes_true() -> None:
    found = reliability(worlds(400, 1.0))
    assert found is not None
    judged = [one for one in found.p_best if one.enough]
    assert len(judged) >= 4
    for one in judged:
        assert one.realised == pytest.approx(one.predicted, rel=0.25)
    assert found.loss is not None
    assert found.loss.realised == pytest.approx(found.loss.predicted, rel=0.2)
    assert found.shortlist.held == pytest.approx(found.shortlist.predicted, abs=0.05)
    assert found.points is not None
    assert found.points.n == 400 * 7
    # Intervals are of runs that work: those that fail lie below, and where the one that is known
    # did, so does what is expected of the others.
    assert 0.9 - 2 * RATE < found.points.coverage < 0.9


def test_a_belief_that_is_too_sure_is_found_out() -> None:
    found = reliability(worlds(400, 2.0))
    assert found is not None
    assert found.loss is not None
    assert found.loss.realised > 1.5 * found.loss.predicted
    assert found.first.realised < 0.8 * found.first.predicted
    assert found.shortlist.held < found.shortlist.predicted - 0.05
    assert found.points is not None
    assert found.points.coverage < 0.8


def test_percent_and_fractions_lose_the_same_points() -> None:
    scores = [0.71, 0.80, 0.78, 0.74]
    fractions = decision_test(members([0, 1, 2, 3], 1.0), level(0.3), scores, 100.0)
    percents = decision_test(members([0, 1, 2, 3], 1.0), level(0.3), [100 * s for s in scores], 1.0)
    assert fractions.lost == pytest.approx(100 * (0.80 - 0.74))
    assert percents.lost == pytest.approx(fractions.lost)
    assert [s.measured for s in percents.scores] == pytest.approx(
        [s.measured for s in fractions.scores]
    )


def test_a_metric_without_points_is_judged_by_its_order_alone() -> None:
    one = decision_test(members([0, 1, 2, 3], 1.0), None, [5.0, 9.0, 7.0, 30.0], None)
    assert (one.expected_loss, one.lost, list(one.scores)) == (None, None, [])
    assert one.first == 3
    found = reliability([("d", one)])
    assert found is not None
    assert found.loss is None
    assert found.points is None
