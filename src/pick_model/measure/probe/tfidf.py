"""Texts as TF-IDF: word 1- and 2-grams and character 2- to 5-grams.

The latter carry Chinese and Japanese, which have no spaces.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from scipy import sparse

from pick_model.data.dataset import Dataset

SIMILARITY_WEIGHT = 3.0  # so that the penalty spares the few beside the many
MAX_WORD_FEATURES, MAX_CHAR_FEATURES = 50_000, 100_000


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


def stacked(a: Any, b: Any) -> Any:
    return sparse.vstack([a, b]).tocsr() if sparse.issparse(a) else np.concatenate([a, b])
