"""A model used as it comes is charged no training."""

from __future__ import annotations

import pytest

from pick_model.advise.constraints import check_costs
from pick_model.advise.criteria import values
from pick_model.cost.estimate import estimate
from pick_model.documents.task import Constraints
from pick_model.record import replace
from pick_model.vocabulary.uses import Method

from .helpers import MACHINE, entry, expected, profile


def test_training_is_worth_all_and_no_limit_of_it_is_broken() -> None:
    limits = Constraints(max_training_hours=1e-9, max_training_memory_gib=1e-9)
    asked = profile(method="as-is", constraints=limits)
    huge = entry(n_parameters=3_000_000_000)
    costs = estimate(huge, asked)
    assert costs.training_hours == costs.training_memory_gib == (0.0, 0.0, 0.0)
    assert values(huge, asked, costs, expected(), (huge,))[3] == (1.0, 1.0, 1.0)
    assert check_costs(huge, asked, costs) is None
    trained = replace(asked, method="lora")
    assert check_costs(huge, trained, estimate(huge, trained))


def test_serving_is_charged_as_ever() -> None:
    one, asked = entry(), profile()
    trained, as_is = estimate(one, asked), estimate(one, replace(asked, method="as-is"))
    assert as_is.serving_memory_gib == trained.serving_memory_gib
    assert as_is.latency_ms == trained.latency_ms


def test_frozen_weights_take_less_the_fewer_bits_they_have() -> None:
    states = [
        estimate(entry(), profile(method=method)).states_gib or 0.0
        for method in ("qlora", "lora", "full")
    ]
    assert states == sorted(states)
    frozen = 110e6 * 2 / 2**30  # LoRA's are held in 16 bits
    assert states[1] == pytest.approx(frozen, rel=0.1)


@pytest.mark.parametrize(("method", "gib", "hint"), [("full", 9.0, "lora"), ("full", 0.5, None)])
def test_a_model_too_large_to_train_is_told_the_next_more_frugal_way(
    method: Method, gib: float, hint: str | None
) -> None:
    machine = replace(MACHINE, memory_gib=gib)
    asked = profile(method=method, train_on=machine, serve_on=MACHINE)
    large = entry(n_parameters=2_000_000_000)
    broken = check_costs(large, asked, estimate(large, asked))
    assert broken is not None
    settings = broken.near_miss.values["settings"] if broken.near_miss else ()
    methods = [one for one in settings if str(one).startswith("method")]
    assert methods == ([f"method: {hint}"] if hint else [])
