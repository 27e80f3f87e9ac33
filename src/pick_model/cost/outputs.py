"""How many numbers one forward pass writes: what its time is, beside arithmetic.

Counted are the outputs of convolutions and matrix products, as timm's tables of activations
count them; what is between them (bias, activation, dropout, residual, normalisation) follows
in proportion and is in the rates.
"""

from __future__ import annotations

from pick_model.cost.forward import CONVOLUTIONAL, attention_of, n_layers
from pick_model.cost.layouts import FRAMES_PER_SECOND, built_like, sizes_of
from pick_model.cost.terms import Sizes
from pick_model.cost.traces import drops_scores
from pick_model.documents.catalog import Entry, Shape
from pick_model.documents.hardware import NetworkKind
from pick_model.documents.profile import Profile

# Tensors of a score for every pair of tokens and head. Fused attention writes none. In training on
# a processor, dropout has no fused kernel: scores and the numbers it draws (of 0, 1 and 2, that is
# nearest on eleven timed steps, tests/benchmarks/time.py).
FUSED, EAGER, DROPPED = 0, 1, 2
# DeBERTa has three products where others have one (He et al. 2021, equation 4), gathers two of them
# into place, divides, adds, masks: about 24 reads and writes a score (transformers,
# modeling_deberta_v2), of ACCESSES each. The two products are with positions, not tokens: as many
# more scores as there are more positions, written and read once.
DISENTANGLED, BY_POSITION = 6.0, 1.0
POSITIONS = 512  # DeBERTa v2 and v3: 256 buckets to either side; v1: every distance there is
# A layer of BERT's launches about sixteen operations; DeBERTa's about twelve more, for the
# positions' projections, products, gathers and sums (transformers, modeling_deberta_v2).
DISENTANGLED_LAUNCHES = 1.75
# A decoder's layer also attends to what was read: four products beside its own.
CROSS_ATTENTION = 1.5
# Speech encoders of wav2vec 2.0's kind write 512 channels at each of seven strides (Baevski et
# al. 2020, section 4.2): numbers a second of 16 kHz sound.
CONVOLVED_PER_SECOND = 512 * (3200 + 1600 + 800 + 400 + 200 + 100 + 50)
# Where the shape is unknown, by the FLOPs of one pass: the median of what timm's tables count
# for convolutions and for transformers in stages, and of plain ones with fused attention.
WRITTEN_PER_FLOP: dict[NetworkKind, float] = {
    "convolution": 1.4e-3,
    "hierarchical": 2.1e-3,
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


def score_tensors(entry: Entry, tokens: int, *, trained_on_cpu: bool = False) -> float:
    """How often the scores of every pair of `tokens` tokens are written."""
    built = built_like(entry)
    if _disentangled(entry):
        first = built is not None and built.layout == "deberta"
        return disentangled_scores(tokens, 2 * tokens if first else POSITIONS)
    if trained_on_cpu and built is not None and drops_scores(built.layout):
        return DROPPED
    return EAGER if attention_of(entry) == "eager" else FUSED


def _disentangled(entry: Entry) -> bool:
    built = built_like(entry)
    return built is not None and "deberta" in built.layout


def disentangled_scores(tokens: int, positions: int) -> float:
    """How often DeBERTa writes the scores of every pair of `tokens` tokens."""
    return DISENTANGLED + BY_POSITION * max(positions / tokens - 1, 0.0)


def launched_layers(entry: Entry) -> float:
    """Layers of a forward pass, in those of a plain transformer."""
    return n_layers(entry) * (DISENTANGLED_LAUNCHES if _disentangled(entry) else 1.0)


def output_numbers(
    entry: Entry, profile: Profile, flops: float, *, trained_on_cpu: bool = False
) -> float:
    """Numbers that one input's forward pass of `flops` FLOPs writes."""
    sizes = sizes_of(entry, profile)
    if sizes is None:
        forward = entry.forward
        if forward is not None and forward.activations and forward.flops:
            return flops * forward.activations / forward.flops  # both grow with the input's area
        return flops * WRITTEN_PER_FLOP[network_kind(entry)]
    scores = score_tensors(entry, sizes.S, trained_on_cpu=trained_on_cpu)
    gated = entry.shape.gated_ffn
    total = sizes.L * layer_outputs(sizes, sizes.S, scores, gated)
    total += CROSS_ATTENTION * sizes.D * layer_outputs(sizes, sizes.T, scores, gated)
    total += sizes.V * (sizes.T or sizes.S)
    if entry.kind == "speech-encoder":
        total += sizes.S / FRAMES_PER_SECOND * CONVOLVED_PER_SECOND
    return total


def layer_outputs(sizes: Sizes, tokens: int, scores: float, gated: bool) -> float:
    """Numbers that one transformer layer's products write for one input of `tokens` positions.

    S·(q + 2·k) for queries, keys and values, S·q for what attention gives, S·h for each of the
    two projections back, S·f for the feed-forward block, twice if gated, and a·S² for each
    tensor of scores.
    """
    per_token = 2 * (sizes.q + sizes.k + sizes.h) + sizes.f * (2 if gated else 1)
    return tokens * per_token + scores * sizes.a * tokens**2


def plain_sizes(shape: Shape, tokens: int) -> Sizes:
    """Sizes of an encoder of this shape, its heads as wide as its hidden size allows."""
    h = shape.hidden_size or 0
    return Sizes(
        L=shape.n_layers or 0,
        h=h,
        f=shape.intermediate_size or 4 * h,
        a=shape.n_heads or 1,
        S=tokens,
        q=h,
        k=h,
    )
