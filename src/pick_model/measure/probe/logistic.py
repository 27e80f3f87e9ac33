"""Logistic regression on sparse features, for the boring baselines."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

CERTAIN = 20.0  # logit of a label that every row carries; minus it, of one that none does


def linear(x: Any, y: np.ndarray, strength: float, several: bool) -> Callable[[Any], np.ndarray]:
    """A fitted logistic regression as a function from features to logits (N, C)."""
    from sklearn.linear_model import LogisticRegression

    def fit(target: np.ndarray) -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # short of full convergence is good enough here
            return LogisticRegression(C=strength, max_iter=150, tol=1e-3).fit(x, target)

    if not several and (y == y[0]).all():  # one class has nothing to be told apart from
        return lambda z: np.where(np.arange(y[0] + 1) == y[0], 0.0, -np.inf)[None].repeat(
            z.shape[0], axis=0
        )
    if not several:
        model = fit(y)

        def classes(z: Any) -> np.ndarray:
            values = model.decision_function(z)
            if values.ndim == 1:
                values = np.stack([-values, values], axis=1)
            full = np.full((z.shape[0], int(model.classes_.max()) + 1), -np.inf)
            full[:, model.classes_] = values
            return full

        return classes
    models = [fit(column) if 0 < column.sum() < len(column) else None for column in y.T]
    always = [CERTAIN if column.all() else -CERTAIN for column in y.T]

    def labels(z: Any) -> np.ndarray:
        return np.stack(
            [
                m.decision_function(z) if m else np.full(z.shape[0], constant)
                for m, constant in zip(models, always, strict=True)
            ],
            axis=1,
        )

    return labels


def said(logits: np.ndarray, several: bool, cut: float) -> list[Any]:
    if not several:
        return [int(i) for i in logits.argmax(axis=1)]
    return [tuple(int(i) for i in np.flatnonzero(line > cut)) for line in logits]
