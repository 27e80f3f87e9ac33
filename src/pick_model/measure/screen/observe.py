"""What a screen hands to the belief: observations of catalog entries."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple

from pick_model.catalog.model import Catalog
from pick_model.documents.screen import ScreenLine
from pick_model.errors import UnknownName


class Observation(NamedTuple):
    """One model measured on the user's data."""

    entry: str  # id in the catalog
    value: float  # in the metric: of a linear model of frozen features
    standard_error: float  # of drawing the rows
    metric: str
    rows: int  # that taught it, less than others' where rows were adaptive
    kind: Literal["screen"] = "screen"


class Observed(NamedTuple):
    """Observations, the latest of each entry, and names that the catalog does not know."""

    observations: tuple[Observation, ...]
    unknown: tuple[str, ...]


def observed(lines: Iterable[ScreenLine], catalog: Catalog) -> Observed:
    """The lines of one data set and metric, as observations of the catalog's entries.

    lines: of a ledger, or of a report by `ledger.screen_lines`, in the order they were made.
    """
    found: dict[str, Observation] = {}
    unknown: list[str] = []
    for line in lines:
        try:
            entry = catalog.find(line.model.partition("@")[0])
        except UnknownName:
            unknown.append(line.model)
            continue
        found[entry.id] = Observation(
            entry.id, line.score, line.standard_error, line.metric, line.rows
        )
    return Observed(tuple(found.values()), tuple(dict.fromkeys(unknown)))
