"""Units that pretraining data is counted in: what one is worth, how many there may be, and of
what modalities."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

Quantity = Literal["tokens", "images", "hours", "interactions"]
DataUnit = Literal[
    "tokens",
    "words",
    "bytes",
    "texts",
    "text-pairs",
    "images",
    "image-text-pairs",
    "hours",
    "clips",
    "interactions",
]


class Unit(Struct, frozen=True):
    """A unit of data, in words that compare."""

    quantity: Quantity  # of which it is some
    worth: float  # of one, in the quantity
    fewest: float  # believable amounts; whether they count passes over the data changes nothing
    most: float
    modalities: frozenset[str]  # of models whose data is counted in it


def _unit(quantity: Quantity, worth: float, fewest: float, most: float, modalities: str) -> Unit:
    return Unit(quantity, worth, fewest, most, frozenset(modalities.split()))


# A word is about 1.33 tokens (BERT's 3.3e9 words are about 4.4e9 word pieces), a token about 4.4
# bytes (RoBERTa's 160 GB are about 36e9), a training pair of a sentence encoder, cut to 64 to 512
# tokens and mostly a question or a title, some 64 tokens, a single text (a post, a sentence) half
# of that, one of AudioSet's clips ten seconds of an hour. Where amounts are weighed only their
# logarithms are read, in which a factor of two is little.
UNITS: dict[DataUnit, Unit] = {
    "tokens": _unit(
        "tokens", 1.0, 1e4, 1e15, "text audio image-text items time-series biosequence"
    ),
    "words": _unit("tokens", 1.33, 1e4, 1e15, "text"),
    "bytes": _unit("tokens", 1 / 4.4, 1e5, 1e16, "text"),
    "texts": _unit("tokens", 32.0, 100, 1e12, "text image-text"),  # sentences, posts
    "text-pairs": _unit("tokens", 64.0, 100, 1e11, "text image-text"),
    "images": _unit("images", 1.0, 100, 1e12, "image image-text"),
    "image-text-pairs": _unit("images", 1.0, 100, 1e12, "image image-text"),
    "hours": _unit("hours", 1.0, 0.1, 1e8, "audio"),
    "clips": _unit("hours", 10 / 3600, 100, 1e10, "audio"),
    "interactions": _unit("interactions", 1.0, 1000, 1e13, "items"),
}


def quantities(modality: str) -> tuple[Quantity, ...]:
    """What the data of such models may be counted as, in the table's order, each once."""
    return tuple(dict.fromkeys(u.quantity for u in UNITS.values() if modality in u.modalities))
