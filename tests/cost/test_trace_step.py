"""Counting what a real step keeps, against counting by hand."""

from __future__ import annotations

import math
import random
import warnings
from typing import Any

import pytest

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

from pick_model.cost.memory import WRITTEN_OUT_F, WRITTEN_OUT_H  # noqa: E402
from pick_model.cost.terms import Sizes, value  # noqa: E402
from pick_model.cost.trace_compile import Counted, counts, fitted, memory_terms  # noqa: E402
from pick_model.cost.trace_models import LAYOUTS, adapt, build, small_sizes  # noqa: E402
from pick_model.cost.trace_step import counted_flops, saved_bytes  # noqa: E402
from pick_model.cost.traces import Setting, flops, saved  # noqa: E402

# Twelve architectures, at sizes, lengths and batches that no fit has seen.
UNSEEN = random.Random(7)
CHECKED = (
    *("bert", "distilbert", "albert", "mpnet", "deberta-v2", "modernbert", "llama"),
    *("llama-grouped", "gpt2", "t5", "bart", "vit", "dinov2", "clip-vision", "ast", "whisper"),
)


def test_a_linear_layer_keeps_its_input_and_a_relu_its_output() -> None:
    layer = torch.nn.Sequential(torch.nn.Linear(10, 20), torch.nn.ReLU())
    x = torch.ones(4, 10)
    assert saved_bytes(layer, lambda: layer(x)) == 4 * (4 * 10 + 4 * 20)


def test_a_gpu_keeps_one_byte_of_a_dropout_and_the_cpu_four() -> None:
    drop = torch.nn.Dropout(0.5)
    x = torch.ones(100, requires_grad=True)
    assert saved_bytes(drop, lambda: torch.nn.functional.dropout(x), gpu=True) == 100
    assert saved_bytes(drop, lambda: torch.nn.functional.dropout(x)) == 400


def test_fused_attention_keeps_no_scores() -> None:
    query, key, held = (torch.ones(2, 3, 50, 8, requires_grad=True) for _ in range(3))
    attend = torch.nn.functional.scaled_dot_product_attention
    kept = saved_bytes(torch.nn.Identity(), lambda: attend(query, key, held), gpu=True)
    numbers = 2 * 3 * 50 * 8
    assert kept == 4 * (4 * numbers + 2 * 3 * 50)  # q, k, v, output, one sum a row


def test_autocast_keeps_matrix_products_in_sixteen_bits_and_leaves_weight_copies_out() -> None:
    layer = torch.nn.Linear(10, 20)
    x = torch.ones(4, 10)
    assert saved_bytes(layer, lambda: layer(x), gpu=True, mixed=True) == 2 * 4 * 10


def test_frozen_layers_do_not_keep_their_inputs() -> None:
    model = torch.nn.Sequential(torch.nn.Linear(10, 10), torch.nn.Linear(10, 10))
    adapt(model, "^0$")
    x = torch.ones(4, 10)
    # input of the first, for its adapter; what the adapter's first half writes, four numbers
    assert saved_bytes(model, lambda: model(x)) == 4 * (4 * 10 + 4)


def test_flops_are_those_of_the_products() -> None:
    layer = torch.nn.Linear(10, 20)
    x = torch.ones(4, 10)
    assert counted_flops(lambda: layer(x)) == 2 * 4 * 10 * 20


@pytest.mark.parametrize("name", CHECKED)
def test_a_real_step_keeps_what_the_table_says(name: str) -> None:
    """On the CPU, with the attention that transformers takes by itself, in fp32."""
    layout, rng = LAYOUTS[name], UNSEEN
    sizes = small_sizes(layout, rng)
    sizes = sizes._replace(L=sizes.L + layout.period)
    case = build(layout, sizes, None)
    attention: Any = "fused" if case.model.config._attn_implementation == "sdpa" else "eager"
    kept = saved(name, sizes, Setting("cpu", attention, "fp32", "full"))
    for batch in (3, 5):
        real = saved_bytes(case.model, case.step(batch))
        assert batch * kept.one + kept.base == pytest.approx(real, rel=0.02)
    one, base = flops(name, sizes)
    assert 4 * one + base == pytest.approx(counted_flops(case.step(4)), rel=0.02)


def test_a_term_that_is_missing_stops_the_fit() -> None:
    drawn = [small_sizes(LAYOUTS["bert"], random.Random(n)) for n in range(12)]
    found = [Counted(value({"L S h": 30.0, "L a S S": 9.0}, sizes), 0.0) for sizes in drawn]
    exact = fitted(["L S h", "L a S S"], drawn, found)
    assert exact["input"] == {"L S h": 30.0, "L a S S": 9.0}
    with pytest.raises(ValueError, match="add a term"):
        fitted(["L S h"], drawn, found)


def test_every_term_of_a_layout_is_a_product_of_sizes() -> None:
    for layout in LAYOUTS.values():
        for term in memory_terms(layout):
            assert set(term.split()) <= {*Sizes._fields, "1"}


def test_counts_name_their_settings() -> None:
    layout = LAYOUTS["distilbert"]
    names = dict(counts(layout, small_sizes(layout, random.Random(1))))
    assert "gpu fused mixed lora" in names
    assert "flops" in names


@pytest.mark.parametrize("name", ["bert", "llama", "vit"])
def test_checkpointing_keeps_the_inputs_of_all_layers_and_what_is_outside_them(name: str) -> None:
    """At the end of the forward pass; of one layer everything comes when its turn does."""
    sizes = small_sizes(LAYOUTS[name], random.Random(5))._replace(L=6)
    case = build(LAYOUTS[name], sizes, None)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # transformers 5.24 renames it
        case.model.gradient_checkpointing_enable({"use_reentrant": False})
    outside = saved(name, sizes._replace(L=0), Setting("cpu", "fused", "fp32", "full")).one
    inputs = 4 * sizes.h * sizes.L * sizes.S
    assert 4 * (outside + inputs) == pytest.approx(saved_bytes(case.model, case.step(4)), rel=0.05)


@pytest.mark.parametrize("name", ["bert", "deberta-v2", "modernbert", "llama-grouped", "vit"])
def test_a_processors_autocast_keeps_about_what_is_told_of_it(name: str) -> None:
    """It was not traced, but put together from a card's and from fp32's."""
    sizes = small_sizes(LAYOUTS[name], random.Random(3))
    if LAYOUTS[name].reads != "image":
        sizes = sizes._replace(S=96)
    case = build(LAYOUTS[name], sizes, "eager")
    told = saved(name, sizes, Setting("cpu", "eager", "mixed", "full")).one
    one, two = (saved_bytes(case.model, case.step(batch), mixed=True) for batch in (1, 2))
    assert told == pytest.approx(two - one, rel=0.15)


def _gelu(x: Any) -> Any:
    inside = math.sqrt(2 / math.pi) * (x + 0.044715 * torch.pow(x, 3))
    return x * (0.5 * (1 + torch.tanh(inside)))


def _layer_norm(x: Any, _: Any, weight: Any, bias: Any, eps: float) -> Any:
    mean = x.mean(-1, keepdim=True)
    spread = ((x - mean.detach()) ** 2).mean(-1, keepdim=True)
    scale = torch.rsqrt(spread + eps) * weight
    return x * scale + (bias - mean * scale)


def test_a_layer_whose_kernels_are_written_out_keeps_so_many_numbers_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """GELU by its tanh and layer norm by its moments, as google-research/bert writes them."""
    tokens, hidden, inside = 32, 64, 256

    def of_a_layer(activation: Any) -> int:
        return kept(2, activation) - kept(1, activation)

    def kept(layers: int, activation: Any) -> int:
        config = transformers.BertConfig(
            vocab_size=50, hidden_size=hidden, num_hidden_layers=layers, num_attention_heads=2,
            intermediate_size=inside, attn_implementation="eager",
        )  # fmt: skip
        model = transformers.BertModel(config, add_pooling_layer=False).train()
        for layer in model.encoder.layer:
            layer.intermediate.intermediate_act_fn.forward = activation
        ids = torch.ones(1, tokens, dtype=torch.long)
        return saved_bytes(model, lambda: model(input_ids=ids).last_hidden_state)

    joined = of_a_layer(torch.nn.functional.gelu)
    monkeypatch.setattr(torch.nn.functional, "layer_norm", _layer_norm)
    numbers = tokens * (WRITTEN_OUT_F * inside + WRITTEN_OUT_H * hidden)
    assert of_a_layer(_gelu) - joined == pytest.approx(4 * numbers, rel=0.05)
