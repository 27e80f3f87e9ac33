"""FLOPs of a forward pass: published, traced, or a guess that says so."""

from __future__ import annotations

import pytest

from pick_model.catalog.load import load_catalog
from pick_model.cost.forward import forward_flops, layer_flops
from pick_model.documents.catalog import Forward, Shape

from ..advise.helpers import entry, profile

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


def test_bert_base_costs_what_is_published() -> None:
    """22.4 GFLOPs at 128 tokens: ELECTRA's paper gives 2.9e10 for BERT-base with its head."""
    work = forward_flops(entry(), profile(input_tokens=128))
    assert work is not None
    assert work.basis == "traced"
    assert work.one.value == pytest.approx(22.4e9, rel=0.02)


def test_a_published_figure_outranks_a_trace_and_scales_with_the_image() -> None:
    photo = entry(
        modality="image",
        kind="cnn",
        shape=Shape(),
        forward=Forward(flops=8.2e9, activations=11.1e6, image_size=224),
    )
    same = forward_flops(photo, profile(input_pixels=224))
    double = forward_flops(photo, profile(input_pixels=448))
    assert same is not None
    assert double is not None
    assert (same.one.value, same.basis) == (8.2e9, "published")
    assert double.one.value == 4 * 8.2e9


def test_a_figure_of_an_image_that_a_transformer_does_not_read_is_left_out() -> None:
    """DINOv2's are published at 224 pixels; it was trained for, and reads, 518."""
    published = load_catalog(()).find("dinov2-base")
    assert published.forward is not None
    work = forward_flops(published, profile(task="image-classification"))
    assert work is not None
    assert work.basis == "traced"
    assert work.one.value > 2.5 * (published.forward.flops or 0)


def test_an_unknown_shape_is_a_guess_with_a_wide_interval_or_no_figure_at_all() -> None:
    work = forward_flops(entry(shape=Shape()), profile(input_tokens=100))
    assert work is not None
    each = 2 * (110e6 - 23e6) * 100
    scores = 2 * 110e6 * 100**2
    assert work.one == pytest.approx(
        (0.99 * each + 1.68e-4 * scores, 0.91 * each + 0.97e-4 * scores,
         1.08 * each + 1.81e-4 * scores)
    )  # fmt: skip
    other = entry(shape=Shape(), kind="forecaster")  # of which no rule tells the positions
    assert forward_flops(other, profile(input_tokens=100)) is None
    assert forward_flops(entry(shape=Shape(), n_parameters=None), profile()) is None


def test_what_deberta_computes_once_a_batch_weighs_most_on_a_single_input() -> None:
    """Keys and queries of 512 relative positions are projected whatever the batch."""
    work = forward_flops(entry(family="deberta-v3"), profile(input_tokens=128))
    assert work is not None
    assert work.base.value == pytest.approx(12 * 2 * 2 * 512 * 768 * 768, rel=0.05)
    assert work.of(32).value < 32 * work.of(1).value
