"""The feature cache: what encoders made of rows, so that no row goes through one twice.

One file holds every view of one part of the rows, in safetensors with what it was made from
beside it. It is read and written here by the format's own words, a header in JSON and the bytes:
rows are put where they belong as they are read and views are read one at a time, so that what a
screen holds does not grow with all views of all rows.
"""

from __future__ import annotations

import json
import math
import os
import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from pick_model.files import json_digest, part_digest
from pick_model.measure.shelf import Shelf
from pick_model.words.message import Message
from pick_model.words.say import message

LAYOUT = 2  # part of every key: raised when a file's meaning changes
# Bytes of all files together. Chosen by hand: 1,000 rows of all layers of a BERT-base under two
# poolings take 40 MB, so this holds fifty of them.
MOST_BYTES = 2 * 2**30
FOLDER = "features"  # below the cache's
# By safetensors' names. Half precision while all numbers fit: its rounding moved no measure of
# MiniLM's layers by more than .2 % of its value.
HALF, FULL = "F16", "F32"
DTYPES: dict[str, np.dtype[Any]] = {HALF: np.dtype("<f2"), FULL: np.dtype("<f4")}
LARGEST_HALF = float(np.finfo(np.float16).max)
NO_DIGEST = "0" * 64  # as long as one

# Told lines (B,) and their vectors (V, B, H), where rows are read.
Keep = Callable[[np.ndarray, np.ndarray], None]


class FeatureFile:
    """Features (V, N, H) in an open file, which stays what it is when its name is gone."""

    def __init__(self, file: FileIO) -> None:
        """file: opened for reading, closed with this. Raises OSError; ValueError, KeyError or
        TypeError for what is no such file.
        """
        weakref.finalize(self, file.close)
        file.seek(0)
        length = int.from_bytes(_whole(file, 8), "little")
        if length > os.fstat(file.fileno()).st_size:
            raise ValueError("shorter than its header")
        header = json.loads(_whole(file, length))
        self.metadata: dict[str, str] = header["__metadata__"]
        self._layout, self._file, self._begin = header["values"], file, 8 + length
        self.dtype = DTYPES[self._layout["dtype"]]
        self.shape: tuple[int, ...] = tuple(self._layout["shape"])

    def __getitem__(self, place: int) -> np.ndarray:
        """One view, (N, H)."""
        _, n, width = self.shape
        size = n * width * self.dtype.itemsize
        self._file.seek(self._begin + place * size)
        return np.frombuffer(_whole(self._file, size), self.dtype).reshape(n, width)

    def digest(self) -> str:
        """What the metadata's digest should be."""
        size = _size(self.shape, self._layout["dtype"])
        return _digest(self.metadata, self._layout, part_digest(self._file, self._begin, size))


@dataclass(frozen=True)
class CachedFeatures:
    """Features of some rows, and what is known of the model that made them."""

    file: FeatureFile
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
            file = FeatureFile(FileIO(path))
            if json.loads(file.metadata["made_from"]) != _plain(made_from):
                raise ValueError("not what was asked for")
            if file.metadata["digest"] != file.digest():
                raise ValueError("not what was written")
            found = CachedFeatures(file, json.loads(file.metadata["facts"]))
        except (FileNotFoundError, NotADirectoryError):
            return None
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            self.note(message("features-damaged", path=str(path)))
            return None
        self.shelf.used(path)
        return found

    def put(
        self, made_from: Mapping[str, Any], values: np.ndarray, facts: Mapping[str, Any]
    ) -> CachedFeatures:
        """Write features (V, N, H), of one of DTYPES; returns them as a later `get` would.

        Raises EnvironmentProblem where the disk is full or cannot be written.
        """
        dtype = next(name for name, one in DTYPES.items() if one == values.dtype)
        views, n, width = values.shape

        def read(keep: Keep) -> None:
            keep(np.arange(n), values)

        return self.fill(made_from, facts, (views, n, width), read, dtype)

    def fill(
        self,
        made_from: Mapping[str, Any],
        facts: Mapping[str, Any],
        shape: tuple[int, int, int],
        read: Callable[[Keep], None],
        dtype: str = HALF,
    ) -> CachedFeatures:
        """Write features while they are read; returns them as a later `get` would.

        shape: (V, N, H). read: is given what keeps rows, in any order; lines that it never keeps
        are NaN. dtype: that of the file, by its name in DTYPES; in half precision until a number
        does not fit. Raises EnvironmentProblem as `put`.
        """
        path = self.path(made_from)
        known = {"made_from": json.dumps(_plain(made_from)), "facts": json.dumps(_plain(facts))}
        with self.shelf.writing(path) as file:
            writer = _Writer(file, known, shape, dtype)

            def keep(lines: np.ndarray, made: np.ndarray) -> None:
                with self.shelf.disk_faults():
                    writer.keep(lines, made)

            read(keep)
            with self.shelf.disk_faults():
                writer.finish()
                # Windows renames no file that is open, and removes none.
                kept = FeatureFile(FileIO(os.dup(file.fileno()))) if os.name != "nt" else None
        return CachedFeatures(kept or FeatureFile(FileIO(path)), _plain(facts))


class _Writer:
    """Puts rows where they belong in a file, in half precision for as long as all fit it."""

    def __init__(
        self, file: BinaryIO, metadata: dict[str, str], shape: tuple[int, int, int], dtype: str
    ) -> None:
        self.file, self.metadata, self.shape, self.dtype = file, metadata, shape, dtype
        self.kept = np.zeros(shape[1], dtype=bool)  # (N,), the lines that have come
        self.halves = shape[0]  # the first views, still in half precision, once it is given up
        # As long as a header can become, so that the bytes begin where they will.
        longest = self.header(FULL, NO_DIGEST)
        self.begin = 8 + len(longest) + -len(longest) % 8

    def header(self, dtype: str, bytes_digest: str) -> bytes:
        size = _size(self.shape, dtype)
        layout = {"dtype": dtype, "shape": list(self.shape), "data_offsets": [0, size]}
        whole = {**self.metadata, "digest": _digest(self.metadata, layout, bytes_digest)}
        return json.dumps({"__metadata__": whole, "values": layout}).encode()

    def keep(self, lines: np.ndarray, made: np.ndarray) -> None:
        """lines: int (B,); made: float32 (V, B, H)."""
        if self.dtype == HALF:
            begun = self.halves < self.shape[0]  # and ended early, for want of memory
            if begun or np.nanmax(np.abs(made), initial=0.0) > LARGEST_HALF:
                self._widen()
        self.kept[lines] = True
        values = np.ascontiguousarray(made, dtype=DTYPES[self.dtype])
        for view, vectors in enumerate(values):
            for line, vector in zip(lines.tolist(), vectors, strict=True):
                self._seek(view, line)
                self.file.write(vector.data)

    def finish(self) -> None:
        """Write the lines that never came, and the header."""
        missing = np.flatnonzero(~self.kept)
        if len(missing):
            views, _, width = self.shape
            self.keep(missing, np.full((views, len(missing), width), np.nan, dtype=np.float32))
        self.file.flush()
        size = _size(self.shape, self.dtype)
        header = self.header(self.dtype, part_digest(self.file, self.begin, size))
        header += b" " * (self.begin - 8 - len(header))
        self.file.seek(0)
        self.file.write(len(header).to_bytes(8, "little") + header)
        self.file.flush()

    def _widen(self) -> None:
        """What has been kept in half precision in full, from the end so that none is run over."""
        for view in reversed(range(self.halves)):
            self._seek(view, 0)
            size = _size(self.shape[1:], HALF)
            read = np.frombuffer(self.file.read(size).ljust(size, b"\0"), DTYPES[HALF])
            values = read.astype(DTYPES[FULL]).data
            self.file.seek(self._at(view, 0, FULL))
            self.file.write(values)
            self.halves = view
        self.dtype = FULL

    def _seek(self, view: int, line: int) -> None:
        self.file.seek(self._at(view, line, self.dtype))

    def _at(self, view: int, line: int, dtype: str) -> int:
        _, n, width = self.shape
        return self.begin + (view * n + line) * width * DTYPES[dtype].itemsize


def _size(shape: tuple[int, ...], dtype: str) -> int:
    return math.prod(shape) * DTYPES[dtype].itemsize


def _digest(metadata: Mapping[str, str], layout: Mapping[str, Any], bytes_digest: str) -> str:
    """sha256 (hex) of all that a file says."""
    said = {name: text for name, text in metadata.items() if name != "digest"}
    return json_digest([said, layout, bytes_digest])


def _whole(file: FileIO, size: int) -> bytes:
    """So many bytes. Raises ValueError for fewer."""
    pieces = []
    while size > 0 and (piece := file.read(size)):
        pieces.append(piece)
        size -= len(piece)
    if size:
        raise ValueError("a file that ends before its features do")
    return b"".join(pieces)


def _plain(value: Mapping[str, Any]) -> dict[str, Any]:
    """As it comes back from a file: tuples are lists."""
    plain: dict[str, Any] = json.loads(json.dumps(dict(value)))
    return plain
