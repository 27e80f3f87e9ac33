"""Finished pieces of work on disk, so that a killed probe repeats at most one of them.

A piece is a frozen dataclass; its record is one JSON file named by the digest of everything
it was made from. It is written whole under a name of its own and then renamed, so a reader
sees all of it or nothing, and two processes that finish the same piece at once leave one of
two equal files. One file a record and no database: nothing to lock, to repair or to migrate.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from pick_model.documents.base import adapter
from pick_model.errors import EnvironmentProblem
from pick_model.files import DISK_FULL, json_digest, write_whole

LAYOUT = 2  # part of every key: raised when a record's meaning changes
# Bytes of all records together. Chosen by hand: a probe leaves some 20 records of 1 to 500 KB
# (predictions of thousands of rows, heads of up to a hundred classes), so this holds hundreds
# of probes and is small beside the models themselves.
MOST_BYTES = 2 * 2**30
BEING_WRITTEN = 3600.0  # seconds: a half-written file that is older was left by a kill
KEPT = 0.9  # of MOST_BYTES, when room is made; by hand: so that it is not made at every record

Piece = TypeVar("Piece")


class Store:
    """Records under `folder`, read back by what they were made from.

    Above `most` bytes those go whose last use is longest ago. `note` is told in a sentence of
    a record that is there and cannot be used.
    """

    def __init__(
        self, folder: Path, note: Callable[[str], None] = lambda _: None, most: int = MOST_BYTES
    ) -> None:
        self.folder = folder / "probe"
        self.note, self.most = note, most
        self.hits = 0  # records found since this store was opened
        self.size: int | None = None  # bytes, as far as this process knows

    def path(self, made_from: Mapping[str, Any]) -> Path:
        name = json_digest({"layout": LAYOUT, **made_from})
        return self.folder / name[:2] / f"{name}.json"

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
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            self.note(f"a finished piece of work is damaged and is made again: {path}")
            return None
        with contextlib.suppress(OSError):  # removed since, or of a folder that is only read
            os.utime(path)  # the last use
        self.hits += 1
        return piece

    def put(self, made_from: Mapping[str, Any], piece: Piece) -> Piece:
        """Write a record; returns the piece as a later `get` would."""
        value = _as_json(dataclasses.asdict(piece))  # type: ignore[call-overload]
        record = {"made_from": dict(made_from), "digest": json_digest(value), "value": value}
        text = json.dumps(record, ensure_ascii=False, separators=(",", ":"))
        path = self.path(made_from)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, text + "\n")
        except OSError as fault:
            what = "the disk is full" if fault.errno in DISK_FULL else str(fault.strerror)
            raise EnvironmentProblem(
                f"cannot write the work store in {self.folder}: {what}",
                hint="free some space, or set PICK_MODEL_CACHE to another folder",
                code="disk",
            ) from fault
        self._make_room(len(text))
        return adapter(type(piece)).validate_python(value)

    def _make_room(self, written: int) -> None:
        """Remove what was not used for longest, once the records outgrow the bound.

        Another process may remove the same, or read a record that goes: it then makes the
        piece again.
        """
        if self.size is not None:
            self.size += written
            if self.size <= self.most:
                return
        files = []
        for path in self.folder.glob("*/*"):
            with contextlib.suppress(FileNotFoundError):
                status = path.stat()
                if path.suffix != ".json" and time.time() - status.st_mtime < BEING_WRITTEN:
                    continue
                files.append((status.st_mtime_ns, status.st_size, path))
        self.size = sum(size for _, size, _ in files)
        if self.size <= self.most:
            return
        for _, size, path in sorted(files)[:-1]:  # the newest is what was just written
            if self.size <= KEPT * self.most:
                break
            with contextlib.suppress(OSError):
                path.unlink()
                self.size -= size


def _as_json(value: Mapping[str, Any]) -> Any:
    """A value as it comes back from a file: tuples are lists, keys are text."""
    return json.loads(json.dumps(dict(value)))
