"""Mistakes put into the catalog in memory: one record changed, the rest as it was read."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from pick_model.catalog.reader import CatalogRecords, Placed, ScoreRow, named
from pick_model.catalog.validate.validate import validate_records
from pick_model.documents.base import adapter
from pick_model.documents.catalog_reports import Problem
from pick_model.documents.reader import Parsed

Change = Mapping[str, Any]  # dotted field -> value; None takes the field out


class _Edited(Parsed):
    """A file of which one record is another, on the lines where it stood."""

    def __init__(self, placed: Placed, raw: Any) -> None:
        key, place = placed.path
        super().__init__({key: {place: raw}}, {}, placed.parsed.file)
        self._before = placed.parsed

    def location(self, path: Any = ()) -> Any:
        return self._before.location(path)


def changed(placed: Placed, change: Change) -> Placed:
    """The record with fields set. Raises ValidationError where its schema forbids that."""
    raw = deepcopy(placed.raw)
    for name, value in change.items():
        *outer, last = name.split(".")
        inner = raw
        for part in outer:
            inner = inner.setdefault(part, {})
        if value is None:
            inner.pop(last, None)
        else:
            inner[last] = value
    found = adapter(type(placed.value)).validate_python(raw)
    return Placed(found, _Edited(placed, raw), placed.path)


def with_record(records: CatalogRecords, kind: str, name: str, change: Change) -> CatalogRecords:
    """The catalog with one entry, benchmark, machine or source changed."""
    there = getattr(records, kind)
    [place] = [i for i, placed in enumerate(there) if named(placed) == name]
    edited: Any = [*there[:place], changed(there[place], change), *there[place + 1 :]]
    return replace(records, **{kind: edited})


def with_twin(records: CatalogRecords, name: str, change: Change) -> CatalogRecords:
    """The catalog with one entry written a second time, some of its fields changed."""
    [placed] = [placed for placed in records.entries if named(placed) == name]
    return replace(records, entries=[*records.entries, changed(placed, change)])


Row = tuple[str, str, str]  # entry, benchmark, source


def with_cells(records: CatalogRecords, which: Row, cells: Mapping[str, str]) -> CatalogRecords:
    """The catalog with cells of the first score of a model on a benchmark in a table changed."""
    place = _place(records, which)
    edited = ScoreRow({**records.scores[place].cells, **cells}, records.scores[place].where)
    return replace(records, scores=[*records.scores[:place], edited, *records.scores[place + 1 :]])


def swapped(records: CatalogRecords, of: tuple[str, str], one: str, other: str) -> CatalogRecords:
    """The catalog with what a model (of a source) has on two benchmarks in each other's place."""
    name, source = of
    first, second = (_place(records, (name, at, source)) for at in (one, other))
    scores = [records.scores[place].cells["score"] for place in (first, second)]
    found = with_cells(records, (name, one, source), {"score": scores[1]})
    return with_cells(found, (name, other, source), {"score": scores[0]})


def _place(records: CatalogRecords, which: Row) -> int:
    keys = ("entry", "benchmark", "source")
    return next(
        place
        for place, row in enumerate(records.scores)
        if tuple(row.cells[key] for key in keys) == which
    )


def found_in(records: CatalogRecords, today: str, *checks: str) -> list[Problem]:
    """What these checks find, all without any."""
    return list(validate_records(records, today=today, only=checks or None).problems)


__all__ = ["Change", "ValidationError", "changed", "found_in", "swapped", "with_cells",
           "with_record", "with_twin"]  # fmt: skip
