"""The belief about one task: prior standings, level and scale, and what was observed.

On the link's scale an observed score is y = level + scale · z + error; one of another way of use
(`ways.ObservationKind`) has an offset in common with all of its kind, and a slope on scale · z.
Given the scale all of it is jointly normal, so every observation moves the level, its own model and
that one's relatives at once, in closed form; the scale is summed over `NODES` around where the
observations leave it. Pure Python: a screen of a hundred models is some 300 readings, each member
is solved for once a node, and no matrix but that of the readings is ever factored.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from math import erf, exp, log, sqrt
from typing import NamedTuple

from msgspec import Struct

from pick_model.belief.expected import Z90
from pick_model.belief.joint import Marginal, correlation, covariance
from pick_model.belief.level import Level
from pick_model.belief.linear_algebra import cholesky, dot, solved
from pick_model.belief.ways import OF_THE_TASK, THE_SAME, ObservationKind
from pick_model.interval import Interval
from pick_model.record import replace

# Gauss–Hermite, five nodes: standard normal quantiles and weights (Abramowitz and Stegun,
# table 25.10, rescaled to unit variance).
NODES = (
    (-2.8569700, 0.0112574),
    (-1.3556262, 0.2220759),
    (0.0, 0.5333333),
    (1.3556262, 0.2220759),
    (2.8569700, 0.0112574),
)
# The nodes are moved to the mean and deviation that the observations leave the scale's logarithm
# (adaptive quadrature: Naylor and Smith 1982; Liu and Pierce 1994): a dozen scores tell it to
# within less than what the nodes of the prior lie apart. By hand: at most so many moves, of which
# none narrows by more than to a third (of wide nodes one alone may weigh), until one moves by less
# than a tenth of the deviation; two or three do as a rule.
MOVES, NARROWEST, ARRIVED = 4, 1 / 3, 0.1
# No result is surer than this on the scale of the link: a hundredth of a point at .9.
LEAST_SD = 1e-3


class Normal(NamedTuple):
    """A normal distribution."""

    mean: float
    variance: float


class Observation(NamedTuple):
    """A model's score on the task's own data, by the task's way of use or another."""

    name: str
    score: Interval  # 90 %; in the metric of the level, or in what the way measures in
    way: ObservationKind = THE_SAME


class LinkedObservation(Struct, frozen=True):
    """An observation as the belief takes it."""

    member: int
    value: float  # on the link's scale, or in standard scores
    error: float  # variance, of drawing rows and of the way
    way: ObservationKind

    def slope(self, scale: float) -> float:
        """How far the value moves with the member's standing."""
        return self.way.slope * (scale if self.way.scored else 1.0)

    @property
    def on_level(self) -> float:
        """How far the value moves with the level of the task."""
        return 1.0 if self.way.scored else 0.0

    def expected(self, level: float, scale: float, standing: float) -> float:
        return self.on_level * level + self.way.offset + self.slope(scale) * standing

    def in_common(self, other: LinkedObservation) -> float:
        """The covariance of two readings for being of one way: one offset, or as many times one
        as each has of it."""
        if self.way.name != other.way.name:
            return 0.0
        return self.way.offset_sd * other.way.offset_sd

    @property
    def drawn(self) -> float:
        """The variance of its own interval."""
        return self.error - self.way.variance

    def error_with(self, other: LinkedObservation, alike: float) -> float:
        """The variance of error that readings of two models share whose standings are so alike."""
        if self.way.name != other.way.name:
            return 0.0
        of_way = alike * sqrt(self.way.variance * other.way.variance) if self.way.kin else 0.0
        # As much as the surer one has at most: else a wide interval would count against its score.
        return of_way + self.way.shared * min(self.drawn, other.drawn)


class Node(Struct, frozen=True):
    """The posterior for one value of the scale."""

    weight: float
    scale: float
    factor: Sequence[Sequence[float]]  # Cholesky factor of the observations' covariance
    residual: Sequence[float]  # factor⁻¹ (observed − expected)


class Belief:
    """What is known of every member's standing and score, after the observations.

    `level` None: the metric has no scale of its own, so scores cannot be read and are not told,
    only measures are. Observations may come in any order; those of unknown models must be left
    out.
    """

    def __init__(
        self, members: Sequence[Marginal], level: Level | None, observations: Sequence[Observation]
    ) -> None:
        self.members, self.level = members, level
        number = {member.name: index for index, member in enumerate(members)}
        self.observations = sorted(o for o in observations if level or not o.way.scored)
        self.readings = [read(o, number[o.name], level) for o in self.observations]
        self.observed = [reading.member for reading in self.readings]
        # By the task's own way.
        self.scored = {r.member for r in self.readings if r.way.name in OF_THE_TASK}
        self.nodes = self._nodes()
        self._pulls: dict[tuple[float, int], list[float]] = {}  # by scale and member

    def _nodes(self) -> list[Node]:
        """The posterior at every node of the scale, weighed by how it explains what was seen."""
        if self.level is None:
            return [self._node(1.0, 1.0, 0.0, 0.0)]
        around = Normal(self.level.log_scale, self.level.log_scale_variance)
        nodes = self._nodes_around(around)
        for _ in range(MOVES if any(r.way.scored for r in self.readings) else 0):
            before, sd = around, sqrt(around.variance)
            found = mixed([(node.weight, log(node.scale), 0.0) for node in nodes])
            around = Normal(found.mean, max(found.variance, NARROWEST**2 * before.variance))
            moved = abs(around.mean - before.mean) + abs(sqrt(around.variance) - sd)
            if moved <= ARRIVED * sd:
                break
            nodes = self._nodes_around(around)
        return nodes

    def _nodes_around(self, around: Normal) -> list[Node]:
        """Nodes that are those of a normal distribution of the scale's logarithm."""
        level, found, logs = self.level, [], []
        assert level is not None
        sd = sqrt(around.variance)
        for x, weight in NODES:
            log_scale = around.mean + x * sd
            off = log_scale - level.log_scale
            prior = off * off / level.log_scale_variance if level.log_scale_variance else x * x
            node = self._node(weight, exp(log_scale), level.mean, level.variance)
            found.append(node)
            logs.append(
                log(weight)
                + (x * x - prior) / 2
                - sum(r * r for r in node.residual) / 2
                - sum(log(row[-1]) for row in node.factor)
            )
        most = max(logs)
        weights = [exp(value - most) for value in logs]
        total = sum(weights)
        return [replace(node, weight=w / total) for node, w in zip(found, weights, strict=True)]

    def _node(self, weight: float, scale: float, level: float, variance: float) -> Node:
        """The posterior at one scale, given mean and variance of the level."""
        members, readings = self.members, self.readings
        factor = cholesky(
            [
                [
                    one.on_level * other.on_level * variance
                    + one.slope(scale)
                    * other.slope(scale)
                    * covariance(members[one.member], members[other.member])
                    + one.in_common(other)
                    + (
                        one.error
                        if row == column
                        else one.error_with(
                            other, correlation(members[one.member], members[other.member])
                        )
                    )
                    for column, other in enumerate(readings)
                ]
                for row, one in enumerate(readings)
            ]
        )
        missed = [r.value - r.expected(level, scale, members[r.member].mean) for r in readings]
        return Node(weight, scale, factor, solved(factor, missed))

    def _pull(self, node: Node, index: int) -> list[float]:
        """factor⁻¹ × covariance of a member's standing with the observations."""
        found = self._pulls.get((node.scale, index))
        if found is None:
            one, scale = self.members[index], node.scale
            reached = [
                r.slope(scale) * covariance(one, self.members[r.member]) for r in self.readings
            ]
            found = self._pulls[scale, index] = solved(node.factor, reached)
        return found

    @cached_property
    def _level_pulls(self) -> list[list[float]]:
        """factor⁻¹ × covariance of the level with the observations, node by node."""
        variance = self.level.variance if self.level else 0.0
        reached = [reading.on_level * variance for reading in self.readings]
        return [solved(node.factor, reached) for node in self.nodes]

    def shared(self, index: int, other: int) -> float:
        """Covariance of two standings before any observation."""
        return covariance(self.members[index], self.members[other])

    def covariance(self, index: int, other: int) -> float:
        """Covariance of two standings."""
        found = self.shared(index, other)
        if not self.observed:
            return found
        one, two = self.standing(index).mean, self.standing(other).mean
        for node in self.nodes:
            pull, its = self._pull(node, index), self._pull(node, other)
            off = self.members[index].mean + dot(pull, node.residual) - one
            its_off = self.members[other].mean + dot(its, node.residual) - two
            found += node.weight * (off * its_off - dot(pull, its))
        return found

    def standing(self, index: int) -> Normal:
        """Of one member on this task, in standard scores."""
        one = self.members[index]
        if not self.observed:
            return Normal(one.mean, one.sd**2)
        parts = []
        for node in self.nodes:
            pull = self._pull(node, index)
            parts.append(
                (node.weight, one.mean + dot(pull, node.residual), one.sd**2 - dot(pull, pull))
            )
        found = mixed(parts)
        # A mixture may be wider than every part of it where results surprise; what was
        # observed is never known less well for it.
        return Normal(found.mean, min(found.variance, one.sd**2))

    def difference(self, index: int, other: int) -> Normal:
        """Standing of one member above another's."""
        one, two = self.members[index], self.members[other]
        before = one.sd**2 + two.sd**2 - 2 * covariance(one, two)
        if not self.observed:
            return Normal(one.mean - two.mean, before)
        parts = []
        for node in self.nodes:
            pull = [
                a - b for a, b in zip(self._pull(node, index), self._pull(node, other), strict=True)
            ]
            mean = one.mean - two.mean + dot(pull, node.residual)
            parts.append((node.weight, mean, max(before - dot(pull, pull), 0.0)))
        return mixed(parts)

    def score(self, index: int) -> Normal:
        """Score of one member on the scale of the link. Needs a level."""
        assert self.level is not None
        one, level = self.members[index], self.level
        parts = []
        for node, of_level in zip(self.nodes, self._level_pulls, strict=True):
            pull = [
                a + node.scale * b for a, b in zip(of_level, self._pull(node, index), strict=True)
            ]
            variance = level.variance + (node.scale * one.sd) ** 2
            mean = level.mean + node.scale * one.mean + dot(pull, node.residual)
            parts.append((node.weight, mean, max(variance - dot(pull, pull), 0.0)))
        found = mixed(parts)
        if index in self.scored:
            errors = [
                r.error + r.way.offset_sd**2
                for r in self.readings
                if r.member == index and r.way.name in OF_THE_TASK
            ]
            prior = exp(2 * level.log_scale) * one.sd**2 + level.variance
            found = Normal(found.mean, min(found.variance, prior, *errors))
        return found

    @cached_property
    def scale(self) -> float:
        """What a standard score is on the link's scale, in expectation."""
        return sum(node.weight * node.scale for node in self.nodes)

    def interval(self, index: int) -> Interval:
        """Score of one member in the metric, with its 90 % interval. Needs a level."""
        assert self.level is not None
        mean, variance = self.score(index)
        ends = [self.level.link.score(mean + side * Z90 * sqrt(variance)) for side in (-1, 1)]
        return Interval(self.level.link.score(mean), min(ends), max(ends))

    def mean_score(self, index: int, fallen: float = 0.0) -> float:
        """Expected score of one member in the metric, higher is better whatever the metric.

        fallen: by how many standard scores its run fails.
        """
        assert self.level is not None
        mean, variance = self.score(index)
        mean -= fallen * self.scale
        sd, link = sqrt(variance), self.level.link
        return link.sign * sum(w * link.score(mean + x * sd) for x, w in NODES)

    def better(self, index: int, other: int, fallen: float = 0.0) -> float:
        """Probability that one member has the better score of two.

        fallen: by how many standard scores more its run fails than the other's.
        """
        if index == other:
            return 0.0
        mean, variance = self.difference(index, other)
        mean -= fallen
        return normal_cdf(mean / sqrt(variance)) if variance > 0 else float(mean > 0)


def read(one: Observation, member: int, level: Level | None) -> LinkedObservation:
    """An observation as the belief takes it: its value, and the variance of its error."""
    way = one.way
    if not way.scored:
        value, low, high = one.score
        half = abs(high - low) / 2
    else:
        assert level is not None
        value, half = level.link.of(one.score.value), level.link.half_width(one.score)
    return LinkedObservation(member, value, max(half / Z90, LEAST_SD) ** 2 + way.variance, way)


def mixed(parts: Sequence[tuple[float, float, float]]) -> Normal:
    """Mean and variance of a mixture of (weight, mean, variance)."""
    mean = sum(weight * m for weight, m, _ in parts)
    return Normal(mean, sum(weight * (v + (m - mean) ** 2) for weight, m, v in parts))


def normal_cdf(x: float) -> float:
    """Of the standard normal distribution."""
    return (1 + erf(x / sqrt(2))) / 2
