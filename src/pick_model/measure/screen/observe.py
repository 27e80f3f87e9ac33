"""What a screen hands to the belief: results about catalog entries."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from pick_model.belief.equal_rows import ScreenMeasurement
from pick_model.catalog.catalog import Catalog
from pick_model.documents.screen import ScreenLine, ScreenReading
from pick_model.errors import UnknownName
from pick_model.interval import Interval
from pick_model.record import replace


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

    def of(one: ScreenLine | ScreenReading) -> ScreenMeasurement:
        measures = {"logme": one.measures.logme, "h_score": one.measures.h_score}
        score = Interval(one.score, *one.interval)
        return ScreenMeasurement(name, line.metric, score, one.rows, measures)

    return replace(of(line), earlier=tuple(map(of, line.earlier)))
