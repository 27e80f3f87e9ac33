"""The trivial baselines of tokens: a word's commonest tag, and a window around each word."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np

from pick_model.data.dataset import Dataset
from pick_model.measure.probe.linear import fit_classes

# Words that the tagger is fitted on. Set by hand: some 1,600 sentences of 25 words, in seconds.
MAX_TAGGED_WORDS = 40_000


def majority_tag(rows: Dataset, heldout: Dataset) -> list[Any]:
    """Each word's commonest tag in training; the commonest of all for an unknown word."""
    by_word: dict[str, Counter[int]] = defaultdict(Counter)
    everything: Counter[int] = Counter()
    for words, tags in tagged(rows):
        for word, tag in zip(words, tags, strict=True):
            by_word[word.lower()][tag] += 1
            everything[tag] += 1
    commonest = min(everything, key=lambda tag: (-everything[tag], tag))
    best = {w: min(c, key=lambda tag: (-c[tag], tag)) for w, c in by_word.items()}
    return [
        tuple(best.get(word.lower(), commonest) for word in words) for words, _ in tagged(heldout)
    ]


def window_tagger(rows: Dataset, tuning: Dataset, heldout: Dataset) -> list[Any]:
    """Logistic regression on each word, its shape and affixes, and two words either side."""
    from sklearn.feature_extraction import DictVectorizer

    training = [*tagged(rows), *tagged(tuning)]
    features: list[dict[str, float]] = []
    tags: list[int] = []
    for words, labels in training:
        features += [word_features(words, at) for at in range(len(words))]
        tags += labels
    y = np.array(tags)
    if len(y) > MAX_TAGGED_WORDS:
        chosen = words_kept(y)
        features, y = [features[i] for i in chosen], y[chosen]
    maker = DictVectorizer(dtype=np.float32)
    model = fit_classes(maker.fit_transform(features), y, 5.0)
    found: list[Any] = []
    for sentence, _tags in tagged(heldout):
        if not sentence:
            found.append(())
            continue
        described = [word_features(sentence, at) for at in range(len(sentence))]
        logits = model(maker.transform(described))
        found.append(tuple(int(i) for i in logits.argmax(axis=1)))
    return found


def words_kept(tags: np.ndarray) -> np.ndarray:
    """Places of the words fitted on: words outside every span are plenty, so only they go."""
    outside = Counter(tags.tolist()).most_common(1)[0][0]
    rest, kept = np.flatnonzero(tags == outside), np.flatnonzero(tags != outside)
    room = max(MAX_TAGGED_WORDS - len(kept), MAX_TAGGED_WORDS // 2)
    drawn = np.random.default_rng(0).permutation(rest)[:room]
    return np.sort(np.concatenate([kept, drawn]))


def word_features(words: Sequence[str], at: int) -> dict[str, float]:
    found: dict[str, float] = {"bias": 1.0}
    for offset in (-2, -1, 0, 1, 2):
        place = at + offset
        near = words[place] if 0 <= place < len(words) else "\0edge"
        found[f"{offset}={near.lower()}"] = 1.0
        if abs(offset) <= 1:
            found[f"{offset}~{shape(near)}"] = 1.0
    word = words[at].lower()
    for size in (1, 2, 3, 4):
        found[f"^{word[:size]}"] = 1.0
        found[f"${word[-size:]}"] = 1.0
    return found


def shape(word: str) -> str:
    """Xx9. of a word: upper case, lower case, digit, other; runs shortened to two."""
    drawn = ""
    for letter in word[:24]:
        mark = (
            "X"
            if letter.isupper()
            else "x"
            if letter.isalpha()
            else "9"
            if letter.isdigit()
            else letter
        )
        if drawn[-2:] != mark * 2:
            drawn += mark
    return drawn


def words_fitted(rows: Dataset, tuning: Dataset) -> int | None:
    """Words a tagger is fitted on, where those are not all of the rows'."""
    tags = np.array([tag for _, labels in [*tagged(rows), *tagged(tuning)] for tag in labels])
    return None if len(tags) <= MAX_TAGGED_WORDS else len(words_kept(tags))


def tagged(rows: Dataset) -> list[tuple[tuple[str, ...], tuple[int, ...]]]:
    return list(zip(rows.tokens or (), rows.labels, strict=True))  # type: ignore[arg-type]
