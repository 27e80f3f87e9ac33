"""How many numbers one forward pass writes: what its time is, beside arithmetic.

Counted are the outputs of convolutions and matrix products, as timm's tables of activations
count them; what is between them (bias, activation, dropout, residual, normalisation) follows
in proportion and is in the rates.
"""

from __future__ import annotations

from typing import Literal

from pick_model.cost.forward import CONVOLUTIONAL, attention_of
from pick_model.cost.layouts import (
    FRAMES_PER_SECOND,
    OUTPUT_TOKENS,
    built_like,
    transformer_tokens,
    writes_vocabulary,
)
from pick_model.documents.catalog import Entry, Shape
from pick_model.documents.hardware import NetworkKind
from pick_model.documents.profile import Profile

Attention = Literal["fused", "eager", "disentangled"]

# Numbers that wav2vec 2.0's seven convolutions of 512 channels write for a second of sound at
# 16 kHz, strides 5 2 2 2 2 2 2 (Baevski et al. 2020, section 4.2), and their GELUs.
WAV2VEC_CONV_ACTIVATIONS = 2 * 512 * (3200 + 1600 + 800 + 400 + 200 + 100 + 50)

# He et al. 2021, equation 4: three products of scores where others have one, and two of them
# are gathered into place.
SCORE_TENSORS = {"fused": 0, "eager": 1, "disentangled": 5}
# Where the shape is unknown, by the FLOPs of one pass: the median of what timm's tables count
# for convolutions and for transformers in stages, and of plain ones with fused attention.
WRITTEN_PER_FLOP: dict[NetworkKind, float] = {
    "convolution": 2.4e-3,
    "hierarchical": 2.0e-3,
    "transformer": 0.5e-3,
}
_CONVOLUTIONS_INSIDE = frozenset({"detector", "segmenter", "audio-encoder", "speaker-encoder"})


def network_kind(entry: Entry) -> NetworkKind:
    """Whose measured rates a network follows."""
    if entry.kind in CONVOLUTIONAL:
        return "convolution"
    if entry.kind == "hierarchical-vit":
        return "hierarchical"
    if entry.shape.hidden_size is None and entry.kind in _CONVOLUTIONS_INSIDE:
        return "convolution"
    return "transformer"


def attention(entry: Entry) -> Attention:
    """Whether the scores of every pair of tokens are written, and how often."""
    built = built_like(entry)
    if built is not None and built.layout.startswith("deberta"):
        return "disentangled"
    return attention_of(entry)


def written_numbers(entry: Entry, profile: Profile, flops: float) -> float:
    """Numbers that one input's forward pass of `flops` FLOPs writes."""
    tokens = transformer_tokens(entry, profile)
    shape = entry.shape
    if tokens is not None and shape.hidden_size is not None and shape.n_layers is not None:
        scores = SCORE_TENSORS[attention(entry)]
        total = shape.n_layers * layer_written(shape, tokens, scores)
        if shape.n_decoder_layers:  # half as much again for attention to the encoder
            output = min(OUTPUT_TOKENS, tokens)
            total += 1.5 * shape.n_decoder_layers * layer_written(shape, output, scores)
        if entry.kind == "speech-encoder":
            total += tokens / FRAMES_PER_SECOND * WAV2VEC_CONV_ACTIVATIONS / 2
        if writes_vocabulary(entry, profile.task):
            total += tokens * (shape.vocab_size or 0)
        return total
    forward = entry.forward
    if forward is not None and forward.activations and forward.flops:
        return flops * forward.activations / forward.flops  # both grow with the input's area
    return flops * WRITTEN_PER_FLOP[network_kind(entry)]


def layer_written(shape: Shape, tokens: int, score_tensors: int) -> float:
    """Numbers that one transformer layer's products write for one input of `tokens` positions.

    S·(q + 2·kv) for queries, keys and values, S·q for what attention gives, S·h for each of
    the two projections back, S·f for the feed-forward block, twice if gated, and a·S² for each
    score tensor; a heads, q = a·head size.
    """
    h = shape.hidden_size or 0
    heads = shape.n_heads or 1
    head_dim = shape.head_dim or h / heads
    query, keys = heads * head_dim, (shape.n_kv_heads or heads) * head_dim
    feed_forward = (shape.intermediate_size or 4 * h) * (2 if shape.gated_ffn else 1)
    per_token = 2 * query + 2 * keys + 2 * h + feed_forward
    return tokens * per_token + score_tensors * heads * tokens**2
