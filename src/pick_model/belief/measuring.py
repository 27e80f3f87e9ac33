"""What to measure next, and what it is worth."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import inf, sqrt
from typing import NamedTuple

from msgspec import Struct

from pick_model.belief.decision import DRAWS, SEED, Decision
from pick_model.belief.failures import RATE
from pick_model.belief.joint import Normals
from pick_model.belief.linear_algebra import cholesky, solved_twice

# How far a measurement errs on a standing, in spreads of it: error² = 1/r² − 1 where it
# correlates by r with a full fine-tune. A short fine-tune r = .9 (GLUE, 6 models × 8 tasks, 500
# steps: .88; probes of a tenth of the steps rank eight variants with weighted tau .76 to .85),
# frozen features r = .75 (between LogME's and H-score's on published tables, .5 to .88), and a
# full run of one's own r = .97, what one run of several says of their mean.
ERRORS = {"probe": 0.48, "screen": 0.88, "compare": 0.25}
# Set by hand: three probes are a quarter of an hour, eight forward passes a few minutes.
MOST = {"probe": 3, "screen": 8, "compare": 3}
# Measuring one more is worth naming while it gains this share of what those before it gain. Set
# by hand, as the number of rivals is.
LEAST_GAIN = 0.05
RIVALS = 16  # candidates by what they may be worth; the others gain nothing by a measurement


class Worth(Struct, frozen=True):
    """Models to measure (numbers of members), and the loss to expect afterwards."""

    models: tuple[int, ...]
    minutes: float | None
    loss_after: float


class Option(NamedTuple):
    """One measurement that could be made."""

    member: int
    stage: str
    cost: float  # in any unit of time


class Chosen(Struct, frozen=True):
    """A measurement, and what it adds to the best of the measured, in standard scores."""

    option: Option
    gain: float


def next_to_measure(
    decision: Decision,
    stage: str,
    measurable: Sequence[int],
    minutes: Mapping[int, float | None],
    bonus: Mapping[int, float],
) -> Worth | None:
    """Whom to measure, and the loss to expect once the best of what is then known is taken.

    The best is that of expected standing plus `bonus`: what cost and the other criteria count,
    in standard scores. Models come one after the other by what they add to the best of the
    measured per minute (a minute each where no time is known). A first score alone tells how hard
    the data are and not who is better: what would be taken comes first, for the others to be
    compared with, unless it has a score. None where no measurement can change what is taken.
    """
    wanted = _by_value(decision, stage, measurable, minutes, bonus)
    if not wanted:
        return None
    times = [minutes.get(i) for i in wanted]
    known = [t for t in times if t is not None]
    return Worth(
        tuple(wanted),
        sum(known) if len(known) == len(times) else None,
        loss_after(decision, [(i, stage) for i in wanted], bonus),
    )


def _rivals(decision: Decision, bonus: Mapping[int, float]) -> list[int]:
    """The candidates that may be worth most, the first the one to take now."""
    belief = decision.belief
    value = {i: decision.means[i] + bonus.get(i, 0.0) for i in decision.candidates}
    reach = {i: value[i] + 2 * belief.standing(i).variance ** 0.5 for i in value}
    names = belief.members
    first = min(value, key=lambda i: (-value[i], names[i].name))
    others = sorted(value.keys() - {first}, key=lambda i: (-reach[i], names[i].name))
    return [first, *others[: RIVALS - 1]]


def _by_value(
    decision: Decision,
    stage: str,
    measurable: Sequence[int],
    minutes: Mapping[int, float | None],
    bonus: Mapping[int, float],
) -> list[int]:
    options = [Option(i, stage, minutes.get(i) or 1.0) for i in measurable]
    first = None
    taken = _rivals(decision, bonus)[0]
    if taken not in decision.belief.scored:
        first = next((one for one in options if one.member == taken), None)
    return [one.option.member for one in in_turn(decision, options, bonus, MOST[stage], first)]


def in_turn(
    decision: Decision,
    options: Sequence[Option],
    bonus: Mapping[int, float],
    most: int,
    first: Option | None = None,
) -> list[Chosen]:
    """What to measure one after the other, by what the best of the measured gains per cost.

    That comes next which raises the best of the measured most per unit of cost (`BestMeasured`),
    given that those before it are measured, one measurement a model; it ends where one more raises
    it little beside those before, or after `most`. `first`: the one of the options to begin with,
    if it raises anything.
    """
    rivals = _rivals(decision, bonus)
    if len(rivals) < 2:
        return []
    left = [one for one in options if one.member in rivals]
    reached = BestMeasured(decision, rivals, bonus)
    unit = decision.points_per_standing
    chosen: list[Chosen] = []
    total = 0.0
    at_most: dict[Option, float] = {}  # what each added per cost when it was last asked
    while left and len(chosen) < most:
        some = [first] if first is not None and not chosen else left
        raised, best = 0.0, some[0]
        for one in sorted(some, key=lambda one: -at_most.get(one, inf)):
            if at_most.get(one, inf) * best.cost <= raised:
                break  # beside more that are measured nobody adds more than before
            adds = reached.raised_by(one)
            if one.member != reached.open:
                at_most[one] = adds / one.cost
            if adds * best.cost > raised * one.cost:
                raised, best = adds, one
        if raised <= LEAST_GAIN * total:
            break
        chosen.append(Chosen(best, raised / unit))
        reached.measure(best)
        total += raised
        left = [one for one in left if one.member != best.member]
    return chosen


class BestMeasured:
    """The best of what is measured, draw by draw, and who would raise it.

    One of the measured is taken in the end, so that a set of them is worth its best. Whoever adds
    most to the best of the others per cost comes next; where all cost the same, however many
    follow, they gain at least 1 − 1/e of what the best set of as many would (Nemhauser, Wolsey and
    Fisher 1978). What is taken now counts as measured, as if its standing were known: to measure
    it shows whether another is above it. So gains say in what order to measure, and are more than
    a choice wins by it, which `loss_after` tells.
    """

    def __init__(
        self, decision: Decision, rivals: Sequence[int], bonus: Mapping[int, float]
    ) -> None:
        """`rivals`: two or more, the first the one to take now."""
        self._decision, self._bonus = decision, bonus
        self._told: dict[tuple[int, str], list[float]] = {}
        taken, *others = rivals
        scored = [i for i in decision.candidates if i in decision.belief.scored]
        # What is taken and to be measured yet: it alone may add more beside others.
        self.open = None if taken in scored else taken
        self._best = self._highest({taken, *scored})
        second = max(others, key=lambda i: decision.means[i] + bonus.get(i, 0.0))
        self._others = self._highest({second, *scored})  # of what is taken

    def raised_by(self, one: Option) -> float:
        """What a measurement adds to the best in expectation, in the unit of losses."""
        told = self._as_told(one)
        low, high = (told, self._others) if one.member == self.open else (self._best, told)
        at = [t for t, (a, b) in enumerate(zip(low, high, strict=True)) if b > a]
        worths = self._decision.worths  # read where the best is raised alone, for time
        before, after = worths([low[t] for t in at], at), worths([high[t] for t in at], at)
        return (sum(after) - sum(before)) / DRAWS

    def measure(self, one: Option) -> None:
        """Count one more among the measured."""
        if one.member == self.open:
            self.open = None
            return
        told = self._as_told(one)
        self._best, self._others = (list(map(max, of, told)) for of in (self._best, self._others))

    def _highest(self, members: Iterable[int]) -> list[float]:
        return list(map(max, zip(*map(self._standings, members), strict=True)))

    def _as_told(self, one: Option) -> list[float]:
        """Draws of what a measurement tells of a model: it does of part of the spread."""
        key = one.member, one.stage
        if key not in self._told:
            belief, drawn = self._decision.belief, self._standings(one.member)
            variance = belief.standing(one.member).variance
            error = (ERRORS[one.stage] * belief.members[one.member].sd) ** 2
            share, middle = sqrt(variance / (variance + error)), sum(drawn) / DRAWS
            self._told[key] = [middle + share * (z - middle) for z in drawn]
        return self._told[key]

    def _standings(self, member: int) -> list[float]:
        """Draws, and what else counts for a model; the mean of one too hopeless to be drawn."""
        decision = self._decision
        drawn, bonus = decision.drawn.standings, self._bonus.get(member, 0.0)
        if member not in drawn:
            return [decision.means[member] + bonus] * DRAWS
        return [z + bonus for z in drawn[member]] if bonus else drawn[member]


def loss_after(
    decision: Decision, measured: Sequence[tuple[int, str]], bonus: Mapping[int, float]
) -> float:
    """The loss to expect of what is taken once these models are measured, each by its stage.

    Every draw is measured, with errors, and the candidate of the best mean given the results
    is taken. What it scores in the draw above the one that would be taken now is won of what that
    one is expected to lose: nothing where no result changes what is taken.
    """
    belief = decision.belief
    drawn = decision.drawn.standings
    first, *others = _rivals(decision, bonus)
    rivals = [first, *(i for i in others if i in drawn)]
    stages = {i: stage for i, stage in measured if i in drawn}
    seen = list(stages)
    if not seen:
        return decision.loss(first)
    normals = Normals(DRAWS, SEED + 1)
    sd = {i: ERRORS[stage] * belief.members[i].sd for i, stage in stages.items()}
    told = [
        [z + sd[i] * x - decision.means[i] for z, x in zip(drawn[i], normals.next(), strict=True)]
        for i in seen
    ]
    factor = cholesky(
        [[belief.covariance(i, j) + (sd[i] ** 2 if i == j else 0.0) for j in seen] for i in seen]
    )
    known = []  # each rival's mean given the results, plus its bonus, draw by draw
    for i in rivals:
        may_fail = 0.0 if i in stages else RATE * decision.fall(i)
        now = [decision.means[i] + bonus.get(i, 0.0) - may_fail] * DRAWS
        weights = solved_twice(factor, [belief.covariance(i, j) for j in seen])
        for weight, results in zip(weights, told, strict=True):
            if weight:  # a model of another kind and family tells nothing of this one
                now = [value + weight * result for value, result in zip(now, results, strict=True)]
        known.append(now)
    taken = [rivals[values.index(max(values))] for values in zip(*known, strict=True)]
    # What is taken for its cost may be too hopeless by its score to be drawn: its mean stands in.
    standings = {
        i: drawn[i] if i in drawn else [decision.means[i]] * DRAWS for i in {first, *taken}
    }
    won = decision.worth([standings[i][t] for t, i in enumerate(taken)])
    won -= decision.worth(standings[first])
    return max(decision.loss(first) - won, 0.0)
