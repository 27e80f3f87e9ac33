"""What logits need to become predictions: figures of the training rows, and a threshold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class DecisionRule:
    """What the training rows say about turning logits into predictions."""

    fallback: int = 0  # tag of words that the length limit cut off
    mean: float = 0.0  # of the regression target
    scale: float = 1.0


def tune_threshold(logits: np.ndarray, targets: Sequence[Sequence[int]]) -> float:
    """The logit above which a label is said: the best micro-F1 on rows kept for tuning.

    One threshold for all labels; with few rows, one a label would fit noise.
    """
    true = np.zeros(logits.shape, dtype=bool)
    for row, labels in enumerate(targets):
        true[row, list(labels)] = True
    best, chosen = -1.0, 0.0
    for cut in np.linspace(-4.0, 1.0, 41):
        positives = logits > cut
        under = positives.sum() + true.sum()
        f1 = 2 * (positives & true).sum() / under if under else 0.0
        if f1 > best + 1e-9:
            best, chosen = float(f1), float(cut)
    return round(chosen, 6)
