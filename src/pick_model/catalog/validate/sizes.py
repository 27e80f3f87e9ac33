"""Checks of what a name says: parameters, pixels, patches, and the order of small and large."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from pick_model.catalog.validate.context import Context, value_at
from pick_model.documents.catalog import Entry
from pick_model.words.message import Message
from pick_model.words.say import message

# n_parameters over the "7b" of a name, rounding apart: embeddings are left out, or a vision tower
# is. Of the catalog's 399 names that say one, 386 lie within; the others are argued.
SAID = (0.75, 1.36)
# A number before these letters, with nothing that goes on before or after it.
_COUNT = re.compile(r"(?<![a-z0-9.])(?<!\d_)(\d+(?:[._]\d+)?)([mb])(?![a-z0-9])")
_PIXELS = re.compile(r"(?<!\d)(\d{3,4})(?!\d)")
# Sizes that image models are made for; other numbers in a name are layers, widths or years.
PIXELS = frozenset(
    {224, 240, 252, 256, 288, 299, 320, 336, 378, 384, 448, 512, 518, 560, 576, 640, 768, 896}
)
_PATCH = re.compile(r"patch[-_]?(\d+)|vit-[a-z]+-(\d\d)(?!\d)")
_LENGTH = re.compile(r"(?<!\d)(1024|2048|4096|8192|16384|32768)(?!\d)")
# Words for sizes of one series, small to large. Each list is an order of its own.
ORDERS = (
    ("pico", "nano", "tiny", "xsmall", "small", "base", "large", "xlarge", "xxlarge"),
    ("small", "medium", "large", "xlarge"),
    ("xs", "s", "m", "l", "x", "xl", "xxl"),
    ("mini", "small", "base", "large", "huge", "giant"),
)
GROWING = ("n_parameters", "embed_dim", "shape.hidden_size", "forward.flops")


def sizes(context: Context) -> int:
    """Parameters, pixels, patches, lengths and the order of sizes are what the names say."""
    looked = 0
    series = _series(context)
    for placed in context.facts:
        entry: Entry = placed.value
        looked += 1
        for told, field in (*_said(entry), *_out_of_order(entry, series)):
            context.wrong(placed, told, *field.split("."))
    return looked


def _said(entry: Entry) -> Iterator[tuple[Message, str]]:
    name = entry.id.lower()
    # Of several numbers one may count what is active, or pairs that were seen.
    counts = [_count(number, unit) for number, unit in _COUNT.findall(name)]
    stated = entry.n_parameters
    if counts and stated and not any(low <= stated <= high for _, low, high in counts):
        told = message("parameters-not-of-name", stated=stated, said=counts[0][0])
        yield told, "n_parameters"
    pixels = {int(number) for number in _PIXELS.findall(name)} & PIXELS
    if entry.image_size and pixels and entry.image_size not in pixels:
        told = message("pixels-not-of-name", stated=entry.image_size, said=max(pixels))
        yield told, "image_size"
    patch = _PATCH.search(name)
    if patch and entry.shape.patch_size:
        said = int(patch[1] or patch[2])
        if said != entry.shape.patch_size:
            told = message("patch-not-of-name", stated=entry.shape.patch_size, said=said)
            yield told, "shape.patch_size"
    length = _LENGTH.search(name)
    limit = int(length[1]) if length and entry.modality == "text" else None
    if limit and entry.max_tokens and entry.max_tokens != limit:
        yield message("tokens-not-of-name", stated=entry.max_tokens, said=limit), "max_tokens"


def _count(number: str, unit: str) -> tuple[float, float, float]:
    """What a name says, and the smallest and largest count it may stand for."""
    number = number.replace("_", ".")
    said = float(number)
    half = 0.5 * 10 ** -len(number.partition(".")[2])  # of the last digit: "1b" may be 1.5
    scale = 1e6 if unit == "m" else 1e9
    return said * scale, (said * SAID[0]) * scale, (said * SAID[1] + half) * scale


_Series = dict[tuple[int, str], list[tuple[int, Entry]]]  # order, name without the word -> places


def _series(context: Context) -> _Series:
    found: _Series = defaultdict(list)
    for entry in context.entries.values():
        for key, place in _places(entry):
            found[key].append((place, entry))
    return found


def _places(entry: Entry) -> Iterator[tuple[tuple[int, str], int]]:
    """Where an entry stands in series of names that differ in a word for a size alone."""
    parts = re.split(r"([-_.])", entry.id.lower())
    for at, word in enumerate(parts):
        rest = "".join([*parts[:at], "*", *parts[at + 1 :]])
        for number, order in enumerate(ORDERS):
            if word in order:
                yield (number, rest), order.index(word)


def _out_of_order(entry: Entry, series: _Series) -> Iterator[tuple[Message, str]]:
    """Smaller than what is called smaller, or larger than what is called larger."""
    for key, place in _places(entry):
        for other_place, other in series[key]:
            if other_place == place:
                continue
            for field in GROWING:
                own, theirs = value_at(entry, field), value_at(other, field)
                if own is None or theirs is None or own == theirs:
                    continue
                if field == "forward.flops" and _input(entry) != _input(other):
                    continue
                if (own > theirs) != (place > other_place):
                    yield message("size-out-of-order", field=field, own=own, id=other.id,
                                  theirs=theirs), field  # fmt: skip
                    return


def _input(entry: Entry) -> tuple[object, ...]:
    forward = entry.forward
    return (forward.image_size, forward.tokens, forward.seconds) if forward else ()
