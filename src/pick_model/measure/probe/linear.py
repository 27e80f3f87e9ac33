"""Linear models: of n-grams, as functions to logits; of frozen features, as a layer's weights.

Logistic regression of classes and labels, ridge regression of numbers. A class or label that
no row or every row carries has nothing to be told apart from; it gets a constant logit.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

CERTAIN = 20.0  # logit of a label that every row carries; minus it, of one that none does
CERTAIN_AT_FIRST = 10.0  # the same of a linear layer on frozen features

Logits = Callable[[Any], np.ndarray]  # features (N, F) -> (N, C)


def _fit(x: Any, y: np.ndarray, penalty: float, steps: int) -> Any:
    """Short of full convergence, which is good enough for a baseline and a starting point."""
    from sklearn.linear_model import LogisticRegression

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return LogisticRegression(C=penalty, max_iter=steps, tol=1e-3).fit(x, y)


def fit_classes(x: Any, y: np.ndarray, penalty: float) -> Logits:
    """One model of all classes; y: int (N,)."""
    if (y == y[0]).all():
        line = np.where(np.arange(y[0] + 1) == y[0], 0.0, -np.inf)[None]  # (1, C)
        return lambda z: line.repeat(z.shape[0], axis=0)
    model = _fit(x, y, penalty, 150)

    def logits(z: Any) -> np.ndarray:
        values = model.decision_function(z)
        if values.ndim == 1:
            values = np.stack([-values, values], axis=1)
        full = np.full((z.shape[0], int(model.classes_.max()) + 1), -np.inf)
        full[:, model.classes_] = values
        return full

    return logits


def fit_labels(x: Any, y: np.ndarray, penalty: float) -> Logits:
    """One model a label; y: 0 or 1, (N, C)."""
    models = [_fit(x, c, penalty, 150) if 0 < c.sum() < len(c) else None for c in y.T]
    always = [CERTAIN if column.all() else -CERTAIN for column in y.T]

    def logits(z: Any) -> np.ndarray:
        columns = [
            m.decision_function(z) if m else np.full(z.shape[0], constant)
            for m, constant in zip(models, always, strict=True)
        ]
        return np.stack(columns, axis=1)

    return logits


def layer_of_classes(
    z: np.ndarray, y: np.ndarray, n_outputs: int, penalty: float
) -> tuple[np.ndarray, np.ndarray]:
    """Weight (C, H) and bias (C,); y: int (N,)."""
    weight, bias = np.zeros((n_outputs, z.shape[1])), np.full(n_outputs, -CERTAIN_AT_FIRST)
    seen = np.unique(y)
    if len(seen) == 1:
        bias[seen[0]] = 0.0
        return weight, bias
    model = _fit(z, y, penalty, 200)
    if len(seen) == 2:  # scikit-learn keeps one line for two classes; the softmax wants both
        weight[seen[0]], weight[seen[1]] = -model.coef_[0] / 2, model.coef_[0] / 2
        bias[seen[0]], bias[seen[1]] = -model.intercept_[0] / 2, model.intercept_[0] / 2
    else:
        weight[seen], bias[seen] = model.coef_, model.intercept_
    return weight, bias


def layer_of_labels(
    z: np.ndarray, y: np.ndarray, n_outputs: int, penalty: float
) -> tuple[np.ndarray, np.ndarray]:
    """Weight (C, H) and bias (C,); y: 0 or 1, (N, C)."""
    weight, bias = np.zeros((n_outputs, z.shape[1])), np.full(n_outputs, -CERTAIN_AT_FIRST)
    for label in range(n_outputs):
        if y[:, label].all():
            bias[label] = CERTAIN_AT_FIRST
        elif y[:, label].any():
            one = _fit(z, y[:, label], penalty, 200)
            weight[label], bias[label] = one.coef_[0], one.intercept_[0]
    return weight, bias


def fit_numbers(x: Any, y: np.ndarray, penalty: float) -> Logits:
    """y: float (N,); the numbers themselves, (N, 1), are the logits."""
    from sklearn.linear_model import Ridge

    model = Ridge(alpha=penalty, solver="lsqr", tol=1e-4).fit(x, y)
    return lambda z: np.asarray(model.predict(z))[:, None]


def layer_of_numbers(
    z: np.ndarray, y: np.ndarray, n_outputs: int, penalty: float
) -> tuple[np.ndarray, np.ndarray]:
    """Weight (1, H) and bias (1,); y: float (N,)."""
    from sklearn.linear_model import Ridge

    ridge = Ridge(alpha=penalty).fit(z, y)
    return ridge.coef_.reshape(n_outputs, -1), np.full(n_outputs, ridge.intercept_)
