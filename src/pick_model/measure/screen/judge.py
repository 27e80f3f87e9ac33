"""From features and labels to what is said of one model: a function of arrays.

Shapes: V views, N lines (rows, or words for tokens), H features, C columns of the targets.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Protocol

import numpy as np

from pick_model.data.label_kinds import LABEL_KINDS
from pick_model.encoders.heap import give_back
from pick_model.errors import EnvironmentProblem
from pick_model.measure.probe.predictors import PREDICTORS
from pick_model.measure.probe.thresholds import DecisionRule
from pick_model.measure.screen.measures import logme, nearest, separation
from pick_model.measure.screen.pieces import Judged, RunContext, View, ViewScore
from pick_model.measure.screen.ridge import FOLDS, Blocks, cross_fitted, explained, level
from pick_model.measure.screen.rows import Stage
from pick_model.measure.screen.spectrum import Array, spectrum
from pick_model.words.say import message

MOST_VIEWS = 4  # that later stages look at for a fold: the best of the first, without it


class ViewsOfRows(Protocol):
    """Features (V, N, H), in memory or in a file; NaN: a word that was cut off."""

    @property
    def shape(self) -> tuple[int, ...]: ...

    def __getitem__(self, view: int, /) -> np.ndarray:
        """One view, (N, H)."""
        ...


@dataclass(frozen=True)
class Seen:
    """What the encoder made of the rows of a stage."""

    features: tuple[ViewsOfRows, ...]  # part after part
    views: tuple[View, ...]
    depth: int
    truncated: float
    machine: RunContext
    rows_per_second: float | None = None  # that were read; None: all were kept


def judge(seen: Seen, stage: Stage, before: Judged | None = None) -> Judged:
    """Ridge on each view by cross-fitting, the best view, and the other measures.

    before: of the first stage, which tells the views to look at for each fold; None: all of them,
    and the mean of all blocks. Of those, the ones in which every number is finite; raises
    EnvironmentProblem for none. Penalty and view are chosen for each fold of rows without it, here
    and at the stage before, so that neither the predictions nor the neighbours flatter a model for
    having many layers. LogME is of the block that has most (the largest of 40 blocks of noise is
    .005 above their mean, on 250 rows of 384 numbers), under one pooling, which all models of a
    kind have. What the first block reads is looked at and not taken: the table of words is there
    before a model has read any, and is left as it is by much that spoils or cuts its blocks.
    """
    kept = np.concatenate([lines_read(part) for part in seen.features])  # (N,)
    if not LABEL_KINDS[stage.rows.kind].by_word:
        kept[:] = True  # a row without a number is a fault, and no word that was cut off
    targets, blocks = stage.columns[kept], stage.line_blocks(kept)
    folds = blocks.folds
    among = None if before is None else before.of_folds
    wanted = every_view(seen) if among is None else list(dict.fromkeys(chain(*among)))
    finite = [v for v in wanted if np.isfinite(of_view(seen, v, kept)).all()]
    if not finite:
        raise EnvironmentProblem(
            message("layers-not-finite"),
            hint=message("try-fp32"),
            code="weights",
        )
    read, scores = of_blocks(finite), []
    # A fold all of whose views have overflowed since takes any of those that have not.
    open_to = [{*read}.intersection(some) or {*read} for some in among or [read] * FOLDS]
    best, least = read[0], np.inf
    predictions = np.full_like(targets, np.nan)  # (lines, C), by each fold's best view so far
    elsewhere: dict[View, Array] = {}  # of what may be taken, error (FOLDS,) without the fold
    taken: list[View] = [read[0]] * FOLDS
    lowest = np.full(FOLDS, np.inf)
    for view in finite:
        give_back()  # what the view before took: decompositions leave gaps as large as they are
        fit = cross_fitted(of_view(seen, view, kept), targets, blocks)
        scores.append(ViewScore(view, round(explained(fit.errors, targets, blocks), 6)))
        if view not in read:
            continue
        elsewhere[view] = np.where([view in some for some in open_to], fit.elsewhere, np.inf)
        for fold in np.flatnonzero(elsewhere[view] < lowest):
            lowest[fold], taken[fold] = elsewhere[view][fold], view
            predictions[folds == fold] = fit.predictions[folds == fold]
        if (total := float(fit.errors.sum())) < least:
            best, least = view, total
    errors = ((targets - predictions) ** 2).sum(axis=1)  # (lines,)
    near = np.empty_like(predictions)
    for view in dict.fromkeys(taken):
        give_back()
        own = np.isin(folds, [fold for fold, one in enumerate(taken) if one == view])
        near[own] = nearest(of_view(seen, view, kept), targets, blocks.of)[own]
    evidence, separated = evidence_of(seen, stage, kept, best)
    give_back()
    return Judged(
        predictions=decided(level(predictions, targets, blocks), kept, stage, blocks),
        nearby=decided(near, kept, stage, None),
        scores=tuple(scores),
        best=best,
        of_folds=tuple(best_views(elsewhere, fold) for fold in range(FOLDS)),
        depth=seen.depth,
        logme=evidence,
        h_score=separated,
        explained=round(explained(errors, targets, blocks), 6),
        truncated=seen.truncated,
        machine=seen.machine,
        rows_per_second=seen.rows_per_second,
    )


def evidence_of(seen: Seen, stage: Stage, kept: np.ndarray, best: View) -> tuple[float, float]:
    """LogME of the block that has most, and how far it separates the labels beyond chance.

    best: what is taken where numbers of all blocks have overflowed. Of each text once: copies of
    it are no more evidence than it is alone.
    """
    once = stage.first_of_text[kept]
    targets = stage.columns[kept][once]
    most, where = -np.inf, best
    for view in alike(seen):
        give_back()
        x = of_view(seen, view, kept)[once]
        if np.isfinite(x).all() and (found := logme(x, targets)) > most:
            most, where = found, view
    x = of_view(seen, where, kept)[once]
    give_back()
    separated = separation(spectrum(x), targets).adjusted
    return round(most if np.isfinite(most) else logme(x, targets), 6), round(separated, 6)


def best_views(elsewhere: Mapping[View, Array], fold: int) -> tuple[View, ...]:
    """The views that err least without a fold, in the order they were looked at."""
    best = sorted(elsewhere, key=lambda view: float(elsewhere[view][fold]))[:MOST_VIEWS]
    return tuple(view for view in elsewhere if view in best)


def lines_read(part: ViewsOfRows) -> np.ndarray:
    """Which lines any view has a number of, bool (N,)."""
    views, n, _ = part.shape
    found = np.zeros(n, dtype=bool)
    for view in range(views):
        found |= ~np.isnan(part[view][:, 0])
        if found.all():  # as a rule by the first
            break
    return found


def every_view(seen: Seen) -> tuple[View, ...]:
    """All that were made, and of each pooling the mean over blocks where there are several."""
    poolings = dict.fromkeys(view.pooling for view in seen.views)
    means = [View(None, how) for how in poolings if len(blocks_in(seen, how)) > 1]
    return (*seen.views, *means)


def of_blocks(views: Sequence[View]) -> list[View]:
    """Those of what blocks gave; all where there is none."""
    return [view for view in views if view.layer != 0] or list(views)


def alike(seen: Seen) -> list[View]:
    """What each block gave, under the pooling that comes first: that of all models of a kind."""
    first = seen.views[0].pooling
    return of_blocks([view for view in seen.views if view.pooling == first])


def blocks_in(seen: Seen, pooling: str) -> list[int]:
    """The places of what blocks gave, under a pooling."""
    return [n for n, view in enumerate(seen.views) if view.pooling == pooling and view.layer]


def of_view(seen: Seen, view: View, kept: np.ndarray) -> np.ndarray:
    """The features (lines, H) of a view, float32, of the kept of all (bool, (N,))."""
    mean = view.layer is None
    places = blocks_in(seen, view.pooling) if mean else [seen.views.index(view)]
    n, width = sum(part.shape[1] for part in seen.features), seen.features[0].shape[2]
    found = np.zeros((n, width), dtype=np.float32)
    for place in places:
        at = 0
        for part in seen.features:
            found[at : (at := at + part.shape[1])] += part[place]
    found /= len(places)
    return found if kept.all() else found[kept]


def decided(predictions: Array, kept: np.ndarray, stage: Stage, blocks: Blocks | None) -> list[Any]:
    """Columns (lines, C) of the kept lines as one prediction a row.

    blocks: the threshold of several labels is chosen for each fold on the others; None: a label
    is said where more than half say it.
    """
    rows = stage.rows
    predictor = PREDICTORS[rows.kind]
    logits = np.full((len(kept), predictions.shape[1]), np.nan)
    logits[kept] = predictor.logits_of(predictions)
    rule: DecisionRule = predictor.rule(rows)
    if blocks is None or not LABEL_KINDS[rows.kind].several:
        return list(predictor.decide(logits, stage, rule, 0.0))
    folds, said = blocks.folds, [()] * len(rows)
    for fold in range(FOLDS):
        inside = np.flatnonzero(folds == fold)
        outside = np.flatnonzero(folds != fold)
        cut = predictor.threshold(logits[outside], [rows.labels[i] for i in outside])
        for row, labels in zip(inside, predictor.labels_of(logits[inside], cut), strict=True):
            said[row] = labels
    return said
