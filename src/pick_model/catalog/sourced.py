"""An entry's facts one by one, each with the source that gives it."""

from __future__ import annotations

from typing import Any, NamedTuple

from pick_model.catalog.catalog import Catalog
from pick_model.documents.base import to_plain
from pick_model.documents.catalog import Entry
from pick_model.documents.names import Basis

Scalar = str | int | float | bool | None


class SourcedValue(NamedTuple):
    """One field of an entry; the source's title and address where it is declared."""

    field: str  # dotted for nested records
    value: Scalar
    basis: Basis | None
    source: str | None
    title: str | None
    url: str | None


def sourced(entry: Entry, catalog: Catalog) -> list[SourcedValue]:
    """Every stated fact of an entry, in the order of the schema.

    Sources and notes of shipped entries lie apart from what ranking reads; an overlay's own
    sources outrank them field by field.
    """
    shipped = catalog.details["entries"].get(entry.id, {})
    givers: dict[str, str] = {}
    for sources in (shipped.get("sources", {}), entry.sources):
        givers.update({field: name for name, fields in sources.items() for field in fields})
    facts = []
    for field, value in flattened({**without_sources(shipped), **without_sources(to_plain(entry))}):
        source = givers.get(field) or givers.get(field.split(".")[0])
        record = catalog.details["sources"].get(source, {})
        facts.append(
            SourcedValue(
                field, value, record.get("basis"), source, record.get("title"), record.get("url")
            )
        )
    return facts


def without_sources(plain: dict[str, Any]) -> dict[str, Any]:
    """A record less the key `sources`."""
    return {name: value for name, value in plain.items() if name != "sources"}


def flattened(record: dict[str, Any], prefix: str = "") -> list[tuple[str, Scalar]]:
    """A record as dotted fields with plain values; lists become one text."""
    flat: list[tuple[str, Scalar]] = []
    for key, value in record.items():
        if isinstance(value, dict):
            flat += flattened(value, f"{prefix}{key}.")
        elif isinstance(value, list):
            flat.append((f"{prefix}{key}", ", ".join(_item(v) for v in value)))
        else:
            flat.append((f"{prefix}{key}", value))
    return flat


def _item(value: Any) -> str:
    """One member of a list; a corpus with its size."""
    if not isinstance(value, dict):
        return str(value)
    size = f" ({value['size']:g} {value['unit']})" if value.get("size") else ""
    return f"{value['name']}{size}"
