"""Closed forms of FLOPs and activations, against counting by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pick_model.cost.estimate import (
    CPU_OVERHEAD_GIB,
    GPU_OVERHEAD_GIB,
    estimate,
    largest_batch,
    lora_parameters,
)
from pick_model.cost.forward import forward_pass, layer_activations, layer_flops
from pick_model.documents.catalog import Forward, Shape
from pick_model.documents.hardware import Machine
from pick_model.interval import Interval

from ..advise.helpers import MACHINE, entry, profile

BERT_LAYER = Shape(n_layers=12, hidden_size=768, n_heads=12, intermediate_size=3072)


def test_a_layers_flops_are_those_of_its_matrix_products() -> None:
    s, h, f = 128, 768, 3072
    by_hand = 4 * 2 * s * h * h  # query, key, value, output
    by_hand += 2 * 2 * s * h * f  # the two of the feed-forward block
    by_hand += 2 * 2 * s * s * h  # scores, and their use
    assert layer_flops(BERT_LAYER, s) == by_hand


def test_grouped_keys_and_gated_blocks_count_what_they_multiply() -> None:
    shape = Shape(
        hidden_size=1024, n_heads=16, n_kv_heads=4, intermediate_size=2816, gated_ffn=True
    )
    s, h, kv, f = 10, 1024, 4 * 64, 2816
    by_hand = 2 * s * h * (2 * h + 2 * kv) + 3 * 2 * s * h * f + 4 * s * s * h
    assert layer_flops(shape, s) == by_hand


def test_activations_follow_korthikanti_for_a_block_of_four_widths() -> None:
    s, h, heads = 512, 768, 12
    kept = layer_activations(BERT_LAYER, s)
    # equation 1 of the paper in bytes: s·b·h·(34 + 5·a·s/h); ours counts numbers of 2 bytes
    assert kept.high * 2 == pytest.approx(s * h * (34 + 5 * heads * s / h))
    assert kept.low * 2 == pytest.approx(s * h * 34)


def test_bert_base_costs_what_is_published() -> None:
    """22.4 GFLOPs at 128 tokens: ELECTRA's paper gives 2.9e10 for BERT-base with its head."""
    flops = forward_pass(entry(), profile(input_tokens=128)).flops
    assert flops is not None
    assert flops.value == pytest.approx(22.4e9, rel=0.02)


def test_a_published_figure_outranks_the_closed_form_and_scales_with_the_image() -> None:
    photo = entry(
        modality="image",
        kind="cnn",
        shape=Shape(),
        forward=Forward(flops=8.2e9, activations=11.1e6, image_size=224),
    )
    same = forward_pass(photo, profile(input_pixels=224)).flops
    double = forward_pass(photo, profile(input_pixels=448)).flops
    assert same is not None
    assert double is not None
    assert same.value == 8.2e9
    assert double.value == 4 * 8.2e9


def test_an_unknown_shape_is_a_guess_with_a_wide_interval_or_no_figure_at_all() -> None:
    blank = entry(shape=Shape())
    flops = forward_pass(blank, profile(input_tokens=100)).flops
    assert flops is not None
    assert flops.value == 2 * (110e6 - 23e6) * 100
    assert flops.high / flops.low == pytest.approx(9)
    assert forward_pass(entry(shape=Shape(), n_parameters=None), profile()).flops is None


def test_states_take_the_bytes_of_their_precision() -> None:
    gib = 2**30
    for dtype, bytes_each in (("fp32", 16), ("mixed", 18), ("bf16", 8)):
        costs = estimate(entry(), profile(dtype=dtype))
        assert costs.states_gib == pytest.approx(110e6 * bytes_each / gib)


def test_lora_trains_two_thin_pairs_a_layer() -> None:
    # rank 8, two matrices a layer, each 768 × 8 and 8 × 768, twelve layers
    assert lora_parameters(entry(), 8) == 12 * 2 * (768 * 8 + 8 * 768)
    full, lora = (estimate(entry(), profile(method=m)) for m in ("full", "lora"))
    assert lora.states_gib is not None
    assert full.states_gib is not None
    assert lora.states_gib < full.states_gib / 3
    assert full.activations_gib == lora.activations_gib


def test_memory_grows_with_the_batch_and_time_with_rows_and_epochs() -> None:
    base = estimate(entry(), profile())
    bigger = estimate(entry(), profile(batch_size=64))
    longer = estimate(entry(), profile(epochs=6.0))
    assert base.training_memory_gib is not None
    assert bigger.training_memory_gib is not None
    assert base.training_hours is not None
    assert longer.training_hours is not None
    assert bigger.training_memory_gib.value > base.training_memory_gib.value
    assert longer.training_hours.value == pytest.approx(2 * base.training_hours.value)


def test_a_batch_nobody_asked_for_is_split_until_it_fits_and_one_asked_for_is_not() -> None:
    settled = profile(input_tokens=512, batch_size=256)
    whole, split = (estimate(entry(), settled._replace(accumulates=free)) for free in (False, True))
    assert (whole.micro_batch, split.micro_batch) == (256, 32)
    assert whole.training_memory_gib is not None
    assert split.training_memory_gib is not None
    assert split.training_memory_gib.value <= settled.train_on.memory_gib
    assert whole.training_memory_gib.value > settled.train_on.memory_gib


def test_the_largest_batch_fits_and_one_more_does_not() -> None:
    settled = profile(input_tokens=512, accumulates=False)
    batch = largest_batch(estimate(entry(), settled), settled.train_on)
    assert batch is not None
    for size, fits in ((batch, True), (batch + 1, False)):
        need = estimate(entry(), settled._replace(batch_size=size)).training_memory_gib
        assert need is not None
        assert (need.value <= settled.train_on.memory_gib) is fits


def test_every_interval_holds_its_value() -> None:
    costs = estimate(entry(), profile())
    for amount in costs:
        if isinstance(amount, Interval):
            assert 0 < amount.low <= amount.value <= amount.high


@pytest.mark.parametrize("machine", [MACHINE, replace(MACHINE, id="cpu", kind="cpu")])
def test_serving_costs_the_same_however_the_model_was_trained(machine: Machine) -> None:
    served = {
        (costs.serving_memory_gib, costs.latency_ms, costs.disk_gib)
        for method in ("full", "lora", "frozen")
        for dtype in ("fp32", "mixed", "bf16")
        for batch in (1, 32)
        for costs in [
            estimate(
                entry(),
                profile(method=method, dtype=dtype, batch_size=batch, serve_on=machine),
            )
        ]
    }
    assert len(served) == 1


def test_a_cpu_serves_in_twice_the_bytes_of_a_gpu() -> None:
    cpu = replace(MACHINE, id="cpu", kind="cpu")
    two, four = (estimate(entry(), profile(serve_on=m)).serving_memory_gib for m in (MACHINE, cpu))
    assert two is not None
    assert four is not None
    assert four.value - CPU_OVERHEAD_GIB[0] == pytest.approx(2 * (two.value - GPU_OVERHEAD_GIB[0]))
