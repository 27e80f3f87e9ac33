"""FLOPs of a forward pass: published, traced, or a guess that says so."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

import numpy as np
import pytest

from pick_model.catalog.load import load_catalog
from pick_model.cost.forward import (
    DENSE,
    LARGE_FROM,
    SMALL,
    SMALLEST_OR_MANY_LANGUAGES,
    _shapeless,
    forward_flops,
    layer_flops,
)
from pick_model.cost.layouts import built_like, sizes_of
from pick_model.cost.traces import flops
from pick_model.documents.catalog import Forward, Shape
from pick_model.interval import Interval

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
    assert work.one == pytest.approx((1.08 * each, each, 1.65 * each))
    blind = forward_flops(
        entry(shape=Shape(), n_embedding_parameters=None), profile(input_tokens=100)
    )
    assert blind is not None
    assert blind.one.high / blind.one.low == pytest.approx(0.93 / 0.51)
    other = entry(shape=Shape(), kind="forecaster")  # of which no rule tells the positions
    assert forward_flops(other, profile(input_tokens=100)) is None
    assert forward_flops(entry(shape=Shape(), n_parameters=None), profile()) is None


@pytest.fixture(scope="module")
def over_parameters() -> dict[tuple[Interval, str], list[float]]:
    """Traced FLOPs over 2 a parameter and token of all small entries, by the rule that they would
    follow if their shape were unknown, and by family."""
    found = defaultdict(list)
    known = load_catalog(())
    for name in known.entries:
        one = known.find(name)
        built, n = built_like(one), one.n_parameters
        if one.kind not in DENSE or built is None or not n or n > LARGE_FROM:
            continue
        for length in (128, 512, 2048):
            sizes = sizes_of(one, profile(input_tokens=length))
            assert sizes is not None
            blind = replace(one, shape=Shape(), n_embedding_parameters=None, forward=None)
            rule = _shapeless(blind)
            assert rule is not None
            found[rule, one.family].append(flops(built.layout, sizes)[0] / (2 * n * sizes.S))
    return dict(found)


@pytest.mark.parametrize("rule", [*(over for _, over in SMALL), SMALLEST_OR_MANY_LANGUAGES])
def test_what_stands_for_an_unknown_shape_is_what_traced_entries_cost(
    rule: Interval, over_parameters: dict[tuple[Interval, str], list[float]]
) -> None:
    shares = [x for (of, _), found in over_parameters.items() if of == rule for x in found]
    assert len(shares) > 200
    low, value, high = np.quantile(shares, [0.05, 0.5, 0.95])
    assert rule == pytest.approx((value, low, high), abs=0.03)


def test_families_left_out_of_the_count_lie_inside_nine_in_ten_times(
    over_parameters: dict[tuple[Interval, str], list[float]],
) -> None:
    inside = []
    for rule, family in over_parameters:
        others = [
            x for (of, name), found in over_parameters.items()
            if of == rule and name != family for x in found
        ]  # fmt: skip
        low, high = np.quantile(others, [0.05, 0.95])
        inside += [low <= x <= high for x in over_parameters[rule, family]]
    assert np.mean(inside) > 0.88


def test_what_deberta_computes_once_a_batch_weighs_most_on_a_single_input() -> None:
    """Keys and queries of 512 relative positions are projected whatever the batch."""
    work = forward_flops(entry(family="deberta-v3"), profile(input_tokens=128))
    assert work is not None
    assert work.base.value == pytest.approx(12 * 2 * 2 * 512 * 768 * 768, rel=0.05)
    assert work.of(32).value < 32 * work.of(1).value
