"""From logits to predictions: a class, some labels, a number, a tag a word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from pick_model.encoders.load import Encoded


@dataclass(frozen=True)
class Decision:
    """What the training rows say about turning logits into predictions."""

    fallback: int = 0  # tag of words that the length limit cut off
    mean: float = 0.0  # of the regression target
    scale: float = 1.0


def decide(
    logits: np.ndarray, rows: Encoded, rule: Decision, threshold: float | None = None
) -> list[Any]:
    """One prediction a row, in the form that Scorer reads.

    logits: float32 (N, C), or (words, C) for tokens. A number that a run which came apart
    left without value is the mean.
    """
    if rows.kind == "regression":
        return [
            float(v) * rule.scale + rule.mean if np.isfinite(v) else rule.mean for v in logits[:, 0]
        ]
    if rows.kind == "multi-label":
        cut = 0.0 if threshold is None else threshold
        return [tuple(int(i) for i in np.flatnonzero(line > cut)) for line in logits]
    if rows.kind == "single-label":
        return [int(i) for i in logits.argmax(axis=1)]
    best = np.where(np.isnan(logits[:, 0]), rule.fallback, np.nan_to_num(logits).argmax(axis=1))
    found, at = [], 0
    for starts in rows.starts:
        found.append(tuple(int(i) for i in best[at : at + len(starts)]))
        at += len(starts)
    return found


def tune_threshold(logits: np.ndarray, targets: Sequence[Sequence[int]]) -> float:
    """The logit above which a label is said: the best micro-F1 on rows kept for tuning.

    One threshold for all labels; with few rows, one a label would fit noise.
    """
    true = np.zeros(logits.shape, dtype=bool)
    for row, labels in enumerate(targets):
        true[row, list(labels)] = True
    best, chosen = -1.0, 0.0
    for cut in np.linspace(-4.0, 1.0, 41):
        said = logits > cut
        under = said.sum() + true.sum()
        f1 = 2 * (said & true).sum() / under if under else 0.0
        if f1 > best + 1e-9:
            best, chosen = float(f1), float(cut)
    return round(chosen, 6)
