"""Checks of totals against what they follow from: parameters from shapes, compute from data."""

from __future__ import annotations

from pick_model.catalog.draft.parameters import possible_counts
from pick_model.catalog.validate.context import Context
from pick_model.documents.catalog import Entry
from pick_model.vocabulary.data_units import UNITS
from pick_model.words.say import message

# Layouts leave out a few biases and norms: 0.5 % on the catalog's 400 entries with a shape.
PARAMETER_TOLERANCE = 0.01
# Stated compute over 6·N·D or 3 × forward × items: bases count padding, masking, progressive
# sizes or warm-up differently. All but a handful of the catalog's lie within a factor of two.
COMPUTE_FACTOR = 2.0
# Where only the data's size is known, the passes over it are free up to this many.
MOST_PASSES = 300
FRAMES_PER_HOUR = 50 * 3600  # of wav2vec 2.0 and kin: 50 a second
# Convolutions before a speech encoder's layers cost up to as much again as the layers.
SPEECH_FRONT_END = 2.5


def parameters(context: Context) -> int:
    """n_parameters is a number that the shape allows, within 1 % or its own rounding."""
    looked = 0
    for placed in context.facts:
        entry: Entry = placed.value
        counts = possible_counts(entry)
        if entry.n_parameters is None or not counts:
            continue
        looked += 1
        stated = entry.n_parameters
        nearest = min(counts, key=lambda count: abs(count - stated))
        allowed = max(PARAMETER_TOLERANCE * stated, rounding(stated))
        if abs(nearest - stated) > allowed:
            off = nearest / stated - 1
            context.wrong(
                placed,
                message("parameters-not-of-shape", stated=stated, nearest=nearest, off=off),
                "n_parameters",
            )
    return looked


def rounding(stated: int) -> float:
    """Half a unit of the last digit that is not a padding zero: 110,000,000 -> 5,000,000."""
    unit = 1
    while stated % (unit * 10) == 0:
        unit *= 10
    return unit / 2


def compute(context: Context) -> int:
    """compute_flop is 6·N·D, or 3 × forward × items, within a factor of two."""
    looked = 0
    for placed in context.facts:
        entry: Entry = placed.value
        span = _expected(entry)
        stated = entry.pretraining.compute_flop
        if span is None or stated is None:
            continue
        looked += 1
        low, high = span[0] / COMPUTE_FACTOR, span[1] * COMPUTE_FACTOR
        if not low <= stated <= high:
            context.wrong(
                placed,
                message("compute-not-of-data", stated=stated, low=low, high=high),
                "pretraining",
                "compute_flop",
            )
    return looked


def _expected(entry: Entry) -> tuple[float, float] | None:
    """Smallest and largest compute that parameters and data give; None if they are unknown."""
    data = entry.pretraining
    if data.data_seen is not None:
        amount, unit, passes = data.data_seen, data.data_seen_unit, 1
    elif data.data_size is not None:
        amount, unit, passes = data.data_size, data.data_unit, MOST_PASSES
    else:
        return None
    if unit in ("images", "image-text-pairs"):
        if entry.forward is None or entry.forward.flops is None:
            return None
        each = 3 * entry.forward.flops
        return each * amount, each * amount * passes
    if entry.n_parameters is None:
        return None
    used = entry.n_active_parameters or entry.n_parameters
    low = high = used - (entry.n_embedding_parameters or 0)
    if _counts_output(entry):
        low -= entry.n_embedding_parameters or 0  # an output table is not always counted in N
    if entry.shape.n_decoder_layers:
        low //= 2  # a token passes through one of two stacks
    repeats = (entry.shape.n_layers or 1) // (
        entry.shape.n_unique_layers or entry.shape.n_layers or 1
    )
    low, high = low * repeats, high * repeats  # a shared layer works each time
    if unit in ("tokens", "words"):
        tokens = amount * UNITS[unit].worth
        return 6 * low * tokens, 6 * high * tokens * passes
    if unit == "hours" and entry.kind == "speech-encoder":
        frames = amount * FRAMES_PER_HOUR
        return 6 * low * frames, 6 * high * frames * passes * SPEECH_FRONT_END
    return None


def _counts_output(entry: Entry) -> bool:
    """Whether n_parameters holds an output table beside the embeddings."""
    counts, stated = possible_counts(entry), entry.n_parameters or 0
    if entry.kind not in ("decoder", "encoder-decoder") or not counts:
        return False
    return abs(counts[-1] - stated) < abs(counts[0] - stated)
