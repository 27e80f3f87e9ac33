"""Scores of predictions on held-out rows, and their paired bootstrap.

Every metric but Spearman's is a function of sums over rows, so a bootstrap replicate is one
matrix product: weights (R, N) times per-row counts (N, K). All candidates are scored under
the same weights, which is what makes their differences paired. Rows of one text or group are
drawn together, for they tell the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from pick_model.data.dataset import Dataset
from pick_model.data.entities import entities
from pick_model.data.label_kinds import LABEL_KINDS
from pick_model.data.split import units_of
from pick_model.errors import UsageError
from pick_model.vocabulary.metrics import (
    DEFAULTS,
    LOWER_IS_BETTER,
    canonical_metric,
    computed_for,
)
from pick_model.vocabulary.metrics import METRICS as METRIC_RANGES
from pick_model.words.say import message

Array = np.ndarray[Any, np.dtype[Any]]
ROUNDING = 1e-14  # of the largest value: what sums of float64 leave of a constant's differences
# Replicates that are drawn and multiplied together, so that float64 of all rows by all replicates
# is never held. Chosen by hand.
AT_ONCE = 50
SEED = 20250101  # of all draws: every process of one report makes the same

METRICS = {kind: computed_for(kind) for kind in DEFAULTS}  # the first is the default


def resamples(n: int, replicates: int) -> Array:
    """How often each of n rows is drawn, uint8 (R, n): "draw n rows with replacement" in its
    multinomial form.
    """
    random, share = np.random.default_rng(SEED), np.full(n, 1 / n)
    found = np.empty((replicates, n), dtype=np.uint8)  # 256 draws of one row do not happen
    for begin in range(0, replicates, AT_ONCE):
        part = found[begin : begin + AT_ONCE]
        part[:] = random.multinomial(n, share, size=len(part))
    return found


def over_rows(weights: Array, values: Array) -> Array:
    """The sums of values (N, ...) over rows, each replicate's: float64 (R, ...)."""
    found = np.empty((len(weights), *values.shape[1:]))
    for at in range(0, len(weights), AT_ONCE):
        found[at : at + AT_ONCE] = weights[at : at + AT_ONCE].astype(np.float64) @ values
    return found


class Scorer:
    """Scores predictions against one held-out set.

    A prediction is a sequence with one item a row: a class index, a tuple of label indices,
    a float, or one tag index a word.
    """

    def __init__(self, heldout: Dataset, metric: str | None = None, replicates: int = 1000) -> None:
        self.kind = LABEL_KINDS[heldout.kind].scored_as(heldout.label_names)
        self.names = heldout.label_names
        self.truth: Sequence[Any] = heldout.labels
        known = METRICS[self.kind]
        self.metric = known[0] if metric is None else canonical_metric(metric) or metric
        if self.metric not in known:
            raise UsageError(
                message("metric-not-computed", metric=metric or "", kind=self.kind),
                hint=message("metric-takes", metrics=tuple(known)),
            )
        self.sign = -1.0 if self.metric in LOWER_IS_BETTER else 1.0  # times score: up is better
        block = np.empty(len(heldout), dtype=int)
        for n, unit in enumerate(units := units_of(heldout)):
            block[unit] = n
        self.n_units = len(units)
        self.weights = resamples(self.n_units, replicates)[:, block]

    def scores(self, predicted: Sequence[Any]) -> dict[str, float]:
        """Every metric of the task on all rows."""
        once = np.ones((1, len(self.truth)))
        return {name: float(self._scored(predicted, once, name)[0]) for name in METRICS[self.kind]}

    def score(self, predicted: Sequence[Any]) -> float:
        """The main metric on all rows."""
        once = np.ones((1, len(self.truth)))
        return float(self._scored(predicted, once, self.metric)[0])

    def resampled(self, predicted: Sequence[Any]) -> Array:
        """The main metric under each bootstrap replicate, float64, (R,).

        Rows that are all right, or all wrong, are so in every replicate, however few they are.
        Then draws of Jeffreys' posterior of the share that is right stand in, the same for every
        such prediction (Brown, Cai and DasGupta 2001, doi 10.1214/ss/1009213286).
        """
        drawn = self._scored(predicted, self.weights, self.metric)
        known = METRIC_RANGES[self.metric]
        if known.high is None or np.ptp(drawn) > 0 or drawn[0] not in (known.low, known.high):
            return drawn
        right = np.random.default_rng(SEED).beta(self.n_units + 0.5, 0.5, size=len(drawn))
        span = known.high - known.low
        found: Array = known.low + span * (right if drawn[0] == known.high else 1.0 - right)
        return found

    def _scored(self, predicted: Sequence[Any], weights: Array, metric: str) -> Array:
        return FAMILIES[self.kind](self.truth, predicted, weights, metric, self.names)


def _class_counts(truth: Sequence[int], predicted: Sequence[int], names: Sequence[str]) -> Array:
    """Per row: hits by class, predictions by class, truths by class; (N, 3 C)."""
    eye = np.eye(len(names))
    positives, true = eye[np.asarray(predicted, dtype=int)], eye[np.asarray(truth, dtype=int)]
    return np.concatenate([positives * true, positives, true], axis=1)


def _label_counts(
    truth: Sequence[Sequence[int]], predicted: Sequence[Sequence[int]], names: Sequence[str]
) -> Array:
    """As _class_counts, with several labels a row, and last whether the whole row is right."""
    positives, true = np.zeros((len(truth), len(names))), np.zeros((len(truth), len(names)))
    for row, (labels, guess) in enumerate(zip(truth, predicted, strict=True)):
        true[row, list(labels)] = 1.0
        positives[row, list(guess)] = 1.0
    exact = (positives == true).all(axis=1, keepdims=True).astype(np.float64)
    rows = np.ones((len(truth), 1))
    return np.concatenate([positives * true, positives, true, exact, rows], axis=1)


def _tag_counts(
    truth: Sequence[Sequence[int]], predicted: Sequence[Sequence[int]], names: Sequence[str]
) -> Array:
    """Class counts of words, added up over each row."""
    counts = np.zeros((len(truth), 3 * len(names)))
    for row, (tags, guess) in enumerate(zip(truth, predicted, strict=True)):
        counts[row] = _class_counts(tags, guess, names).sum(axis=0)
    return counts


def _entity_counts(
    truth: Sequence[Sequence[int]], predicted: Sequence[Sequence[int]], names: Sequence[str]
) -> Array:
    """Per row: spans right, spans said, spans true, words right, words."""
    counts = np.zeros((len(truth), 5))
    for row, (tags, guess) in enumerate(zip(truth, predicted, strict=True)):
        true = set(entities([names[t] for t in tags]))
        positives = set(entities([names[t] for t in guess]))
        right = sum(1 for a, b in zip(tags, guess, strict=True) if a == b)
        counts[row] = (len(true & positives), len(positives), len(true), right, len(tags))
    return counts


def _divide(over: Array, under: Array) -> Array:
    """over / under, and 0 where there is nothing to divide by."""
    return np.divide(over, under, out=np.zeros_like(over, dtype=np.float64), where=under > 0)


def _class_formula(sums: Array, whole: Array, metric: str, _: int) -> Array:
    hits, positives, true = np.split(sums, 3, axis=1)  # (R, C) each
    correct, total = hits.sum(axis=1), true.sum(axis=1)
    if metric in ("accuracy", "micro_f1"):  # alike where every row has one class
        return _divide(correct, total)
    if metric == "mcc":  # Gorodkin 2004, equation 8
        over = correct * total - (positives * true).sum(axis=1)
        under = (total**2 - (positives**2).sum(axis=1)) * (total**2 - (true**2).sum(axis=1))
        return _divide(over, np.sqrt(np.maximum(under, 0.0)))
    each = _of_each_class(sums, metric)
    if metric == "weighted_f1":
        return _divide((each * true).sum(axis=1), total)
    # As scikit-learn's macro average: over classes that occur in the truth or the prediction. One
    # that no drawn row has scores what it does on all: without it, saying one of two classes
    # would be perfect wherever the other one was not drawn.
    there = whole[0, len(whole[0]) // 3 :].reshape(2, -1).any(axis=0)  # (C,)
    each = np.where(positives + true > 0, each, _of_each_class(whole, metric))
    return _divide(each[:, there].sum(axis=1), np.full(len(each), there.sum()))


def _of_each_class(sums: Array, metric: str) -> Array:
    """Precision, recall or F1 of each class, (R, C)."""
    hits, positives, true = np.split(sums, 3, axis=1)
    if metric == "precision":
        return _divide(hits, positives)
    return _divide(hits, true) if metric == "recall" else _divide(2 * hits, positives + true)


def _label_formula(sums: Array, _: Array, metric: str, n_labels: int) -> Array:
    if metric == "accuracy":  # of whole rows
        return _divide(sums[:, -2], sums[:, -1])
    hits, positives, true = np.split(sums[:, : 3 * n_labels], 3, axis=1)  # (R, C) each
    if metric in ("macro_f1", "weighted_f1"):
        each = _divide(2 * hits, positives + true)
        if metric == "weighted_f1":
            return _divide((each * true).sum(axis=1), true.sum(axis=1))
        return _divide(each.sum(axis=1), np.full(len(each), n_labels))
    return _micro(hits.sum(axis=1), positives.sum(axis=1), true.sum(axis=1), metric)


def _entity_formula(sums: Array, _whole: Array, metric: str, _: int) -> Array:
    if metric == "accuracy":  # of words
        return _divide(sums[:, 3], sums[:, 4])
    return _micro(sums[:, 0], sums[:, 1], sums[:, 2], metric)


def _micro(hits: Array, positives: Array, true: Array, metric: str) -> Array:
    if metric == "precision":
        return _divide(hits, positives)
    if metric == "recall":
        return _divide(hits, true)
    return _divide(2 * hits, positives + true)


def _regression(
    truth: Sequence[Any], predicted: Any, weights: Array, metric: str, _names: Sequence[str]
) -> Array:
    true, positives = np.asarray(truth, dtype=np.float64), np.asarray(predicted, dtype=np.float64)
    if metric == "rmse":
        squares = over_rows(weights, (true - positives) ** 2)
        return np.sqrt(_divide(squares, weights.sum(axis=1)))
    if metric == "pearson":
        return np.array([_correlation(true, positives, row) for row in weights])
    return np.array(
        [_correlation(_ranks(true, row), _ranks(positives, row), row) for row in weights]
    )


def _ranks(values: Array, weights: Array) -> Array:
    """Mean ranks of values that occur `weights` times each; ties share their mean."""
    unique, place = np.unique(values, return_inverse=True)
    counts = np.bincount(place, weights=weights, minlength=len(unique))
    below = np.cumsum(counts) - counts
    ranks: Array = (below + (counts + 1) / 2)[place]
    return ranks


def _correlation(a: Array, b: Array, weights: Array) -> float:
    """Pearson's r of weighted values in -1 … 1, whatever their unit; 0 when one is constant."""
    a, b = _centred(a, weights), _centred(b, weights)
    under = (weights @ (a * a)) * (weights @ (b * b))
    return float((weights @ (a * b)) / np.sqrt(under)) if under > 0 else 0.0


def _centred(values: Array, weights: Array) -> Array:
    """Differences from the mean in units of the largest value; zeros for what is rounding."""
    unit = float(np.abs(values).max(initial=0.0))
    if unit == 0:
        return np.zeros_like(values)
    scaled = values / unit
    centred: Array = scaled - (weights @ scaled) / weights.sum()
    return centred if np.abs(centred[weights > 0]).max(initial=0.0) > ROUNDING else 0 * centred


# (truth, predictions, weights (R, N), metric, label names) -> (R,)
Family = Callable[[Any, Any, Array, str, Sequence[str]], Array]


def _summed(
    counts: Callable[[Any, Any, Sequence[str]], Array],
    formula: Callable[[Array, Array, str, int], Array],
) -> Family:
    """Metrics by a formula over sums of counts (N, K): of drawn rows (R, K) and of all (1, K)."""

    def scored(
        truth: Any, predicted: Any, weights: Array, metric: str, names: Sequence[str]
    ) -> Array:
        each = counts(truth, predicted, names)
        whole = each.sum(axis=0, keepdims=True)
        return formula(over_rows(weights, each), whole, metric, len(names))

    return scored


FAMILIES: dict[str, Family] = {
    "single-label": _summed(_class_counts, _class_formula),
    "multi-label": _summed(_label_counts, _label_formula),
    "regression": _regression,
    "tags": _summed(_tag_counts, _class_formula),
    "entities": _summed(_entity_counts, _entity_formula),
}
