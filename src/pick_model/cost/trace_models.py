"""Small models of each architecture that is traced, and inputs for them. Needs transformers.

Coefficients do not depend on size, so a trace runs on models a few layers deep and some dozens
of numbers wide: real tensors on the CPU, where code that looks at its data (ModernBERT,
DeBERTa) runs as well, which it does not on the meta device.
"""

from __future__ import annotations

import math
import random
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import torch
import transformers

from pick_model.cost.terms import Sizes
from pick_model.cost.trace_step import Step

LABELS = 3
BANDS = 26  # of a spectrogram: two patches of 16, ten apart


class Layout(NamedTuple):
    """One architecture: how transformers builds it, and the terms its costs are made of."""

    model_type: str
    reads: str  # text | causal | pairs (read and write) | image | sound | spectrogram | features
    fields: Mapping[str, str | Sequence[str]]  # symbol of `Sizes` -> fields of the configuration
    settings: Mapping[str, Any] = {}  # as its published checkpoints have them
    adapts: str = r"(query|value|q_proj|v_proj|q_lin|v_lin|query_proj|value_proj)$"
    own_heads: bool = False  # heads × their width may differ from the hidden size
    model: str = ""  # the class where it is not the usual one for what it reads
    grouped: bool = False  # fewer keys and values than queries, which are then copied
    period: int = 1  # layers after which local and global attention repeat


USUAL = {
    "L": "num_hidden_layers",
    "h": "hidden_size",
    "f": "intermediate_size",
    "a": "num_attention_heads",
}
GROUPED = {**USUAL, "k": "num_key_value_heads"}
PAIRED = {
    "L": "encoder_layers",
    "D": "decoder_layers",
    "h": "d_model",
    "f": ("encoder_ffn_dim", "decoder_ffn_dim"),
    "a": ("encoder_attention_heads", "decoder_attention_heads"),
}
T5 = {"L": "num_layers", "D": "num_decoder_layers", "h": "d_model", "f": "d_ff", "a": "num_heads"}
GPT2 = {"L": "n_layer", "h": "n_embd", "f": "n_inner", "a": "n_head"}
BLOOM = {"L": "n_layer", "h": "hidden_size", "a": "n_head"}
DISTILBERT = {"L": "n_layers", "h": "dim", "f": "hidden_dim", "a": "n_heads"}
FLAUBERT = {"L": "n_layers", "h": "emb_dim", "a": "n_heads"}
NARROW = {**USUAL, "e": "embedding_size"}

# Dropout of BART's kin as bart-large has it; the class's own default leaves attention alone.
BART = {"attention_dropout": 0.1, "activation_dropout": 0.1}
M2M = {"encoder_layerdrop": 0.0, "decoder_layerdrop": 0.0, "attention_dropout": 0.1}
SPEECH = {"activation_dropout": 0.0, "layerdrop": 0.0, "apply_spec_augment": False}
LARGE_SPEECH = {**SPEECH, "feat_extract_norm": "layer", "do_stable_layer_norm": True}
GATED = {"feed_forward_proj": "gated-gelu"}  # T5 1.1, mT5, FLAN-T5
DEBERTA = {"relative_attention": True, "max_relative_positions": -1, "norm_rel_ebd": "layer_norm"}
DEBERTA |= {"pos_att_type": ["p2c", "c2p"], "position_buckets": 256, "share_att_key": True}
DEBERTA |= {"position_biased_input": False, "type_vocab_size": 0}
DEBERTA_1 = {"relative_attention": True, "pos_att_type": ["c2p", "p2c"], "type_vocab_size": 0}
DEBERTA_1 |= {"position_biased_input": False, "max_relative_positions": -1}

LAYOUTS: dict[str, Layout] = {
    "bert": Layout("bert", "text", USUAL),
    "distilbert": Layout("distilbert", "text", DISTILBERT),
    "albert": Layout("albert", "text", NARROW),
    "mpnet": Layout("mpnet", "text", USUAL, adapts=r"attn\.(q|v)$"),
    "gte": Layout("gte", "text", USUAL, {}, r"(qkv_proj|q_proj|v_proj)$"),
    "nomic-bert": Layout("nomic_bert", "text", USUAL),
    "jina-v3": Layout("jina_embeddings_v3", "text", USUAL),
    "flaubert": Layout("flaubert", "text", FLAUBERT, adapts=r"(q_lin|v_lin)$"),
    "esm": Layout("esm", "text", USUAL, {"position_embedding_type": "rotary"}),
    "deberta": Layout("deberta", "text", USUAL, DEBERTA_1, r"in_proj$"),
    "deberta-v2": Layout("deberta-v2", "text", USUAL, DEBERTA),
    "modernbert": Layout("modernbert", "text", USUAL, {}, r"Wqkv$", period=3),
    "eurobert": Layout("eurobert", "text", GROUPED, own_heads=True),
    "gpt2": Layout("gpt2", "causal", GPT2, {}, r"c_attn$"),
    "gpt-neox": Layout("gpt_neox", "causal", USUAL, {}, r"query_key_value$"),
    "opt": Layout("opt", "causal", {**USUAL, "f": "ffn_dim"}, {}),
    "bloom": Layout("bloom", "causal", BLOOM, {}, r"query_key_value$"),
    "llama": Layout("llama", "causal", GROUPED, own_heads=True),
    "llama-grouped": Layout("llama", "causal", GROUPED, own_heads=True, grouped=True),
    "qwen3": Layout("qwen3", "causal", GROUPED, own_heads=True, grouped=True),
    "phi": Layout("phi", "causal", GROUPED),
    "gemma3": Layout("gemma3_text", "causal", GROUPED, own_heads=True, grouped=True),
    "olmo2": Layout("olmo2", "causal", GROUPED),
    "granite": Layout("granite", "causal", GROUPED, grouped=True),
    "phi3": Layout("phi3", "causal", GROUPED, {}, r"qkv_proj$"),
    "hunyuan": Layout("hunyuan_v1_dense", "causal", GROUPED, own_heads=True, grouped=True),
    "smollm3": Layout("smollm3", "causal", GROUPED, grouped=True),
    "stablelm": Layout("stablelm", "causal", GROUPED),
    "starcoder2": Layout("starcoder2", "causal", GROUPED, grouped=True),
    "gptj": Layout("gptj", "causal", GPT2, {"rotary_dim": 4}),
    "codegen": Layout("codegen", "causal", GPT2, {"rotary_dim": 4}, r"qkv_proj$"),
    "biogpt": Layout("biogpt", "causal", USUAL),
    "gemma2": Layout("gemma2", "causal", GROUPED, own_heads=True, grouped=True, period=2),
    "t5": Layout("t5", "pairs", T5, {}, r"\.(q|v)$", own_heads=True),
    "t5-gated": Layout("t5", "pairs", T5, GATED, r"\.(q|v)$", own_heads=True),
    "bart": Layout("bart", "pairs", PAIRED, BART),
    "m2m100": Layout("m2m_100", "pairs", PAIRED, M2M),
    "pegasus": Layout("pegasus", "pairs", PAIRED, BART),
    "vit": Layout("vit", "image", USUAL),
    "beit": Layout(
        "beit", "image", USUAL, {"use_relative_position_bias": True, "layer_scale_init_value": 0.1}
    ),
    "dinov2": Layout("dinov2", "image", {key: USUAL[key] for key in "Lha"}),
    "clip-vision": Layout("clip_vision_model", "image", USUAL, model="AutoModel"),
    "dinov3": Layout("dinov3_vit", "image", USUAL, {"num_register_tokens": 0}, model="AutoModel"),
    "wav2vec2": Layout("wav2vec2", "sound", USUAL, SPEECH),
    "wav2vec2-large": Layout("wav2vec2", "sound", USUAL, LARGE_SPEECH),
    # WavLM hands its projections' weights to one kernel, which an adapter would not reach.
    "wavlm": Layout("wavlm", "sound", USUAL, SPEECH, r"intermediate_dense$"),
    "ast": Layout("audio-spectrogram-transformer", "spectrogram", USUAL),
    "whisper": Layout("whisper", "features", PAIRED),
}

CLASSES = {
    "text": "AutoModelForSequenceClassification",
    "causal": "AutoModelForCausalLM",
    "pairs": "AutoModelForSeq2SeqLM",
    "image": "AutoModelForImageClassification",
    "sound": "AutoModelForAudioClassification",
    "spectrogram": "AutoModelForAudioClassification",
    "features": "AutoModelForSpeechSeq2Seq",
}


class TracedCase(NamedTuple):
    """A small model in training, and a forward pass over a batch of the given number."""

    model: Any  # transformers' PreTrainedModel
    step: Callable[[int], Step]


def small_sizes(layout: Layout, rng: random.Random) -> Sizes:
    """Sizes at random, small enough that a trace takes milliseconds."""
    heads = rng.choice((4, 6)) if layout.grouped else rng.choice((2, 4, 6))
    width = rng.choice((8, 16, 24))
    hidden = heads * width
    groups, own = heads, width
    if layout.own_heads:
        own = rng.choice((8, 16, 32))
    if layout.grouped:
        groups = rng.choice([n for n in (2, 3) if heads % n == 0])  # one alone is not copied
    paired = "D" in layout.fields
    side, patch = rng.randint(4, 9), rng.choice((2, 4, 8))
    positions = {
        "image": side * side + 1,  # one for the whole image
        "sound": rng.randint(6, 18),
        "spectrogram": 2 * rng.randint(10, 40) + 2,
    }
    return Sizes(
        L=layout.period * rng.randint(1, 2),
        h=hidden,
        f=4 * hidden if "f" not in layout.fields else 8 * rng.randint(5, 40),
        a=heads,
        S=positions.get(layout.reads) or rng.randint(16, 60),
        D=rng.randint(1, 2) if paired else 0,
        T=rng.randint(10, 40) if paired else 0,
        q=heads * own,
        k=groups * own,
        d=own,
        e=8 * rng.randint(2, 9) if "e" in layout.fields else hidden,
        V=rng.randint(100, 900) if layout.reads in ("causal", "pairs", "features") else 0,
        P=3 * (side * patch) ** 2 if layout.reads == "image" else 0,
    )


def build(layout: Layout, sizes: Sizes, attention: str | None) -> TracedCase:
    """A model of these sizes with weights at random, and what feeds it.

    `attention` is a name that transformers takes, eager or sdpa; None leaves it the choice.
    """
    config = _config(layout, sizes)
    maker = getattr(transformers, layout.model or CLASSES[layout.reads])
    model = maker.from_config(config, attn_implementation=attention).train()

    def step(batch: int) -> Step:
        return lambda: model(**_inputs(layout, sizes, batch, model.dtype))

    return TracedCase(model, step)


def supports_sdpa(layout: Layout) -> bool:
    """Whether transformers runs it through `scaled_dot_product_attention`."""
    config = transformers.AutoConfig.for_model(layout.model_type)
    maker = getattr(transformers, layout.model or CLASSES[layout.reads])
    return bool(maker._model_mapping[type(config)]._supports_sdpa)


def _config(layout: Layout, sizes: Sizes) -> Any:
    values: dict[str, Any] = dict(layout.settings)
    for symbol, fields in layout.fields.items():
        number = getattr(sizes, symbol)
        if symbol == "k":
            number = sizes.k // (sizes.q // sizes.a)
        for field in [fields] if isinstance(fields, str) else fields:
            values[field] = number
    if layout.own_heads:
        values["d_kv" if "d_kv" in _defaults(layout) else "head_dim"] = sizes.q // sizes.a
    values["vocab_size"] = sizes.V or 100
    values |= {"num_labels": LABELS, "pad_token_id": 0, "bos_token_id": 1, "eos_token_id": 1}
    if layout.reads == "image":
        patches = math.isqrt(sizes.S)
        values |= {"image_size": _side(sizes), "patch_size": _side(sizes) // patches}
    if layout.reads == "spectrogram":
        values |= {"num_mel_bins": BANDS, "max_length": _length(sizes)}
    if layout.reads == "features":
        values |= {"max_source_positions": sizes.S, "num_mel_bins": BANDS}
    if layout.reads in ("pairs", "features"):
        values |= {"decoder_start_token_id": 1, "forced_eos_token_id": None}
    return transformers.AutoConfig.for_model(layout.model_type, **values)


def _defaults(layout: Layout) -> Mapping[str, Any]:
    found: Mapping[str, Any] = transformers.AutoConfig.for_model(layout.model_type).to_dict()
    return found


def _side(sizes: Sizes) -> int:
    return math.isqrt(sizes.P // 3)


def _length(sizes: Sizes) -> int:
    """Frames of a spectrogram that patches of 16, ten apart, cover in two rows of BANDS."""
    return 16 + 10 * ((sizes.S - 2) // 2 - 1)


def _inputs(
    layout: Layout, sizes: Sizes, batch: int, dtype: torch.dtype
) -> dict[str, torch.Tensor]:
    """What feeds the model.

    Texts are padded, as a batch of real ones is: a mask that hides nothing would be dropped.
    """

    def ids(length: int) -> torch.Tensor:
        return torch.full((batch, length), 5, dtype=torch.long)

    def zeros(*shape: int) -> torch.Tensor:
        return torch.zeros(batch, *shape, dtype=dtype)

    source: dict[str, torch.Tensor]
    if layout.reads in ("text", "causal", "pairs"):
        shown = torch.ones(batch, sizes.S, dtype=torch.long)
        shown[:, -2:] = 0
        source = {"input_ids": ids(sizes.S), "attention_mask": shown}
    elif layout.reads == "image":
        source = {"pixel_values": zeros(3, _side(sizes), _side(sizes))}
    elif layout.reads == "sound":  # the convolutions' field of view is 400 samples, 320 apart
        source = {"input_values": zeros(320 * sizes.S + 80)}
    elif layout.reads == "spectrogram":
        source = {"input_values": zeros(_length(sizes), BANDS)}
    else:
        source = {"input_features": zeros(BANDS, 2 * sizes.S)}
    if layout.model:
        return source
    if layout.reads in ("causal", "pairs", "features"):
        return source | {"labels": ids(sizes.T or sizes.S)}
    return source | {"labels": torch.zeros(batch, dtype=torch.long)}


def adapt(model: torch.nn.Module, pattern: str, rank: int = 1) -> None:
    """Freeze the model and put adapters of LoRA on the layers whose name matches."""
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    named = [name for name, _ in model.named_modules() if re.search(pattern, name)]
    for name in named:
        parent, _, last = name.rpartition(".")
        owner = model.get_submodule(parent)
        setattr(owner, last, Adapted(getattr(owner, last), rank))
    if not named:
        raise ValueError(f"no layer of {type(model).__name__} matches {pattern!r}")


class Adapted(torch.nn.Module):
    """A frozen layer and a low-rank path beside it (Hu et al. 2021, equation 3)."""

    def __init__(self, base: torch.nn.Module, rank: int) -> None:
        super().__init__()
        weight: Any = base.weight
        wide = tuple(weight.shape)
        reads, writes = wide if type(base).__name__ == "Conv1D" else wide[::-1]
        self.base = base
        self.down = torch.nn.Linear(reads, rank, bias=False, dtype=weight.dtype)
        self.up = torch.nn.Linear(rank, writes, bias=False, dtype=weight.dtype)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        result: torch.Tensor = self.base(x) + self.up(self.down(x))
        return result
