"""Logistic regression on n-grams, for TF-IDF, and on frozen features, for a linear layer.

What no row or every row carries has nothing to be told apart from; it gets a constant logit.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

CERTAIN = 20.0  # logit of a label that every row carries; minus it, of one that none does
CERTAIN_AT_FIRST = 10.0  # the same of a linear layer on frozen features

Logits = Callable[[Any], np.ndarray]  # features (N, F) -> (N, C)


def _fit(x: Any, y: np.ndarray, strength: float, steps: int) -> Any:
    """Short of full convergence, which is good enough for a baseline and a starting point."""
    from sklearn.linear_model import LogisticRegression

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return LogisticRegression(C=strength, max_iter=steps, tol=1e-3).fit(x, y)


def fit_classes(x: Any, y: np.ndarray, strength: float) -> Logits:
    """One model of all classes; y: int (N,)."""
    if (y == y[0]).all():
        line = np.where(np.arange(y[0] + 1) == y[0], 0.0, -np.inf)[None]  # (1, C)
        return lambda z: line.repeat(z.shape[0], axis=0)
    model = _fit(x, y, strength, 150)

    def logits(z: Any) -> np.ndarray:
        values = model.decision_function(z)
        if values.ndim == 1:
            values = np.stack([-values, values], axis=1)
        full = np.full((z.shape[0], int(model.classes_.max()) + 1), -np.inf)
        full[:, model.classes_] = values
        return full

    return logits


def fit_labels(x: Any, y: np.ndarray, strength: float) -> Logits:
    """One model a label; y: 0 or 1, (N, C)."""
    models = [_fit(x, c, strength, 150) if 0 < c.sum() < len(c) else None for c in y.T]
    always = [CERTAIN if column.all() else -CERTAIN for column in y.T]

    def logits(z: Any) -> np.ndarray:
        columns = [
            m.decision_function(z) if m else np.full(z.shape[0], constant)
            for m, constant in zip(models, always, strict=True)
        ]
        return np.stack(columns, axis=1)

    return logits


def layer_of_classes(
    z: np.ndarray, y: np.ndarray, n_outputs: int, strength: float
) -> tuple[np.ndarray, np.ndarray]:
    """Weight (C, H) and bias (C,); y: int (N,)."""
    weight, bias = np.zeros((n_outputs, z.shape[1])), np.full(n_outputs, -CERTAIN_AT_FIRST)
    seen = np.unique(y)
    if len(seen) == 1:
        bias[seen[0]] = 0.0
        return weight, bias
    model = _fit(z, y, strength, 200)
    if len(seen) == 2:  # scikit-learn keeps one line for two classes; the softmax wants both
        weight[seen[0]], weight[seen[1]] = -model.coef_[0] / 2, model.coef_[0] / 2
        bias[seen[0]], bias[seen[1]] = -model.intercept_[0] / 2, model.intercept_[0] / 2
    else:
        weight[seen], bias[seen] = model.coef_, model.intercept_
    return weight, bias


def layer_of_labels(
    z: np.ndarray, y: np.ndarray, n_outputs: int, strength: float
) -> tuple[np.ndarray, np.ndarray]:
    """Weight (C, H) and bias (C,); y: 0 or 1, (N, C)."""
    weight, bias = np.zeros((n_outputs, z.shape[1])), np.full(n_outputs, -CERTAIN_AT_FIRST)
    for label in range(n_outputs):
        if y[:, label].all():
            bias[label] = CERTAIN_AT_FIRST
        elif y[:, label].any():
            one = _fit(z, y[:, label], strength, 200)
            weight[label], bias[label] = one.coef_[0], one.intercept_[0]
    return weight, bias
