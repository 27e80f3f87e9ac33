"""The fields that documents have ever had, with their types: added to, never renamed.

python -m tests.fields --write adds the new ones to tests/documents/fields.txt.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pick_model.cli.schema import SCHEMAS, json_schema

RECORDED = Path(__file__).parent / "documents" / "fields.txt"
INSIDE = {"items": "[]", "additionalProperties": "{}"}  # of a list, of a map


def fields(document: str) -> set[str]:
    """Every field of a document as `document path: type`, one line for each type it may have."""
    schema: Any = json_schema(document)
    return {f"{document} {at}: {kind}" for at, kind in _fields(schema, schema, "", ())}


def _fields(node: Any, schema: Any, at: str, above: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Paths with types below a node. `above` are the records it stands in, for some nest."""
    if "$ref" in node:
        name = node["$ref"].rpartition("/")[2]
        target = schema["$defs"][name]
        yield from (
            _fields(target, schema, at, (*above, name))
            if name not in above
            else _fields({"type": target.get("type", "any")}, schema, at, above)
        )
        return
    if at and "type" in node:
        yield at, node["type"]
    for one in node.get("anyOf", ()):
        yield from _fields(one, schema, at, above)
    for name, one in node.get("properties", {}).items():
        yield from _fields(one, schema, f"{at}.{name}".lstrip("."), above)
    for key, mark in INSIDE.items():
        if isinstance(node.get(key), dict):
            yield from _fields(node[key], schema, at + mark, above)
    for one in node.get("prefixItems", ()):
        yield from _fields(one, schema, f"{at}[]", above)


def recorded() -> set[str]:
    return set(RECORDED.read_text(encoding="utf-8").splitlines())


if __name__ == "__main__":
    known = set().union(*map(fields, SCHEMAS))
    if "--write" in sys.argv:
        known |= recorded() if RECORDED.exists() else set()
        RECORDED.write_text("\n".join(sorted(known)) + "\n", encoding="utf-8")
    else:
        print("\n".join(sorted(known)))
