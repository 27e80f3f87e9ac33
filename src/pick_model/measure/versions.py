"""The libraries that decide what is measured, as parts of keys; none of them is imported."""

from __future__ import annotations

from contextlib import suppress
from functools import cache
from importlib.metadata import PackageNotFoundError, version

from pick_model import __version__
from pick_model.data.dataset import Modality

ENCODING = ("numpy", "torch", "transformers")
FITTING = ("numpy", "scipy", "scikit-learn")
_FILES = {  # what reads, sizes and resamples them, by modality of the rows
    "text": (),
    "image": ("pillow", "torchvision", "timm"),
    "audio": ("soundfile", "soxr"),
}


@cache
def versions(names: tuple[str, ...], modality: Modality = "text") -> dict[str, str]:
    """Of these libraries, of those that read rows, and of pick-model, as far as they are there."""
    found = {"pick-model": __version__}
    for name in (*names, *_FILES[modality]):
        with suppress(PackageNotFoundError):
            found[name] = version(name)
    return found
