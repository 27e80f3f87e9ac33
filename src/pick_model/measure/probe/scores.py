"""Everything that was run, scored once: on all held-out rows, and under their bootstrap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from pick_model.data.dataset import Dataset
from pick_model.data.split import subsample
from pick_model.documents.probe import RateFrom
from pick_model.measure.probe.bench import rule_of
from pick_model.measure.probe.curve import Curve, Point
from pick_model.measure.probe.metrics import Scorer
from pick_model.measure.probe.pieces import FrozenFit, LayersFit, Run, TrivialFit, ZeroShot
from pick_model.measure.probe.predictors import PREDICTORS
from pick_model.measure.probe.work import Work

Array = np.ndarray[Any, np.dtype[Any]]
Size = tuple[int, float]  # training rows and passes
Runs = dict[Size, list[Run]]  # the largest comes last


@dataclass(frozen=True)
class ScoredBaseline:
    """A baseline's predictions and what they are worth. Utilities: up is better."""

    predictions: list[Any]
    rows: int | None  # that it was fitted on; None: on none
    words: int | None
    utility: float  # on all held-out rows
    drawn: Array  # (R,) under the bootstrap


@dataclass(frozen=True)
class Done:
    """All that was run, and the curve read from it."""

    runs: Runs
    points: dict[Size, Point]
    baselines: dict[str, ScoredBaseline]
    same_rows: (
        dict[str, ScoredBaseline] | None
    )  # fitted on the rows trained on, where those are fewer
    curve: Curve
    rate: float
    rate_from: RateFrom
    aside: tuple[Run, ...] = ()  # beside the curve: cut short, or only tried a rate
    flat: bool | None = None  # after the first phase, where another followed
    extended: bool = False

    @property
    def flattened(self) -> bool:
        return self.curve.flattened if self.flat is None else self.flat

    @property
    def size(self) -> Size:
        """Of the largest runs."""
        return next(reversed(self.runs))

    @property
    def largest(self) -> list[Run]:
        return self.runs[self.size]

    @property
    def utility(self) -> float:
        """Of the largest runs, the mean over seeds."""
        return float(self.points[self.size].utilities.mean())

    @property
    def everything(self) -> list[Run]:
        return [*(run for done in self.runs.values() for run in done), *self.aside]


def of_runs(scorer: Scorer, rows: int, passes: float, runs: Sequence[Run]) -> Point:
    """The point that runs of one size give."""
    return Point(
        rows=rows,
        steps=runs[0].steps,
        passes=passes,
        utilities=np.array([scorer.sign * scorer.score(run.predictions) for run in runs]),
        resampled=np.stack([scorer.sign * scorer.resampled(run.predictions) for run in runs]),
    )


def of_baselines(
    scorer: Scorer, trivial: TrivialFit, frozen: FrozenFit, named: ZeroShot | None = None
) -> dict[str, ScoredBaseline]:
    """By name; the trivial ones, the linear model on frozen features, and what names tell."""
    model = _scored(scorer, frozen.predictions, frozen.rows, frozen.words)
    found = {**of_trivial(scorer, trivial), "frozen": model}
    if named is not None and named.predictions is not None:
        found["zero-shot"] = _scored(scorer, named.predictions, None, None)
    return found


def of_layers(scorer: Scorer, train: Dataset, fit: LayersFit, seed: int) -> Array:
    """Utility (R,) of a model of layers under the bootstrap, on held-out rows and on those that it
    was fitted on, each left out: both tell of rows that have not taught it. Some of the latter may
    have taught the encoder.
    """
    taught = Scorer(subsample(train, fit.rows, seed), scorer.metric)
    held, left = len(fit.predictions), len(fit.left_out)
    # Backwards, for sets of one size would be drawn alike.
    drawn = left * taught.resampled(fit.left_out)[::-1] + held * scorer.resampled(fit.predictions)
    return np.asarray(scorer.sign * drawn / (held + left))


def of_trivial(scorer: Scorer, fit: TrivialFit) -> dict[str, ScoredBaseline]:
    """By name; majority counts all words."""
    return {
        name: _scored(scorer, said, fit.rows, None if name == "majority" else fit.words)
        for name, said in fit.predictions.items()
    }


def _scored(scorer: Scorer, said: list[Any], rows: int | None, words: int | None) -> ScoredBaseline:
    utility, drawn = scorer.sign * scorer.score(said), scorer.sign * scorer.resampled(said)
    return ScoredBaseline(said, rows, words, utility, drawn)


def majority_only(work: Work, runs: Sequence[Run]) -> bool:
    """Whether every run says the same for all rows."""
    return stuck(runs, work.inputs.sets.heldout.kind, rule_of(work.inputs).scale)


def stuck(runs: Sequence[Run], kind: str, scale: float) -> bool:
    """Whether every run says the same for all rows: one class, one set, one tag, one number.

    `scale`: deviation of the regression target; a thousandth of it is the same number.
    """
    return all(PREDICTORS[kind].alike(run.predictions, scale) for run in runs)


def unit(work: Work) -> float:
    """What counts as 1 in the metric: an error is measured by the target's own spread."""
    if work.scorer.metric == "rmse":
        labels = work.inputs.sets.heldout.labels
        return float(np.std([float(v) for v in labels])) or 1.0  # type: ignore[arg-type]
    return 1.0
