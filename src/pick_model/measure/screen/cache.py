"""The feature cache: what encoders made of rows, so that no row goes through one twice.

One file holds every view of one part of the rows, in safetensors with what it was made from
beside it. Half precision where all numbers fit: files are half as large, and on layers of
MiniLM its rounding moved no measure by more than 0.2 % of its value.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pick_model.files import digest
from pick_model.measure.shelf import Shelf
from pick_model.words.message import Message
from pick_model.words.say import message

LAYOUT = 1  # part of every key: raised when a file's meaning changes
# Bytes of all files together. Chosen by hand: 1,000 rows of all layers of a BERT-base under two
# poolings take 40 MB, so this holds fifty of them.
MOST_BYTES = 2 * 2**30
FOLDER = "features"  # below the cache's


@dataclass(frozen=True)
class CachedFeatures:
    """Features of some rows, and what is known of the model that made them."""

    values: np.ndarray  # (V, N, H), float16 or float32
    facts: dict[str, Any]  # views, device, seconds: JSON values


def cache_shelf(folder: Path, most: int = MOST_BYTES) -> Shelf:
    """The files of a cache folder."""
    return Shelf(folder / FOLDER, ".safetensors", most, "feature-cache")


class FeatureCache:
    """Features by what they were made from; `note` is told of a file that cannot be used."""

    def __init__(
        self, folder: Path, note: Callable[[Message], None] = lambda _: None, most: int = MOST_BYTES
    ) -> None:
        self.shelf = cache_shelf(folder, most)
        self.note = note

    def path(self, made_from: Mapping[str, Any]) -> Path:
        return self.shelf.path({"layout": LAYOUT, **made_from})

    def get(self, made_from: Mapping[str, Any]) -> CachedFeatures | None:
        """The features, or None when there are none that can be read whole."""
        from safetensors import SafetensorError
        from safetensors.numpy import load

        path = self.path(made_from)
        try:
            whole = path.read_bytes()
            size = int.from_bytes(whole[:8], "little")
            told = json.loads(whole[8 : 8 + size])["__metadata__"]
            if json.loads(told["made_from"]) != _plain(made_from):
                raise ValueError("not what was asked for")
            if told["digest"] != digest(whole[8 + size :]):
                raise ValueError("not what was written")
            values = load(whole)["values"]
            facts = json.loads(told["facts"])
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError, SafetensorError, RecursionError):
            self.note(message("features-damaged", path=str(path)))
            return None
        self.shelf.used(path)
        return CachedFeatures(values, facts)

    def put(
        self, made_from: Mapping[str, Any], kept: CachedFeatures, *, exact: bool = False
    ) -> CachedFeatures:
        """Write features; returns them as a later `get` would. Raises EnvironmentProblem.

        exact: to the last bit, for numbers that are ranked and not fitted.
        """
        from safetensors.numpy import save

        values = np.ascontiguousarray(kept.values if exact else compact(kept.values))
        facts = _plain(kept.facts)
        told = {
            "made_from": json.dumps(_plain(made_from)),
            "facts": json.dumps(facts),
            "digest": digest(values.tobytes()),
        }
        self.shelf.write(self.path(made_from), save({"values": values}, told))
        return CachedFeatures(values, facts)


def compact(values: np.ndarray) -> np.ndarray:
    """In half precision, unless a number would overflow."""
    largest = np.nanmax(np.abs(values), initial=0.0)
    return values.astype(np.float16 if largest < np.finfo(np.float16).max else np.float32)


def _plain(value: Mapping[str, Any]) -> dict[str, Any]:
    """As it comes back from a file: tuples are lists."""
    plain: dict[str, Any] = json.loads(json.dumps(dict(value)))
    return plain
