"""When two rows are the same text, whatever their case and spacing."""

from __future__ import annotations

import unicodedata

from pick_model.data.dataset import Dataset

TextKey = tuple[str, ...]  # the normalised text of a row, or both texts of a pair


def normalised(text: str) -> str:
    """Without case, with single spaces, in Unicode's compatibility form (NFKC)."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return " ".join(text.casefold().split())


def text_keys(dataset: Dataset) -> list[TextKey]:
    """What rows must share to count as the same text; of a pair, both texts in order."""
    if dataset.media is not None:
        return [(digest,) for digest in dataset.contents]
    if dataset.pairs is None:
        return [(normalised(text),) for text in dataset.texts]
    pairs = zip(dataset.texts, dataset.pairs, strict=True)
    return [(normalised(first), normalised(second)) for first, second in pairs]
