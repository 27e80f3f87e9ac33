"""FLOPs and saved activations of one forward pass, from an architecture's shape.

FLOPs count a multiply-add as two. Activations are numbers kept for the backward pass; how
many bytes each takes follows from the training dtype.
"""

from __future__ import annotations

from typing import NamedTuple

from pick_model.documents.catalog import Entry, Shape
from pick_model.documents.profile import Profile
from pick_model.interval import Interval
from pick_model.vocabulary.tasks import SEQUENCES

CONVOLUTIONAL = frozenset({"cnn", "text-cnn", "speaker-encoder"})

# Speech encoders of wav2vec 2.0's kind read 16 kHz sound through seven convolutions of 512
# channels, strides 5 2 2 2 2 2 2 and kernels 10 3 3 3 3 2 2 (Baevski et al. 2020, section 4.2):
# multiply-adds a second, and 50 frames (49.95) a second for the transformer after them.
FRAMES_PER_SECOND = 50
WAV2VEC_CONV_FLOPS = 2 * (
    10 * 512 * 3200 + 3 * 512**2 * (1600 + 800 + 400 + 200) + 2 * 512**2 * (100 + 50)
)
WAV2VEC_CONV_ACTIVATIONS = 2 * 512 * (3200 + 1600 + 800 + 400 + 200 + 100 + 50)  # output, GELU

# Text written for text read, where a task writes: a summary is shorter, a translation as
# long. One figure for both keeps the closed form small; the interval carries the rest.
OUTPUT_TOKENS = 128

# Where the shape is unknown 2 FLOPs a parameter and token (Kaplan et al. 2020) is all that
# can be said, and it is off by up to three either way for what is not a dense transformer.
UNKNOWN_SHAPE = 3.0
# Attention may keep its score matrix (eager) or not (fused kernels); the closed form counts
# both ends. Elsewhere frameworks fuse or copy a few tensors: 15 % either way.
SLACK = 0.15
# A convolution's output is kept, and so is what normalisation or activation makes of it.
CNN_COPIES = Interval(2.0, 1.2, 3.0)


class ForwardPass(NamedTuple):
    """Cost of one input; None is unknown."""

    flops: Interval | None
    activations: Interval | None  # numbers kept for the backward pass


def is_convolutional(entry: Entry) -> bool:
    """Whether utilisation follows convolutions' measurements rather than transformers'."""
    return entry.kind in CONVOLUTIONAL


def forward_pass(entry: Entry, profile: Profile) -> ForwardPass:
    """FLOPs and activations of one input of the profile's size through `entry`."""
    tokens = transformer_tokens(entry, profile)
    layers = _layers(entry, tokens, profile)
    published = _published(entry, profile)
    if published is not None:
        kept = published.activations
        if kept is None and layers is not None:
            kept = layers.activations
        return ForwardPass(published.flops or (layers.flops if layers else None), kept)
    if layers is not None:
        return layers
    if entry.n_parameters is None or tokens is None:
        return ForwardPass(None, None)
    used = entry.n_active_parameters or entry.n_parameters
    flops = 2.0 * (used - (entry.n_embedding_parameters or 0)) * tokens
    return ForwardPass(Interval(flops, flops / UNKNOWN_SHAPE, flops * UNKNOWN_SHAPE), None)


def transformer_tokens(entry: Entry, profile: Profile) -> int | None:
    """How many positions the model sees for one input of this profile."""
    if entry.modality in SEQUENCES:
        return min(profile.input_tokens, entry.max_tokens or profile.input_tokens)
    if entry.modality == "image" or entry.modality == "image-text":
        if entry.shape.patch_size is None:
            return None
        side = entry.image_size or profile.input_pixels
        return (side // entry.shape.patch_size) ** 2 + 1
    if entry.kind == "speech-encoder-decoder" and entry.max_seconds:
        return int(entry.max_seconds * FRAMES_PER_SECOND)  # Whisper pads to its window
    seconds = min(profile.input_seconds, entry.max_seconds or profile.input_seconds)
    return max(int(seconds * FRAMES_PER_SECOND), 1)


def _published(entry: Entry, profile: Profile) -> ForwardPass | None:
    """A published figure, scaled to the profile's input where the scaling is linear."""
    forward = entry.forward
    if forward is None or (forward.flops is None and forward.activations is None):
        return None
    scale = 1.0
    if entry.modality == "audio" and forward.seconds:
        scale = min(profile.input_seconds, entry.max_seconds or 1e9) / forward.seconds
    if entry.modality == "text" and forward.tokens:
        scale = profile.input_tokens / forward.tokens
    if entry.kind == "cnn" and forward.image_size:  # any size goes; others keep their own
        scale = (profile.input_pixels / forward.image_size) ** 2
    flops = activations = None
    if forward.flops is not None:
        value = forward.flops * scale
        flops = Interval(value, value * (1 - SLACK), value * (1 + SLACK))
    if forward.activations is not None:
        value = forward.activations * scale
        activations = Interval(*(value * copies for copies in CNN_COPIES))
    return ForwardPass(flops, activations)


def _layers(entry: Entry, tokens: int | None, profile: Profile) -> ForwardPass | None:
    """A transformer's stack, summed over its layers. None where the shape is unknown."""
    shape = entry.shape
    if tokens is None or shape.hidden_size is None or shape.n_layers is None:
        return None
    flops = shape.n_layers * layer_flops(shape, tokens)
    kept = layer_activations(shape, tokens).times(shape.n_layers)
    if shape.n_decoder_layers:
        written = min(OUTPUT_TOKENS, tokens)
        cross = 4 * written * tokens * shape.hidden_size + 4 * tokens * shape.hidden_size**2
        flops += shape.n_decoder_layers * (
            layer_flops(shape, written) + 4 * written * shape.hidden_size**2 + cross
        )
        kept = kept.plus(layer_activations(shape, written).times(shape.n_decoder_layers))
    if entry.kind == "speech-encoder":
        seconds = tokens / FRAMES_PER_SECOND
        flops += seconds * WAV2VEC_CONV_FLOPS
        convolved = Interval(1.0, 1.0, 1.0).times(seconds * WAV2VEC_CONV_ACTIVATIONS)
        kept = kept.plus(convolved)
    if writes_vocabulary(entry, profile.task):
        flops += 2 * tokens * shape.hidden_size * (shape.vocab_size or 0)
        extra = 2.0 * tokens * (shape.vocab_size or 0)  # logits, and their softmax
        kept = kept.plus(Interval(extra, extra / 2, extra * 1.5))
    return ForwardPass(
        Interval(flops, flops * (1 - SLACK), flops * (1 + SLACK)),
        Interval(kept.value, kept.low * (1 - SLACK), kept.high * (1 + SLACK)),
    )


def writes_vocabulary(entry: Entry, task: str) -> bool:
    """Whether the task needs a score for every word of the vocabulary at each position."""
    return entry.kind in ("decoder", "encoder-decoder") and task in (
        "text-generation",
        "summarization",
        "translation",
        "fill-mask",
    )


def _ffn_width(shape: Shape) -> int:
    return shape.intermediate_size or 4 * (shape.hidden_size or 0)


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
    feed_forward = 2 * h * _ffn_width(shape) * matrices
    return tokens * (projections + feed_forward) + 4 * tokens * tokens * query


def layer_activations(shape: Shape, tokens: int) -> Interval:
    """Numbers one layer keeps for the backward pass, over `tokens` positions of one input.

    Korthikanti et al. 2022, equation 1, in numbers of 2 bytes rather than bytes, dropout
    masks as half a number, and the feed-forward width left free (theirs is 4h):
    S·(9h + 2f) + 2.5·heads·S². The low end drops the S² term, as fused attention does.
    """
    h = shape.hidden_size or 0
    width = _ffn_width(shape)
    per_token = 9 * h + (3 if shape.gated_ffn else 2) * width
    scores = 2.5 * (shape.n_heads or h / 64) * tokens * tokens
    linear = tokens * per_token
    return Interval(linear + scores / 2, float(linear), linear + scores)
