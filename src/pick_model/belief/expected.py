"""Expected standings with their intervals, and the mean of two that few rows call for.

The unit is the standard score: 0 is the average model of the evidence on a scale, 1 is one
spread better. `outlook` works them out.
"""

from __future__ import annotations

from math import sqrt

from msgspec import Struct

from pick_model.documents.names import Basis
from pick_model.interval import Interval
from pick_model.record import replace

Z90 = 1.645  # two-sided 90 % of a normal distribution
# What a standing made of two rests on is told by the first of these that either rests on.
FIRMEST: tuple[Basis, ...] = ("published", "measured")


class Blend(Struct, frozen=True):
    """A standing made of two: (1 − frozen_share) · tuned + frozen_share · frozen."""

    frozen_share: float
    tuned: Interval  # standings, with their 90 % intervals
    frozen: Interval


class Expected(Struct, frozen=True):
    """Expected standing on a task, in standard scores.

    `z` has the 90 % interval for one new benchmark of the kind; `standing` that for the mean
    over many, which is what evidence can narrow: models are told apart by it.
    """

    z: Interval
    standing: Interval
    prior: float
    prior_share: float
    basis: Basis
    n_items: int  # scores that carried it
    blend: Blend | None = None  # where few rows make two scales speak


def shifted(expected: Expected, by: float) -> Expected:
    """The same, expected `by` standard scores higher."""
    if not by:
        return expected
    return replace(
        expected,
        z=expected.z.shifted(by),
        standing=expected.standing.shifted(by),
        prior=expected.prior + by,
    )


def correlation(link: float, told: float, told_elsewhere: float) -> float:
    """Of a model's standings on two scales after scores on either, before which it was `link`.

    With prior variances a² and b² and precisions p and q of the scores, told = p·a² and q·b².
    The inverse of the posterior's precision matrix, the prior's plus diag(p, q), has this
    correlation; it is 0 where no link was and falls with all that either scale's scores tell.
    """
    free = 1 - link * link
    return link / sqrt((1 + told * free) * (1 + told_elsewhere * free))


def blended(
    tuned: Expected, frozen: Expected, share: float, correlation: float, n_items: int
) -> Expected:
    """(1 − share) · tuned + share · frozen, of two standings that are correlated.

    What one new task adds to the variance is taken in the same proportion.
    """

    def mixed(one: float, other: float) -> float:
        return (1 - share) * one + share * other

    a = (1 - share) * (tuned.standing.high - tuned.standing.value)
    b = share * (frozen.standing.high - frozen.standing.value)
    sure = a * a + b * b + 2 * correlation * a * b
    half = sure + mixed(*(_added_by_a_task(one) for one in (tuned, frozen)))
    mean = mixed(tuned.standing.value, frozen.standing.value)
    return Expected(
        z=Interval(mean, mean - sqrt(half), mean + sqrt(half)),
        standing=Interval(mean, mean - sqrt(sure), mean + sqrt(sure)),
        prior=mixed(tuned.prior, frozen.prior),
        prior_share=mixed(tuned.prior_share, frozen.prior_share),
        basis=next((b for b in FIRMEST if b in (tuned.basis, frozen.basis)), "prior"),
        n_items=n_items,
        blend=Blend(share, tuned.standing, frozen.standing),
    )


def _added_by_a_task(expected: Expected) -> float:
    """The square of the half width that one new task adds to that of a standing."""
    z, standing = expected.z, expected.standing
    return (z.high - z.value) ** 2 - (standing.high - standing.value) ** 2
