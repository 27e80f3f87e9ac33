"""Finished pieces of work on disk, so that a killed probe repeats at most one of them.

A record is one JSON file named by the digest of everything it depends on. It is written
whole under a name of its own and then renamed, so a reader sees all of it or nothing, and
two probes that finish the same piece at once leave one of two equal files.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pick_model.errors import EnvironmentProblem

LAYOUT = 1  # part of every key: raised when a record's meaning changes


def cache_folder(given: Path | None = None) -> Path:
    """`given`, else $PICK_MODEL_CACHE, else the user's cache folder for pick-model."""
    if given is not None:
        return given
    named = os.environ.get("PICK_MODEL_CACHE")
    if named:
        return Path(named)
    import platformdirs

    return Path(platformdirs.user_cache_dir("pick-model"))


def digest(value: Any) -> str:
    """sha256 (hex) of a JSON value; key order does not count."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


class Store:
    """Records under `folder`, read back by what they were made from."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "probe"
        self.hits = 0  # records found since this store was opened

    def path(self, made_from: Mapping[str, Any]) -> Path:
        name = digest({"layout": LAYOUT, **made_from})
        return self.folder / name[:2] / f"{name}.json"

    def get(self, made_from: Mapping[str, Any]) -> dict[str, Any] | None:
        """The record, or None when there is none that can be read whole."""
        try:
            record = json.loads(self.path(made_from).read_text("utf-8"))
            value = record["value"]
            if record["digest"] != digest(value):
                return None
        except (OSError, ValueError, KeyError, TypeError):
            return None
        self.hits += 1
        return dict(value)

    def put(self, made_from: Mapping[str, Any], value: Mapping[str, Any]) -> dict[str, Any]:
        """Write a record; returns it as a later `get` would."""
        text = json.dumps(
            {"made_from": dict(made_from), "digest": digest(dict(value)), "value": dict(value)},
            ensure_ascii=False,
            separators=(",", ":"),
        )
        path = self.path(made_from)
        try:
            write_whole(path, text + "\n")
        except OSError as fault:
            what = "the disk is full" if fault.errno == errno.ENOSPC else str(fault.strerror)
            raise EnvironmentProblem(
                f"cannot write the work store in {self.folder}: {what}",
                hint="free some space, or set PICK_MODEL_CACHE to another folder",
                code="disk",
            ) from fault
        return dict(json.loads(text)["value"])


def write_whole(path: Path, text: str) -> None:
    """Write a file that is never seen half-written, also after a power cut."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:12]}.", suffix=".tmp")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
