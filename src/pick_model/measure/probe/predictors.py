"""Predictions of one kind of labels: from logits, by trivial baselines, by a linear layer.

One class a kind. Shapes: N lines (rows, or words for tokens), C outputs, H features.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Protocol

import numpy as np

from pick_model.data.dataset import Dataset
from pick_model.encoders.load import Encoded
from pick_model.measure.probe.decide import Decision, tune_threshold
from pick_model.measure.probe.logistic import (
    Logits,
    fit_classes,
    fit_labels,
    layer_of_classes,
    layer_of_labels,
)
from pick_model.measure.probe.metrics import Scorer
from pick_model.measure.probe.tagger import majority_tag, window_tagger
from pick_model.measure.probe.tfidf import stacked, views

# Inverse penalty strengths tried on TF-IDF, the tuning rows choose. Both ends won on some set
# here: 1 on noisy sentiment, 30 on 77 intents.
STRENGTHS = (1.0, 5.0, 30.0)
RIDGE = (0.3, 1.0, 3.0, 10.0)
# Above this many rows x classes one strength is used: three fits would take minutes.
COSTLY = 300_000


class Predictor(Protocol):
    """What a probe makes of logits, features and rows with labels of one kind."""

    # Inverse strengths of the penalty tried on standardised frozen features (ridge: strengths).
    strengths: tuple[float, ...] = (0.003, 0.03, 0.3)

    def rule(self, _rows: Dataset) -> Decision:
        """What the training rows say about turning logits into predictions."""
        return Decision()

    def threshold(self, _logits: np.ndarray, _targets: Sequence[Any]) -> float | None:
        """The logit (N, C) above which a label is said, chosen on tuning rows."""
        return None

    def decide(
        self, logits: np.ndarray, rows: Encoded, rule: Decision, threshold: float | None = None
    ) -> list[Any]:
        """One prediction a row, in the form that Scorer reads, of logits float32 (N, C)."""

    def alike(self, predictions: Sequence[Any], _scale: float) -> bool:
        """Whether all rows get the same; `scale`: deviation of a target that is a number."""
        return all(item == predictions[0] for item in predictions)

    def array(self, labels: Sequence[Any], _n_outputs: int) -> np.ndarray:
        """Labels, one a line, as linear models want them: (N,), of several labels (N, C)."""
        return np.array(labels, dtype=int)

    def layer(
        self, z: np.ndarray, y: np.ndarray, n_outputs: int, strength: float
    ) -> tuple[np.ndarray, np.ndarray]:
        """Weight (C, H) and bias (C,) fitted on features z (N, H)."""

    def majority(self, rows: Dataset, heldout: Dataset) -> list[Any]:
        """What is commonest in the rows, for each held-out row."""

    def tfidf(
        self, rows: Dataset, tuning: Dataset, heldout: Dataset, metric: str, thorough: bool
    ) -> list[Any]:
        """A linear model on n-grams; `thorough`: its penalty is chosen on the tuning rows."""


class Named(Predictor, Protocol):
    """What one class a row and several labels a row have in common."""

    def logistic(self, x: Any, y: np.ndarray, strength: float) -> Logits: ...

    def said(self, logits: np.ndarray, threshold: float | None) -> list[Any]: ...

    def decide(
        self, logits: np.ndarray, _rows: Encoded, _rule: Decision, threshold: float | None = None
    ) -> list[Any]:
        return self.said(logits, threshold)

    def majority(self, rows: Dataset, heldout: Dataset) -> list[Any]:
        """The commonest label, or for several labels the commonest set that is not empty."""
        counts = Counter(label for label in rows.labels if label != ())
        commonest = min(counts, key=lambda label: (-counts[label], str(label)))
        return [commonest] * len(heldout)

    def tfidf(
        self, rows: Dataset, tuning: Dataset, heldout: Dataset, metric: str, thorough: bool
    ) -> list[Any]:
        """Logistic regression; several labels get one each and one common threshold."""
        n = len(rows.label_names)
        y, y_tuning = self.array(rows.labels, n), self.array(tuning.labels, n)
        many = len(rows) * n > COSTLY or not len(tuning) or not thorough
        judge = Scorer(tuning, metric, replicates=1) if len(tuning) else None
        best, chosen = -np.inf, None
        for x, x_tuning, x_heldout in views(rows, tuning, heldout):
            for strength in STRENGTHS[1:2] if many else STRENGTHS:
                score, cut = 0.0, None
                if judge is not None:
                    logits = self.logistic(x, y, strength)(x_tuning)
                    cut = self.threshold(logits, tuning.labels)
                    score = judge.sign * judge.score(self.said(logits, cut))
                if score > best:
                    best, chosen = score, (x, x_tuning, x_heldout, strength, cut)
        if chosen is None:
            return self.majority(rows, heldout)
        x, x_tuning, x_heldout, strength, cut = chosen
        final = self.logistic(stacked(x, x_tuning), np.concatenate([y, y_tuning]), strength)
        return self.said(final(x_heldout), cut)


class SingleLabel(Named):
    logistic = staticmethod(fit_classes)
    layer = staticmethod(layer_of_classes)

    def said(self, logits: np.ndarray, _threshold: float | None) -> list[Any]:
        return [int(i) for i in logits.argmax(axis=1)]


class MultiLabel(Named):
    logistic = staticmethod(fit_labels)
    layer = staticmethod(layer_of_labels)

    def threshold(self, logits: np.ndarray, targets: Sequence[Any]) -> float | None:
        return tune_threshold(logits, targets)

    def said(self, logits: np.ndarray, threshold: float | None) -> list[Any]:
        return [tuple(int(i) for i in np.flatnonzero(line > (threshold or 0.0))) for line in logits]

    def array(self, labels: Sequence[Any], n_outputs: int) -> np.ndarray:
        y = np.zeros((len(labels), n_outputs), dtype=int)
        for line, there in enumerate(labels):
            y[line, list(there)] = 1
        return y


class Regression(Predictor):
    strengths = (1e4, 1e3, 1e2, 1e1)

    def rule(self, rows: Dataset) -> Decision:
        values = np.array(rows.labels, dtype=float)
        return Decision(mean=float(values.mean()), scale=float(values.std()) or 1.0)

    def decide(
        self, logits: np.ndarray, _rows: Encoded, rule: Decision, _threshold: float | None = None
    ) -> list[Any]:
        """A number that a run which came apart left without value is the mean."""
        values = logits[:, 0]
        return [float(v) * rule.scale + rule.mean if np.isfinite(v) else rule.mean for v in values]

    def alike(self, predictions: Sequence[Any], scale: float) -> bool:
        """A thousandth of the target's deviation is the same number."""
        return not np.array(predictions, dtype=float).std() > 1e-3 * scale

    def array(self, labels: Sequence[Any], _n_outputs: int) -> np.ndarray:
        return np.array(labels, dtype=float)

    def layer(
        self, z: np.ndarray, y: np.ndarray, _n_outputs: int, strength: float
    ) -> tuple[np.ndarray, np.ndarray]:
        from sklearn.linear_model import Ridge

        ridge = Ridge(alpha=strength).fit(z, y)
        return ridge.coef_[None, :], np.array([ridge.intercept_])

    def majority(self, rows: Dataset, heldout: Dataset) -> list[Any]:
        """The mean."""
        return [float(np.mean(self.array(rows.labels, 1)))] * len(heldout)

    def tfidf(
        self, rows: Dataset, tuning: Dataset, heldout: Dataset, _metric: str, thorough: bool
    ) -> list[Any]:
        """Ridge regression."""
        from sklearn.linear_model import Ridge

        y, y_tuning = self.array(rows.labels, 1), self.array(tuning.labels, 1)

        def fit(strength: float, features: Any, target: np.ndarray) -> Any:
            return Ridge(alpha=strength, solver="lsqr", tol=1e-4).fit(features, target)

        least, chosen = np.inf, None
        for x, x_tuning, x_heldout in views(rows, tuning, heldout):
            for strength in RIDGE if len(tuning) and thorough else RIDGE[1:2]:
                error = 0.0
                if len(tuning):
                    error = float(np.mean((fit(strength, x, y).predict(x_tuning) - y_tuning) ** 2))
                if error < least:
                    least, chosen = error, (x, x_tuning, x_heldout, strength)
        if chosen is None:
            return self.majority(rows, heldout)
        x, x_tuning, x_heldout, strength = chosen
        model = fit(strength, stacked(x, x_tuning), np.concatenate([y, y_tuning]))
        return [float(v) for v in model.predict(x_heldout)]


class Tokens(Predictor):
    layer = staticmethod(layer_of_classes)
    majority = staticmethod(majority_tag)

    def tfidf(
        self, rows: Dataset, tuning: Dataset, heldout: Dataset, _metric: str, _thorough: bool
    ) -> list[Any]:
        return window_tagger(rows, tuning, heldout)

    def rule(self, rows: Dataset) -> Decision:
        return Decision(fallback=int(np.bincount(np.array(list(_words(rows.labels)))).argmax()))

    def decide(
        self, logits: np.ndarray, rows: Encoded, rule: Decision, _threshold: float | None = None
    ) -> list[Any]:
        """A tag a word; words that the length limit cut off get the commonest."""
        best = np.where(np.isnan(logits[:, 0]), rule.fallback, np.nan_to_num(logits).argmax(axis=1))
        ends = np.cumsum([rows.lines(row) for row in range(len(rows))])
        return [tuple(int(i) for i in part) for part in np.split(best, ends)[:-1]]

    def alike(self, predictions: Sequence[Any], scale: float) -> bool:
        return super().alike(list(_words(predictions)), scale)


def _words(rows: Sequence[Any]) -> Iterator[int]:
    return (tag for row in rows for tag in row)


PREDICTORS: dict[str, Predictor] = {
    "single-label": SingleLabel(),
    "multi-label": MultiLabel(),
    "regression": Regression(),
    "tokens": Tokens(),
}
