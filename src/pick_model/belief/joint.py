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

# Shares of the variance that models of one kind, one family, one root have in common. They were
# set on the evidence of a smaller catalog, by the squared differences between what the back-test
# predicts, source hidden, and what was measured; they say .64 for pairs of one family over pairs
# of one kind, .43 for one root too, and 1.43 for two kinds. Measured since, over eleven worlds
# and scales: .56 (median; .29 to 1.07), .10 to .86, and 1.2 (.6 to 4.7):
# `python tests/benchmarks/shared_error.py`.
KIND, FAMILY, ROOT = 0.30, 0.25, 0.15
OWN = 1 - KIND - FAMILY - ROOT


class Marginal(NamedTuple):
    """One model: the normal belief about its standing, and whom it shares errors with."""

    name: str
    mean: float
    sd: float
    kind: str
    family: str
    root: str  # the first of its line of base models; itself where it has none


def correlation(one: Marginal, other: Marginal) -> float:
    """Of what is unknown about the standings of two models."""
    if one.name == other.name:
        return 1.0
    return (
        KIND * (one.kind == other.kind)
        + FAMILY * (one.family == other.family)
        + ROOT * (one.root == other.root)
    )


def covariance(one: Marginal, other: Marginal) -> float:
    """Of two standings."""
    return one.sd * other.sd * correlation(one, other)


class Normals:
    """Normal numbers for many variables, all from one pool of standard ones.

    Each variable reads a stretch of the pool that starts `STEP` after the one before it, so
    that at every draw all variables have numbers of their own. New ones for all would be a
    hundred thousand, which take several times as long as all else about the draws.
    """

    STEP = 7

    def __init__(self, n: int, most: int, seed: int) -> None:
        """For at most `most` variables with `n` draws each."""
        gauss = Random(seed).gauss  # noqa: S311 - draws, not secrets
        self._pool = [gauss(0.0, 1.0) for _ in range(n + self.STEP * most)]
        self._scaled = {1.0: self._pool}  # by spread
        self._n, self._start = n, 0

    def next(self, spread: float = 1.0) -> list[float]:
        """The draws of one more variable, of mean 0 and this spread; of few different spreads."""
        if spread not in self._scaled:
            self._scaled[spread] = [spread * x for x in self._pool]
        start = self._start
        self._start += self.STEP
        return self._scaled[spread][start : start + self._n]


def draws(members: Sequence[Marginal], normals: Normals) -> list[list[float]]:
    """Draws of every member's standing, member by member."""
    shared: dict[tuple[str, str], list[float]] = {}

    def common(what: str, name: str, share: float) -> list[float]:
        key = what, name
        if key not in shared:
            shared[key] = normals.next(sqrt(share))
        return shared[key]

    relatives: dict[tuple[str, str], list[float]] = {}  # kind and family in one, of which many are
    found = []
    for member in members:
        mean, sd, both = member.mean, member.sd, (member.kind, member.family)
        kind = common("kind", member.kind, KIND)
        family = common("family", member.family, FAMILY)
        if both not in relatives:
            relatives[both] = [k + f for k, f in zip(kind, family, strict=True)]
        root, own = common("root", member.root, ROOT), normals.next(sqrt(OWN))
        found.append(
            [mean + sd * (s + r + e) for s, r, e in zip(relatives[both], root, own, strict=True)]
        )
    return found
