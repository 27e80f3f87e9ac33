"""The trivial baselines, on rows whose answer is known."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("sklearn")
pytest.importorskip("torch")

from pick_model.data.dataset import Dataset
from pick_model.measure.probe.baselines import baselines
from pick_model.measure.probe.metrics import Scorer
from pick_model.measure.probe.tagger import shape
from pick_model.measure.probe.tfidf import views
from pick_model.measure.probe.thresholds import tune_threshold
from tests.measure.conftest import make_rows

KINDS = ["single-label", "multi-label", "regression", "tokens"]


def scored(kind: str, **options: Any) -> dict[str, float]:
    rows, tuning, heldout = (
        make_rows(kind, n, seed=seed, **options) for seed, n in enumerate((120, 40, 60))
    )
    scorer = Scorer(heldout, "pearson" if kind == "regression" else None)
    made = baselines(rows, tuning, heldout, scorer.metric)
    assert all(len(said) == len(heldout) for said in made.values())
    return {name: scorer.score(said) for name, said in made.items()}


@pytest.mark.parametrize("kind", KINDS)
def test_words_that_give_the_label_away_are_found(kind: str) -> None:
    found = scored(kind)
    assert found["tfidf"] > 0.9
    assert found["tfidf"] > found["majority"] or kind == "tokens"


def test_majority_is_the_share_of_the_commonest_class() -> None:
    rows = make_rows("single-label", 50)
    heldout = dataclasses.replace(rows, labels=(1,) * 30 + (0,) * 20)
    train = dataclasses.replace(rows, labels=(1,) * 26 + (0,) * 24)
    scorer = Scorer(heldout)
    made = baselines(train, rows.take(range(5)), heldout, scorer.metric)
    assert scorer.score(made["majority"]) == 30 / 50


def test_the_mean_correlates_with_nothing() -> None:
    assert scored("regression")["majority"] == 0


def test_a_known_word_gets_its_commonest_tag() -> None:
    assert scored("tokens")["majority"] > 0.9


def test_chinese_is_told_apart_by_character_grams() -> None:
    def rows(n: int, seed: int) -> Dataset:
        random = np.random.default_rng(seed)
        labels = tuple(int(x) for x in random.integers(0, 2, n))
        base = make_rows("single-label", n, seed=seed)
        texts = tuple(
            ("这家店很好吃" if y else "这家店太难吃了") + "啊" * int(random.integers(4))
            for y in labels
        )
        return dataclasses.replace(base, texts=texts, labels=labels)

    heldout = rows(40, 2)
    scorer = Scorer(heldout)
    assert scorer.score(baselines(rows(80, 0), rows(20, 1), heldout, scorer.metric)["tfidf"]) == 1


def test_paraphrases_are_told_by_what_the_texts_share() -> None:
    """No word says which; only that the two texts are the same."""

    def rows(n: int, seed: int) -> Dataset:
        random = np.random.default_rng(seed)
        words = [f"word{i}" for i in range(30)]
        base = make_rows("single-label", n, seed=seed, pairs=True)
        labels = tuple(int(x) for x in random.integers(0, 2, n))
        first = [" ".join(random.choice(words, 5)) for _ in labels]
        second = [
            a if y else " ".join(random.choice(words, 5))
            for a, y in zip(first, labels, strict=True)
        ]
        return dataclasses.replace(base, texts=tuple(first), pairs=tuple(second), labels=labels)

    heldout = rows(60, 2)
    scorer = Scorer(heldout)
    assert (
        scorer.score(baselines(rows(200, 0), rows(40, 1), heldout, scorer.metric)["tfidf"]) > 0.95
    )


def test_texts_without_a_single_gram_are_survived() -> None:
    rows = dataclasses.replace(make_rows("single-label", 12), texts=("!",) * 12)
    made = baselines(rows, rows, rows, Scorer(rows).metric)
    assert len(made["tfidf"]) == 12


def test_the_vocabulary_is_the_training_rows() -> None:
    rows = make_rows("single-label", 20)
    other = dataclasses.replace(rows, texts=("unheard-of",) * 20)
    [[train, _, heldout]] = views(rows, rows, other)
    assert train.shape[1] == heldout.shape[1]


def test_a_class_that_training_lacks_is_no_obstacle() -> None:
    rows = dataclasses.replace(
        make_rows("single-label", 40), label_names=("bad", "good", "never seen")
    )
    assert set(baselines(rows, rows.take(range(10)), rows, Scorer(rows).metric)["tfidf"]) <= {0, 1}


@pytest.mark.parametrize(
    ("word", "drawn"), [("Hello", "Xxx"), ("B2B", "X9X"), ("2024", "99"), ("a-b", "x-x")]
)
def test_shapes_keep_case_digits_and_marks(word: str, drawn: str) -> None:
    assert shape(word) == drawn


def test_the_threshold_with_the_best_micro_f1_is_chosen() -> None:
    logits = np.array([[-1.0, -3.0], [-1.2, -2.9], [-3.5, -0.9]])
    cut = tune_threshold(logits, [(0,), (0,), (1,)])
    assert -2.9 <= cut < -1.2


def test_a_linear_model_on_frozen_features_reads_what_is_in_them(one_layer: Path) -> None:
    from pick_model.encoders.load import encode, load
    from pick_model.measure.probe import frozen
    from pick_model.measure.probe.thresholds import DecisionRule

    loaded = load(one_layer, device="cpu", precision="fp32")
    rows, tuning, heldout = (make_rows("single-label", n, seed=n) for n in (80, 20, 60))
    sets = [encode(part, loaded, 32) for part in (rows, tuning, heldout)]
    x = [frozen.features(loaded, part) for part in sets]
    head, _ = frozen.fit_head(x[0], sets[0], x[1], sets[1])
    said, _ = frozen.predict_linear(head, x[2], sets[2], x[1], sets[1], DecisionRule())
    assert Scorer(heldout).score(said) > 0.9
    again = frozen.head_from_json(frozen.head_as_json(head))
    assert again.weight.tobytes() == head.weight.tobytes()
    assert again.bias.tobytes() == head.bias.tobytes()
