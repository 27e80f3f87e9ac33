"""Agreement between a predicted order and a measured one, against slow oracles."""

from __future__ import annotations

from itertools import permutations
from math import sqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pick_model.backtest.agreement import pearson, regret, weighted_tau

numbers = st.integers(-5, 5).map(float)
pairs = st.lists(st.tuples(numbers, numbers), min_size=2, max_size=7)


def split(points: list[tuple[float, float]]) -> tuple[list[float], list[float]]:
    return [a for a, _ in points], [b for _, b in points]


@settings(deadline=None)  # the first call imports scipy
@given(pairs)
def test_weighted_tau_is_the_one_of_scipy(points: list[tuple[float, float]]) -> None:
    stats = pytest.importorskip("scipy.stats")
    truth, predicted = split(points)
    ours = weighted_tau(truth, predicted)
    if len(set(truth)) == 1 or len(set(predicted)) == 1:
        assert ours is None
    else:
        assert ours == pytest.approx(stats.weightedtau(truth, predicted).statistic, abs=1e-12)


def test_weighted_tau_of_three_by_hand() -> None:
    # Pairs weigh 1/(r+1) + 1/(s+1): 1 + 1/2, 1 + 1/3, 1/2 + 1/3; the last pair is swapped.
    by_truth = ((1 + 1 / 2) + (1 + 1 / 3) - (1 / 2 + 1 / 3)) / (2 * (1 + 1 / 2 + 1 / 3))
    assert weighted_tau([3, 2, 1], [3, 1, 2]) == pytest.approx(by_truth)


@given(pairs)
def test_weighted_tau_is_symmetric_and_turns_with_its_sign(
    points: list[tuple[float, float]],
) -> None:
    truth, predicted = split(points)
    tau = weighted_tau(truth, predicted)
    assert tau == pytest.approx(weighted_tau(predicted, truth))
    if tau is not None:
        assert -1 - 1e-12 <= tau <= 1 + 1e-12
        assert weighted_tau(truth, truth) == pytest.approx(1.0)


@given(pairs, st.integers(1, 3))
def test_regret_is_its_mean_over_all_ways_to_break_ties(
    points: list[tuple[float, float]], top: int
) -> None:
    truth, predicted = split(points)
    lost = []
    for order in permutations(range(len(truth))):
        chosen = sorted(order, key=lambda i: -predicted[i])[:top]
        lost.append(max(truth) - max(truth[i] for i in chosen))
    assert regret(truth, predicted, top) == pytest.approx(sum(lost) / len(lost))


@given(pairs)
def test_more_choices_never_cost_more(points: list[tuple[float, float]]) -> None:
    truth, predicted = split(points)
    lost = [regret(truth, predicted, top) for top in (1, 2, 3)]
    assert lost[0] >= lost[1] - 1e-9
    assert lost[1] >= lost[2] - 1e-9
    assert regret(truth, truth, 1) == pytest.approx(0, abs=1e-9)


def test_pearson_by_hand() -> None:
    assert pearson([1, 2, 3], [1, 2, 4]) == pytest.approx(3 / sqrt(2 * (14 / 3)))
    assert pearson([1, 1, 1], [1, 2, 3]) is None
