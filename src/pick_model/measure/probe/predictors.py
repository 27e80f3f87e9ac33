"""Predictions of one kind of labels: from logits, by trivial baselines, by a linear layer.

One class a kind. Shapes: N lines (rows, or words for tokens), C outputs, H features.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Protocol

import numpy as np

from pick_model.data.dataset import Dataset
from pick_model.measure.probe.linear import (
    Logits,
    fit_classes,
    fit_labels,
    fit_numbers,
    layer_of_classes,
    layer_of_labels,
    layer_of_numbers,
)
from pick_model.measure.probe.metrics import Scorer
from pick_model.measure.probe.tagger import majority_tag, window_tagger
from pick_model.measure.probe.tfidf import stacked, views
from pick_model.measure.probe.thresholds import DecisionRule, tune_threshold

# Above this many rows x classes one penalty is used: three fits would take minutes.
COSTLY = 300_000
# A share of rows that least squares says, at the least: its logit is below all thresholds tried.
RAREST = 0.01


class Rows(Protocol):
    """Rows as far as deciding must know them."""

    def __len__(self) -> int: ...

    def lines(self, row: int) -> int:
        """Lines of logits that a row is."""


class Predictor(Protocol):
    """What a probe makes of logits, features and rows with labels of one kind."""

    # Penalties tried, the tuning rows choose: of the layer on standardised frozen features,
    # and on TF-IDF, where both ends won on some set here: 1 on noisy sentiment, 30 on 77
    # intents. Inverse strengths of logistic regression, strengths of ridge regression.
    penalties: tuple[float, ...] = (0.003, 0.03, 0.3)
    tfidf_penalties: tuple[float, ...] = (1.0, 5.0, 30.0)

    def rule(self, _rows: Dataset) -> DecisionRule:
        """What the training rows say about turning logits into predictions."""
        return DecisionRule()

    def threshold(self, _logits: np.ndarray, _targets: Sequence[Any]) -> float | None:
        """The logit (N, C) above which a label is said, chosen on tuning rows."""
        return None

    def labels_of(self, logits: np.ndarray, threshold: float | None) -> list[Any]:
        """One prediction a line."""

    def decide(
        self, logits: np.ndarray, _rows: Rows, _rule: DecisionRule, threshold: float | None = None
    ) -> list[Any]:
        """One prediction a row, in the form that Scorer reads, of logits float32 (N, C)."""
        return self.labels_of(logits, threshold)

    def alike(self, predictions: Sequence[Any], _scale: float) -> bool:
        """Whether all rows get the same; `scale`: deviation of a target that is a number."""
        return all(item == predictions[0] for item in predictions)

    def array(self, labels: Sequence[Any], _n_outputs: int) -> np.ndarray:
        """Labels, one a line, as linear models want them: (N,), of several labels (N, C)."""
        return np.array(labels, dtype=int)

    def columns(self, labels: Sequence[Any], n_outputs: int) -> np.ndarray:
        """Labels, one a line, as numbers that least squares can fit: float64 (N, C)."""
        return np.asarray(np.eye(n_outputs)[self.array(labels, n_outputs)])

    def logits_of(self, columns: np.ndarray) -> np.ndarray:
        """What least squares says of `columns`, as logits to decide by: (N, C)."""
        return columns

    def layer(
        self, z: np.ndarray, y: np.ndarray, n_outputs: int, penalty: float
    ) -> tuple[np.ndarray, np.ndarray]:
        """Weight (C, H) and bias (C,) of a linear model of features z (N, H)."""

    def fit(self, x: Any, y: np.ndarray, penalty: float) -> Logits:
        """A linear model of sparse features x (N, F)."""

    def quality(self, judge: Scorer, logits: np.ndarray, threshold: float | None) -> float:
        """How good logits of the judge's rows are; up is better."""
        return judge.sign * judge.score(self.labels_of(logits, threshold))

    def majority(self, rows: Dataset, heldout: Dataset) -> list[Any]:
        """The commonest label, or of several labels the commonest set that is not empty."""
        counts = Counter(label for label in rows.labels if label != ())
        commonest = min(counts, key=lambda label: (-counts[label], str(label)))
        return [commonest] * len(heldout)

    def tfidf(
        self, rows: Dataset, tuning: Dataset, heldout: Dataset, metric: str, thorough: bool
    ) -> list[Any]:
        """A linear model of n-grams; `thorough`: its penalty is chosen on the tuning rows."""
        ways = views(rows, tuning, heldout)
        return self.linear(ways, rows, tuning, heldout, metric, thorough)

    def linear(
        self,
        ways: Sequence[Sequence[Any]],
        rows: Dataset,
        tuning: Dataset,
        heldout: Dataset,
        metric: str,
        thorough: bool,
    ) -> list[Any]:
        """A linear model of features; the tuning rows choose the way and, if thorough, penalty.

        ways: each the features of training, tuning and held-out rows, (N, F) each.
        """
        n = len(rows.label_names)
        y, y_tuning = self.array(rows.labels, n), self.array(tuning.labels, n)
        judge = Scorer(tuning, metric, replicates=1) if len(tuning) else None
        one = judge is None or not thorough or len(rows) * n > COSTLY
        best, chosen = -np.inf, None
        for x, x_tuning, x_heldout in ways:
            for penalty in self.tfidf_penalties[1:2] if one else self.tfidf_penalties:
                score, cut = 0.0, None
                if judge is not None:
                    logits = self.fit(x, y, penalty)(x_tuning)
                    cut = self.threshold(logits, tuning.labels)
                    score = self.quality(judge, logits, cut)
                if score > best:
                    best, chosen = score, (x, x_tuning, x_heldout, penalty, cut)
        if chosen is None:
            return self.majority(rows, heldout)
        x, x_tuning, x_heldout, penalty, cut = chosen
        final = self.fit(stacked(x, x_tuning), np.concatenate([y, y_tuning]), penalty)
        return self.labels_of(final(x_heldout), cut)


class SingleLabel(Predictor):
    """One class a row."""

    fit = staticmethod(fit_classes)
    layer = staticmethod(layer_of_classes)

    def labels_of(self, logits: np.ndarray, _threshold: float | None) -> list[Any]:
        return [int(i) for i in logits.argmax(axis=1)]


class MultiLabel(Predictor):
    """A logistic regression a label, and one threshold for all."""

    fit = staticmethod(fit_labels)
    layer = staticmethod(layer_of_labels)

    def threshold(self, logits: np.ndarray, targets: Sequence[Any]) -> float | None:
        return tune_threshold(logits, targets)

    def labels_of(self, logits: np.ndarray, threshold: float | None) -> list[Any]:
        return [tuple(int(i) for i in np.flatnonzero(line > (threshold or 0.0))) for line in logits]

    def array(self, labels: Sequence[Any], n_outputs: int) -> np.ndarray:
        y = np.zeros((len(labels), n_outputs), dtype=int)
        for line, there in enumerate(labels):
            y[line, list(there)] = 1
        return y

    def columns(self, labels: Sequence[Any], n_outputs: int) -> np.ndarray:
        return self.array(labels, n_outputs).astype(float)

    def logits_of(self, columns: np.ndarray) -> np.ndarray:
        share = np.clip(columns, RAREST, 1 - RAREST)
        return np.asarray(np.log(share / (1 - share)))


class Regression(Predictor):
    """A number a row, by ridge regression."""

    penalties = (1e4, 1e3, 1e2, 1e1)
    tfidf_penalties = (0.3, 1.0, 3.0, 10.0)
    fit = staticmethod(fit_numbers)
    layer = staticmethod(layer_of_numbers)

    def rule(self, rows: Dataset) -> DecisionRule:
        values = self.array(rows.labels, 1)
        return DecisionRule(mean=float(values.mean()), scale=float(values.std()) or 1.0)

    def labels_of(self, logits: np.ndarray, _threshold: float | None) -> list[Any]:
        return [float(v) for v in logits[:, 0]]

    def decide(
        self, logits: np.ndarray, _rows: Rows, rule: DecisionRule, threshold: float | None = None
    ) -> list[Any]:
        """A number that a run which came apart left without value is the mean."""
        values = self.labels_of(logits, threshold)
        return [v * rule.scale + rule.mean if np.isfinite(v) else rule.mean for v in values]

    def alike(self, predictions: Sequence[Any], scale: float) -> bool:
        """A thousandth of the target's deviation is the same number."""
        return not np.array(predictions, dtype=float).std() > 1e-3 * scale

    def array(self, labels: Sequence[Any], _n_outputs: int) -> np.ndarray:
        return np.array(labels, dtype=float)

    def columns(self, labels: Sequence[Any], _n_outputs: int) -> np.ndarray:
        """In deviations from the mean, as `decide` undoes it."""
        y = self.array(labels, 1)
        return np.asarray((y - y.mean()) / (y.std() or 1.0))[:, None]

    def quality(self, judge: Scorer, logits: np.ndarray, _threshold: float | None) -> float:
        return -float(np.mean((logits[:, 0] - self.array(judge.truth, 1)) ** 2))

    def majority(self, rows: Dataset, heldout: Dataset) -> list[Any]:
        return [self.rule(rows).mean] * len(heldout)


class Tokens(SingleLabel):
    """One class a word, the line of it."""

    def rule(self, rows: Dataset) -> DecisionRule:
        return DecisionRule(fallback=int(np.bincount(list(_words(rows.labels))).argmax()))

    def decide(
        self, logits: np.ndarray, rows: Rows, rule: DecisionRule, threshold: float | None = None
    ) -> list[Any]:
        """Words that the length limit cut off get the commonest tag."""
        best = self.labels_of(np.nan_to_num(logits), threshold)
        tags = np.where(np.isnan(logits[:, 0]), rule.fallback, best)
        ends = np.cumsum([rows.lines(row) for row in range(len(rows))])
        return [tuple(int(i) for i in part) for part in np.split(tags, ends)[:-1]]

    def alike(self, predictions: Sequence[Any], scale: float) -> bool:
        return super().alike(list(_words(predictions)), scale)

    majority = staticmethod(majority_tag)

    def tfidf(
        self, rows: Dataset, tuning: Dataset, heldout: Dataset, _metric: str, _thorough: bool
    ) -> list[Any]:
        return window_tagger(rows, tuning, heldout)


def _words(rows: Sequence[Any]) -> Iterator[int]:
    return (tag for row in rows for tag in row)


PREDICTORS: dict[str, Predictor] = {
    "single-label": SingleLabel(),
    "multi-label": MultiLabel(),
    "regression": Regression(),
    "tokens": Tokens(),
}
