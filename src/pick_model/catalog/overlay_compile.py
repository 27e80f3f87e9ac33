"""Read overlays and check them: each record by itself, and what all of them make together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

from pick_model.catalog.catalog import Catalog, Entries
from pick_model.catalog.overlay_checks import check_together, doubts
from pick_model.catalog.reader import Placed, read_overlay
from pick_model.catalog.sourced import flattened
from pick_model.documents.base import to_plain
from pick_model.documents.catalog import Entry
from pick_model.documents.catalog_files import CatalogFile, Correction
from pick_model.documents.reader import Parsed, check
from pick_model.errors import Location, SchemaError, did_you_mean
from pick_model.record import replace
from pick_model.words.say import message


def compile_overlays(catalog: Catalog, files: Sequence[tuple[str, str]]) -> Catalog:
    """The catalog with overlays, each a file's name and text, laid over it in order.

    Raises InputError or SchemaError with file and line.
    """
    laid = _Laid(catalog)
    for name, text in files:
        laid = _apply(laid, name, text)
    check_together(catalog, laid.catalog, laid.places, laid.added)
    return laid.catalog


@dataclass(frozen=True)
class _Laid:
    """A catalog with some overlays over it, and where what they touched stands."""

    catalog: Catalog
    places: dict[str, Location] = field(default_factory=dict)
    added: frozenset[str] = frozenset()


@dataclass(frozen=True)
class _Overlay:
    """One overlay file: its document, and the lines of its models, corrections and bans."""

    document: CatalogFile
    lines: dict[str, list[int]]


def _apply(laid: _Laid, name: str, text: str) -> _Laid:
    """One overlay file laid over what there is."""
    catalog = laid.catalog
    overlay = _parse_overlay(text, name, catalog)
    places = dict(laid.places)
    entries = catalog.entries.changed()
    origins = dict(catalog.origins)
    banned = dict(catalog.banned)
    for entry, line in zip(overlay.document.models, overlay.lines["models"], strict=True):
        if entry.id in entries:
            where = origins.get(entry.id, "the shipped catalog")
            raise SchemaError(
                message("model-stands-already", id=entry.id, where=where),
                location=Location(name, line),
                hint=message("use-corrections"),
            )
        entries[entry.id] = entry
        origins[entry.id] = name
        places[entry.id] = Location(name, line)
    for fix, line in zip(overlay.document.corrections, overlay.lines["corrections"], strict=True):
        places[fix.id] = Location(name, line)
        entries[fix.id] = _corrected(Entries(entries), fix, places[fix.id], catalog)
        origins[fix.id] = name
    for ban, line in zip(overlay.document.ban, overlay.lines["ban"], strict=True):
        if ban.id not in entries:
            raise SchemaError(
                message("no-model-to-ban", id=ban.id),
                location=Location(name, line),
                hint=did_you_mean(ban.id, entries),
            )
        del entries[ban.id]
        origins.pop(ban.id, None)
        banned[ban.id] = ban.reason
    changed = replace(catalog, entries=Entries(entries), origins=origins, banned=banned)
    return _Laid(changed, places, laid.added | {entry.id for entry in overlay.document.models})


def _corrected(entries: Entries, fix: Correction, where: Location, catalog: Catalog) -> Entry:
    if fix.id not in entries:
        hint = did_you_mean(fix.id, entries)
        raise SchemaError(message("no-model-to-correct", id=fix.id), location=where, hint=hint)
    plain = to_plain(entries[fix.id])
    changed = _merged(plain, fix.set)
    sources = {
        name: [f for f in fields if f not in fix.set]
        for name, fields in plain.get("sources", {}).items()
    }
    sources[fix.source] = [*sources.get(fix.source, ()), *fix.set]
    changed["sources"] = {name: fields for name, fields in sources.items() if fields}
    if changed["id"] != fix.id:
        raise SchemaError(message("correction-of-id"), location=where)
    if "sources" in fix.set:
        raise SchemaError(
            message("correction-of-sources", id=fix.id),
            location=where,
            hint=message("name-a-source"),
        )
    try:
        entry = check(Parsed(changed, {(): where.line or 1}, where.file), Entry)
    except SchemaError as error:
        raise SchemaError(
            message("of-entry", id=fix.id, what=error.message), location=where, hint=error.hint
        ) from None
    for doubt in doubts(entry, catalog):
        if doubt.field.split(".")[0] in fix.set:
            raise SchemaError(
                message("of-entry", id=fix.id, what=doubt.message), location=where, hint=doubt.hint
            )
    return entry


def _merged(plain: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """Changes laid over a record; nested records are merged, not replaced."""
    result = dict(plain)
    for key, value in changes.items():
        if isinstance(value, dict) and isinstance(result.get(key), dict):
            value = _merged(result[key], value)
        result[key] = value
    return result


def _parse_overlay(text: str, name: str, catalog: Catalog) -> _Overlay:
    """An overlay in which each record is right by itself."""
    records = read_overlay(text, name).whole()
    _refuse_entries(records.entries, catalog)
    _refuse_corrections(records.corrections)
    placed = {"models": records.entries, "corrections": records.corrections, "ban": records.bans}
    values: dict[str, Any] = {key: tuple(p.value for p in some) for key, some in placed.items()}
    lines = {key: [p.at().line or 1 for p in some] for key, some in placed.items()}
    return _Overlay(CatalogFile(**values), lines)


def _refuse_entries(entries: Sequence[Placed], catalog: Catalog) -> None:
    """Entries that stand twice or hold what no schema sees."""
    seen: dict[str, Placed] = {}
    for placed in entries:
        entry: Entry = placed.value
        first = seen.setdefault(entry.id, placed)
        if first is not placed:
            raise SchemaError(
                message("model-twice", id=entry.id, line=first.at().line or 0),
                location=placed.at(),
            )
        for doubt in doubts(entry, catalog):
            where = placed.at(*doubt.field.split("."))
            raise SchemaError(
                message("of-entry", id=entry.id, what=doubt.message),
                location=where,
                hint=doubt.hint,
            )


def _refuse_corrections(corrections: Sequence[Placed]) -> None:
    """Corrections that no schema has seen yet: a field corrected twice, a number that is none.

    The second is for here because the cache is JSON, which would keep it as null.
    """
    seen: dict[tuple[str, str], Placed] = {}
    for placed in corrections:
        fix: Correction = placed.value
        if not _finite(fix.set):
            told = message("not-finite-in-entry", id=fix.id)
            raise SchemaError(told, location=placed.at())
        for field_name, _ in flattened(fix.set):
            first = seen.setdefault((fix.id, field_name), placed)
            if first is not placed:
                raise SchemaError(
                    message(
                        "field-corrected-twice",
                        id=fix.id,
                        field=field_name,
                        line=first.at().line or 0,
                    ),
                    location=placed.at(),
                )


def _finite(value: object) -> bool:
    if isinstance(value, dict):
        return all(map(_finite, value.values()))
    if isinstance(value, list):
        return all(map(_finite, value))
    return not isinstance(value, float) or isfinite(value)
