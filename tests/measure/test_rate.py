"""The learning rate."""

from __future__ import annotations

import math

import pytest

from pick_model.measure.probe.rate import best_rate, candidate_rates, published_rate


def test_the_best_score_wins_also_against_a_smaller_loss() -> None:
    assert best_rate({5e-5: (0.4, 1.3), 4e-4: (0.0, 1.0)}, 2e-5) == 5e-5


def test_between_scores_alike_the_least_loss_wins() -> None:
    assert best_rate({1e-5: (0.701, 0.9), 5e-5: (0.699, 0.7), 1e-4: (0.70, 0.8)}, 2e-5) == 5e-5


def test_of_equals_the_lower_rate_wins() -> None:
    assert best_rate({1e-4: (0.5, 0.7), 5e-5: (0.5, 0.7)}, 2e-5) == 5e-5


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_a_rate_that_came_apart_never_wins(bad: float) -> None:
    assert best_rate({1e-5: (0.1, 5.0), 1e-2: (0.9, bad)}, 2e-5) == 1e-5
    assert best_rate({1e-2: (0.9, bad)}, 2e-5) == 2e-5


@pytest.mark.parametrize("method", ["full", "lora"])
@pytest.mark.parametrize("size", [22_000_000, 110_000_000])
def test_the_published_rate_is_among_those_tried(size: int, method: str) -> None:
    rates = candidate_rates(size, method)
    assert published_rate(size, method) in rates
    assert list(rates) == sorted(set(rates))


def test_small_models_and_adapters_take_higher_rates() -> None:
    assert published_rate(22_000_000, "full") > published_rate(110_000_000, "full")
    assert published_rate(22_000_000, "lora") > published_rate(22_000_000, "full")
