"""What training may change about a row so that its label still holds."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from pick_model.data.dataset import Dataset, Modality
from pick_model.words.message import Message
from pick_model.words.say import message

# Words in a class's name after which an image and its mirror image are two things.
_SIDED = re.compile(
    r"\b(left|right|clockwise|counter|anticlockwise|east|west|arrows?|turns?|zero|one|two|three|"
    r"four|five|six|seven|eight|nine|ten|digits?|numbers?|letters?|characters?|words?|texts?|"
    r"signs?|glyphs?|scripts?|plates?)\b",
    re.IGNORECASE,
)
_BREAKS = re.compile(r"[_\W]+")
# Share of an image's area that a random crop keeps at least, and how much its sides' ratio may
# change. By hand: ImageNet's recipes crop to .08, for hundreds of passes; after three the object
# itself had better still be there.
LEAST_AREA, MOST_STRETCH = 0.7, 1.15
# A sound begins up to so much later, under noise of so many of its own deviations (-30 dB). By
# hand: less than a sound of speech lasts, and as quiet as a good recording's own noise.
SHIFT_SECONDS, NOISE = 0.05, 0.03


class Variation(NamedTuple):
    """How images may be varied."""

    mirrored: bool
    told: Message


def variation(rows: Dataset) -> Variation | None:
    """How rows are varied in training; None for those that are read as they are."""
    of = VARIATIONS.get(rows.modality)
    return None if of is None else of(rows)


def of_images(rows: Dataset) -> Variation:
    """Crops always; mirror images unless the labels tell left from right, or are written signs."""
    sided = _sided(rows)
    if sided is None:
        return Variation(True, message("images-cropped-mirrored", area=LEAST_AREA))
    return Variation(False, message("images-cropped", area=LEAST_AREA, why=sided))


def _sided(rows: Dataset) -> Message | None:
    """Why mirror images are other things; None where nothing says so."""
    if not rows.label_names:
        return message("labels-are-numbers")
    for name in rows.label_names:
        words = _BREAKS.sub(" ", name).strip()
        if len(words) <= 1 or words.replace(" ", "").isdecimal() or _SIDED.search(words):
            return message("label-has-sides", label=name)
    return None


def of_sounds(_rows: Dataset) -> Variation:
    """A little later, under a little noise: order, pitch and speed may be what the labels tell."""
    told = message("sounds-shifted", seconds=SHIFT_SECONDS, share=NOISE)
    return Variation(False, told)


VARIATIONS: dict[Modality, Callable[[Dataset], Variation]] = {
    "image": of_images,
    "audio": of_sounds,
}
