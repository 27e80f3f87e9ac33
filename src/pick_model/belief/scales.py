"""A fitted scale, how to move one, and how far two agree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import sqrt
from typing import Any, NamedTuple

import numpy as np

from pick_model.belief.parts import (
    START_LINK,
    FactsRegression,
    Residual,
    Variances,
    member_precision,
)

Array = np.ndarray[Any, np.dtype[Any]]

# That two scales agree by START_LINK counts for ten models seen on both; the closest they are
# taken to agree leaves room for doubt. Set by hand: a correlation of one half over ten pairs is
# off by a quarter.
LINK_FIRM, MOST_LINK = 10.0, 0.9


class Standards(NamedTuple):
    """N scores on the common scale, without what the matches of model and benchmark add."""

    rows: Array  # (N,) positions in the evidence table
    z: Array  # (N,)
    weight: Array  # (N,)


class Scale(NamedTuple):
    """The fitted numbers of one scale."""

    line: FactsRegression
    variances: Variances
    residuals: dict[str, Residual]
    standing: dict[str, float]
    standards: Standards


def in_spreads(scale: Scale) -> Scale:
    """The scale moved and stretched: mean standing 0 and spread 1, over models with scores."""
    mean, spread = _mean_and_spread(list(scale.standing.values()))
    return _moved(scale, mean, 1 / (spread or 1.0))


def _mean_and_spread(values: Sequence[float]) -> tuple[float, float]:
    mean = sum(values) / len(values)
    return mean, sqrt(sum((v - mean) ** 2 for v in values) / len(values))


def _moved(scale: Scale, mean: float, k: float) -> Scale:
    """Every standing z becomes (z − mean) · k."""
    line = scale.line
    return Scale(
        line._replace(
            slopes=tuple(v * k for v in line.slopes),
            kinds={name: v * k for name, v in line.kinds.items()},
            matches=tuple(v * k for v in line.matches),
            intercept=(line.intercept - mean) * k,
        ),
        Variances(*(v * k * k for v in scale.variances)),
        {n: Residual(t.offset * k, t.precision / (k * k)) for n, t in scale.residuals.items()},
        {name: (v - mean) * k for name, v in scale.standing.items()},
        scale.standards._replace(z=(scale.standards.z - mean) * k),
    )


def links(
    scales: Mapping[tuple[str, str], Scale],
) -> dict[tuple[str, str], dict[str, float]]:
    """For each scale, how far others of its world agree with it beyond their lines.

    The correlation of offsets, over models with scores on both, drawn to 0; offsets err, so
    their covariance is set against the variances of the fit.
    """
    found: dict[tuple[str, str], dict[str, float]] = {}
    for world, name in scales:
        one = scales[world, name]
        found[world, name] = {}
        for other_world, other_name in scales:
            if other_world != world or other_name == name:
                continue
            other = scales[world, other_name]
            both = sorted(one.residuals.keys() & other.residuals.keys())
            product = sum(one.residuals[m].offset * other.residuals[m].offset for m in both)
            spread = sqrt(
                (one.variances.family + one.variances.model)
                * (other.variances.family + other.variances.model)
            )
            value = (product / spread + START_LINK * LINK_FIRM) / (len(both) + LINK_FIRM)
            found[world, name][other_name] = round(min(max(value, 0.0), MOST_LINK), 4)
    return found


def family_sums(
    families: Iterable[str], residuals: Iterable[Residual], variances: Variances
) -> dict[str, tuple[float, float]]:
    """For each family: Σ precision × offset and Σ precision of its members' scores."""
    sums: dict[str, tuple[float, float]] = {}
    for family, one in zip(families, residuals, strict=True):
        value, weight = sums.get(family, (0.0, 0.0))
        p = member_precision(one, variances)
        sums[family] = value + p * one.offset, weight + p
    return sums
