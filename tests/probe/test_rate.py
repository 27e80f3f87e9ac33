"""The learning rate."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from pick_model.probe.rate import choose_rate, published_rate


def coming_apart_at(edge: float) -> object:
    def losses(rates: Sequence[float]) -> list[float]:
        return [0.7 if rate < edge else 0.7 * (rate / edge) ** 2 for rate in rates]

    return losses


def test_the_rate_stays_well_under_the_edge() -> None:
    found = choose_rate(coming_apart_at(5e-4), 30, 5e-5, "full")  # type: ignore[arg-type]
    assert 5e-5 / 2 <= found <= 5e-4 / 4


def test_a_later_edge_allows_a_higher_rate() -> None:
    low, high = (
        choose_rate(coming_apart_at(edge), 30, 1e-4, "full")  # type: ignore[arg-type]
        for edge in (3e-4, 1e-3)
    )
    assert high > low


@pytest.mark.parametrize("edge", [1e-5, 1.0])
def test_the_published_rate_is_never_left_by_more_than_twice(edge: float) -> None:
    found = choose_rate(coming_apart_at(edge), 30, 5e-5, "full")  # type: ignore[arg-type]
    assert 5e-5 / 2 <= found <= 5e-5 * 2


def test_a_loss_that_is_no_number_is_an_edge() -> None:
    found = choose_rate(lambda rates: [float("nan")] * len(rates), 30, 5e-5, "full")
    assert found == 5e-5 / 2


def test_small_models_and_adapters_take_higher_rates() -> None:
    assert published_rate(22_000_000, "full") > published_rate(110_000_000, "full")
    assert published_rate(22_000_000, "lora") > published_rate(22_000_000, "full")
