"""Read and cross-check the YAML catalog and its tables of scores, as they are shipped.

People edit `catalogs/`; the program reads JSON, which `pick_model.belief.compile` writes.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pick_model.catalog.shipped import compact
from pick_model.documents.base import to_plain
from pick_model.documents.catalog import (
    EVIDENCE_COLUMNS,
    PROTOCOLS,
    Benchmark,
    Entry,
    Score,
    Source,
)
from pick_model.documents.files import BenchmarkFile, CatalogFile, HardwareFile, SourceFile
from pick_model.documents.hardware import Machine
from pick_model.documents.reader import csv_rows, read_document, read_text
from pick_model.errors import Location, SchemaError
from pick_model.files import digest


def compile_catalog(folder: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Read and cross-check the catalog in `folder`.

    Returns two JSON-ready parts: what ranking reads at every start, and the details (sources,
    single scores) that only `explain` reads.

    Raises SchemaError (with file and line) for the first thing that is wrong.
    """
    entries, places = read_entries(folder / "models", folder)
    sources = read_sources(folder / "sources", folder)
    for entry in entries.values():
        _check_references(entry, entries, sources, places[entry.id])
    benchmarks = _by_id(read_document(folder / "benchmarks.yaml", BenchmarkFile)[0].benchmarks)
    hardware: dict[str, Machine] = _by_id(
        read_document(folder / "hardware.yaml", HardwareFile)[0].hardware
    )
    rows = read_evidence(folder / "evidence", entries, benchmarks, sources, folder)
    cited = sorted({row.benchmark for row in rows})
    scores: dict[str, list[list[object]]] = {}
    for row in sorted(rows, key=str):
        scores.setdefault(row.entry, []).append([*row[1:]])
    ranking = {
        "schema_version": 1,
        # JSON inside JSON: a start decodes the models that can do the task, not all of them.
        "entries": {
            name: compact(_without(to_plain(entry), DETAILS))
            for name, entry in sorted(entries.items())
        },
        "benchmarks": [to_plain(benchmarks[name]) for name in cited],
        "hardware": [to_plain(machine) for _, machine in sorted(hardware.items())],
        # The scores are not read at a start; their digest makes them part of the catalog's.
        "scores_sha256": digest(compact(scores)),
    }
    details = {
        "schema_version": 1,
        "sources": {name: to_plain(source) for name, source in sorted(sources.items())},
        "entries": {
            name: {key: value for key, value in to_plain(entry).items() if key in DETAILS}
            for name, entry in sorted(entries.items())
        },
        "scores": dict(sorted(scores.items())),
    }
    return ranking, details


# Facts about an entry that only its own account shows.
DETAILS = ("sources", "notes")


def _without(plain: dict[str, Any], keys: tuple[str, ...]) -> dict[str, Any]:
    return {key: value for key, value in plain.items() if key not in keys}


def _by_id(items: tuple[Any, ...]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for item in items:
        if item.id in found:
            raise SchemaError(f"the id {item.id!r} stands twice")
        found[item.id] = item
    return found


def read_entries(folder: Path, root: Path) -> tuple[dict[str, Entry], dict[str, Location]]:
    """All entries of a folder of YAML files, with the line of each."""
    entries: dict[str, Entry] = {}
    places: dict[str, Location] = {}
    for path in sorted(folder.rglob("*.yaml")):
        document, parsed = read_document(path, CatalogFile, name=str(path.relative_to(root)))
        for index, entry in enumerate(document.models):
            where = parsed.location(("models", index))
            if entry.id in entries:
                raise SchemaError(
                    f"the model {entry.id!r} stands in {places[entry.id]} already", location=where
                )
            entries[entry.id] = entry
            places[entry.id] = where
    return entries, places


def read_sources(folder: Path, root: Path) -> dict[str, Source]:
    """All sources of a folder of YAML files."""
    sources: dict[str, Source] = {}
    for path in sorted(folder.glob("*.yaml")):
        document, parsed = read_document(path, SourceFile, name=str(path.relative_to(root)))
        for name, source in document.sources.items():
            if name in sources:
                where = parsed.location(("sources", name))
                raise SchemaError(f"the source {name!r} is declared twice", location=where)
            sources[name] = source
    return sources


def _check_references(
    entry: Entry, entries: dict[str, Entry], sources: dict[str, Source], where: Location
) -> None:
    for field in ("base_model", "superseded_by"):
        name = getattr(entry, field)
        if name is not None and name not in entries:
            raise SchemaError(f"{entry.id}: {field} {name!r} is no entry", location=where)
    for name in entry.sources:
        if name not in sources:
            raise SchemaError(f"{entry.id}: source {name!r} is not declared", location=where)


def read_evidence(
    folder: Path,
    entries: dict[str, Entry],
    benchmarks: dict[str, Benchmark],
    sources: dict[str, Source],
    root: Path,
) -> list[Score]:
    """All rows of the evidence tables, checked against entries, benchmarks and sources."""
    rows: list[Score] = []
    seen: set[tuple[object, ...]] = set()
    for path in sorted(folder.glob("*.csv")):
        name = str(path.relative_to(root))
        table = csv_rows(read_text(path, name=name), name)
        if tuple(next(table, (None, []))[1]) != EVIDENCE_COLUMNS:
            columns = ", ".join(EVIDENCE_COLUMNS)
            raise SchemaError(f"the columns should be {columns}", location=Location(name, 1))
        for where, cells in table:
            if len(cells) != len(EVIDENCE_COLUMNS):
                raise SchemaError(f"{len(cells)} cells", location=where)
            raw = dict(zip(EVIDENCE_COLUMNS, cells, strict=True))
            for field, known in (
                ("entry", entries),
                ("benchmark", benchmarks),
                ("source", sources),
                ("protocol", PROTOCOLS),
            ):
                if raw[field] not in known:
                    raise SchemaError(f"unknown {field} {raw[field]!r}", location=where)
            try:
                number, runs = float(raw["score"]), int(raw["n_runs"]) if raw["n_runs"] else None
            except ValueError:
                raise SchemaError("score and n_runs should be numbers", location=where) from None
            row = Score(
                raw["entry"],
                raw["benchmark"],
                raw["metric"],
                number,
                raw["split"],
                raw["protocol"],
                raw["conditions"],
                runs,
                raw["source"],
            )
            key = row[:3] + row[4:7] + row[8:]
            if key in seen:
                raise SchemaError("the same measurement stands twice", location=where)
            seen.add(key)
            rows.append(row)
    return rows
