"""Measured scores put on the scale of what was predicted, by the predictions alone.

A standard score has no zero and no unit in a hidden benchmark's metric. A fit of everything
would give both, having read the scores that it judges. Here the level is the one at which the
members' mean is as predicted, and the unit the one in which they differ as much as predicted:
what is left to see is whether the differences lie where they were expected.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from pick_model.belief.expected import Z90
from pick_model.belief.joint import FAMILY, KIND, OWN, ROOT, Marginal

Array = np.ndarray[Any, np.dtype[Any]]


class Placement(NamedTuple):
    """One hidden group beside its predictions, in standard scores."""

    error: Array  # (n,) measured less predicted, around the group's mean
    spread: Array  # (n,) what the error's standard deviation should be
    unit: float  # standard scores that one unit of the metric makes

    def inside(self) -> float:
        """Share of the members within their 90 % interval."""
        return float((np.abs(self.error) <= Z90 * self.spread).mean())


def placed(scores: Sequence[float], means: Sequence[float], covariance: Array) -> Placement:
    """Place n scores by the predicted means (n,) and covariance (n, n) of their standings.

    With P = I − 11ᵀ/n, centred standings are expected to have the sum of squares
    |P·means|² + tr(P·covariance·P); the unit is what gives the centred scores that sum. Level
    and unit cost two degrees of freedom: errors that are normal as predicted lie inside
    their 90 % interval in 90 % of the cases from 6 models on, and in up to 94 % with 4.
    The scores must not all be equal.
    """
    measured = np.subtract(scores, np.mean(scores))  # (n,)
    expected = np.subtract(means, np.mean(means))  # (n,)
    centred = covariance - covariance.mean(axis=0)  # (n, n) P·covariance
    variance = np.diag(centred - centred.mean(axis=1)[:, None])  # (n,) of P·covariance·P
    unit = float(np.sqrt((expected @ expected + variance.sum()) / (measured @ measured)))
    return Placement(unit * measured - expected, np.sqrt(np.maximum(variance, 0.0)), unit)


def covariances(members: Sequence[Marginal]) -> Array:
    """`joint.covariance` of all pairs of n standings at once, (n, n)."""
    spread = np.array([member.sd for member in members])  # (n,)
    shared = np.eye(len(members)) * OWN
    for share, names in (
        (KIND, [member.kind for member in members]),
        (FAMILY, [member.family for member in members]),
        (ROOT, [member.root for member in members]),
    ):
        number = np.unique(names, return_inverse=True)[1]  # (n,)
        shared += share * (number[:, None] == number[None, :])
    found: Array = spread[:, None] * shared * spread[None, :]
    return found
