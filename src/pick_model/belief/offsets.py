"""What is known of a model's offset from a scale's line: by its family, and by another scale."""

from __future__ import annotations

from collections.abc import Mapping
from math import sqrt

from pick_model.belief.facts import Facts
from pick_model.belief.parts import (
    NO_SCORES,
    START_LINK,
    Residual,
    Shipped,
    prior_offset,
    suggested,
)
from pick_model.belief.source_tables import Key, SourceTable, precisions
from pick_model.documents.catalog import Entry

# A model trained from nothing brings no ability: it starts two spreads below the average.
UNTRAINED = -2.0


def prior_of(entry: Entry, facts: Facts, scale: Shipped) -> tuple[float, float, float]:
    """Standing by the line; offset by the family, and its variance.

    The variance grows by what unknown facts could have told (`parts.suggested`). A model
    trained from nothing has no line.
    """
    variances = scale.variances
    if not entry.pretrained and entry.modality != "items":
        return UNTRAINED, 0.0, variances.family + variances.model
    sums = scale.families.get(entry.family, (0.0, 0.0))
    residual = scale.residuals.get(entry.id, NO_SCORES)
    centre, unknown = suggested(scale.line, entry, facts)
    offset, variance = prior_offset(sums, residual, variances)
    return centre, offset, variance + unknown


class Told:
    """What one model's facts and scores tell on each scale, worked out once for all that ask."""

    def __init__(
        self,
        entry: Entry,
        facts: Facts,
        scales: Mapping[str, Shipped],
        tables: Mapping[Key, SourceTable],
    ) -> None:
        self.all = tables
        self.tables: dict[str, dict[Key, SourceTable]] = {}  # by scale
        for key, table in tables.items():
            self.tables.setdefault(table.scale, {})[key] = table
        self.scales, self._entry, self._facts = scales, entry, facts
        self._priors: dict[str, tuple[float, float, float]] = {}
        self._each: dict[str, dict[Key, float]] = {}

    def prior(self, scale: str) -> tuple[float, float, float]:
        """`prior_of` the model on a scale."""
        if scale not in self._priors:
            self._priors[scale] = prior_of(self._entry, self._facts, self.scales[scale])
        return self._priors[scale]

    def each(self, scale: str) -> dict[Key, float]:
        """The precision of each of the scale's tables."""
        if scale not in self._each:
            here = self.tables.get(scale, {})
            self._each[scale] = precisions(here, self.scales[scale].variances)
        return self._each[scale]


def told_by(
    tables: Mapping[Key, SourceTable], each: Mapping[Key, float], centre: float
) -> Residual:
    """What a model's tables say together of its offset from `centre`; `each`: their precisions."""
    total = precision = 0.0
    for key, p in each.items():
        total += p * tables[key].mean
        precision += p
    return Residual(total / precision - centre, precision) if precision else NO_SCORES


def borrowed(scale: Shipped, name: str) -> Shipped:
    """A scale that a modality has no scores of, made of another, called `name`, that it has.

    Size, date and data are worth much the same on all scales; the kinds are not (an encoder
    stands .6 above the others when tuned and .4 below them when frozen), so nothing is said of
    them. A model's own scores count as where two scales agree by a half.
    """
    return Shipped(scale.line._replace(kinds={}), scale.variances, {}, {}, {name: START_LINK})


def through(
    link: float, told: Told, main: str, other: str
) -> tuple[float, float, dict[Key, float]]:
    """What scores on another scale say on the main one: an offset, its precision, by table.

    The offsets on both scales are jointly normal with correlation `link`; an offset y there,
    known with variance v, is an observation y·a/(link·b) here of variance
    (v + b²(1 − link²))·(a/(link·b))², where a and b are the spreads of the offsets.
    """
    centre, _, _ = told.prior(other)
    each = told.each(other)
    offset, precision = told_by(told.tables[other], each, centre)
    here, there = (told.scales[name].variances for name in (main, other))
    apart = there.family + there.model
    slope = sqrt((here.family + here.model) / apart) / link
    precise = 1 / ((1 / precision + apart * (1 - link * link)) * slope * slope)
    return offset * slope, precise, {key: precise * p / precision for key, p in each.items()}
