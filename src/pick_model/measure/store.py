"""Finished pieces of work on disk, so that a killed probe repeats at most one of them.

A piece is a frozen dataclass; its record is one JSON file on a shelf, named by the digest of
everything it was made from. One file a record: nothing to lock, to repair or to migrate.
"""

from __future__ import annotations

import dataclasses
import json
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from pick_model.documents.base import adapter
from pick_model.files import json_digest
from pick_model.measure.shelf import Shelf
from pick_model.words.message import Message
from pick_model.words.say import message

LAYOUT = 11  # part of every key: raised when a record's meaning changes
# Bytes of all records together. Chosen by hand: a probe leaves some 20 records of 1 to 500 KB
# (predictions of thousands of rows, heads of up to a hundred classes), so this holds hundreds
# of probes and is small beside the models themselves.
MOST_BYTES = 2 * 2**30
FOLDER = "probe"  # below the cache's

Piece = TypeVar("Piece")


def store_shelf(folder: Path, most: int = MOST_BYTES) -> Shelf:
    """The records of a cache folder."""
    return Shelf(folder / FOLDER, ".json", most, "work-store")


class Store:
    """Records under `folder`, read back by what they were made from.

    Above `most` bytes those go whose last use is longest ago. `note` is told of a
    record that is there and cannot be used.
    """

    def __init__(
        self, folder: Path, note: Callable[[Message], None] = lambda _: None, most: int = MOST_BYTES
    ) -> None:
        self.shelf = store_shelf(folder, most)
        self.note = note
        self.hits: Counter[type] = Counter()  # records found since this store was opened, by kind

    def path(self, made_from: Mapping[str, Any]) -> Path:
        return self.shelf.path({"layout": LAYOUT, **made_from})

    def get(self, kind: type[Piece], made_from: Mapping[str, Any]) -> Piece | None:
        """The piece, or None when there is none that can be read whole."""
        path = self.path(made_from)
        try:
            record = json.loads(path.read_text("utf-8"))
            value = record["value"]
            # The name says what it was made from only while nobody copies or renames files.
            if record["made_from"] != _as_json(made_from) or record["digest"] != json_digest(value):
                raise ValueError("not what was written")
            piece = adapter(kind).validate_python(value)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            self.note(message("piece-damaged", path=str(path)))
            return None
        self.shelf.used(path)
        self.hits[kind] += 1
        return piece

    def put(self, made_from: Mapping[str, Any], piece: Piece) -> Piece:
        """Write a record; returns the piece as a later `get` would."""
        value = _as_json(dataclasses.asdict(piece))  # type: ignore[call-overload]
        record = {"made_from": dict(made_from), "digest": json_digest(value), "value": value}
        text = json.dumps(record, ensure_ascii=False, separators=(",", ":"))
        self.shelf.write(self.path(made_from), [f"{text}\n".encode()])
        return adapter(type(piece)).validate_python(value)


def _as_json(value: Mapping[str, Any]) -> Any:
    """A value as it comes back from a file: tuples are lists, keys are text."""
    return json.loads(json.dumps(dict(value)))
