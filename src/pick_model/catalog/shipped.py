"""Compiled content as JSON Lines, of which a start decodes what it reads.

The first line is the digest of all others, the second the small values and the names of the rows
of each table, in the order in which the rows follow, a line each.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec

from pick_model.files import digest

SHIPPED = Path(__file__).with_name("shipped.jsonl")
DETAILS_FILE = Path(__file__).with_name("shipped-details.jsonl")


class ShippedRows(Mapping[str, Any]):
    """A table of a packed file: rows by name, each decoded when it is asked for."""

    def __init__(self, texts: dict[str, bytes]) -> None:
        self.texts = texts  # name -> its row's JSON

    def __getitem__(self, name: str) -> Any:
        return msgspec.json.decode(self.texts[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self.texts)

    def __len__(self) -> int:
        return len(self.texts)

    def __contains__(self, name: object) -> bool:
        return name in self.texts  # without decoding it

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
    first, head, *lines = data.split(b"\n")
    told = msgspec.json.decode(first)
    if digest(memoryview(data)[len(first) + 1 :]) != told:
        raise ValueError("the content does not match its digest")
    content: dict[str, Any] = msgspec.json.decode(head)
    rows = iter(lines)
    for key, names in content.pop("tables").items():
        content[key] = ShippedRows(dict(zip(names, islice(rows, len(names)), strict=True)))
    return told, content
