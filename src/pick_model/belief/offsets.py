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
    Variances,
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


def told_by(
    tables: Mapping[Key, SourceTable], centre: float, variances: Variances
) -> tuple[Residual, dict[Key, float]]:
    """What a model's tables say together of its offset from `centre`, and each one's precision."""
    each = precisions(tables, variances)
    precision = sum(each.values())
    if not precision:
        return NO_SCORES, each
    mean = sum(p * tables[key].mean for key, p in each.items()) / precision
    return Residual(mean - centre, precision), each


def borrowed(scale: Shipped, name: str) -> Shipped:
    """A scale that a modality has no scores of, made of another, called `name`, that it has.

    Size, date and data are worth much the same on all scales; the kinds are not (an encoder
    stands .6 above the others when tuned and .4 below them when frozen), so nothing is said of
    them. A model's own scores count as where two scales agree by a half.
    """
    return Shipped(scale.line._replace(kinds={}), scale.variances, {}, {}, {name: START_LINK})


def through(
    link: float,
    entry: Entry,
    facts: Facts,
    main: Shipped,
    other: Shipped,
    tables: Mapping[Key, SourceTable],
) -> tuple[float, float, dict[Key, float]]:
    """What scores on another scale say here: an offset from the line, its precision, by table.

    The offsets on both scales are jointly normal with correlation `link`; an offset y there,
    known with variance v, is an observation y·a/(link·b) here of variance
    (v + b²(1 − link²))·(a/(link·b))², where a and b are the spreads of the offsets.
    """
    centre, _, _ = prior_of(entry, facts, other)
    told, each = told_by(tables, centre, other.variances)
    here = main.variances.family + main.variances.model
    there = other.variances.family + other.variances.model
    slope = sqrt(here / there) / link
    precise = 1 / ((1 / told.precision + there * (1 - link * link)) * slope * slope)
    return (
        told.offset * slope,
        precise,
        {key: precise * p / told.precision for key, p in each.items()},
    )
