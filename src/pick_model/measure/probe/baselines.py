"""The boring candidates a fine-tune has to beat, fitted on the rows they are given.

Majority: the commonest class, the commonest set of labels, the mean, or each word's
commonest tag. TF-IDF: word 1- and 2-grams and character 2- to 5-grams (the latter carry
Chinese and Japanese, which have no spaces) under logistic or ridge regression. For tokens:
logistic regression over the shape and n-grams of each word and its neighbours.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from pick_model.data.dataset import Dataset
from pick_model.data.split import subsample
from pick_model.measure.probe.decide import tune_threshold
from pick_model.measure.probe.logistic import linear, said
from pick_model.measure.probe.metrics import Scorer
from pick_model.measure.probe.tagger import majority_tag, window_tagger

# Inverse penalty strengths tried, the tuning rows choose. Both ends won on some set here:
# 1 on noisy sentiment, 30 on 77 intents.
STRENGTHS = (1.0, 5.0, 30.0)
RIDGE = (0.3, 1.0, 3.0, 10.0)
SIMILARITY_WEIGHT = 3.0  # so that the penalty spares the few beside the many
# Above this many rows x classes one strength is used: three fits would take minutes.
COSTLY = 300_000
PILOT = 200  # rows on which the time of a fit is measured
GRID = 2.0  # times a fit and its check that trying every penalty takes
MAX_WORD_FEATURES, MAX_CHAR_FEATURES = 50_000, 100_000


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
    return {
        "majority": MAJORITY[rows.kind](rows, heldout),
        "tfidf": TFIDF[rows.kind](rows, tuning, heldout, metric, thorough),
    }


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


def majority_class(rows: Dataset, heldout: Dataset) -> list[Any]:
    """The commonest label, or for several labels the commonest set that is not empty."""
    counts = Counter(label for label in rows.labels if label != ())
    commonest = min(counts, key=lambda label: (-counts[label], str(label)))
    return [commonest] * len(heldout)


def mean_value(rows: Dataset, heldout: Dataset) -> list[Any]:
    mean = float(np.mean([float(v) for v in rows.labels]))  # type: ignore[arg-type]
    return [mean] * len(heldout)


def tfidf_classes(
    rows: Dataset, tuning: Dataset, heldout: Dataset, metric: str, thorough: bool
) -> list[Any]:
    """Logistic regression; several labels get one each and one common threshold."""
    several = rows.kind == "multi-label"
    y, y_tuning = label_array(rows), label_array(tuning)
    many = len(rows) * len(rows.label_names) > COSTLY or not len(tuning) or not thorough
    judge = Scorer(tuning, metric, replicates=1) if len(tuning) else None
    best, chosen = -np.inf, None
    for x, x_tuning, x_heldout in views(rows, tuning, heldout):
        for strength in STRENGTHS[1:2] if many else STRENGTHS:
            score, cut = 0.0, 0.0
            if judge is not None:
                logits = linear(x, y, strength, several)(x_tuning)
                cut = tune_threshold(logits, tuning.labels) if several else 0.0  # type: ignore[arg-type]
                score = judge.sign * judge.score(said(logits, several, cut))
            if score > best:
                best, chosen = score, (x, x_tuning, x_heldout, strength, cut)
    if chosen is None:
        return majority_class(rows, heldout)
    x, x_tuning, x_heldout, strength, cut = chosen
    final = linear(stacked(x, x_tuning), np.concatenate([y, y_tuning]), strength, several)
    return said(final(x_heldout), several, cut)


def stacked(a: Any, b: Any) -> Any:
    return sparse.vstack([a, b]).tocsr() if sparse.issparse(a) else np.concatenate([a, b])


def label_array(rows: Dataset) -> np.ndarray:
    if rows.kind != "multi-label":
        return np.array(rows.labels, dtype=int)
    y = np.zeros((len(rows), len(rows.label_names)), dtype=int)
    for row, labels in enumerate(rows.labels):
        y[row, list(labels)] = 1  # type: ignore[call-overload]
    return y


def tfidf_value(
    rows: Dataset, tuning: Dataset, heldout: Dataset, _: str, thorough: bool
) -> list[Any]:
    """Ridge regression."""
    from sklearn.linear_model import Ridge

    y, y_tuning = np.array(rows.labels, dtype=float), np.array(tuning.labels, dtype=float)

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
        return mean_value(rows, heldout)
    x, x_tuning, x_heldout, strength = chosen
    model = fit(strength, stacked(x, x_tuning), np.concatenate([y, y_tuning]))
    return [float(v) for v in model.predict(x_heldout)]


def views(rows: Dataset, tuning: Dataset, heldout: Dataset) -> list[list[Any]]:
    """Features of the three sets, in one or two ways that the tuning rows choose between.

    All n-grams, for pairs with a few similarities of the two texts beside them; and for
    pairs those similarities alone. Measured here: Japanese similarity (jsts) .73 by them
    alone and .65 by all; Japanese entailment (jnli) .70 and .73, without them .55.
    Vocabulary and weights come from the training rows.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer

    least = 1 if len(rows) < 2000 else 2
    words: dict[str, Any] = {"sublinear_tf": True}
    makers = {
        "words": TfidfVectorizer(
            ngram_range=(1, 2), max_features=MAX_WORD_FEATURES, min_df=least, **words
        ),
        "characters": TfidfVectorizer(
            analyzer="char_wb",
            ngram_range=(2, 5),
            max_features=MAX_CHAR_FEATURES,
            min_df=max(2, least),
            **words,
        ),
        "letters": TfidfVectorizer(analyzer="char", ngram_range=(1, 1), **words),
    }
    if rows.pairs is None:
        del makers["letters"]  # only there to be compared
    training = [*rows.texts, *(rows.pairs or ())]
    fitted = {}
    for name, maker in makers.items():
        try:
            fitted[name] = maker.fit(training)
        except ValueError:  # not one word of two letters, or no n-gram that occurs twice
            continue
    parts = (rows, tuning, heldout)
    many = [grams(part, fitted) for part in parts]
    if rows.pairs is None:
        return [many]
    few = [similarities(part, fitted) for part in parts]
    joined = zip(many, few, strict=True)
    return [[sparse.hstack([a, SIMILARITY_WEIGHT * b]).tocsr() for a, b in joined], few]


def grams(part: Dataset, makers: Mapping[str, Any]) -> Any:
    """TF-IDF of the text; of pairs, of both, of what they share and where they differ."""
    blocks: list[Any] = [sparse.csr_matrix((len(part), 1))]
    for name, maker in makers.items():
        if name == "letters":
            continue
        if not len(part):
            width = len(maker.vocabulary_)
            blocks.append(sparse.csr_matrix((0, width if part.pairs is None else 4 * width)))
            continue
        a = maker.transform(part.texts)
        if part.pairs is None:
            blocks.append(a)
            continue
        b = maker.transform(part.pairs)
        blocks += [a, b, abs(a - b), a.multiply(b)]
    return sparse.hstack(blocks).tocsr()


def similarities(part: Dataset, makers: Mapping[str, Any]) -> np.ndarray:
    """(N, K) cosines by words and by characters, their squares, and the ratio of lengths."""
    columns = []
    first, second = part.texts, part.pairs or ()
    lengths = [(len(a) + 1, len(b) + 1) for a, b in zip(first, second, strict=True)]
    columns.append(np.array([min(pair) / max(pair) for pair in lengths]))
    for maker in makers.values() if len(part) else ():
        cosine = np.asarray(maker.transform(first).multiply(maker.transform(second)).sum(axis=1))
        columns += [cosine.ravel(), cosine.ravel() ** 2]
    width = 1 + 2 * len(makers)
    return np.stack(columns, axis=1) if len(part) else np.zeros((0, width))


MAJORITY: dict[str, Callable[[Dataset, Dataset], list[Any]]] = {
    "single-label": majority_class,
    "multi-label": majority_class,
    "regression": mean_value,
    "tokens": majority_tag,
}
TFIDF: dict[str, Callable[[Dataset, Dataset, Dataset, str, bool], list[Any]]] = {
    "single-label": tfidf_classes,
    "multi-label": tfidf_classes,
    "regression": tfidf_value,
    "tokens": window_tagger,
}
