"""Wrong labels, planted by us, are what confident learning finds."""

from __future__ import annotations

import random
import sys
from dataclasses import replace

import numpy as np
import pytest

from pick_model.data.dataset import Dataset
from pick_model.data.noise import MAX_SUSPECTS, MIN_MARGIN, _contradicted, label_noise
from pick_model.data.split import subsample
from pick_model.errors import MissingExtra
from pick_model.words.say import message, say
from tests.data.build import Load, dataset

WORDS = {0: ["good", "fine", "great", "superb"], 1: ["bad", "poor", "awful", "dreary"]}


def reviews(n: int, wrong: set[int]) -> Dataset:
    """Rows whose words tell the class, but for those labelled wrongly."""
    rng = random.Random(0)
    labels = [i % 2 for i in range(n)]
    texts = [
        " ".join(rng.choices(WORDS[label], k=3)) + f" film {i}" for i, label in enumerate(labels)
    ]
    return dataset([1 - y if i in wrong else y for i, y in enumerate(labels)], texts=texts)


def test_planted_errors_are_the_first_suspects() -> None:
    wrong = {3, 50, 121}
    found = label_noise(reviews(200, wrong))
    assert {suspect.row - 2 for suspect in found.suspects[: len(wrong)]} == wrong
    assert found.n_suspects == len(wrong)
    first = found.suspects[0]
    assert first.label != first.predicted
    assert first.probability - first.label_probability >= MIN_MARGIN


def test_thresholds_suspects_and_their_order_follow_the_definition() -> None:
    """Against confident learning written out row by row."""
    rng = np.random.default_rng(0)
    probabilities = rng.dirichlet([0.15] * 4, size=600)
    labels = np.where(rng.random(600) < 0.7, probabilities.argmax(1), rng.integers(0, 4, 600))
    # The model is surer of class 0 than of the others, so 0.85 falls short of its threshold.
    likeliest = probabilities.argmax(1)
    labels = np.where((labels == 0) | (likeliest == 0), likeliest, labels)
    probabilities[labels == 0] = [0.97, 0.01, 0.01, 0.01]
    probabilities[:10], labels[:10] = [0.85, 0.05, 0.05, 0.05], 1
    thresholds = [
        sum(p[c] for p, y in zip(probabilities, labels, strict=True) if y == c) / sum(labels == c)
        for c in range(4)
    ]
    margins = {}
    for row, (p, y) in enumerate(zip(probabilities, labels, strict=True)):
        passed = [c for c in range(4) if p[c] >= thresholds[c]]
        best = max(passed, key=lambda c: p[c], default=y)
        if best != y and p[best] - p[y] >= MIN_MARGIN:
            margins[row] = p[best] - p[y]
    assert thresholds[0] > 0.85
    data = dataset([int(y) for y in labels])
    found = _contradicted(data, probabilities, labels, np.arange(4))
    assert found.n_suspects == len(margins) > MAX_SUSPECTS
    ranked = sorted(margins, key=lambda row: -margins[row])[:MAX_SUSPECTS]
    assert [suspect.row - 2 for suspect in found.suspects] == ranked


def test_clean_labels_have_no_suspects() -> None:
    found = label_noise(reviews(200, set()))
    assert found.skipped is None
    assert found.n_suspects == 0
    assert found.accuracy == 1.0


def test_without_signal_nothing_is_suspected() -> None:
    rng = random.Random(0)
    data = dataset(
        [rng.randint(0, 1) for _ in range(300)], texts=[f"x{i % 7} y" for i in range(300)]
    )
    found = label_noise(data)
    assert found.skipped == message("tfidf-no-better")
    assert found.suspects == ()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (dataset([0.5, 1.5], kind="regression"), "labels of kind regression"),
        (dataset([(0,), (1,)], kind="multi-label"), "labels of kind multi-label"),
        (dataset([0, 1] * 20, pairs=["p"] * 40), "pairs"),
        (dataset([0] * 40 + [1] * 5), "fewer than two classes"),
        (dataset([i % 151 for i in range(151 * 6)]), "more than 150 classes"),
        (dataset([0, 1] * 10, texts=[f"a{i}" for i in range(20)]), "no words that repeat"),
    ],
)
def test_what_is_not_searched_says_why(data: Dataset, reason: str) -> None:
    found = label_noise(data)
    assert found.skipped is not None
    assert reason in say(found.skipped)
    assert found.suspects == ()


@pytest.mark.parametrize("name", ["subj", "sms_spam", "sib200_zh"])
def test_among_real_texts_most_of_the_first_suspects_are_labels_changed_by_us(
    load: Load, name: str
) -> None:
    data = subsample(load(name)[0], 2000)
    rng = random.Random(1)
    n_classes = len(data.label_names)
    changed = {i for i in range(len(data)) if rng.random() < 0.05}
    labels = tuple(
        (y + rng.randrange(1, n_classes)) % n_classes if i in changed else y  # type: ignore[operator]
        for i, y in enumerate(data.labels)
    )
    found = label_noise(replace(data, labels=labels, rows=tuple(range(len(data)))))
    rows = {suspect.row for suspect in found.suspects}
    assert len(rows) <= MAX_SUSPECTS
    assert len(rows & changed) > 0.7 * len(rows) > 0  # chance would be .05


def test_without_scikit_learn_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sklearn.linear_model", None)
    with pytest.raises(MissingExtra, match=r"pick-model\[probe\]"):
        label_noise(reviews(40, set()))
