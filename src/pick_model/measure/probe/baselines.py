"""The trivial candidates a fine-tune has to beat, fitted on the rows they are given.

Majority: the commonest class, the commonest set of labels, the mean, or each word's
commonest tag. Of texts n-grams (TF-IDF) under logistic or ridge regression; for tokens
logistic regression over the shape and n-grams of each word and its neighbours
(`predictors.py`). Of files a few hand-made features under the same.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pick_model.data.dataset import Dataset
from pick_model.data.split import subsample
from pick_model.measure.probe.image_views import colours, gradients
from pick_model.measure.probe.mfcc import cepstra
from pick_model.measure.probe.predictors import PREDICTORS
from pick_model.vocabulary.baselines import MAJORITY

PILOT = 200  # rows on which the time of a fit is measured
GRID = 2.0  # times a fit and its check that trying every penalty takes
Parts = tuple[Dataset, Dataset, Dataset]  # training, tuning and held-out rows


def each(of: Callable[[Dataset], Any]) -> Callable[[Parts], list[Any]]:
    """Features of each part by itself, (N, F)."""
    return lambda parts: [of(part) for part in parts]


# By modality of files, what linear models are fitted on, under the baseline's name.
MEDIA: dict[str, dict[str, Callable[[Parts], list[Any]]]] = {
    "image": {"colours": each(colours), "hog": each(gradients)},
    "audio": {"mfcc": cepstra},
}


@dataclass(frozen=True)
class Effort:
    """What a baseline is worth: how many training rows, and whether penalties are tried."""

    rows: int
    thorough: bool = True


def baselines(
    rows: Dataset, tuning: Dataset, heldout: Dataset, metric: str, thorough: bool = True
) -> dict[str, list[Any]]:
    """Predictions for the held-out rows by name of baseline, in Scorer's form.

    `rows` and `tuning` are both training data: penalty and threshold are chosen on
    `tuning`, then the model is fitted once more on all of it.
    """
    predictor = PREDICTORS[rows.kind]
    found = {MAJORITY: predictor.majority(rows, heldout)}
    if rows.modality not in MEDIA:
        found["tfidf"] = predictor.tfidf(rows, tuning, heldout, metric, thorough)
    for name, described in MEDIA.get(rows.modality, {}).items():
        ways = [described((rows, tuning, heldout))]
        found[name] = predictor.linear(ways, rows, tuning, heldout, metric, thorough)
    return found


def affordable(
    rows: Dataset,
    tuning: Dataset,
    heldout: Dataset,
    metric: str,
    seconds: float,
    now: Callable[[], float],
) -> Effort:
    """What fits into `seconds`, told from a fit on a few rows; its cost grows with the rows."""
    if len(rows) <= 2 * PILOT:
        return Effort(len(rows))
    begun = now()
    baselines(subsample(rows, PILOT), tuning, heldout, metric, thorough=False)
    once = (now() - begun) * len(rows) / PILOT
    if once <= seconds:
        return Effort(len(rows), once * GRID <= seconds)
    return Effort(max(PILOT, int(len(rows) * seconds / once)), False)
