"""The catalog as tables, for people who want to query it: SQLite, Parquet or CSV.

Unknown is NULL (an empty cell in CSV). What an entry has several of stands in a table of its own;
`models.n_languages` is 0 for a model that takes no human language and NULL where nobody said.
"""

from __future__ import annotations

import csv
import io
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from pick_model.catalog.catalog import Catalog
from pick_model.documents.catalog import (
    EVIDENCE_COLUMNS,
    Benchmark,
    Entry,
    Forward,
    Pretraining,
    Shape,
    Source,
)
from pick_model.documents.hardware import Machine
from pick_model.errors import MissingExtra
from pick_model.record import fields
from pick_model.render.words import cell as in_cell

Cell = str | int | float | None
# Fields of an entry with records in them, whose fields stand as columns of `models`.
NESTED: dict[str, type[Any]] = {"shape": Shape, "forward": Forward, "pretraining": Pretraining}
# Fields with several values: the table, and the name of its second column.
LISTS = {"aliases": "alias", "tasks": "task", "languages": "language", "directions": "direction",
         "domains": "domain", "weights": "format"}  # fmt: skip


class ExportTable(NamedTuple):
    """One table: its columns and rows."""

    columns: tuple[str, ...]
    rows: list[tuple[Cell, ...]]


def tables(catalog: Catalog) -> dict[str, ExportTable]:
    """All of the catalog, by table. Overlays are in it as they are laid over."""
    entries = [catalog.entries[name] for name in sorted(catalog.entries)]
    details = catalog.details
    found = {"models": _models(entries, details["entries"])}
    for field, column in LISTS.items():
        found[f"model_{field}"] = ExportTable(
            ("model", column),
            [(entry.id, value) for entry in entries for value in getattr(entry, field) or ()],
        )
    found["model_corpora"] = ExportTable(
        ("model", "corpus", "size", "unit"),
        [(e.id, c.name, c.size, c.unit) for e in entries for c in e.pretraining.corpora],
    )
    found["model_sources"] = ExportTable(
        ("model", "field", "source"), list(_sources(details["entries"], catalog))
    )
    found["benchmarks"] = _records(Benchmark, [catalog.benchmarks[b] for b in catalog.benchmarks])
    found["machines"] = _plain(Machine, catalog.plain_hardware.values())
    found["sources"] = _plain(
        Source, ({"id": name, **plain} for name, plain in details["sources"].items()), ("id",)
    )
    found["scores"] = ExportTable(
        EVIDENCE_COLUMNS,
        [(name, *row) for name, rows in details["scores"].items() for row in rows],
    )
    return found


def _models(entries: Sequence[Entry], details: Mapping[str, Any]) -> ExportTable:
    plain = [f.name for f in fields(Entry) if f.name not in (*NESTED, *LISTS, "sources", "notes")]
    inner = [
        (outer, f.name)
        for outer, kind in NESTED.items()
        for f in fields(kind)
        if f.name != "corpora"
    ]
    rows: list[tuple[Cell, ...]] = [
        (
            *(_cell(getattr(entry, name)) for name in plain),
            None if entry.languages is None else len(entry.languages),
            *(_cell(getattr(getattr(entry, outer), name, None)) for outer, name in inner),
            details.get(entry.id, {}).get("notes"),
        )
        for entry in entries
    ]
    named = (f"{outer}_{name}" for outer, name in inner)
    return ExportTable((*plain, "n_languages", *named, "notes"), rows)


def _sources(details: Mapping[str, Any], catalog: Catalog) -> Iterator[tuple[Cell, ...]]:
    for name in sorted(catalog.entries):
        told = details.get(name, {}).get("sources", {})
        for source, given in told.items():
            yield from ((name, field, source) for field in given)


def _records(kind: type[Any], found: Sequence[Any]) -> ExportTable:
    columns = tuple(f.name for f in fields(kind))
    return ExportTable(
        columns, [tuple(_cell(getattr(one, name)) for name in columns) for one in found]
    )


def _plain(
    kind: type[Any], found: Iterable[Mapping[str, Any]], before: tuple[str, ...] = ()
) -> ExportTable:
    columns = (*before, *(f.name for f in fields(kind) if f.name != "sources"))
    return ExportTable(columns, [tuple(_cell(one.get(name)) for name in columns) for one in found])


def _cell(value: Any) -> Cell:
    """One value of a cell: lists joined by `|`, truth as 0 and 1."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, (tuple, list)):
        return "|".join(str(item) for item in value)
    return value if isinstance(value, (str, int, float)) else None


def as_sqlite(found: dict[str, ExportTable]) -> bytes:
    """One SQLite file with all tables, keyed by id where there is one."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "catalog.sqlite"
        connection = sqlite3.connect(path)
        try:
            with connection:
                for name, table in found.items():
                    _fill(connection, name, table)
        finally:
            connection.close()
        return path.read_bytes()


def _fill(connection: sqlite3.Connection, name: str, table: ExportTable) -> None:
    """Names are those of our own records; values go in as parameters."""
    columns = [
        f'"{column}"' + (" TEXT PRIMARY KEY" if column == "id" else f" {_affinity(table, at)}")
        for at, column in enumerate(table.columns)
    ]
    connection.execute(f'CREATE TABLE "{name}" ({", ".join(columns)})')
    places = ", ".join("?" * len(table.columns))
    insert = f'INSERT INTO "{name}" VALUES ({places})'  # noqa: S608  the name is one of ours
    connection.executemany(insert, table.rows)
    if table.columns[0] in ("model", "entry"):
        connection.execute(f'CREATE INDEX "{name}_of" ON "{name}" ("{table.columns[0]}")')


def _affinity(table: ExportTable, at: int) -> str:
    kinds = {type(row[at]) for row in table.rows} - {type(None)}
    if kinds and kinds <= {int}:
        return "INTEGER"
    return "REAL" if kinds and kinds <= {int, float} else "TEXT"


def as_csv(table: ExportTable) -> str:
    """One table with a head. A cell that a spreadsheet would compute is quoted (see `escape`)."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(table.columns)
    for row in table.rows:
        writer.writerow(["" if c is None else in_cell(c) if isinstance(c, str) else c for c in row])
    return out.getvalue()


def as_parquet(table: ExportTable) -> bytes:
    """One Parquet file. Raises MissingExtra without pyarrow."""
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError as error:
        raise MissingExtra("write-parquet", "probe") from error
    kinds = {"INTEGER": pyarrow.int64(), "REAL": pyarrow.float64(), "TEXT": pyarrow.string()}
    columns = {}
    for at, name in enumerate(table.columns):
        kind = _affinity(table, at)
        cells = [row[at] for row in table.rows]
        if kind == "TEXT":
            cells = [None if cell is None else str(cell) for cell in cells]
        columns[name] = pyarrow.array(cells, type=kinds[kind])
    out = io.BytesIO()
    parquet.write_table(pyarrow.table(columns), out)
    return out.getvalue()
