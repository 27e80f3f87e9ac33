"""From the runs of one model to its result: scores, verdict, recipe, timings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from pick_model.documents.probe import (
    Advice,
    Baseline,
    Extrapolated,
    Interval,
    RateFrom,
    Result,
    RowsPoint,
    SameRows,
    StepsPoint,
    Timing,
)
from pick_model.measure.probe.curve import Curve, interval
from pick_model.measure.probe.recipe import Facts, recipe
from pick_model.measure.probe.settings import FULL_PASSES
from pick_model.measure.probe.verdict import BORING, Evidence, Judgement, difference, judge
from pick_model.measure.probe.work import Run, Work
from pick_model.words.say import say, say_all

Array = np.ndarray[Any, np.dtype[Any]]
Runs = dict[tuple[int, float], list[Run]]  # by rows and passes; the largest comes last


@dataclass(frozen=True)
class Done:
    """All that was run, and the curve read from it."""

    work: Work
    runs: Runs
    curve: Curve
    rate: float
    rate_from: RateFrom
    aside: tuple[Run, ...] = ()  # cut short beside whole ones
    flat: bool | None = None  # after the first phase, where another followed
    extended: bool = False

    @property
    def flattened(self) -> bool:
        return self.curve.flattened if self.flat is None else self.flat

    @cached_property
    def size(self) -> tuple[int, float]:
        """Rows and passes of the largest runs."""
        return list(self.runs)[-1]

    @cached_property
    def largest(self) -> Sequence[Run]:
        return self.runs[self.size]

    @cached_property
    def majority_only(self) -> bool:
        return stuck(self.largest, self.work.sets.heldout.kind, self.work.rule.scale)

    @cached_property
    def utility(self) -> float:
        """Mean over seeds; up is better."""
        scorer = self.work.scorer
        scores = [scorer.score(run.predictions) for run in self.largest]
        return scorer.sign * float(np.mean(scores))

    @cached_property
    def baselines(self) -> dict[str, list[Any]]:
        """Predictions by name."""
        frozen = self.work.frozen_on(self.size[0])["predictions"]
        return {**self.work.boring["predictions"], "frozen": frozen}

    @cached_property
    def drawn(self) -> dict[str, Array]:
        """Utilities (R,) of each baseline under the bootstrap."""
        scorer = self.work.scorer
        return {k: scorer.sign * scorer.resampled(said) for k, said in self.baselines.items()}

    @cached_property
    def same_rows(self) -> dict[str, list[Any]] | None:
        """Predictions of the boring baselines fitted on the rows trained on, if not on all."""
        found = self.alike
        return None if found is None else dict(found["predictions"])

    @cached_property
    def alike(self) -> dict[str, Any] | None:
        rows = self.size[0]
        return self.work.boring_on(rows) if rows < len(self.work.sets.train) else None

    @cached_property
    def everything(self) -> list[Run]:
        """Every run, those that only served to find the rate included."""
        tried = [run for rate, run in self.work.tried.items() if rate != self.rate]
        return [*(run for done in self.runs.values() for run in done), *self.aside, *tried]


def result_of(done: Done) -> Result:
    """The result as it is reported."""
    work, curve, largest = done.work, done.curve, done.largest
    plan, scorer, settings, lengths = work.plan, work.scorer, work.settings, work.lengths
    sign = scorer.sign
    judgement = judgement_of(done)
    by_seed = [scorer.scores(run.predictions) for run in largest]
    peaks = [run.timing["peak_gib"] for run in done.everything if "peak_gib" in run.timing]
    return Result(
        model=work.resolved.name,
        revision=work.resolved.revision,
        verdict=judgement.verdict,
        metric=scorer.metric,
        score=_round(sign * done.utility),
        interval=_oriented(curve.measured, sign),
        baselines={name: baseline_of(done, name) for name in done.baselines},
        extrapolated=Extrapolated(
            score=_round(sign * float(np.median(curve.extrapolated))),
            interval=_oriented(curve.extrapolated, sign),
            rows=plan.full_rows,
            passes=1.0 if settings.method == "linear" else FULL_PASSES,
            models=curve.weights,
        ),
        seeds=tuple(range(settings.seed, settings.seed + len(largest))),
        steps=largest[0].steps,
        seconds=sum(run.timing.get("seconds", 0.0) for run in done.everything)
        + frozen_seconds(done)
        + work.boring["seconds"],
        peak_memory_gib=max(peaks) if peaks else None,
        reason=say(judgement.reason),
        reason_message=judgement.reason,
        needs=say_all(judgement.needs),
        needs_messages=judgement.needs,
        flattened=done.flattened,
        extended=done.extended,
        direct=plan.direct,
        dropped=tuple(work.dropped),
        method=settings.method,
        metrics={k: _round(float(np.mean([m[k] for m in by_seed]))) for k in by_seed[0]},
        seed_scores=tuple(_round(m[scorer.metric]) for m in by_seed),
        rows=done.size[0],
        passes=done.size[1],
        total_steps=sum(run.steps for run in done.everything),
        full_steps=plan.full_steps,
        curve=tuple(point_of(work, *size, runs) for size, runs in done.runs.items()),
        steps_curve=tuple(
            StepsPoint(step=int(p["step"]), score=_round(sign * p["score"]), loss=_round(p["loss"]))
            for p in largest[0].curve
        ),
        learning_rate=rate_of(done),
        learning_rate_from=done.rate_from,
        batch=work.batch,
        max_length=lengths["max_length"],
        truncated=lengths["truncated"],
        early_stopped=any(run.early_stopped for run in largest),
        threshold=largest[0].threshold,
        majority_only=done.majority_only,
        weights_digest=work.resolved.weights_digest,
        recipe=recipe_of(done),
        timing=timing_of(done),
    )


def judgement_of(done: Done) -> Judgement:
    """The verdict, from the draws of scores."""
    work = done.work
    steps, scorer = work.plan.full_steps, work.scorer
    alike: dict[str, Array] | None = None
    if done.same_rows is not None:
        alike = {k: scorer.sign * scorer.resampled(said) for k, said in done.same_rows.items()}
    return judge(
        Evidence(
            measured=done.curve.measured,
            extrapolated=done.curve.extrapolated,
            baselines=done.drawn,
            same_rows=alike,
            flattened=done.flattened,
            extended=done.extended or work.plan.direct or work.settings.method == "linear",
            majority_only=done.majority_only,
            n_heldout=len(work.sets.heldout),
            full_steps=steps,
            more_steps=0 if done.extended else max(0, steps - done.largest[0].steps),
        )
    )


def baseline_of(done: Done, name: str) -> Baseline:
    """A baseline's scores, and the model's lead over it on the same rows."""
    scorer, said = done.work.scorer, done.baselines[name]
    fitted = done.work.frozen_on(done.size[0]) if name == "frozen" else done.work.boring
    lead = difference(done.curve.measured, done.drawn[name])
    return Baseline(
        score=_round(scorer.score(said)),
        interval=_oriented(done.drawn[name], scorer.sign),
        difference=lead.model_copy(update={k: _round(v) for k, v in lead}),
        metrics={k: _round(v) for k, v in scorer.scores(said).items()},
        in_verdict=name in BORING,
        rows=fitted["rows"],
        words=None if name == "majority" else fitted["words"],
        same_rows=_on_same_rows(done, name),
    )


def _on_same_rows(done: Done, name: str) -> SameRows | None:
    said = (done.same_rows or {}).get(name)
    if said is None:
        return None
    scorer = done.work.scorer
    lead = difference(done.curve.measured, scorer.sign * scorer.resampled(said))
    return SameRows(
        rows=(done.alike or {}).get("rows", done.size[0]),
        score=_round(scorer.score(said)),
        difference=lead.model_copy(update={k: _round(v) for k, v in lead}),
    )


def recipe_of(done: Done) -> tuple[Advice, ...]:
    """How to run the full fine-tune, from what was seen here."""
    work = done.work
    lengths, scorer = work.lengths, work.scorer
    over = {
        name: done.utility - scorer.sign * scorer.score(done.baselines[name])
        for name in ("frozen", "tfidf")
    }
    return recipe(
        Facts(
            method=work.settings.method,
            kind=work.sets.train.kind,
            n_parameters=lengths["parameters"],
            n_layers=lengths["layers"],
            full_rows=work.plan.full_rows,
            learning_rate=rate_of(done),
            rate_from=done.rate_from,
            max_length=lengths["max_length"],
            truncated=lengths["truncated"],
            early_stopped=any(run.early_stopped for run in done.largest),
            over_frozen=over["frozen"],
            over_tfidf=over["tfidf"],
            unit=unit(work),
            gain=done.curve.gain,
            imbalance=imbalance(work),
        )
    )


def timing_of(done: Done) -> Timing:
    """Measured seconds; the full run from the median step, scoring left out."""
    work, largest = done.work, done.largest
    steps = [run.timing["step_seconds"] for run in largest if run.timing.get("step_seconds")]
    step = float(np.median(steps)) if steps else None
    reading = work.frozen_on(done.size[0])["reading"]
    return Timing(
        step_seconds=step,
        rows_per_second=work.batch / step if step else None,
        predict_rows_per_second=reading["rows"] / reading["seconds"]
        if reading["seconds"]
        else None,
        train_seconds=sum(run.timing.get("seconds", 0.0) for run in done.everything),
        frozen_seconds=frozen_seconds(done),
        baseline_seconds=work.boring["seconds"],
        full_seconds=work.plan.full_steps * step if step else None,
        micro_batch=int(min(run.timing.get("micro_batch", work.batch) for run in largest)),
        resumed=work.store.hits,
    )


def point_of(work: Work, rows: int, passes: float, runs: Sequence[Run]) -> RowsPoint:
    """One point of the learning curve: the mean over seeds, its interval from the rows."""
    scorer = work.scorer
    drawn = np.stack([scorer.resampled(run.predictions) for run in runs]).mean(axis=0)
    return RowsPoint(
        rows=rows,
        steps=runs[0].steps,
        passes=passes,
        seeds=len(runs),
        score=_round(float(np.mean([scorer.score(run.predictions) for run in runs]))),
        interval=_oriented(drawn, 1.0),
    )


def frozen_seconds(done: Done) -> float:
    """Reading the features, and the heads of every size."""
    sizes = {size for size, _ in done.runs}
    heads = [done.work.frozen_on(size) for size in sizes]
    return float(heads[0]["reading"]["seconds"] + sum(head["seconds"] for head in heads))


def rate_of(done: Done) -> float | None:
    """The peak learning rate; a linear probe has none."""
    return done.rate if done.rate_from != "none" else None


def stuck(runs: Sequence[Run], kind: str, scale: float) -> bool:
    """Whether every run says the same for all rows: one class, one set, one tag, one number.

    `scale`: deviation of the regression target; a thousandth of it is the same number.
    """
    for run in runs:
        said = run.predictions
        if kind == "tokens":
            said = [tag for row in said for tag in row]
        if kind == "regression":
            values = np.array(said, dtype=float)
            if values.std() > 1e-3 * scale:
                return False
        elif any(item != said[0] for item in said):
            return False
    return True


def unit(work: Work) -> float:
    """What counts as 1 in the metric: an error is measured by the target's own spread."""
    if work.scorer.metric == "rmse":
        return float(np.std([float(v) for v in work.sets.heldout.labels])) or 1.0  # type: ignore[arg-type]
    return 1.0


def imbalance(work: Work) -> float | None:
    rows = work.sets.train
    if rows.kind != "single-label":
        return None
    counts = np.bincount(np.array(rows.labels, dtype=int), minlength=len(rows.label_names))
    seen = counts[counts > 0]
    return float(seen.max() / seen.min())


def _oriented(utilities: Array, sign: float) -> Interval:
    low, high = interval(sign * utilities)
    return _round(low), _round(high)


def _round(value: float) -> float:
    """Six significant digits: an error may be of any unit, and more says nothing."""
    return float(f"{value:.6g}")
