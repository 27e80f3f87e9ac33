"""Read and cross-check the YAML catalog and its tables of scores, as they are shipped.

People edit `catalogs/`; the program reads JSON, which `pick_model.belief.compile` writes.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from pick_model.catalog.reader import Placed, ScoreRow, named, read_catalog
from pick_model.catalog.shipped import compact
from pick_model.documents.base import to_plain
from pick_model.documents.catalog import Entry, Score
from pick_model.errors import SchemaError
from pick_model.files import digest
from pick_model.vocabulary.uses import PROTOCOLS
from pick_model.words.say import message


def compile_catalog(folder: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Read and cross-check the catalog in `folder`.

    Returns two JSON-ready parts: what ranking reads at every start, and the details (sources,
    single scores) that only `explain` reads.

    Raises SchemaError (with file and line) for the first thing that is wrong.
    """
    records = read_catalog(folder).whole()
    placed = _once("model", records.entries)
    entries: dict[str, Entry] = {name: entry.value for name, entry in placed.items()}
    sources = _values("source", records.sources)
    benchmarks = _values("benchmark", records.benchmarks)
    hardware = _values("machine", records.hardware)
    for entry in placed.values():
        _check_references(entry, entries, sources)
    rows = list(_scores(records.scores, entries, benchmarks, sources))
    cited = sorted({row.benchmark for row in rows})
    scores: dict[str, list[list[object]]] = {}
    for row in sorted(rows, key=str):
        scores.setdefault(row.entry, []).append([*row[1:]])
    ranking = {
        "schema_version": 1,
        "entries": {
            name: _without(to_plain(entry), DETAILS) for name, entry in sorted(entries.items())
        },
        "benchmarks": {name: to_plain(benchmarks[name]) for name in cited},
        "hardware": {name: to_plain(machine) for name, machine in sorted(hardware.items())},
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


def _values(what: str, records: Sequence[Placed]) -> dict[str, Any]:
    return {name: placed.value for name, placed in _once(what, records).items()}


def _once(what: str, records: Sequence[Placed]) -> dict[str, Placed]:
    """The records by id, each of which may stand once."""
    found: dict[str, Placed] = {}
    for placed in records:
        first = found.setdefault(named(placed), placed)
        if first is not placed:
            raise SchemaError(
                message(
                    "stands-elsewhere-already", what=what, name=named(placed), at=str(first.at())
                ),
                location=placed.at(),
            )
    return found


def _check_references(placed: Placed, entries: Container[str], sources: Container[str]) -> None:
    entry: Entry = placed.value
    for field in ("base_model", "superseded_by"):
        name = getattr(entry, field)
        if name is not None and name not in entries:
            raise SchemaError(
                message("field-names-no-entry", id=entry.id, field=field, name=name),
                location=placed.at(),
            )
    for name in entry.sources:
        if name not in sources:
            told = message("source-not-declared", id=entry.id, name=name)
            raise SchemaError(told, location=placed.at())


def _scores(
    rows: Iterable[ScoreRow],
    entries: Container[str],
    benchmarks: Container[str],
    sources: Container[str],
) -> Iterator[Score]:
    """All rows of the evidence tables, checked against entries, benchmarks and sources."""
    seen: set[tuple[object, ...]] = set()
    known = {"entry": entries, "benchmark": benchmarks, "source": sources, "protocol": PROTOCOLS}
    for row in rows:
        cells = row.cells
        for column, names in known.items():
            if cells[column] not in names:
                raise SchemaError(
                    message("unknown-cell", column=column, cell=cells[column]), location=row.where
                )
        try:
            score = float(cells["score"])
            n_runs = int(cells["n_runs"]) if cells["n_runs"] else None
        except ValueError:
            raise SchemaError(message("score-or-runs-no-number"), location=row.where) from None
        values: dict[str, Any] = {**cells, "score": score, "n_runs": n_runs}
        found = Score(**values)
        key = tuple(cells[name] for name in cells if name not in ("score", "n_runs"))
        if key in seen:
            raise SchemaError(message("measurement-twice"), location=row.where)
        seen.add(key)
        yield found
