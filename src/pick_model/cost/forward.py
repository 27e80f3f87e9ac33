"""FLOPs and kept activations of one pass through a model, from publication or trace.

FLOPs count a multiply-add as two. What was published for exactly this model outranks a trace of
its architecture, a trace of its own outranks one of a neighbour.
"""

from __future__ import annotations

from functools import lru_cache

from msgspec import Struct

from pick_model.cost.lately import lately
from pick_model.cost.layouts import (
    Built,
    built_like,
    image_side,
    sizes_of,
    transformer_tokens,
    without_fused,
)
from pick_model.cost.shapeless import guessed_flops
from pick_model.cost.terms import Sizes
from pick_model.cost.traces import (
    Attention,
    Setting,
    activation_bytes,
    attentions,
    flops,
    saved,
    saved_otherwise,
)
from pick_model.documents.catalog import Entry, Shape
from pick_model.documents.hardware import Machine
from pick_model.documents.names import Basis
from pick_model.documents.profile import Profile
from pick_model.errors import WrongValue
from pick_model.interval import Interval
from pick_model.words.say import message

CONVOLUTIONAL = frozenset({"cnn", "text-cnn", "speaker-encoder"})
# Kinds without attention; networks of graphs and trees of tables have none, either.
UNATTENDING = CONVOLUTIONAL | {
    "recurrent",
    "collaborative-filter",
    "graph-recommender",
    "table-learner",
}
TYPICAL_LAYERS = 24  # where the catalog does not say how many

# A trace counts matrix products exactly; heads and poolers of the task differ.
EXACT, PUBLISHED, NEIGHBOUR = 0.03, 0.05, 0.15
# What is kept, at the same sizes: a step's own trace, but for the head and whether texts are
# padded.
EXACTLY = Interval(1.0, 0.93, 1.07)
# An architecture that was not traced keeps so many times what its neighbour keeps: 5, 50 and 95 %
# points over all traced ones that are built alike, lengths, arithmetics and attentions
# (tests/cost/test_traces.py counts them); for a neighbour with nobody beside it, those of all.
LIKE_ALL = Interval(1.0, 0.69, 1.48)
KEPT_BESIDE: dict[str, Interval] = {
    "bert": Interval(1.05, 0.95, 1.9),
    "gte": Interval(0.95, 0.85, 1.07),
    "llama": Interval(1.1, 0.97, 1.42),
    "llama-grouped": Interval(1.08, 0.97, 1.42),
    "stablelm": Interval(1.0, 0.57, 1.53),
    "starcoder2": Interval(0.97, 0.8, 1.25),
    "gptj": Interval(1.0, 0.95, 1.35),
    "bart": Interval(1.0, 0.77, 1.6),
    "m2m100": Interval(1.1, 1.0, 1.3),
    "t5-gated": Interval(1.0, 0.67, 1.42),
    "vit": Interval(1.08, 0.97, 1.3),
    "wav2vec2": Interval(1.16, 1.0, 1.6),
}

# Backbones whose layers a polynomial does not tell: the traced family, by the catalog's.
CONVOLUTIONS: dict[str, str] = {
    **dict.fromkeys(("ResNet", "ResNeXt", "Wide-ResNet", "BiT"), "resnet"),
    **dict.fromkeys(("MobileNet", "MNASNet"), "mobilenet_v2"),
    **dict.fromkeys(("EfficientNet", "EfficientNetV2"), "efficientnet"),
    "RegNet": "regnet",
    "ConvNeXt": "convnext",
    "ConvNeXtV2": "convnextv2",
    "Swin": "swin",
    "SwinV2": "swinv2",
    "PVTv2": "pvt_v2",
    "SegFormer": "segformer",
    "PoolFormer": "poolformer",
}
# Bytes an activation where the family was not traced: middle and ends of those that were.
OTHER_CONVOLUTIONS = {"fp32": Interval(9.0, 7.0, 14.0)}
OTHER_CONVOLUTIONS["mixed"] = OTHER_CONVOLUTIONS["bf16"] = Interval(4.8, 3.6, 7.2)


class BatchFigure(Struct, frozen=True):
    """A figure of one input, what a batch adds to it once, and what it rests on."""

    one: Interval
    base: Interval
    basis: Basis

    def of(self, batch: int) -> Interval:
        """For a whole batch."""
        return self.one.times(batch).plus(self.base)


NOTHING = Interval(0.0, 0.0, 0.0)


def n_layers(entry: Entry) -> int:
    return (entry.shape.n_layers or TYPICAL_LAYERS) + (entry.shape.n_decoder_layers or 0)


def serving_bytes(machine: Machine) -> int:
    """Bytes a number when a model is served: fp32 on a CPU, 16 bits on a GPU, however trained."""
    return 4 if machine.kind == "cpu" else 2


def forward_flops(entry: Entry, profile: Profile) -> BatchFigure | None:
    """FLOPs of a forward pass over inputs of the profile's size."""
    published = _published_flops(entry, profile)
    if published is not None:
        return BatchFigure(_about(published, PUBLISHED), NOTHING, "published")
    built, sizes = built_like(entry), sizes_of(entry, profile)
    if built is not None and sizes is not None:
        one, base = flops(built.layout, sizes)
        slack = EXACT if built.exact else NEIGHBOUR
        basis: Basis = "traced" if built.exact else "derived"
        return BatchFigure(_about(one, slack), _about(base, slack), basis)
    tokens = transformer_tokens(entry, profile)
    guess = guessed_flops(entry, tokens) if tokens is not None else None
    return BatchFigure(guess, NOTHING, "derived") if guess is not None else None


def _about(value: float, slack: float) -> Interval:
    return Interval(value, value * (1 - slack), value * (1 + slack))


def _published_flops(entry: Entry, profile: Profile) -> float | None:
    forward = entry.forward
    if forward is None or forward.flops is None:
        return None
    if entry.kind != "cnn" and forward.image_size not in (None, image_side(entry, profile)):
        return None  # of an input that the model does not read here
    return forward.flops * _scale(entry, profile)


def _scale(entry: Entry, profile: Profile) -> float:
    """The profile's input over the one a figure was published for, where that is linear."""
    forward = entry.forward
    if forward is None:
        return 1.0
    if entry.modality == "audio" and forward.seconds:
        return min(profile.input_seconds, entry.max_seconds or 1e9) / forward.seconds
    if entry.modality == "text" and forward.tokens:
        return profile.input_tokens / forward.tokens
    if entry.kind == "cnn" and forward.image_size:  # any size goes; others keep their own
        return (profile.input_pixels / forward.image_size) ** 2
    return 1.0


def attention_of(entry: Entry, wanted: Attention | None = None) -> Attention:
    """The implementation that runs: fused where the architecture has it and none is asked for.

    Raises WrongValue when fused attention is asked for and there is none.
    """
    there = attentions_of(entry)
    if wanted is not None and wanted not in there:
        raise WrongValue(message("no-such-attention", model=entry.id, attention=wanted))
    return wanted or there[-1]


@lately
def attentions_of(entry: Entry) -> tuple[Attention, ...]:
    """The implementations of attention that the architecture has, the usual one last."""
    built = built_like(entry)
    traced = built is not None and (built.exact or not without_fused(entry))
    return attentions(built.layout) if built and traced else ("eager",)


def kept_activations(
    entry: Entry, profile: Profile, setting: Setting, *, checkpointing: bool = False
) -> BatchFigure | None:
    """Bytes that a training step keeps for its backward pass; None where nobody counted them."""
    built, sizes = built_like(entry), sizes_of(entry, profile)
    if built is not None and sizes is not None:
        return _traced(built, sizes, setting, checkpointing)
    if entry.forward is None or entry.forward.activations is None:
        return None
    family = CONVOLUTIONS.get(entry.family)
    each = activation_bytes(family, setting.dtype) if family else None
    elements = entry.forward.activations * _scale(entry, profile)
    kept = (each or OTHER_CONVOLUTIONS[setting.dtype]).times(elements)
    return BatchFigure(kept, NOTHING, "traced" if each else "derived")


@lru_cache(maxsize=4096)  # models of one shape are many
def _traced(built: Built, sizes: Sizes, setting: Setting, checkpointing: bool) -> BatchFigure:
    held = 0.0
    if checkpointing:
        # Inside of one layer, which is run again when its turn comes.
        held = _layer_inputs(sizes, setting.dtype)
        sizes = sizes._replace(L=1, D=min(sizes.D, 1), V=0)
    one, base = saved(built.layout, sizes, setting)
    other = saved_otherwise(built.layout, sizes, setting)
    of_one, of_all = _either(one + held, other.one + held), _either(base, other.base)
    if built.exact:  # what both traces lack is the same: ends times ends
        low, high = EXACTLY.low, EXACTLY.high
        one_input = Interval(of_one.value, low * of_one.low, high * of_one.high)
        a_batch = Interval(of_all.value, low * of_all.low, high * of_all.high)
        return BatchFigure(one_input, a_batch, "traced")
    beside = KEPT_BESIDE.get(built.layout, LIKE_ALL)
    return BatchFigure(beside.by(of_one), beside.by(of_all) if base > 0 else of_all, "derived")


def _either(value: float, other: float) -> Interval:
    """A count by the kernels that are usual, and by those that may run instead."""
    return Interval(value, min(value, other), max(value, other))


def _layer_inputs(sizes: Sizes, dtype: str) -> float:
    return (2 if dtype == "bf16" else 4) * sizes.h * (sizes.L * sizes.S + sizes.D * sizes.T)


def checkpointed_bytes(entry: Entry, profile: Profile, dtype: str) -> float:
    """Bytes of one input's layer inputs, which checkpointing keeps; 0 if the shape is unknown."""
    sizes = sizes_of(entry, profile)
    return _layer_inputs(sizes, dtype) if sizes is not None else 0.0


def scored(entry: Entry, profile: Profile) -> float:
    """How many scores of words a model that writes gives for one input: positions × vocabulary."""
    sizes = sizes_of(entry, profile)
    return float((sizes.T or sizes.S) * sizes.V) if sizes is not None else 0.0


def layer_flops(shape: Shape, tokens: int) -> float:
    """FLOPs of one transformer layer over `tokens` positions of one input.

    Projections 2·S·h·(2h + 2·kv), feed-forward 2·S·h·f for each of its two or three matrices,
    scores and their use 4·S²·h, with h the hidden size, kv the width of keys and f of the
    feed-forward block.
    """
    h = shape.hidden_size or 0
    heads = shape.n_heads or 1
    head_dim = shape.head_dim or h / heads
    query, keys = heads * head_dim, (shape.n_kv_heads or heads) * head_dim
    matrices = 3 if shape.gated_ffn else 2
    projections = 2 * h * (2 * query + 2 * keys)
    feed_forward = 2 * h * (shape.intermediate_size or 4 * h) * matrices
    return tokens * (projections + feed_forward) + 4 * tokens * tokens * query
