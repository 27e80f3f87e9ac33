"""Parameter counts from shapes, against the modules that transformers builds and by hand."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pick_model.catalog.draft.parameters import possible_counts
from pick_model.catalog.validate.numbers import rounding
from pick_model.documents.catalog import Entry, Shape


def entry(kind: str, family: str, modality: str = "text", **fields: Any) -> Entry:
    shape = fields.pop("shape")
    return Entry(
        id="x", family=family, kind=kind, modality=modality, tasks=("fill-mask",),
        shape=Shape(**shape), **fields,
    )  # fmt: skip


def built(name: str, **config: Any) -> int:
    """Parameters of the module, counted one tensor at a time on the meta device."""
    torch = pytest.importorskip("torch")
    transformers = pytest.importorskip("transformers")
    settings = getattr(transformers, f"{name}Config")(**config)
    with torch.device("meta"):
        model = getattr(transformers, f"{name}Model")(settings)
    return sum(parameter.numel() for parameter in model.parameters())


SHAPE = {"n_layers": 3, "hidden_size": 48, "intermediate_size": 80, "n_heads": 4, "vocab_size": 99}
SIZES = {
    "num_hidden_layers": 3,
    "hidden_size": 48,
    "intermediate_size": 80,
    "num_attention_heads": 4,
    "vocab_size": 99,
}
POSITIONS = {"n_positions": 33, "n_token_types": 2}
POSITION_SIZES = {"max_position_embeddings": 33, "type_vocab_size": 2}


@pytest.mark.parametrize(
    ("candidate", "module", "config"),
    [
        (entry("encoder", "bert", shape=SHAPE | POSITIONS), "Bert", SIZES | POSITION_SIZES),
        (entry("encoder", "roberta", shape=SHAPE | POSITIONS), "Roberta", SIZES | POSITION_SIZES),
        (
            entry("encoder", "electra", shape=SHAPE | POSITIONS | {"embedding_size": 16}),
            "Electra",
            SIZES | POSITION_SIZES | {"embedding_size": 16},
        ),
        (
            entry("decoder", "gpt-2", shape=SHAPE | {"n_positions": 33}),
            "GPT2",
            {"n_layer": 3, "n_embd": 48, "n_inner": 80, "n_head": 4, "vocab_size": 99,
             "n_positions": 33},
        ),
        (
            entry("decoder", "llama", shape=SHAPE | {"n_kv_heads": 2, "gated_ffn": True,
                                                     "n_positions": 33}),
            "Llama",
            SIZES | {"num_key_value_heads": 2, "max_position_embeddings": 33},
        ),
        (
            entry("encoder", "modernbert", shape=SHAPE | {"gated_ffn": True}),
            "ModernBert",
            SIZES | {"max_position_embeddings": 33, "pad_token_id": 0, "eos_token_id": 1,
                     "bos_token_id": 1, "cls_token_id": 1, "sep_token_id": 1},
        ),
        (
            entry("encoder-decoder", "bart", shape=SHAPE | {"n_decoder_layers": 2,
                                                            "n_positions": 33}),
            "Bart",
            {"encoder_layers": 3, "decoder_layers": 2, "d_model": 48, "encoder_ffn_dim": 80,
             "decoder_ffn_dim": 80, "encoder_attention_heads": 4, "decoder_attention_heads": 4,
             "vocab_size": 99, "max_position_embeddings": 33, "pad_token_id": 1,
             "bos_token_id": 0, "eos_token_id": 2, "decoder_start_token_id": 2,
             "forced_eos_token_id": 2},
        ),
        (
            entry("vit", "ViT", "image", image_size=32,
                  shape={**SHAPE, "patch_size": 8, "vocab_size": None}),
            "ViT",
            {k: v for k, v in SIZES.items() if k != "vocab_size"}
            | {"image_size": 32, "patch_size": 8},
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_a_shape_allows_what_the_module_has(
    candidate: Entry, module: str, config: dict[str, Any]
) -> None:
    """Within the few vectors that the layouts leave out: 0.5 % of even a tiny model."""
    truth = built(module, **config)
    assert min(abs(count / truth - 1) for count in possible_counts(candidate)) < 0.005


def test_bert_base_is_counted_to_the_last_parameter() -> None:
    h, f, layers = 768, 3072, 12
    embeddings = (30522 + 512 + 2) * h + 2 * h
    layer = 4 * (h * h + h) + (h * f + f) + (f * h + h) + 2 * 2 * h
    pooler = h * h + h
    shape = {"n_layers": 12, "hidden_size": 768, "intermediate_size": 3072, "n_heads": 12,
             "vocab_size": 30522, "n_positions": 512, "n_token_types": 2}  # fmt: skip
    counts = possible_counts(entry("encoder", "bert", shape=shape))
    assert embeddings + layers * layer + pooler == 109_482_240
    assert counts[:2] == (109_482_240 - pooler, 109_482_240)


def test_shared_layers_are_counted_once() -> None:
    shared = possible_counts(entry("encoder", "albert", shape=SHAPE | {"n_unique_layers": 1}))
    single = possible_counts(entry("encoder", "albert", shape=SHAPE | {"n_layers": 1}))
    assert shared == single


@pytest.mark.parametrize(
    "unknown",
    [
        entry("encoder", "bert", shape=SHAPE | {"hidden_size": None}),
        entry("encoder", "bert", shape=SHAPE | {"vocab_size": None}),
        entry("encoder", "mobilebert", shape=SHAPE),
        entry("cnn", "ResNet", "image", shape={}),
        entry("dual-encoder", "CLIP", "image-text", shape=SHAPE),
    ],
    ids=["no width", "no vocabulary", "own bottlenecks", "convolutions", "two towers"],
)
def test_nothing_is_said_of_what_the_shape_does_not_tell(unknown: Entry) -> None:
    assert possible_counts(unknown) == ()


@given(
    layers=st.integers(1, 40),
    heads=st.integers(1, 8),
    width=st.integers(1, 16),
    f=st.integers(1, 64),
)
def test_every_further_layer_costs_the_same(layers: int, heads: int, width: int, f: int) -> None:
    def count(n: int) -> int:
        shape = SHAPE | {"n_layers": n, "n_heads": heads, "hidden_size": heads * width,
                         "intermediate_size": f}  # fmt: skip
        return possible_counts(entry("decoder", "llama", shape=shape))[0]

    assert count(layers + 1) - count(layers) == count(2) - count(1)


@pytest.mark.parametrize(
    ("stated", "half"), [(110_000_000, 5_000_000), (1_100_000_000, 50_000_000), (109_482_241, 0.5)]
)
def test_a_rounded_figure_is_taken_as_rounded(stated: int, half: float) -> None:
    assert rounding(stated) == half
