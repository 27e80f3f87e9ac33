"""The figures of one hidden benchmark."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

from pick_model.backtest.agreement import pearson, regret, weighted_tau
from pick_model.backtest.decisions import decision_test
from pick_model.backtest.directions import metric_in
from pick_model.backtest.evidence import Evidence
from pick_model.backtest.placing import covariances, placed
from pick_model.backtest.predict import HiddenGroup
from pick_model.backtest.rankings import BASELINES
from pick_model.backtest.summary import Outcome
from pick_model.belief.rows import scale_of
from pick_model.documents.backtest import Agreement, BenchmarkResult
from pick_model.interval import Interval
from pick_model.vocabulary.metrics import unbounded

DIGITS = 4


def scored(evidence: Evidence, hidden: HiddenGroup, decide: bool) -> Outcome:
    """A hidden group's figures, with what is said of a choice between its models if asked."""
    group = hidden.group
    truth = [member.score for member in group.members]
    metric = group.metric
    points = points_of(metric, truth)
    members = [one.member for one in hidden.members]
    means = [member.mean for member in members]
    ours = _agreement(truth, means, points)
    first = _first_group([one.standing for one in hidden.members])
    result = BenchmarkResult(
        benchmark=group.benchmark.removeprefix("file:"),
        dataset=evidence.datasets[group.benchmark].removeprefix("file:"),
        metric=metric,
        protocol=group.protocol,
        n_models=len(truth),
        tau=ours.tau,
        pearson=ours.pearson,
        regret1=ours.regret1,
        regret3=ours.regret3,
        regret5=ours.regret5,
        regret10=ours.regret10,
        coverage=round(placed(truth, means, covariances(members)).inside(), DIGITS),
        first_group_hit=any(truth[i] == max(truth) for i in first),
        first_group_share=round(len(first) / len(truth), DIGITS),
        baselines={
            name: _agreement(truth, [one.baselines[i] for one in hidden.members], points)
            for i, name in enumerate(BASELINES)
        },
    )
    scale = scale_of(group.task, group.protocol)
    return Outcome(
        result,
        evidence.datasets[group.benchmark],
        group.source,
        scale,
        decision_test(members, hidden.level(evidence), truth, points) if decide else None,
    )


def points_of(metric: str, scores: Sequence[float]) -> float | None:
    """Points that one unit of a bounded metric makes, 1 or 100; None for an unbounded one."""
    if unbounded(metric_in(metric) or metric) or min(scores) < -1.0 or max(scores) > 100.0:
        return None
    return 100.0 if max(map(abs, scores)) <= 1.5 else 1.0


def _agreement(
    truth: Sequence[float], predicted: Sequence[float], points: float | None
) -> Agreement:
    """A ranking against the truth; one that cannot tell any two apart agrees by 0."""

    def lost(top: int) -> float | None:
        if points is None or len(truth) <= top:
            return None
        return round(points * regret(truth, predicted, top), DIGITS)

    return Agreement(
        tau=round(weighted_tau(truth, predicted) or 0.0, DIGITS),
        pearson=round(pearson(truth, predicted) or 0.0, DIGITS),
        regret1=lost(1),
        regret3=lost(3),
        regret5=lost(5),
        regret10=lost(10),
    )


def _first_group(expected: Sequence[Interval]) -> list[int]:
    """The first and those whose difference from it is inside its 90 % interval."""
    leader = max(expected, key=lambda z: z.value)
    return [
        index
        for index, z in enumerate(expected)
        if leader.value - z.value
        <= sqrt((leader.value - leader.low) ** 2 + (z.high - z.value) ** 2)
    ]
