"""Frozen features and a linear model on them: a baseline, and the fine-tune's first head."""

from __future__ import annotations

import base64
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from pick_model.encoders.load import Encoded, Loaded
from pick_model.encoders.network import Head, Net, predict
from pick_model.encoders.objective import deterministic
from pick_model.measure.probe.decide import Decision, decide, tune_threshold

# Inverse strengths of the penalty tried on standardised features; the tuning rows choose.
STRENGTHS = (0.003, 0.03, 0.3)
RIDGE = (1e4, 1e3, 1e2, 1e1)
CERTAIN = 10.0  # logit of a label that every row carries; minus it, of one that none does
MAX_WORDS = 12_000  # words a tagger's head is fitted on; its loss is flat long before


def features(loaded: Loaded, rows: Encoded) -> np.ndarray:
    """What the untouched encoder makes of each row (N, H), or of each word; float32."""
    net = Net(loaded.encoder, loaded.hidden, rows.n_outputs, rows.kind == "tokens")
    with deterministic(0):
        return predict(net.to(loaded.device), loaded, rows, features=True)


def fit_head(
    x: np.ndarray, rows: Encoded, x_tuning: np.ndarray, tuning: Encoded
) -> tuple[Head, int | None]:
    """The linear layer with the best score on the tuning rows, over a few penalties.

    And the words it was fitted on, where those are not all of the rows'.

    x: float32 (N, H). Logistic regression for classes and tags, one a label for several
    labels, ridge for regression. The features' standardisation is folded into the weights.
    """
    mean, scale = x_mean_scale(x)
    z, z_tuning = (x - mean) / scale, (x_tuning - mean) / scale
    y, keep = targets(rows, z)
    z, words = z[keep], None
    if rows.kind == "tokens" and len(z) > MAX_WORDS:
        some = np.random.default_rng(0).permutation(len(z))[:MAX_WORDS]
        z, y, words = z[some], y[some], len(some)
    best_score, best = -np.inf, None
    for strength in RIDGE if rows.kind == "regression" else STRENGTHS:
        weight, bias = fit_linear(z, y, rows.kind, rows.n_outputs, strength)
        score = tuning_score(z_tuning @ weight.T + bias, tuning)
        if best is None or score > best_score + 1e-9:
            folded = weight / scale
            best_score = score
            best = Head(as_float32(folded), as_float32(bias - folded @ mean))
    return best if best is not None else Head(as_float32(weight), as_float32(bias)), words


def x_mean_scale(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Column means and deviations of the rows without NaN; a constant column gets 1."""
    seen = x[~np.isnan(x[:, 0])]
    scale = seen.std(axis=0)
    return seen.mean(axis=0), np.where(scale > 1e-6 * np.abs(seen).max(initial=0.0), scale, 1.0)


def targets(rows: Encoded, z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Targets as the linear models want them, and which lines of z have one."""
    if rows.kind == "tokens":
        flat = np.array([label for labels in rows.targets for label in labels])
        keep = ~np.isnan(z[:, 0])
        return flat[keep], keep
    keep = np.ones(len(z), dtype=bool)
    if rows.kind == "multi-label":
        y = np.zeros((len(z), rows.n_outputs), dtype=int)
        for row, labels in enumerate(rows.targets):
            y[row, list(labels)] = 1
        return y, keep
    return np.asarray(rows.targets), keep


def fit_linear(
    z: np.ndarray, y: np.ndarray, kind: str, n_outputs: int, strength: float
) -> tuple[np.ndarray, np.ndarray]:
    """Weight (C, H) and bias (C,) of one linear model.

    A class or label that no row carries gets a low bias, a label that every row carries a high
    one: neither has anything to be told apart from.
    """
    from sklearn.linear_model import LogisticRegression, Ridge

    weight, bias = np.zeros((n_outputs, z.shape[1])), np.full(n_outputs, -CERTAIN)
    if kind == "regression":
        ridge = Ridge(alpha=strength).fit(z, y)
        return ridge.coef_[None, :], np.array([ridge.intercept_])
    with warnings.catch_warnings():
        # 200 steps short of full convergence make no difference to a starting point.
        warnings.simplefilter("ignore")
        if kind == "multi-label":
            for label in range(n_outputs):
                if y[:, label].all():
                    bias[label] = CERTAIN
                elif y[:, label].any():
                    one = LogisticRegression(C=strength, max_iter=200, tol=1e-3)
                    one.fit(z, y[:, label])
                    weight[label], bias[label] = one.coef_[0], one.intercept_[0]
            return weight, bias
        seen = np.unique(y)
        if len(seen) == 1:
            bias[seen[0]] = 0.0
            return weight, bias
        model = LogisticRegression(C=strength, max_iter=200, tol=1e-3).fit(z, y)
    if len(seen) == 2:  # scikit-learn keeps one line for two classes; the softmax wants both
        weight[seen[0]], weight[seen[1]] = -model.coef_[0] / 2, model.coef_[0] / 2
        bias[seen[0]], bias[seen[1]] = -model.intercept_[0] / 2, model.intercept_[0] / 2
    else:
        weight[seen], bias[seen] = model.coef_, model.intercept_
    return weight, bias


def tuning_score(logits: np.ndarray, tuning: Encoded) -> float:
    """Minus the loss on the tuning rows; up is better."""
    from pick_model.measure.probe.train import mean_loss

    return -mean_loss(as_float32(logits), tuning) if len(tuning) else 0.0


def as_float32(values: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(values, dtype=np.float32)


def predict_linear(
    head: Head, x: np.ndarray, rows: Encoded, x_tuning: np.ndarray, tuning: Encoded, rule: Decision
) -> tuple[Sequence[Any], float | None]:
    """Decisions of the linear model on frozen features, and its multi-label threshold."""
    logits = as_float32(x @ head.weight.T + head.bias)
    threshold = None
    if rows.kind == "multi-label":
        threshold = tune_threshold(x_tuning @ head.weight.T + head.bias, tuning.targets)
    return decide(logits, rows, rule, threshold), threshold


def head_as_json(head: Head) -> dict[str, Any]:
    """A head for the work store, to the bit."""
    return {
        "weight": base64.b64encode(head.weight.astype("<f4").tobytes()).decode(),
        "bias": base64.b64encode(head.bias.astype("<f4").tobytes()).decode(),
        "shape": list(head.weight.shape),
    }


def head_from_json(kept: dict[str, Any]) -> Head:
    """The head that head_as_json wrote."""
    weight = np.frombuffer(base64.b64decode(kept["weight"]), dtype="<f4").copy()
    bias = np.frombuffer(base64.b64decode(kept["bias"]), dtype="<f4").copy()
    return Head(weight.reshape(kept["shape"]), bias)
