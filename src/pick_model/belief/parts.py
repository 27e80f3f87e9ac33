"""The numbers of a fitted scale: what its line, variances and models' own scores say.

In standard scores: score = line + family + own part + table + rest (see `fit`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from pick_model.belief.facts import ALWAYS, Facts
from pick_model.documents.catalog import Entry


class FactsRegression(NamedTuple):
    """What facts suggest: intercept + Σ slope × (fact − mean) / spread + kind + matches."""

    means: Sequence[float]  # of facts.FACTS
    spreads: Sequence[float]
    lows: Sequence[float]  # the least and the most that was seen, in spreads from the mean
    highs: Sequence[float]
    slopes: Sequence[float]
    kinds: dict[str, float]
    matches: Sequence[float]  # of facts.MATCHES
    intercept: float


class Variances(NamedTuple):
    """Of the parts of a score around the line, in squared standard scores."""

    family: float
    model: float
    table: float  # one source's scores on one kind of task
    rest: float  # one benchmark


class Residual(NamedTuple):
    """What a model's own scores say of its standing, apart from prior and family."""

    offset: float  # from the line, in standard scores
    precision: float


class Shipped(NamedTuple):
    """One scale's fitted numbers as the program reads them."""

    line: FactsRegression
    variances: Variances
    families: Mapping[str, Sequence[float]]  # see scales.family_sums
    residuals: Mapping[str, Residual]
    links: Mapping[str, float]  # other scale -> correlation of what the lines leave


# Beyond their lines two scales are taken to agree by a half, until models seen on both tell.
START_LINK = 0.5
# Share of a slope beyond the values seen: enough to tell larger from smaller there.
BEYOND = 0.25
# A kind that nobody measured in a use is seldom the best for it: half a standard score below
# the others, give or take as much, which is what kinds differ by on scales that hold several.
UNSEEN_KIND = -0.5
NO_SCORES = Residual(0.0, 0.0)


def predicted(line: FactsRegression, entry: Entry, facts: Facts) -> float:
    """The standing that the facts suggest, without matches."""
    return suggested(line, entry, facts)[0]


def suggested(line: FactsRegression, entry: Entry, facts: Facts) -> tuple[float, float]:
    """The standing that the facts suggest, and the variance of what they leave out.

    What is unknown stays at the mean and may be a spread off; beyond the values seen the line
    goes on at a quarter of its slope, and may be off by what all of it would have added.
    """
    total, variance = line.intercept, 0.0
    kind = line.kinds.get(entry.kind)
    if kind is None and line.kinds:
        total += UNSEEN_KIND
        variance += UNSEEN_KIND**2
    else:
        total += kind or 0.0
    for fact, mean, spread, low, high, slope, always in zip(
        facts,
        line.means,
        line.spreads,
        line.lows,
        line.highs,
        line.slopes,
        ALWAYS,
        strict=True,
    ):
        if fact is None or not spread:
            variance += slope * slope * always
            continue
        x = (fact - mean) / spread
        if low <= x <= high:
            total += slope * x
            continue
        held = low if x < low else high
        total += slope * (held + BEYOND * (x - held))
        variance += (BEYOND * slope * (x - held)) ** 2
    return total, variance


def member_precision(residual: Residual, variances: Variances) -> float:
    """How much one member tells of its family."""
    return 1 / (variances.model + 1 / residual.precision) if residual.precision else 0.0


def prior_offset(
    sums: Sequence[float], residual: Residual, variances: Variances
) -> tuple[float, float]:
    """Mean and variance of a model's offset from the line, by the others of its family.

    `sums` are Σ precision × offset and Σ precision over the family's members.
    """
    own = member_precision(residual, variances)
    weight = max(sums[1] - own, 0.0) + 1 / variances.family
    return (sums[0] - own * residual.offset) / weight, 1 / weight + variances.model
