"""Own results: never wider, by exactly what they tell, and in the metric's own direction."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pick_model.belief.expected import Z90, Expected
from pick_model.belief.observations import POINTS, Normal, ProbeResult, combined, updated
from pick_model.interval import Interval

spreads = st.floats(0.05, 3.0)
values = st.floats(-3, 3)


def known(value: float, spread: float, task: float = 0.9) -> Expected:
    """A standing with its spread over many tasks, and what one task adds to it."""
    wide, sure = Z90 * sqrt(spread**2 + task**2), Z90 * spread
    return Expected(
        z=Interval(value, value - wide, value + wide),
        standing=Interval(value, value - sure, value + sure),
        prior=value,
        prior_share=1.0,
        basis="published",
        n_items=3,
    )


def result(name: str, score: float, half: float, metric: str = "accuracy") -> ProbeResult:
    return ProbeResult(name, metric, Interval(score, score - half, score + half), "transfers")


def width(known: Interval) -> float:
    return known.high - known.low


several = st.lists(
    st.tuples(values, spreads, st.floats(0, 1), st.floats(0, 0.3)), min_size=1, max_size=6
)


@given(several, st.sampled_from(["accuracy", "rmse", "mcc"]))
def test_an_observation_never_widens_what_is_said_of_its_model(
    models: list[tuple[float, float, float, float]], metric: str
) -> None:
    before = {str(i): known(value, spread) for i, (value, spread, _, _) in enumerate(models)}
    seen = [result(str(i), score, half, metric) for i, (_, _, score, half) in enumerate(models)]
    for name, after in updated(before, seen).items():
        assert width(after.standing) <= width(before[name].standing) + 1e-9
        assert width(after.z) <= width(before[name].z) + 1e-9
        assert after.standing.low <= after.standing.value <= after.standing.high


@given(values, spreads, st.floats(0, 1), st.floats(0, 0.3))
def test_one_result_alone_tells_nothing(
    value: float, spread: float, score: float, half: float
) -> None:
    before = known(value, spread)
    after = updated({"a": before}, [result("a", score, half)])["a"]
    assert after.standing == pytest.approx(before.standing)
    assert after.z == pytest.approx(before.z)


@pytest.mark.parametrize("n", [2, 3, 5, 10])
def test_exact_results_leave_only_where_the_whole_lot_stands(n: int) -> None:
    before = {str(i): known(0.1 * i, 0.4) for i in range(n)}
    after = updated(before, [result(str(i), 0.8 + 0.01 * i, 1e-7) for i in range(n)])
    for i in range(n):
        # n models of one spread: their mean is known to spread / √n, each distance exactly
        assert width(after[str(i)].standing) == pytest.approx(2 * Z90 * 0.4 / sqrt(n), rel=1e-3)
        apart = after[str(i)].standing.value - after["0"].standing.value
        assert apart == pytest.approx(0.01 * i / POINTS, rel=1e-3, abs=1e-3)


@given(several)
def test_less_noise_never_widens(models: list[tuple[float, float, float, float]]) -> None:
    before = {str(i): known(value, spread) for i, (value, spread, _, _) in enumerate(models)}
    noisy = updated(before, [result(str(i), s, 0.01 + h) for i, (*_, s, h) in enumerate(models)])
    exact = updated(before, [result(str(i), s, 0.001) for i, (*_, s, _) in enumerate(models)])
    for name in before:
        assert width(exact[name].standing) <= width(noisy[name].standing) + 1e-9


normals = st.builds(Normal, values, st.floats(0.01, 4.0))


@given(st.lists(st.tuples(normals, normals), min_size=1, max_size=6))
def test_the_closed_form_is_the_posterior_of_a_level_that_may_be_anything(
    pairs: list[tuple[Normal, Normal]],
) -> None:
    n = len(pairs)
    # The level as one more unknown, of no prior: x, level with y = x + level + error.
    see = np.hstack([np.eye(n), np.ones((n, 1))])
    weigh = np.diag([1 / seen.variance for _, seen in pairs])
    precision = see.T @ weigh @ see
    precision[:n, :n] += np.diag([1 / prior.variance for prior, _ in pairs])
    told = see.T @ weigh @ np.array([seen.mean for _, seen in pairs])
    told[:n] += [prior.mean / prior.variance for prior, _ in pairs]
    covariance = np.linalg.inv(precision)
    found = combined([prior for prior, _ in pairs], [seen for _, seen in pairs])
    assert [one.mean for one in found] == pytest.approx(list(covariance @ told)[:n], abs=1e-6)
    assert [one.variance for one in found] == pytest.approx(list(np.diag(covariance))[:n], rel=1e-6)


def test_of_an_error_the_smaller_is_the_better_model() -> None:
    before = {"a": known(0.0, 0.5), "b": known(0.0, 0.5)}
    after = updated(before, [result("a", 2.0, 0.01, "rmse"), result("b", 2.5, 0.01, "rmse")])
    assert after["a"].standing.value > 0 > after["b"].standing.value
