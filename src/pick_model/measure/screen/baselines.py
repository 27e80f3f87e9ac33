"""What frozen features are held against: the commonest label, and the same regression on lines
that no pretrained model has made, TF-IDF of texts and the like of files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from pick_model.data.dataset import Dataset
from pick_model.data.label_kinds import LABEL_KINDS
from pick_model.documents.screen import BaselineGain
from pick_model.files import cache_folder, json_digest
from pick_model.measure.probe.baselines import MEDIA
from pick_model.measure.probe.predictors import PREDICTORS
from pick_model.measure.probe.settings import Progress
from pick_model.measure.probe.tfidf import views
from pick_model.measure.probe.verdict import UtilityDraws
from pick_model.measure.screen.contest import ContestStanding, worth_of
from pick_model.measure.screen.judge import decided
from pick_model.measure.screen.ridge import FOLDS, blocks_of, cross_fitted, level
from pick_model.measure.screen.rows import Stage
from pick_model.measure.screen.settings import ROWS
from pick_model.measure.screen.spectrum import Array
from pick_model.measure.screen.work import Work
from pick_model.measure.store import Store
from pick_model.measure.versions import FITTING, versions
from pick_model.vocabulary.baselines import MAJORITY, TRIVIAL
from pick_model.words.say import message

# By hand: the products of 4,000 rows with each other take some 20 s of a core to decompose, and a
# third power of the rows.
MOST, SECONDS_OF_MOST = 2 * ROWS, 20.0


@dataclass(frozen=True)
class BaselinePredictions:
    """A baseline's predictions for the rows of a stage, none of which its own block has taught."""

    predictions: list[Any]


class StageBaselines:
    """The baselines at each stage, made where they are asked for."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self._made: dict[int, dict[str, UtilityDraws]] = {}

    def at(self, stage: int) -> dict[str, UtilityDraws]:
        """By name; none of too many rows, or where the time has ended."""
        if stage not in self._made:
            wanted = self.work.settings.baselines and self.affordable(stage)
            predicted = self._predicted(self.work.stages[stage]) if wanted else {}
            self._made[stage] = {
                name: worth_of(one.predictions, self.work.scorers[stage])
                for name, one in predicted.items()
            }
        return self._made[stage]

    def affordable(self, stage: int) -> bool:
        """Whether they are made of so few rows as take no more time than there is."""
        part = len(self.work.stages[stage]) / MOST
        return part <= 1 and SECONDS_OF_MOST * part**3 <= self.work.left

    def gain(self, one: ContestStanding) -> BaselineGain | None:
        """Of a model over the best baseline, on the rows that it has read."""
        there = self.at(one.stage)
        if not there:
            return None
        over, best = max(there.items(), key=lambda item: item[1].value)
        return BaselineGain(over=over, difference=one.worth.lead(best))

    def _predicted(self, stage: Stage) -> dict[str, BaselinePredictions]:
        store = Store(cache_folder(self.work.settings.cache), self.work.note)
        found = {}
        for name in names_of(stage.rows):
            key = {
                "piece": "screen-baseline",
                "baseline": name,
                "rows": stage.digest,
                "blocks": json_digest(stage.blocks.tolist()),
                "versions": versions(FITTING, stage.rows.modality),
            }
            predicted = store.get(BaselinePredictions, key)
            if predicted is None:
                if name != MAJORITY:
                    told = message("fitting-trivial", baselines=(name,))
                    self.work.progress(Progress(told))
                predicted = store.put(key, BaselinePredictions(predictions_of(name, stage)))
            found[name] = predicted
        return found


def names_of(rows: Dataset) -> tuple[str, ...]:
    """Of the baselines that know no pretrained model those that are cheap: of words in their
    sentences the commonest tag of each word alone."""
    return (MAJORITY,) if rows.tokens is not None else TRIVIAL[rows.modality]


def predictions_of(name: str, stage: Stage) -> list[Any]:
    """One a row, in the form that Scorer reads."""
    rows, blocks = stage.rows, blocks_of(stage.blocks)
    if name == MAJORITY:
        # One for all rows has no row of its own to leave out, and left out of a half it would be
        # wrong more often than that. Of words it is one each, which others must know.
        by_word = LABEL_KINDS[rows.kind].by_word
        alike = PREDICTORS[rows.kind].majority
        return by_others(stage, blocks.folds) if by_word else alike(rows, rows)
    none = rows.take([])
    described = MEDIA.get(rows.modality, {}).get(name)
    ways = views(rows, none, none) if described is None else [described((rows, none, none))]
    fits = [cross_fitted(principal(way[0]), stage.columns, blocks) for way in ways]
    taken = np.argmin([fit.elsewhere for fit in fits], axis=0)[blocks.folds]  # (N,)
    predictions = np.stack([fit.predictions for fit in fits])[taken, np.arange(len(rows))]
    every = np.ones(len(rows), dtype=bool)
    return decided(level(predictions, stage.columns, blocks), every, stage, blocks)


def by_others(stage: Stage, folds: np.ndarray) -> list[Any]:
    """The commonest tag of each word, of each fold (int (rows,)) by the other folds."""
    rows = stage.rows
    found: list[Any] = [None] * len(rows)
    for fold in range(FOLDS):
        inside, outside = (np.flatnonzero(at).tolist() for at in (folds == fold, folds != fold))
        said = PREDICTORS[rows.kind].majority(rows.take(outside), rows.take(inside))
        for row, one in zip(inside, said, strict=True):
            found[row] = one
    return found


def principal(lines: Any) -> Array:
    """Lines (N, D), sparse or not, as at most N numbers each that have the same products."""
    n, d = lines.shape
    if d <= n:
        return np.asarray(lines.toarray() if sparse.issparse(lines) else lines, dtype=np.float64)
    products = lines @ lines.T
    products = products.toarray() if sparse.issparse(products) else products
    values, vectors = np.linalg.eigh(products)
    return np.asarray(vectors * np.sqrt(np.maximum(values, 0.0)))
