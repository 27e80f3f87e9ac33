"""What is offered when a training does not fit."""

from __future__ import annotations

from pick_model.advise.cautions import cautions
from pick_model.advise.constraints import check_costs
from pick_model.cost.estimate import estimate, fits
from pick_model.cost.fitting import smallest_machine, ways_to_fit
from pick_model.cost.memory import Setup
from pick_model.documents.task import Constraints
from pick_model.record import replace

from ..advise.helpers import MACHINE, entry, profile
from .test_memory import chat, seven_billion


def test_a_7b_chat_model_fits_24_gib_with_lora_and_with_qlora() -> None:
    for method in ("lora", "qlora"):
        settled = chat(method=method)
        costs = estimate(seven_billion(), settled)
        assert costs.training_memory_gib is not None
        assert costs.training_memory_gib.value <= 24
        assert check_costs(seven_billion(), settled, costs) is None


def test_full_training_of_it_is_refused_and_the_settings_that_fit_are_named() -> None:
    settled = chat(method="full")
    broken = check_costs(seven_billion(), settled, estimate(seven_billion(), settled))
    assert broken is not None
    assert broken.constraint == "training_memory"
    assert broken.near_miss is not None
    settings = broken.near_miss.values["settings"]
    assert "method: lora" in str(settings)
    offered = {way.method for way in ways_to_fit(seven_billion(), settled)}
    assert offered == {"lora", "qlora"}


def test_every_way_that_is_offered_fits_when_it_is_estimated_by_itself() -> None:
    settled = profile(input_tokens=512, batch_size=512, accumulates=False, dtype="fp32")
    ways = list(ways_to_fit(entry(), settled))
    assert ways
    for way in ways:
        changed = replace(settled, method=way.method, accumulates=True)
        costs = estimate(entry(), changed, Setup(checkpointing=way.checkpointing))
        assert costs.training_memory_gib == way.memory_gib
        assert way.memory_gib.value <= settled.train_on.memory_gib
        assert way.settings(settled)


def test_the_first_way_changes_least() -> None:
    settled = profile(input_tokens=512, batch_size=64, accumulates=False, dtype="fp32")
    first = next(ways_to_fit(entry(), settled))
    assert first.settings(settled) == (f"batch {first.batch}",)


def test_a_limit_rejects_only_what_cannot_keep_it() -> None:
    one, settled = entry(), profile()
    need = estimate(one, settled).training_memory_gib
    assert need is not None
    for limit, kept in ((need.low * 0.99, False), (need.low * 1.01, True), (need.high, True)):
        limited = replace(settled, constraints=Constraints(max_training_memory_gib=limit))
        assert (check_costs(one, limited, estimate(one, limited)) is None) is kept
        told = [m.code for m in cautions(one, limited, estimate(one, limited))]
        assert ("may-be-over" in told) is (limit < need.high)


def test_what_may_not_fit_stays_and_is_marked_with_what_would_help() -> None:
    one, settled = entry(), profile(batch_size=32, accumulates=False, input_tokens=512)
    need = estimate(one, settled).training_memory_gib
    assert need is not None
    tight = replace(MACHINE, memory_gib=(need.value + need.low) / 2)
    settled = replace(settled, train_on=tight)
    costs = estimate(one, settled)
    assert fits(costs.training_memory_gib, tight) == "maybe"
    assert check_costs(one, settled, costs) is None
    codes = [m.code for m in cautions(one, settled, costs)]
    assert codes[:2] == ["training-may-not-fit", "fits-with"]


def test_what_is_expected_not_to_fit_is_trained_with_checkpointing_where_that_fits() -> None:
    one, settled = seven_billion(), chat(method="lora")
    need = estimate(one, settled, Setup()).training_memory_gib
    assert need is not None
    settled = replace(
        settled, train_on=replace(settled.train_on, memory_gib=(need.value + need.low) / 2)
    )
    plain, chosen = estimate(one, settled, Setup()), estimate(one, settled)
    assert not plain.checkpointing
    assert chosen == estimate(one, settled, Setup(checkpointing=True))
    assert chosen.training_memory_gib is not None
    assert chosen.training_memory_gib.value <= settled.train_on.memory_gib
    assert plain.training_hours is not None
    assert chosen.training_hours is not None
    assert chosen.training_hours.value > plain.training_hours.value
    codes = [m.code for m in cautions(one, settled, chosen)]
    assert codes[0] == "trains-with-checkpointing"
    assert "fits-with" not in codes


def test_days_of_training_are_told() -> None:
    slow = replace(MACHINE, id="cpu", kind="cpu", fp32_tflops=0.05, fp16_tflops=None)
    settled = profile(n_rows=1_000_000, input_tokens=512, train_on=slow, dtype="fp32")
    codes = [m.code for m in cautions(entry(), settled, estimate(entry(), settled))]
    assert "trains-for-days" in codes


def test_the_smallest_machine_that_surely_suffices_is_named() -> None:
    settled = profile(batch_size=32, accumulates=False)
    sizes = (1.0, 8.0, 80.0)
    machines = [replace(MACHINE, id=f"card-{size:g}", memory_gib=size) for size in sizes]
    found = smallest_machine(entry(), settled, Setup(), reversed(machines))
    assert found is not None
    assert found.id == "card-8"
    assert smallest_machine(seven_billion(), settled, Setup(), machines) is None


def test_what_reads_a_long_input_fits_a_t4_with_fused_attention() -> None:
    """8,000 tokens: ModernBERT keeps no scores, DeBERTa reads 512 of them."""
    long = entry(family="modernbert", max_tokens=8192)
    settled = profile(input_tokens=8000)
    assert fits(estimate(long, settled).training_memory_gib, MACHINE) in ("yes", "maybe")
