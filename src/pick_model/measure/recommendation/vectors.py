"""Vectors of the items' texts: of a model, of untrained copies of it, and of words alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from pick_model.measure.retrieval.vectors import Vectors, machine_of
from pick_model.measure.screen.pieces import RunContext

if TYPE_CHECKING:
    from pick_model.encoders.sentence import SentenceEncoder

# Texts that are held at a time, as in a screen on queries: one file of the cache each.
BLOCK = 1024


@dataclass(frozen=True)
class ItemVectors:
    """What an encoder made of all texts, (I, D), and what it took."""

    values: np.ndarray
    truncated: int  # texts
    seconds: float  # of reading, when they were read
    max_tokens: int
    machine: RunContext


class UntrainedVectors(Vectors):
    """As the model's own, of the same network with its weights shuffled."""

    copy = 0

    @property
    def made_from(self) -> dict[str, Any]:
        return {**super().made_from, "weights_shuffled": self.copy}

    def loaded(self) -> SentenceEncoder:
        if self.encoder is None:
            from torch import nn

            from pick_model.encoders.untrained import shuffle_weights

            encoder = super().loaded()
            after = [step for step in encoder.after if isinstance(step, nn.Module)]
            shuffle_weights(nn.ModuleList([encoder.loaded.encoder, *after]), self.copy)
        assert self.encoder is not None
        return self.encoder


def all_vectors(
    reader: Vectors,
    texts: Sequence[str],
    in_time: Callable[[], None],
    tick: Callable[[int], None],
) -> ItemVectors:
    """Every text in blocks, each kept. in_time: asked before each; it raises where time is up."""
    found, truncated, seconds = [], 0, 0.0
    for start in range(0, len(texts), BLOCK):
        in_time()

        def done(n: int, before: int = start) -> None:
            tick(before + n)

        kept = reader.queries(texts[start : start + BLOCK], done)
        found.append(kept.file[0])
        truncated += kept.facts["truncated"]
        seconds += kept.facts["seconds"]
    return ItemVectors(
        np.concatenate(found), truncated, seconds, kept.facts["max_tokens"], machine_of(kept)
    )


def word_vectors(texts: Sequence[str]) -> np.ndarray:
    """TF-IDF of words by their runs of two to five characters, (I, k)."""
    from sklearn.decomposition import TruncatedSVD
    from sklearn.feature_extraction.text import TfidfVectorizer

    # Within words, so that their order says nothing; and scripts without spaces have runs too.
    counted = TfidfVectorizer(
        analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, max_features=50_000
    ).fit_transform(texts)
    k = min(DIRECTIONS, len(texts) - 1, counted.shape[1] - 1)
    if k < 1:
        return np.zeros((len(texts), 1), dtype=np.float32)
    found: np.ndarray = TruncatedSVD(k, random_state=0).fit_transform(counted)
    return found.astype(np.float32)


DIRECTIONS = 128  # twice what a head looks at, for its own are of the centred vectors
