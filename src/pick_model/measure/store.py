"""Finished pieces of work on disk, so that a killed probe repeats at most one of them.

A record is one JSON file named by the digest of everything it depends on. It is written
whole under a name of its own and then renamed, so a reader sees all of it or nothing, and
two probes that finish the same piece at once leave one of two equal files.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pick_model.errors import EnvironmentProblem
from pick_model.files import DISK_FULL, json_digest, write_whole

LAYOUT = 1  # part of every key: raised when a record's meaning changes


class Store:
    """Records under `folder`, read back by what they were made from."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "probe"
        self.hits = 0  # records found since this store was opened

    def path(self, made_from: Mapping[str, Any]) -> Path:
        name = json_digest({"layout": LAYOUT, **made_from})
        return self.folder / name[:2] / f"{name}.json"

    def get(self, made_from: Mapping[str, Any]) -> dict[str, Any] | None:
        """The record, or None when there is none that can be read whole."""
        try:
            record = json.loads(self.path(made_from).read_text("utf-8"))
            value = record["value"]
            # The name says what it was made from only while nobody copies or renames files.
            if record["made_from"] != _as_json(made_from) or record["digest"] != json_digest(value):
                return None
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return None
        self.hits += 1
        return dict(value)

    def put(self, made_from: Mapping[str, Any], value: Mapping[str, Any]) -> dict[str, Any]:
        """Write a record; returns it as a later `get` would."""
        text = json.dumps(
            {
                "made_from": dict(made_from),
                "digest": json_digest(dict(value)),
                "value": dict(value),
            },
            ensure_ascii=False,
            separators=(",", ":"),
        )
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
        return dict(json.loads(text)["value"])


def _as_json(value: Mapping[str, Any]) -> Any:
    """A value as it comes back from a file: tuples are lists, keys are text."""
    return json.loads(json.dumps(dict(value)))
