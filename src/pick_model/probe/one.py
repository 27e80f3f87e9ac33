"""One model's probe, from its runs to its result."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from pick_model.documents.probe import (
    Baseline,
    Environment,
    Extrapolated,
    Interval,
    Result,
    RowsPoint,
    StepsPoint,
    Timing,
)
from pick_model.probe.curve import Curve, Point, interval, read_curve
from pick_model.probe.machine import versions
from pick_model.probe.plan import Plan
from pick_model.probe.recipe import Facts, recipe
from pick_model.probe.settings import FULL_PASSES
from pick_model.probe.verdict import BORING, Evidence, difference, judge
from pick_model.probe.work import Run, Work


def probe_one(work: Work) -> Result:
    """Run what the plan says, go on where the curve has not flattened, and judge."""
    plan, sets = work.plan, work.sets
    size = plan.sizes[-1]
    first = work.settings.seed
    runs = {(n, 1.0): [work.run(n, 1.0, first)] for n in plan.sizes[:-1]}
    again = (plan.sizes[0], plan.repeated_passes)
    if plan.repeated_passes > 1:
        runs[again] = [work.run(*again, first)]
    runs[size, 1.0] = [work.run(size, 1.0, first + k) for k in range(plan.seeds)]
    curve = curve_of(work, runs, plan)
    flattened, extended = curve.flattened, False
    if plan.extension_passes and (not flattened or stuck(runs[size, 1.0], sets.heldout.kind)):
        passes = plan.extension_passes
        runs[size, passes] = [
            work.run(size, passes, first + k) for k in range(plan.extension_seeds)
        ]
        curve, extended = curve_of(work, runs, plan), True
    return assemble(work, runs, curve, flattened, extended)


def stuck(runs: Sequence[Run], kind: str) -> bool:
    """Whether every run says the same for all rows: one class, one set, one tag, one number."""
    for run in runs:
        said = run.predictions
        if kind == "tokens":
            said = [tag for row in said for tag in row]
        if kind == "regression":
            values = np.array(said, dtype=float)
            if values.std() > 1e-3 * max(1.0, abs(float(values.mean()))):
                return False
        elif any(item != said[0] for item in said):
            return False
    return True


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


def unit(work: Work) -> float:
    """What counts as 1 in the metric: an error is measured by the target's own spread."""
    if work.scorer.metric == "rmse":
        return float(np.std([float(v) for v in work.sets.heldout.labels])) or 1.0  # type: ignore[arg-type]
    return 1.0


def assemble(
    work: Work,
    runs: dict[tuple[int, float], list[Run]],
    curve: Curve,
    flattened: bool,
    extended: bool,
) -> Result:
    plan, sets, scorer, settings = work.plan, work.sets, work.scorer, work.settings
    (size, passes), largest = list(runs.items())[-1]
    sign = scorer.sign
    predictions = {
        **work.boring["predictions"],
        "frozen": work.frozen["found"][str(size)]["predictions"],
    }
    drawn = {name: sign * scorer.resampled(said) for name, said in predictions.items()}
    planned = 0 if extended else max(0, plan.full_steps - largest[0].steps)
    majority_only = stuck(largest, sets.heldout.kind)
    judgement = judge(
        Evidence(
            measured=curve.measured,
            extrapolated=curve.extrapolated,
            baselines=drawn,
            flattened=flattened,
            extended=extended or settings.method == "linear",
            majority_only=majority_only,
            n_heldout=len(sets.heldout),
            full_steps=plan.full_steps,
            more_steps=planned,
        )
    )
    seed_metrics = [scorer.scores(run.predictions) for run in largest]
    points = [point(work, n, times, done) for (n, times), done in runs.items()]
    rate, rate_from = (None, "none") if settings.method == "linear" else work.rate
    lengths = work.lengths
    utility = float(points[-1].utilities.mean())
    facts = Facts(
        method=settings.method,
        kind=sets.train.kind,
        n_parameters=lengths["parameters"],
        n_layers=lengths["layers"],
        full_rows=plan.full_rows,
        learning_rate=rate,
        rate_from=rate_from,
        max_length=lengths["max_length"],
        truncated=lengths["truncated"],
        early_stopped=any(run.early_stopped for run in largest),
        over_frozen=utility - sign * scorer.score(predictions["frozen"]),
        over_tfidf=utility - sign * scorer.score(predictions["tfidf"]),
        unit=unit(work),
        gain=curve.gain,
        imbalance=imbalance(work),
    )
    everything = [run for done in runs.values() for run in done] + work.trials()
    timing = timings(work, everything, largest)
    peaks = [run.timing["peak_gib"] for run in everything if "peak_gib" in run.timing]
    return Result(
        model=work.resolved.name,
        revision=work.resolved.revision,
        verdict=judgement.verdict,
        metric=scorer.metric,
        score=_round(sign * utility),
        interval=_oriented(curve.measured, sign),
        baselines={
            name: Baseline(
                score=_round(scorer.score(said)),
                interval=_oriented(drawn[name], sign),
                difference=_rounded(difference(curve.measured, drawn[name])),
                metrics={k: _round(v) for k, v in scorer.scores(said).items()},
                in_verdict=name in BORING,
            )
            for name, said in predictions.items()
        },
        extrapolated=Extrapolated(
            score=_round(sign * float(np.median(curve.extrapolated))),
            interval=_oriented(curve.extrapolated, sign),
            rows=plan.full_rows,
            passes=1.0 if settings.method == "linear" else FULL_PASSES,
            models=curve.weights,
        ),
        seeds=tuple(range(settings.seed, settings.seed + len(largest))),
        steps=largest[0].steps,
        seconds=sum(run.timing.get("seconds", 0.0) for run in everything)
        + work.frozen["seconds"]
        + work.boring["seconds"],
        peak_memory_gib=max(peaks) if peaks else None,
        reason=judgement.reason,
        needs=judgement.needs,
        flattened=flattened,
        extended=extended,
        method=settings.method,
        metrics={
            name: _round(float(np.mean([m[name] for m in seed_metrics])))
            for name in seed_metrics[0]
        },
        seed_scores=tuple(_round(m[scorer.metric]) for m in seed_metrics),
        rows=size,
        passes=passes,
        total_steps=sum(run.steps for run in everything),
        full_steps=plan.full_steps,
        curve=tuple(_rows_point(p, sign) for p in points),
        steps_curve=tuple(
            StepsPoint(step=int(p["step"]), score=_round(sign * p["score"]), loss=p["loss"])
            for p in largest[0].curve
        ),
        learning_rate=rate,
        learning_rate_from=rate_from,
        batch=work.batch,
        max_length=lengths["max_length"],
        truncated=lengths["truncated"],
        early_stopped=facts.early_stopped,
        threshold=largest[0].threshold,
        majority_only=majority_only,
        weights_digest=work.resolved.weights_digest,
        recipe=recipe(facts),
        timing=timing,
    )


def timings(work: Work, everything: Sequence[Run], largest: Sequence[Run]) -> Timing:
    """Measured seconds; the full run from the median step, scoring left out."""
    steps = [run.timing["step_seconds"] for run in largest if run.timing.get("step_seconds")]
    step = float(np.median(steps)) if steps else None
    speed = work.speed
    return Timing(
        step_seconds=step,
        rows_per_second=work.batch / step if step else None,
        predict_rows_per_second=1 / speed.predict_seconds if speed.predict_seconds else None,
        train_seconds=sum(run.timing.get("seconds", 0.0) for run in everything),
        frozen_seconds=work.frozen["seconds"],
        baseline_seconds=work.boring["seconds"],
        full_seconds=work.plan.full_steps * step if step else None,
        micro_batch=int(min(run.timing.get("micro_batch", work.batch) for run in largest)),
        resumed=work.store.hits,
    )


def imbalance(work: Work) -> float | None:
    rows = work.sets.train
    if rows.kind != "single-label":
        return None
    counts = np.bincount(np.array(rows.labels, dtype=int), minlength=len(rows.label_names))
    seen = counts[counts > 0]
    return float(seen.max() / seen.min())


def environment(work: Work) -> Environment:
    lengths = work.lengths
    return Environment(
        device=lengths["device"],
        device_name=lengths["device_name"],
        dtype=lengths["dtype"],
        threads=work.threads,
        versions=versions(),
    )


def _rows_point(p: Point, sign: float) -> RowsPoint:
    return RowsPoint(
        rows=p.rows,
        steps=p.steps,
        passes=p.passes,
        seeds=p.seeds,
        score=_round(sign * float(p.utilities.mean())),
        interval=_oriented(p.resampled.mean(axis=0), sign),
    )


def _oriented(utilities: np.ndarray, sign: float) -> Interval:
    low, high = interval(sign * utilities)
    return _round(low), _round(high)


def _rounded(d: Any) -> Any:
    return d.model_copy(update={k: _round(getattr(d, k)) for k in ("value", "low", "high")})


def _round(value: float) -> float:
    """Six digits: beyond that a score of a few thousand rows says nothing."""
    return round(value, 6) if math.isfinite(value) else 0.0
