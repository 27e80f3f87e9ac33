"""The feature cache: what encoders made of rows, so that no row goes through one twice.

One file holds every view of one part of the rows, in safetensors with what it was made from
beside it. It is read and written here by the format's own words, a header in JSON and the bytes:
the library copies them two to three times, and they are most of what a screen holds.
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
DTYPES: dict[str, np.dtype[Any]] = {
    "F16": np.dtype("<f2"),
    "F32": np.dtype("<f4"),
}  # by safetensors' names


@dataclass(frozen=True)
class CachedFeatures:
    """Features of some rows, and what is known of the model that made them."""

    values: np.ndarray  # (V, N, H), of one of DTYPES
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
        path = self.path(made_from)
        try:
            whole = memoryview(path.read_bytes())
            end = 8 + int.from_bytes(whole[:8], "little")
            header = json.loads(bytes(whole[8:end]))
            told, layout = header["__metadata__"], header["values"]
            if json.loads(told["made_from"]) != _plain(made_from):
                raise ValueError("not what was asked for")
            if told["digest"] != digest(whole[end:]):
                raise ValueError("not what was written")
            values = np.frombuffer(whole[end:], dtype=DTYPES[layout["dtype"]]).reshape(
                layout["shape"]
            )
            facts = json.loads(told["facts"])
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            self.note(message("features-damaged", path=str(path)))
            return None
        self.shelf.used(path)
        return CachedFeatures(values, facts)

    def put(self, made_from: Mapping[str, Any], kept: CachedFeatures) -> CachedFeatures:
        """Write features; returns them as a later `get` would. Raises EnvironmentProblem."""
        values, facts = np.ascontiguousarray(kept.values), _plain(kept.facts)
        body = values.data.cast("B")
        told = {
            "made_from": json.dumps(_plain(made_from)),
            "facts": json.dumps(facts),
            "digest": digest(body),
        }
        [dtype] = [name for name, one in DTYPES.items() if one == values.dtype]
        layout = {"dtype": dtype, "shape": values.shape, "data_offsets": [0, len(body)]}
        header = json.dumps({"__metadata__": told, "values": layout}).encode()
        header += b" " * (-len(header) % 8)  # the bytes begin at a multiple of eight
        self.shelf.write(self.path(made_from), [len(header).to_bytes(8, "little"), header, body])
        return CachedFeatures(values, facts)


def _plain(value: Mapping[str, Any]) -> dict[str, Any]:
    """As it comes back from a file: tuples are lists."""
    plain: dict[str, Any] = json.loads(json.dumps(dict(value)))
    return plain
