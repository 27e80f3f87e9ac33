"""The traced coefficients: that they are there, mean what they say, and behave like memory."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pick_model.cost import layouts
from pick_model.cost.forward import CONVOLUTIONS, KEPT_BESIDE
from pick_model.cost.terms import Sizes, product, value
from pick_model.cost.traces import (
    Setting,
    activation_bytes,
    attentions,
    flops,
    packed,
    saved,
    unpacked,
    versions,
)

BASE = Sizes(L=12, h=768, f=3072, a=12, S=128, q=768, k=768, d=64, e=768)
NAMED = {
    *layouts.FAMILIES.values(),
    *layouts.MAKERS.values(),
    *layouts.NAMED.values(),
    *layouts.NEARER.values(),
    *layouts.NEIGHBOURS.values(),
    *("llama-grouped", "wav2vec2-large", "phi"),
}
FP32 = Setting("gpu", "eager", "fp32", "full")


def test_a_term_is_the_product_of_its_sizes() -> None:
    assert product("L a S S", BASE) == 12 * 12 * 128 * 128
    assert value({"S h": 2.0, "1": 5.0}, BASE) == 2 * 128 * 768 + 5


def test_a_layer_of_bert_keeps_what_counting_its_tensors_by_hand_gives() -> None:
    """fp32, by tensor: seven of the hidden width in attention (input, queries, keys, values,
    context, dropped output's mask, normalised sum), and the like; scores thrice with their mask."""
    one = saved("bert", BASE, FP32).one - saved("bert", BASE._replace(L=11), FP32).one
    s, h, f, a = 128, 768, 3072, 12
    assert one == pytest.approx(s * (34 * h + 8 * f + 16) + 9 * a * s * s, rel=1e-3)


def test_a_forward_pass_of_bert_costs_its_matrix_products() -> None:
    s, h, f = 128, 768, 3072
    layer = 4 * 2 * s * h * h + 2 * 2 * s * h * f + 2 * 2 * s * s * h
    assert flops("bert", BASE).one == pytest.approx(12 * layer, rel=1e-3)


@pytest.mark.parametrize("layout", sorted(NAMED))
def test_every_layout_that_an_entry_may_be_built_like_is_traced(layout: str) -> None:
    assert attentions(layout)[0] == "eager"
    assert saved(layout, BASE._replace(D=12, T=64, V=100, P=10**5), FP32).one > 0


@pytest.mark.parametrize("family", sorted(set(CONVOLUTIONS.values())))
def test_every_convolutional_family_has_its_bytes_an_activation(family: str) -> None:
    for dtype in ("fp32", "mixed", "bf16"):
        found = activation_bytes(family, dtype)
        assert found is not None
        assert 2 < found.low <= found.value <= found.high < 16


def test_the_table_is_read_as_it_was_written() -> None:
    beside = {"versions": {"torch": "2"}, "activation_bytes": {}}
    traced = {"b": {"flops": {"input": {"L S": 4.0}}}, "a": {"kept": {}}}
    read = unpacked(packed(beside, traced).encode())
    assert read.beside == beside
    assert {name: json.loads(text) for name, text in read.layouts.items()} == traced
    assert packed(beside, traced) == packed(beside, dict(sorted(traced.items())))


def test_the_table_says_what_it_was_traced_with() -> None:
    assert set(versions()) == {"torch", "transformers"}


@given(
    layout=st.sampled_from(sorted(NAMED)),
    length=st.integers(8, 4096),
    more=st.integers(1, 4096),
    dtype=st.sampled_from(["fp32", "mixed", "bf16"]),
    trained=st.sampled_from(["full", "lora"]),
    attention=st.sampled_from(["eager", "fused"]),
    device=st.sampled_from(["gpu", "cpu"]),
)
def test_what_is_kept_grows_with_the_length(
    layout: str, length: int, more: int, dtype: str, trained: str, attention: str, device: str
) -> None:
    setting = Setting(device, attention, dtype, trained)  # type: ignore[arg-type]
    short = BASE._replace(S=length, T=length // 2, D=6, V=30000, P=3 * 224**2)
    long = short._replace(S=length + more, T=(length + more) // 2)
    assert saved(layout, long, setting).one >= saved(layout, short, setting).one > 0
    assert flops(layout, long).one >= flops(layout, short).one > 0


@pytest.mark.parametrize("layout", ["bert", "llama", "vit", "bart", "modernbert"])
@pytest.mark.parametrize("length", [128, 512, 2048])
def test_sixteen_bits_keep_more_than_half_and_less_than_nine_tenths(
    layout: str, length: int
) -> None:
    """Of fused attention; an eager one keeps its softmax in fp32 and a 16-bit copy beside it."""
    sizes = BASE._replace(S=length, D=6, T=128, V=30000, P=3 * 224**2)
    full = saved(layout, sizes, Setting("gpu", "fused", "fp32", "full")).one
    mixed = saved(layout, sizes, Setting("gpu", "fused", "mixed", "full")).one
    assert 0.5 <= mixed / full < 0.9


@pytest.mark.parametrize("layout", ["bert", "modernbert", "llama", "vit", "whisper"])
def test_fused_attention_keeps_less_the_longer_the_input(layout: str) -> None:
    def share(length: int) -> float:
        sizes = BASE._replace(S=length, D=12, T=64, P=3 * 224**2)
        eager, fused = (
            saved(layout, sizes, Setting("gpu", attention, "mixed", "full")).one
            for attention in ("eager", "fused")
        )
        return fused / eager

    assert share(4096) < share(512) < 1
    assert share(4096) < 0.5


# What is built like a layout that stands for others.
KINDRED = {
    "bert": ("distilbert", "mpnet", "jina-v3", "flaubert", "esm", "albert"),
    "gte": ("nomic-bert", "modernbert", "eurobert"),
    "llama": ("qwen3", "gemma2", "gemma3", "olmo2", "granite", "phi3", "hunyuan", "smollm3"),
    "stablelm": (
        *("phi", "gpt2", "gpt-neox", "opt", "bloom", "starcoder2", "gptj", "codegen", "biogpt"),
    ),
    "starcoder2": ("gpt-neox", "opt", "biogpt", "bloom"),
    "gptj": ("phi", "gpt2", "codegen"),
    "bart": ("m2m100", "pegasus"),
    "m2m100": ("bart", "pegasus"),
    "vit": ("beit", "dinov2", "dinov3", "clip-vision"),
    "wav2vec2": ("wav2vec2-large", "wavlm"),
}


def test_every_neighbour_with_an_interval_of_its_own_is_held_to_it() -> None:
    measured = {"llama-grouped", "t5-gated"}  # with llama's kin; LongT5 beside it, by hand
    assert set(KEPT_BESIDE) == set(KINDRED) | measured


@pytest.mark.parametrize("layout", sorted(KINDRED))
def test_nine_in_ten_of_its_kin_keep_what_a_neighbour_says(layout: str) -> None:
    inside = [
        KEPT_BESIDE[layout].low <= times <= KEPT_BESIDE[layout].high
        for other in KINDRED[layout]
        for times in beside(layout, other)
    ]
    assert sum(inside) >= 0.9 * len(inside)


def beside(layout: str, other: str) -> Iterator[float]:
    """What another layout keeps over what this one does, in each way both can run."""
    paired = layout in ("bart", "m2m100")
    for length in (128, 512, 2048):
        sizes = BASE._replace(S=length, e=768, D=12 if paired else 0, T=128 if paired else 0)
        if layout == "vit":
            sizes = sizes._replace(P=3 * 224**2)
        for attention in set(attentions(layout)) & set(attentions(other)):
            for dtype in ("fp32", "mixed"):
                for trained in ("full", "lora"):
                    setting = Setting("gpu", attention, dtype, trained)
                    yield saved(other, sizes, setting).one / saved(layout, sizes, setting).one
