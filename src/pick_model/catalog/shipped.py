"""Compiled content as JSON Lines, of which a start decodes what it reads.

The first line is the digest of all others, the second the small values and the names of the rows
of each table, in the order in which the rows follow, a line each.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from pick_model.files import digest

SHIPPED = Path(__file__).with_name("shipped.jsonl")
DETAILS_FILE = Path(__file__).with_name("shipped-details.jsonl")


class ShippedRows(Mapping[str, Any]):
    """A table of a packed file: rows by name, each decoded when it is asked for."""

    def __init__(self, data: bytes, starts: dict[str, int]) -> None:
        self._data = data  # of the whole file: to copy every row takes more than to read some
        self._starts = starts  # name -> where its row begins, a line of JSON

    def __getitem__(self, name: str) -> Any:
        return msgspec.json.decode(self._row(self._starts[name]))

    def _row(self, start: int) -> bytes:
        return self._data[start : self._data.find(b"\n", start)]

    def texts(self) -> dict[str, bytes]:
        """All rows by name, as JSON."""
        return {name: self._row(start) for name, start in self._starts.items()}

    def __iter__(self) -> Iterator[str]:
        return iter(self._starts)

    def __len__(self) -> int:
        return len(self._starts)

    def __contains__(self, name: object) -> bool:
        return name in self._starts  # without decoding it

    def whole(self) -> dict[str, Any]:
        """All rows by name."""
        return dict(self)


def packed(content: Mapping[str, Any]) -> str:
    """The text of a content with its digest; mappings in it are tables."""
    tables = {key: value for key, value in content.items() if isinstance(value, Mapping)}
    values = {key: value for key, value in content.items() if key not in tables}
    head = {**values, "tables": {key: list(table) for key, table in tables.items()}}
    rows = (compact(row) for table in tables.values() for row in table.values())
    body = "".join(f"{line}\n" for line in (compact(head), *rows))
    return f"{compact(digest(body))}\n{body}"


def compact(value: object) -> str:
    """One line of JSON without spaces."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def unpacked(data: bytes) -> tuple[str, dict[str, Any]]:
    """Digest and content of a packed file, its tables as `ShippedRows`.

    Raises ValueError when the two do not agree.
    """
    body = data.find(b"\n") + 1
    told = msgspec.json.decode(data[:body])
    if digest(memoryview(data)[body:]) != told:
        raise ValueError("the content does not match its digest")
    at = data.find(b"\n", body) + 1
    content: dict[str, Any] = msgspec.json.decode(data[body:at])
    for key, names in content.pop("tables").items():
        starts = {}
        for name in names:
            starts[name] = at
            at = data.find(b"\n", at) + 1
        content[key] = ShippedRows(data, starts)
    return told, content
