"""From what was run on one model to its result: scores, verdict, recipe, timings."""

from __future__ import annotations

import numpy as np

from pick_model.data.label_kinds import LABEL_KINDS
from pick_model.data.variation import variation
from pick_model.documents.base import Figure, significant
from pick_model.documents.probe import (
    Advice,
    Baseline,
    Environment,
    Extrapolated,
    ProbeTiming,
    Result,
    RowsPoint,
    SameRows,
    StepsPoint,
)
from pick_model.encoders.machine import versions
from pick_model.measure.probe.confusion import confusion
from pick_model.measure.probe.curve import Point
from pick_model.measure.probe.pieces import TrivialFit
from pick_model.measure.probe.recipe import Facts, recipe
from pick_model.measure.probe.scores import Done, ScoredBaseline, majority_only, unit
from pick_model.measure.probe.settings import FEW_ROWS, FULL_PASSES, is_full_run
from pick_model.measure.probe.verdict import (
    Judgement,
    ScoreDraws,
    UtilityDraws,
    judge,
)
from pick_model.measure.probe.work import Work
from pick_model.vocabulary.baselines import DECIDING
from pick_model.vocabulary.metrics import utility_of_perfection
from pick_model.words.say import say, say_all


def result_of(work: Work, done: Done) -> Result:
    """The result as it is reported."""
    curve, largest, sign = done.curve, done.largest, work.scorer.sign
    plan, scorer, settings, lengths = work.plan, work.scorer, work.settings, work.setup.lengths
    judgement = judgement_of(work, done)
    by_seed = [scorer.scores(run.predictions) for run in largest]
    peaks = [run.timing.peak_gib for run in done.everything if run.timing]
    timing, resolved = timing_of(work, done), work.inputs.resolved
    return Result(
        model=resolved.name,
        revision=resolved.revision,
        verdict=judgement.verdict,
        metric=scorer.metric,
        score=significant(sign * done.utility),
        interval=measured_of(done).ends(sign),
        baselines={name: baseline_of(work, done, name) for name in done.baselines},
        extrapolated=Extrapolated(
            score=significant(sign * extrapolated_of(done).value),
            interval=extrapolated_of(done).ends(sign),
            rows=plan.full_rows,
            passes=1.0 if settings.method == "linear" else FULL_PASSES,
            models=curve.weights,
        ),
        seeds=tuple(range(settings.seed, settings.seed + len(largest))),
        steps=largest[0].steps,
        seconds=sum(
            took or 0.0
            for took in (timing.train_seconds, timing.frozen_seconds, timing.baseline_seconds)
        ),
        peak_memory_gib=max(peaks) if peaks else None,
        reason=say(judgement.reason),
        reason_message=judgement.reason,
        needs=say_all(judgement.needs),
        needs_messages=judgement.needs,
        flattened=done.flattened,
        extended=done.extended,
        direct=plan.direct,
        dropped=say_all(work.desk.dropped),
        dropped_messages=tuple(work.desk.dropped),
        method=settings.method,
        metrics={k: significant(float(np.mean([m[k] for m in by_seed]))) for k in by_seed[0]},
        seed_scores=tuple(significant(m[scorer.metric]) for m in by_seed),
        rows=done.size[0],
        passes=done.size[1],
        total_steps=sum(run.steps for run in done.everything),
        full_steps=plan.full_steps,
        curve=tuple(point_of(point, sign) for point in done.points.values()),
        steps_curve=tuple(
            StepsPoint(step=p.step, score=significant(sign * p.score), loss=significant(p.loss))
            for p in largest[0].curve
        ),
        learning_rate=rate_of(done),
        learning_rate_from=done.rate_from,
        batch=work.inputs.batch,
        max_length=lengths.max_length,
        truncated=lengths.truncated,
        early_stopped=any(run.early_stopped for run in largest),
        threshold=largest[0].threshold,
        majority_only=majority_only(work, largest),
        weights_digest=resolved.weights_digest,
        recipe=recipe_of(work, done),
        timing=timing,
        confusion=confusion(work.inputs.sets.heldout, [run.predictions for run in largest]),
    )


def judgement_of(work: Work, done: Done) -> Judgement:
    """The verdict, from the draws of scores."""
    steps, alike = work.plan.full_steps, done.same_rows
    stopped = any(run.early_stopped for run in done.largest)
    stopped = stopped or work.settings.method == "linear"  # it is fitted to its end
    whole = is_full_run(done.size, (work.plan.full_rows, FULL_PASSES), stopped)
    return judge(
        ScoreDraws(
            measured=measured_of(done),
            extrapolated=extrapolated_of(done),
            baselines={name: _drawn(line) for name, line in done.baselines.items()},
            same_rows=None if alike is None else {k: _drawn(line) for k, line in alike.items()},
            flattened=done.flattened,
            whole=whole,
            few_passes=whole and not stopped and work.plan.full_rows < FEW_ROWS,
            majority_only=majority_only(work, done.largest),
            n_heldout=len(work.inputs.sets.heldout),
            n_units=work.scorer.n_units,
            full_steps=steps,
            perfect=utility_of_perfection(work.scorer.metric),
            of_numbers=work.inputs.sets.train.kind == "regression",
            # The full fine-tune itself has no more to take, even where it was stopped early.
            more_steps=0
            if work.plan.direct or (whole and done.extended)
            else max(0, steps - done.largest[0].steps),
        )
    )


def baseline_of(work: Work, done: Done, name: str) -> Baseline:
    """A baseline's scores, and the model's lead over it on the same rows."""
    scorer, line, alike = work.scorer, done.baselines[name], (done.same_rows or {}).get(name)
    return Baseline(
        score=significant(scorer.sign * line.utility),
        interval=_drawn(line).ends(scorer.sign),
        difference=_lead(done, line),
        metrics={k: significant(v) for k, v in scorer.scores(line.predictions).items()},
        in_verdict=name in DECIDING,
        rows=line.rows,
        words=line.words,
        same_rows=None
        if alike is None
        else SameRows(
            rows=alike.rows,
            score=significant(scorer.sign * alike.utility),
            difference=_lead(done, alike),
        ),
    )


def _lead(done: Done, line: ScoredBaseline) -> Figure:
    return measured_of(done).lead(_drawn(line))


def recipe_of(work: Work, done: Done) -> tuple[Advice, ...]:
    """How to run the full fine-tune, from what was seen here."""
    lengths = work.setup.lengths
    return recipe(
        Facts(
            method=work.settings.method,
            kind=work.inputs.sets.train.kind,
            n_parameters=lengths.parameters,
            n_layers=lengths.layers,
            full_rows=work.plan.full_rows,
            learning_rate=rate_of(done),
            rate_from=done.rate_from,
            max_length=lengths.max_length,
            truncated=lengths.truncated,
            early_stopped=any(run.early_stopped for run in done.largest),
            over_frozen=done.utility - done.baselines["frozen"].utility,
            unit=unit(work),
            gain=done.curve.gain,
            imbalance=imbalance(work),
            modality=work.inputs.sets.train.modality,
            variation=variation(work.inputs.sets.train),
        )
    )


def timing_of(work: Work, done: Done) -> ProbeTiming:
    """Measured seconds; the full run from the median step, scoring left out."""
    timed = [run.timing for run in done.largest if run.timing]
    steps = [timing.step_seconds for timing in timed if timing.step_seconds]
    step = float(np.median(steps)) if steps else None
    heads = [work.frozen_on(size) for size in {size for size, _ in done.runs}]
    read = work.frozen_on(done.size[0])
    return ProbeTiming(
        step_seconds=step,
        rows_per_second=work.inputs.batch / step if step else None,
        predict_rows_per_second=read.reading_rows / read.reading_seconds
        if read.reading_seconds
        else None,
        train_seconds=sum(run.timing.seconds for run in done.everything if run.timing),
        frozen_seconds=read.reading_seconds
        + sum(head.seconds for head in heads)
        + sum(run.layers.seconds for run in done.everything if run.layers),
        baseline_seconds=work.setup.trivial.seconds,
        full_seconds=work.plan.full_steps * step if step else None,
        micro_batch=min((timing.micro_batch for timing in timed), default=work.inputs.batch),
        resumed=sum(n for kind, n in work.desk.store.hits.items() if kind is not TrivialFit),
    )


def point_of(point: Point, sign: float) -> RowsPoint:
    """One point of the learning curve: the mean over seeds, its interval from the rows."""
    mean = UtilityDraws(float(point.utilities.mean()), point.resampled.mean(axis=0))
    return RowsPoint(
        rows=point.rows,
        steps=point.steps,
        passes=point.passes,
        seeds=point.seeds,
        score=significant(sign * mean.value),
        interval=mean.ends(sign),
    )


def environment(work: Work) -> Environment:
    """What the pieces were made on."""
    lengths, inputs = work.setup.lengths, work.inputs
    return Environment(
        device=lengths.device,
        device_name=inputs.device_name,
        dtype=lengths.dtype,
        threads=inputs.threads,
        versions=versions(),
    )


def rate_of(done: Done) -> float | None:
    """The peak learning rate; a linear probe has none."""
    return done.rate if done.rate_from != "none" else None


def imbalance(work: Work) -> float | None:
    rows = work.inputs.sets.train
    if not LABEL_KINDS[rows.kind].exclusive:
        return None
    counts = np.bincount(np.array(rows.labels, dtype=int), minlength=len(rows.label_names))
    seen = counts[counts > 0]
    return float(seen.max() / seen.min())


def measured_of(done: Done) -> UtilityDraws:
    """The utility of the largest runs."""
    return UtilityDraws(done.utility, done.curve.measured)


def extrapolated_of(done: Done) -> UtilityDraws:
    """The utility that the full fine-tune would have: the middle of its draws."""
    return UtilityDraws(float(np.median(done.curve.extrapolated)), done.curve.extrapolated)


def _drawn(line: ScoredBaseline) -> UtilityDraws:
    return UtilityDraws(line.utility, line.drawn)
