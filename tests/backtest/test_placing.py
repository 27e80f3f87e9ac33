"""Measured scores put beside predictions, without a fit that saw them."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pick_model.backtest.placing import covariances, placed
from pick_model.belief.expected import Z90
from pick_model.belief.joint import Marginal, covariance

scores = st.lists(st.integers(-50, 50).map(float), min_size=4, max_size=8, unique=True)


@given(scores, st.floats(0.1, 100), st.floats(-1000, 1000))
def test_neither_the_unit_nor_the_zero_of_a_metric_matters(
    found: list[float], unit: float, zero: float
) -> None:
    means, spread = np.linspace(-1, 1, len(found)).tolist(), np.eye(len(found))
    one = placed(found, means, spread)
    other = placed([unit * score + zero for score in found], means, spread)
    assert other.error == pytest.approx(one.error, abs=1e-6)


def test_scores_as_predicted_have_no_error_but_what_the_unit_allows_for() -> None:
    means = [-1.0, 0.0, 1.0, 2.0]
    one = placed([10 * m for m in means], means, np.zeros((4, 4)))
    assert one.error == pytest.approx([0.0] * 4, abs=1e-12)
    assert one.unit == pytest.approx(1 / 10)


def test_an_error_spreads_as_far_as_centring_leaves_it() -> None:
    """Against the centring matrix written out."""
    random = np.random.default_rng(3)
    root = random.normal(size=(5, 5))
    spread = root @ root.T
    centring = np.eye(5) - np.ones((5, 5)) / 5
    left = centring @ spread @ centring
    means = random.normal(size=5)
    one = placed(random.normal(size=5).tolist(), means.tolist(), spread)
    assert one.spread == pytest.approx(np.sqrt(np.diag(left)))
    expected = means @ centring @ means + np.trace(left)
    assert ((one.error + centring @ means) ** 2).sum() == pytest.approx(expected)


@pytest.mark.parametrize(
    ("n", "truth", "least", "most"),
    [(4, 1.0, 0.88, 0.95), (10, 1.0, 0.88, 0.93), (40, 1.0, 0.88, 0.92),
     (10, 2.0, 0.70, 0.87), (10, 0.5, 0.94, 1.0)],
)  # fmt: skip
def test_right_variances_cover_nine_in_ten_and_wrong_ones_are_found_out(
    n: int, truth: float, least: float, most: float
) -> None:
    """Errors of `truth` times the variance that is predicted; the means are worth two of them."""
    random = np.random.default_rng(n)
    inside = []
    for _ in range(600):
        means = 1.5 * random.normal(size=n)
        measured = 3 * (means + np.sqrt(truth) * random.normal(size=n)) + 7
        inside.append(placed(measured.tolist(), means.tolist(), np.eye(n)).inside())
    assert least <= np.mean(inside) <= most


def test_the_interval_is_the_one_of_ninety_per_cent() -> None:
    one = placed([0.0, 1.0, 2.0, 30.0], [0.0, 0.0, 0.0, 0.0], np.eye(4))
    assert one.inside() == pytest.approx(
        sum(abs(e) <= Z90 * s for e, s in zip(one.error, one.spread, strict=True)) / 4
    )


def test_all_covariances_at_once_are_those_of_the_pairs() -> None:
    members = [
        Marginal(f"{kind}{family}{root}", 0.0, 0.5 + 0.1 * len(family), kind, family, root)
        for kind, family, root in product(("encoder", "decoder"), ("a", "bb"), ("x", "y"))
    ]
    found = covariances(members)
    for (i, one), (j, other) in product(enumerate(members), repeat=2):
        assert found[i, j] == pytest.approx(covariance(one, other))
