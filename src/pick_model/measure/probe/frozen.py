"""Frozen features and a linear model on them: a baseline, and the fine-tune's first head."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

import numpy as np

from pick_model.encoders import features as encoders
from pick_model.encoders.load import Encoded, Loaded
from pick_model.encoders.network import Head
from pick_model.measure.probe.predictors import PREDICTORS
from pick_model.measure.probe.thresholds import DecisionRule
from pick_model.measure.probe.train import mean_loss

MAX_WORDS = 12_000  # words a tagger's head is fitted on; its loss is flat long before


def features(loaded: Loaded, rows: Encoded) -> np.ndarray:
    """What the untouched encoder makes of each row (N, H), or of each word; float32."""
    return np.asarray(encoders.features(loaded, rows)[0])


def layers(loaded: Loaded, rows: Encoded, views: encoders.Views) -> np.ndarray:
    """The same under several views, (V, N, H), in one pass."""
    return encoders.features(loaded, rows, views)


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
    predictor, words = PREDICTORS[rows.kind], None
    y = predictor.array(rows.read(range(len(rows))), rows.n_outputs)
    z = z[rows.is_read()]
    if rows.by_word and len(z) > MAX_WORDS:
        some = np.random.default_rng(0).permutation(len(z))[:MAX_WORDS]
        z, y, words = z[some], y[some], len(some)
    best_score, best = -np.inf, None
    for penalty in predictor.penalties:
        weight, bias = predictor.layer(z, y, rows.n_outputs, penalty)
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


def tuning_score(logits: np.ndarray, tuning: Encoded) -> float:
    """Minus the loss on the tuning rows; up is better."""
    return -mean_loss(as_float32(logits), tuning) if len(tuning) else 0.0


def as_float32(values: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(values, dtype=np.float32)


def predict_linear(
    head: Head,
    x: np.ndarray,
    rows: Encoded,
    x_tuning: np.ndarray,
    tuning: Encoded,
    rule: DecisionRule,
) -> tuple[Sequence[Any], float | None]:
    """Decisions of the linear model on frozen features, and its multi-label threshold."""
    predictor = PREDICTORS[rows.kind]
    threshold = predictor.threshold(x_tuning @ head.weight.T + head.bias, tuning.targets)
    logits = as_float32(x @ head.weight.T + head.bias)
    return predictor.decide(logits, rows, rule, threshold), threshold


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
