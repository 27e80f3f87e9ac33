"""What to measure next, and what it is worth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import exp, pi, sqrt
from typing import NamedTuple

from msgspec import Struct

from pick_model.belief.decision import DRAWS, SEED, Decision
from pick_model.belief.failures import RATE
from pick_model.belief.joint import Normals
from pick_model.belief.linear_algebra import cholesky, solved_twice
from pick_model.belief.posterior import Belief, normal_cdf

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
RIVALS = 30  # candidates by what they may be worth; the others gain nothing by a measurement


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
    """A measurement, and the improvement to expect of it, in standard scores."""

    option: Option
    gain: float


def improvement(behind: float, moved: float) -> float:
    """Expected improvement of knowing better: E max(0, N(−behind, moved²)), behind ≥ 0."""
    if moved <= 0:
        return 0.0
    x = -behind / moved
    return moved * exp(-x * x / 2) / sqrt(2 * pi) - behind * normal_cdf(x)


def next_to_measure(
    decision: Decision,
    stage: str,
    measurable: Sequence[int],
    minutes: Mapping[int, float | None],
    bonus: Mapping[int, float],
) -> Worth | None:
    """Whom to measure, and the loss to expect once the best of what is then known is taken.

    The best is that of expected standing plus `bonus`: what cost and the other criteria count,
    in standard scores. Models are taken one after the other by expected improvement per minute
    (a minute each where no time is known), given that those before are measured. A first score
    alone tells how hard the data are and not who is better: where there is none yet, the model
    that would be taken is among the measured, for the others to be compared with. None where no
    measurement can change what is taken.
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
    if not any(reading.on_level for reading in decision.belief.readings):
        taken = _rivals(decision, bonus)[0]
        first = next((one for one in options if one.member == taken), None)
    return [one.option.member for one in in_turn(decision, options, bonus, MOST[stage], first)]


def in_turn(
    decision: Decision,
    options: Sequence[Option],
    bonus: Mapping[int, float],
    most: int,
    first: Option | None = None,
) -> list[Chosen]:
    """What to measure one after the other, by expected improvement per unit of cost.

    Each is chosen given that those before it are measured, one measurement a model; it ends
    where one more gains little of what those before it gain, or after `most`. `first`: the one
    of the options to begin with, whatever it gains, if any gains anything.
    """
    belief = decision.belief
    rivals = _rivals(decision, bonus)
    place = {i: k for k, i in enumerate(rivals)}
    value = [decision.means[i] + bonus.get(i, 0.0) for i in rivals]
    spread = _covariances(belief, rivals)
    second = max(range(1, len(rivals)), key=lambda k: value[k], default=0)
    left = [one for one in options if one.member in place]
    chosen: list[Chosen] = []
    total = 0.0
    while len(chosen) < most and second:
        best, most_of_all = None, 0.0
        for one in [first] if first is not None and not chosen else left:
            k = place[one.member]
            rival = second if k == 0 else 0
            error = (ERRORS[one.stage] * belief.members[one.member].sd) ** 2
            moved = abs(spread[k][k] - spread[k][rival]) / sqrt(spread[k][k] + error)
            gain = improvement(abs(value[k] - value[rival]), moved)
            if gain / one.cost > most_of_all:
                best, most_of_all = Chosen(one, gain), gain / one.cost
        if best is None or best.gain < LEAST_GAIN * total:
            break
        chosen.append(best)
        total += best.gain
        name = best.option.member
        left = [one for one in left if one.member != name]
        k, error = place[name], (ERRORS[best.option.stage] * belief.members[name].sd) ** 2
        column = list(spread[k])
        for row, c in zip(spread, column, strict=True):
            share = c / (column[k] + error)
            row[:] = [x - share * y for x, y in zip(row, column, strict=True)]
    return chosen


def _covariances(belief: Belief, rivals: Sequence[int]) -> list[list[float]]:
    """The covariances of their standings, (n, n); each pair is worked out once."""
    found: list[list[float]] = []
    for k, i in enumerate(rivals):
        found.append([row[k] for row in found] + [belief.covariance(i, j) for j in rivals[k:]])
    return found


def loss_after(
    decision: Decision, measured: Sequence[tuple[int, str]], bonus: Mapping[int, float]
) -> float:
    """The loss to expect of what is taken once these models are measured, each by its stage.

    Every draw is measured, with errors, and the candidate of the best mean given the results
    is taken; what that one scores below the best of the draw is the loss.
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
    standings = {i: drawn[i] if i in drawn else [decision.means[i]] * DRAWS for i in set(taken)}
    scored = [standings[i][t] for t, i in enumerate(taken)]
    return max(decision.worth_of_best - decision.worth(scored), 0.0)
