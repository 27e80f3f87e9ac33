"""Standings of all candidates on one task, jointly normal.

What is expected of each is `expected.Outlook`'s to say; here is what they share. Where a model
does better on a task than its evidence promised, so do its relatives:

    z_i = mean_i + sd_i · (√a K_kind + √b F_family + √c R_root + √(1 − a − b − c) E_i)

with independent standard normal K, F, R and E. Nothing that is common to all models enters: it
is the level of the task (see `level`).
"""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from random import Random
from typing import NamedTuple

# Shares of the variance that models of one kind, one family, one root have in common. By the
# differences of what the back-test predicts and what was measured, hidden source by hidden
# source: against pairs of one kind, pairs of one family have .63 of the mean squared difference
# (median of six scales, .19 to .77), model and base .3 to .6; against pairs of two kinds,
# pairs of one kind .65. `python tests/benchmarks/shared_error.py` prints them.
KIND, FAMILY, ROOT = 0.30, 0.25, 0.15
OWN = 1 - KIND - FAMILY - ROOT


class Member(NamedTuple):
    """One model: the normal belief about its standing, and whom it shares errors with."""

    name: str
    mean: float
    sd: float
    kind: str
    family: str
    root: str  # the first of its line of base models; itself where it has none


def correlation(one: Member, other: Member) -> float:
    """Of what is unknown about the standings of two models."""
    if one.name == other.name:
        return 1.0
    return (
        KIND * (one.kind == other.kind)
        + FAMILY * (one.family == other.family)
        + ROOT * (one.root == other.root)
    )


def covariance(one: Member, other: Member) -> float:
    """Of two standings."""
    return one.sd * other.sd * correlation(one, other)


def draws(members: Sequence[Member], n: int, random: Random) -> list[list[float]]:
    """n draws of every member's standing, member by member."""
    shared: dict[tuple[str, str], list[float]] = {}

    def common(what: str, name: str) -> list[float]:
        key = what, name
        if key not in shared:
            shared[key] = normals(n, random)
        return shared[key]

    a, b, c, own = sqrt(KIND), sqrt(FAMILY), sqrt(ROOT), sqrt(OWN)
    found = []
    for member in members:
        mean, sd = member.mean, member.sd
        k, f = common("kind", member.kind), common("family", member.family)
        r, e = common("root", member.root), normals(n, random)
        found.append(
            [
                mean + sd * (a * w + b * x + c * y + own * z)
                for w, x, y, z in zip(k, f, r, e, strict=True)
            ]
        )
    return found


def normals(n: int, random: Random) -> list[float]:
    """n standard normal numbers."""
    gauss = random.gauss
    return [gauss(0.0, 1.0) for _ in range(n)]
