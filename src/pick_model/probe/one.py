"""One model's probe: the runs that the plan asks for, and the curve through them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pick_model.documents.probe import Environment, Result
from pick_model.probe.curve import Curve, Point, read_curve
from pick_model.probe.machine import versions
from pick_model.probe.plan import Plan
from pick_model.probe.result import Done, judgement_of, result_of, stuck, unit
from pick_model.probe.settings import FULL_PASSES
from pick_model.probe.work import Run, Work


def probe_one(work: Work) -> Result:
    """Run what the plan says, and go on where that may change the score or the verdict."""
    plan = work.plan
    size = plan.sizes[-1]
    first = work.settings.seed
    runs = {(n, 1.0): [work.run(n, 1.0, first)] for n in plan.sizes[:-1]}
    again = (plan.sizes[0], plan.repeated_passes)
    if plan.repeated_passes > 1:
        runs[again] = [work.run(*again, first)]
    runs[size, 1.0] = [work.run(size, 1.0, first + k) for k in range(plan.seeds)]
    curve = curve_of(work, runs, plan)
    done = Done(work, runs, curve, curve.flattened, extended=False)
    # A curve counts as flat when less than two points are to be won; a verdict may hang on less.
    undecided = judgement_of(done).verdict == "inconclusive"
    if plan.extension_passes and (undecided or not curve.flattened):
        passes = plan.extension_passes
        more = [work.run(size, passes, first + k) for k in range(plan.extension_seeds)]
        runs = {**runs, (size, passes): more}
        done = Done(work, runs, curve_of(work, runs, plan), curve.flattened, extended=True)
    return result_of(done)


def curve_of(work: Work, runs: dict[tuple[int, float], list[Run]], plan: Plan) -> Curve:
    passes = 1.0 if work.settings.method == "linear" else FULL_PASSES
    sign, scorer = work.scorer.sign, work.scorer
    again = (plan.sizes[0], plan.repeated_passes)
    points = {key: point(work, *key, done) for key, done in runs.items()}
    repeated = points.pop(again, None) if again[0] < plan.sizes[-1] else None
    largest = [p for p in points.values() if p.rows == plan.sizes[-1]][-1]
    return read_curve(
        [p for p in points.values() if p.rows < plan.sizes[-1]] + [largest],
        plan.full_rows,
        passes,
        repeated=repeated,
        frozen=sign * scorer.resampled(work.frozen["found"][str(largest.rows)]["predictions"]),
        stuck=stuck(runs[largest.rows, largest.passes], work.sets.heldout.kind),
        unit=unit(work),
        best=0.0 if sign < 0 else 1.0,
        seed=work.settings.seed,
    )


def point(work: Work, size: int, passes: float, runs: Sequence[Run]) -> Point:
    sign, scorer = work.scorer.sign, work.scorer
    return Point(
        rows=size,
        steps=runs[0].steps,
        passes=passes,
        utilities=np.array([sign * scorer.score(run.predictions) for run in runs]),
        resampled=np.stack([sign * scorer.resampled(run.predictions) for run in runs]),
    )


def environment(work: Work) -> Environment:
    lengths = work.lengths
    return Environment(
        device=lengths["device"],
        device_name=lengths["device_name"],
        dtype=lengths["dtype"],
        threads=work.threads,
        versions=versions(),
    )
