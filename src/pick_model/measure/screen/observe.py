"""What a screen hands to the belief: results about catalog entries."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from pick_model.belief.observations import ScreenMeasurement
from pick_model.catalog.catalog import Catalog
from pick_model.documents.screen import ScreenLine
from pick_model.errors import UnknownName
from pick_model.interval import Interval


class Observed(NamedTuple):
    """Results, the latest of each entry, and names that the catalog does not know."""

    results: tuple[ScreenMeasurement, ...]
    unknown: tuple[str, ...]


def observed(lines: Iterable[ScreenLine], catalog: Catalog) -> Observed:
    """The lines of one data set and metric, as results about the catalog's entries.

    lines: of a ledger, or of a report by `ledger.screen_lines`, in the order they were made.
    """
    found: dict[str, ScreenMeasurement] = {}
    unknown: list[str] = []
    for line in lines:
        try:
            entry = catalog.find(line.model.partition("@")[0])
        except UnknownName:
            unknown.append(line.model)
            continue
        found[entry.id] = result_of(line, entry.id)
    return Observed(tuple(found.values()), tuple(dict.fromkeys(unknown)))


def result_of(line: ScreenLine, name: str) -> ScreenMeasurement:
    """A line as the belief takes it, about the entry of that name."""
    low, high = line.interval
    measures = {"logme": line.measures.logme, "h_score": line.measures.h_score}
    return ScreenMeasurement(
        name, line.metric, Interval(line.score, low, high), line.rows, measures
    )
