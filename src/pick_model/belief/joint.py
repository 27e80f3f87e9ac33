"""Standings of all candidates on one task, jointly normal.

What is expected of each is `outlook.Outlook`'s to say; here is what they share. Where a model
does better on a task than its evidence promised, so do its relatives:

    z_i = mean_i + sd_i · (√a K_kind + √b F_family + √c R_root + √(1 − a − b − c) E_i)

with independent standard normal K, F, R and E. Nothing that is common to all models enters: it
is the level of the task (see `level`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import sqrt
from operator import add
from random import Random
from typing import NamedTuple

from msgspec import Struct

from pick_model.belief.expected import Z90
from pick_model.documents.catalog import Entry
from pick_model.interval import Interval

# Shares of the variance that models of one kind, one family, one root have in common. They were
# set on the evidence of a smaller catalog, by the squared differences between what the back-test
# predicts, source hidden, and what was measured; they say .64 for pairs of one family over pairs
# of one kind, .43 for one root too, and 1.43 for two kinds. Measured since, over eleven worlds
# and scales: .56 (median; .29 to 1.07), .10 to .86, and 1.2 (.6 to 4.7):
# `python tests/benchmarks/shared_error.py`.
KIND, FAMILY, ROOT = 0.30, 0.25, 0.15
OWN = 1 - KIND - FAMILY - ROOT


class Marginal(Struct, frozen=True):
    """One model: the normal belief about its standing, and whom it shares errors with."""

    name: str
    mean: float
    sd: float
    kind: str
    family: str
    root: str  # the first of its line of base models; itself where it has none


def marginal(lineage: Sequence[Entry], z: Interval) -> Marginal:
    """The first of a lineage, whose standing is expected to be z, give or take its 90 %."""
    entry, sd = lineage[0], (z.high - z.low) / 2 / Z90
    return Marginal(entry.id, z.value, sd, entry.kind, entry.family, lineage[-1].id)


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

    def __init__(self, n: int, seed: int) -> None:
        """For variables with `n` draws each."""
        self._gauss = Random(seed).gauss  # noqa: S311 - draws, not secrets
        self._pool: list[float] = []  # as far as it was read
        self._scaled: dict[float, list[float]] = {}  # by spread
        self._n, self._start = n, 0

    def variable(self) -> int:
        """One more variable: where its draws start in the pool."""
        start = self._start
        self._start += self.STEP
        return start

    def of(self, variable: int, spread: float = 1.0) -> list[float]:
        """The draws of a variable, of mean 0 and this spread; of few different spreads."""
        end = variable + self._n
        self._pool += [self._gauss(0.0, 1.0) for _ in range(end - len(self._pool))]
        scaled = self._scaled.setdefault(spread, [])
        scaled += [spread * x for x in self._pool[len(scaled) : end]]
        return scaled[variable:end]

    def next(self, spread: float = 1.0) -> list[float]:
        """The draws of one more variable."""
        return self.of(self.variable(), spread)


class Common(Struct, frozen=True):
    """What the standings of some models have in common: their kind, their family or their root."""

    what: str
    name: str
    share: float  # of the variance


def commons(member: Marginal) -> tuple[Common, ...]:
    """What a model may have in common with others."""
    return (
        Common("kind", member.kind, KIND),
        Common("family", member.family, FAMILY),
        Common("root", member.root, ROOT),
    )


class _Part(NamedTuple):
    """One normal variable of which standings are made."""

    variable: int
    spread: float


class _Plan(NamedTuple):
    """What a member's draws are made of: mean + sd · (what it shares + what is its own)."""

    mean: float
    sd: float
    shared: tuple[_Part, ...]
    own: _Part


class PriorDraws:
    """Draws of members' standings before any observation, made when they are asked for.

    All of them at once would fill megabytes that are read once. What no two members have in
    common is drawn together with what is a member's own.
    """

    def __init__(self, members: Sequence[Marginal], normals: Normals) -> None:
        self._normals = normals
        self._together: dict[tuple[_Part, ...], list[float]] = {}
        found = [commons(member) for member in members]
        bearers = Counter(one for some in found for one in some)
        parts: dict[Common, _Part] = {}
        self._plans: list[_Plan] = []
        for member, some in zip(members, found, strict=True):
            shared = [one for one in some if bearers[one] > 1]
            own = _Part(normals.variable(), sqrt(1 - sum(one.share for one in shared)))
            for one in reversed(shared):
                if one not in parts:
                    parts[one] = _Part(normals.variable(), sqrt(one.share))
            plan = _Plan(member.mean, member.sd, tuple(parts[one] for one in shared), own)
            self._plans.append(plan)

    def of(self, number: int) -> list[float]:
        """The draws of the member of this number, a list of its own."""
        mean, sd, shared, own = self._plans[number]
        errors = self._normals.of(*own)
        if not shared:
            return [mean + sd * e for e in errors]
        return [mean + sd * (s + e) for s, e in zip(self._summed(shared), errors, strict=True)]

    def _summed(self, some: tuple[_Part, ...]) -> list[float]:
        """The sum of what members have in common, once for all who share the same."""
        if some not in self._together:
            *before, last = some
            alone = self._normals.of(*last)
            first = self._summed(tuple(before)) if before else None
            self._together[some] = list(map(add, first, alone)) if first else alone
        return self._together[some]


def draws(members: Sequence[Marginal], normals: Normals) -> list[list[float]]:
    """Draws of every member's standing, member by member."""
    prior = PriorDraws(members, normals)
    return [prior.of(number) for number in range(len(members))]
