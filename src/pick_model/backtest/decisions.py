"""What `recommend` would say of a hidden benchmark's models, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import NamedTuple

from pick_model.belief.decision import Decision
from pick_model.belief.joint import Marginal
from pick_model.belief.level import Level
from pick_model.belief.posterior import Belief, Observation
from pick_model.interval import Interval

Truth = dict[int, float]  # by the model's number in the belief


class ScoreInPoints(NamedTuple):
    """A model's score as it was expected with another one's known, and as it is; points."""

    expected: float
    half_width: float  # of the 90 % interval
    measured: float
    inside: bool


class DecisionTest(NamedTuple):
    """One decision beside what was measured."""

    first: int  # the model to take, of the best mean
    p_best: Sequence[float]  # of each model
    best: Sequence[float]  # 1 for the one that was best, shared where several were
    shortlist_p: float
    shortlist_held: bool
    shortlist_share: float  # of the models
    expected_loss: float | None  # points; None where the metric has none
    lost: float | None
    finalists_share: float  # of the models
    finalists_loss: float | None  # points, expected of the best of them …
    finalists_lost: float | None  # … and come true
    scores: Sequence[ScoreInPoints]  # of all models but the one that was told


def decision_test(
    members: Sequence[Marginal],
    level: Level | None,
    scores: Sequence[float],
    per_unit: float | None,
) -> DecisionTest:
    """Decide between n members by the belief before any score, and look the scores up.

    `scores` are in the metric, turned round where smaller is better; `per_unit` is how many points
    one unit of them makes, None where the metric has no points.
    """
    belief = Belief(members, level, ())
    decision = Decision(belief, range(len(members)))
    first = max(decision.candidates, key=lambda i: (decision.means[i], -i))
    shortlist, probability = decision.shortlist
    finalists, finalists_loss = decision.finalists
    best = max(scores)
    reached = max(scores[i] for i in finalists)
    in_points = per_unit is not None and decision.in_points
    return DecisionTest(
        first=first,
        p_best=[decision.p_best[i] for i in decision.candidates],
        best=best_shares(scores),
        shortlist_p=probability,
        shortlist_held=any(scores[i] == best for i in shortlist),
        shortlist_share=len(shortlist) / len(members),
        expected_loss=decision.loss(first) if in_points else None,
        lost=(per_unit or 0.0) * (best - scores[first]) if in_points else None,
        finalists_share=len(finalists) / len(members),
        finalists_loss=finalists_loss if in_points else None,
        finalists_lost=(per_unit or 0.0) * (best - reached) if in_points else None,
        scores=_scores_in_points(belief, scores, per_unit or 0.0) if in_points else (),
    )


def _scores_in_points(
    before: Belief, scores: Sequence[float], per_unit: float
) -> list[ScoreInPoints]:
    """Scores expected once one model's is known, as a user's present model's is.

    Which one is drawn, by the number of models alone.
    """
    members, level = before.members, before.level
    assert level is not None
    known = Random(len(members)).randrange(len(members))  # noqa: S311 - a choice, no secret
    fractions = [level.link.sign * score * per_unit / 100 for score in scores]
    told = Interval(fractions[known], fractions[known], fractions[known])
    belief = Belief(members, level, [Observation(members[known].name, told)])
    found = []
    for i, fraction in enumerate(fractions):
        if i != known:
            value, low, high = belief.interval(i)
            inside = low <= fraction <= high
            found.append(ScoreInPoints(100 * value, 50 * (high - low), 100 * fraction, inside))
    return found


def best_shares(scores: Sequence[float]) -> list[float]:
    """1 for the best of a group and 0 for the others; the best share it where they are equal."""
    best = max(scores)
    n = sum(score == best for score in scores)
    return [float(score == best) / n for score in scores]
