"""What a fine-tune is compared with, under the names that reports write."""

from __future__ import annotations

from collections.abc import Iterable

MAJORITY = "majority"
MEAN = "labels-mean"  # what that is called among numbers
# By modality of the rows, those that know no pretrained model: a verdict rests on all of them.
TRIVIAL: dict[str, tuple[str, ...]] = {
    "text": (MAJORITY, "tfidf"),
    "image": (MAJORITY, "colours", "hog"),
    "audio": (MAJORITY, "mfcc"),
}
DECIDING = tuple(dict.fromkeys(name for names in TRIVIAL.values() for name in names))
# What the model itself makes of the rows without being trained.
UNTRAINED = ("frozen", "zero-shot")
BASELINES = (*DECIDING, *UNTRAINED)


def learnt(names: Iterable[str]) -> tuple[str, ...]:
    """Those of the trivial ones that look at the rows: all but the majority."""
    return tuple(name for name in names if name in DECIDING and name != MAJORITY)
