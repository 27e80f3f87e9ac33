"""Metrics against scikit-learn and against slow, obvious counting."""

from __future__ import annotations

import dataclasses
import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pick_model.data.dataset import Dataset
from pick_model.data.entities import entities
from pick_model.errors import UsageError
from pick_model.measure.probe.metrics import METRICS, Scorer

NAMES = ("a", "b", "c")


def heldout(kind: str, labels: list[Any], names: tuple[str, ...] = NAMES) -> Dataset:
    n = len(labels)
    texts = tuple(f"text {i}" for i in range(n))
    words = tuple((f"w{i}",) * len(row) for i, row in enumerate(labels)) if kind == "tokens" else ()
    tokens = words or None
    rows = tuple(range(2, n + 2))
    return Dataset(
        kind, texts, None, tokens, tuple(labels), names, None, rows, n, "0" * 64, "x.csv"
    )  # type: ignore[arg-type]


classes = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=2, max_size=40)


@settings(max_examples=40, deadline=None)
@given(classes)
def test_class_metrics_are_scikit_learns(pairs: list[tuple[int, int]]) -> None:
    from sklearn import metrics

    true, said = [p[0] for p in pairs], [p[1] for p in pairs]
    found = Scorer(heldout("single-label", true), replicates=1).scores(said)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # scikit-learn warns of one class only; ours gives 0
        assert found == pytest.approx(
            {
                "accuracy": metrics.accuracy_score(true, said),
                "micro_f1": metrics.accuracy_score(true, said),
                "macro_f1": metrics.f1_score(true, said, average="macro", zero_division=0),
                "weighted_f1": metrics.f1_score(true, said, average="weighted", zero_division=0),
                "precision": metrics.precision_score(true, said, average="macro", zero_division=0),
                "recall": metrics.recall_score(true, said, average="macro", zero_division=0),
                "mcc": metrics.matthews_corrcoef(true, said),
            }
        )


several = st.lists(
    st.tuples(st.sets(st.integers(0, 2)), st.sets(st.integers(0, 2))), min_size=1, max_size=30
)


@settings(max_examples=40, deadline=None)
@given(several)
def test_label_set_metrics_are_scikit_learns(pairs: list[tuple[set[int], set[int]]]) -> None:
    from sklearn import metrics

    def matrix(sets: list[set[int]]) -> Any:
        return np.array([[int(i in labels) for i in range(3)] for labels in sets])

    true, said = [p[0] for p in pairs], [p[1] for p in pairs]
    data = heldout("multi-label", [tuple(sorted(s)) for s in true])
    found = Scorer(data, replicates=1).scores([tuple(sorted(s)) for s in said])
    t, s = matrix(true), matrix(said)
    assert found == pytest.approx(
        {
            "micro_f1": metrics.f1_score(t, s, average="micro", zero_division=0),
            "macro_f1": metrics.f1_score(t, s, average="macro", zero_division=0),
            "weighted_f1": metrics.f1_score(t, s, average="weighted", zero_division=0),
            "precision": metrics.precision_score(t, s, average="micro", zero_division=0),
            "recall": metrics.recall_score(t, s, average="micro", zero_division=0),
            "accuracy": metrics.accuracy_score(t, s),
        }
    )


def test_correlations_and_errors_are_scipys() -> None:
    from scipy import stats

    random = np.random.default_rng(0)
    true = np.round(random.normal(size=60), 1)  # with ties
    said = np.round(true + random.normal(size=60), 1)
    found = Scorer(heldout("regression", list(true), ()), replicates=1).scores(list(said))
    assert found["spearman"] == pytest.approx(stats.spearmanr(true, said).statistic)
    assert found["pearson"] == pytest.approx(stats.pearsonr(true, said).statistic)
    assert found["rmse"] == pytest.approx(np.sqrt(np.mean((true - said) ** 2)))


def test_a_constant_prediction_correlates_with_nothing() -> None:
    found = Scorer(heldout("regression", [1.0, 2.0, 3.0], ()), replicates=5)
    assert found.scores([2.0, 2.0, 2.0])["spearman"] == 0
    assert np.isfinite(found.resampled([2.0, 2.0, 2.0])).all()


@pytest.mark.parametrize(
    ("tags", "spans"),
    [
        ("O O O", []),
        ("B-x I-x O", [("x", 0, 2)]),
        ("B-x B-x", [("x", 0, 1), ("x", 1, 2)]),
        ("I-x I-x O I-y", [("x", 0, 2), ("y", 3, 4)]),
        ("B-x I-y I-y", [("x", 0, 1), ("y", 1, 3)]),
        ("O B-x", [("x", 1, 2)]),
    ],
)
def test_spans_follow_conlleval(tags: str, spans: list[tuple[str, int, int]]) -> None:
    assert entities(tags.split()) == spans


bio = st.lists(st.sampled_from(["O", "B-x", "I-x", "B-y", "I-y"]), min_size=1, max_size=8)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(bio, bio), min_size=1, max_size=10))
def test_entity_f1_counts_spans_that_match_whole(pairs: list[tuple[list[str], list[str]]]) -> None:
    names = ("B-x", "B-y", "I-x", "I-y", "O")
    cut = [(t[: min(len(t), len(s))], s[: min(len(t), len(s))]) for t, s in pairs]

    def slow(tags: list[str]) -> set[tuple[int, int, str]]:
        """Every stretch of one type that cannot be made longer."""
        found = set()
        for i in range(len(tags)):
            for j in range(i + 1, len(tags) + 1):
                kind = tags[i][2:]
                inside = all(tag == f"I-{kind}" for tag in tags[i + 1 : j])
                ends = j == len(tags) or tags[j] != f"I-{kind}"
                starts = tags[i] == f"B-{kind}" or (
                    tags[i] == f"I-{kind}"
                    and (i == 0 or tags[i - 1] not in (f"B-{kind}", f"I-{kind}"))
                )
                if tags[i] != "O" and inside and ends and starts:
                    found.add((i, j, kind))
        return found

    true = sum(len(slow(t)) for t, _ in cut)
    said = sum(len(slow(s)) for _, s in cut)
    hits = sum(len(slow(t) & slow(s)) for t, s in cut)
    data = heldout("tokens", [tuple(names.index(x) for x in t) for t, _ in cut], names)
    predicted = [tuple(names.index(x) for x in s) for _, s in cut]
    expected = 2 * hits / (true + said) if true + said else 0.0
    assert Scorer(data, replicates=1).score(predicted) == pytest.approx(expected)


def test_tags_that_are_not_bio_are_scored_by_word() -> None:
    data = heldout("tokens", [(0, 1), (1, 2)], ("ADJ", "NOUN", "VERB"))
    scorer = Scorer(data, replicates=1)
    assert scorer.metric == "accuracy"
    assert scorer.score([(0, 1), (1, 1)]) == 3 / 4


@pytest.mark.parametrize(
    ("kind", "true", "said", "names", "metric"),
    [
        ("single-label", [0, 1, 2, 0, 1], [0, 1, 1, 0, 2], NAMES, "mcc"),
        ("multi-label", [(0,), (1, 2), (2,)], [(0, 1), (1,), ()], NAMES, "micro_f1"),
        ("regression", [1.0, 2.0, 2.0, 4.0], [1.5, 1.0, 3.0, 3.0], (), "spearman"),
        ("regression", [1.0, 2.0, 2.0, 4.0], [1.5, 1.0, 3.0, 3.0], (), "rmse"),
    ],
)
def test_a_bootstrap_replicate_is_the_metric_of_rows_repeated(
    kind: str, true: list[Any], said: list[Any], names: tuple[str, ...], metric: str
) -> None:
    scorer = Scorer(heldout(kind, true, names), metric, replicates=8)
    for weights, value in zip(scorer.weights, scorer.resampled(said), strict=True):
        again = [i for i, times in enumerate(weights) for _ in range(times)]
        repeated = Scorer(heldout(kind, [true[i] for i in again], names), metric, replicates=1)
        assert value == pytest.approx(repeated.score([said[i] for i in again]))


def test_rows_of_one_text_are_drawn_together() -> None:
    rows = dataclasses.replace(
        heldout("single-label", [0, 1] * 6), texts=tuple(f"text {i // 4}" for i in range(12))
    )
    weights = Scorer(rows, replicates=50).weights.reshape(50, 3, 4)
    assert (weights == weights[:, :, :1]).all()
    assert (weights.sum(axis=(1, 2)) == 12).all()


def test_who_says_one_of_two_classes_is_never_perfect() -> None:
    scorer = Scorer(heldout("single-label", [0] * 11 + [1], ("a", "b")), "macro_f1")
    assert not scorer.weights[:, -1].all()  # the other class is not in every draw
    assert scorer.resampled([0] * 12).max() == 0.5


@pytest.mark.parametrize("metric", ["accuracy", "macro_f1"])
def test_six_of_six_right_are_no_certainty(metric: str) -> None:
    scorer = Scorer(heldout("single-label", [0, 1, 2] * 2), metric)
    drawn = scorer.resampled([0, 1, 2] * 2)
    assert 0.6 < np.quantile(drawn, 0.05) < 0.8 < np.quantile(drawn, 0.95)  # exact: .607 to 1
    assert (drawn == scorer.resampled([0, 1, 2] * 2)).all()  # so that equals stay equal


@pytest.mark.parametrize("metric", ["accuracy", "macro_f1", "weighted_f1", "recall"])
def test_none_of_six_right_is_no_certainty(metric: str) -> None:
    wrong = Scorer(heldout("single-label", [0, 1, 2] * 2), metric).resampled([1, 2, 0] * 2)
    assert 0.2 < np.quantile(wrong, 0.95) < 0.4


def test_an_unknown_metric_names_the_nearest() -> None:
    with pytest.raises(UsageError, match="macro_f1"):
        Scorer(heldout("single-label", [0, 1]), "macrof1")


@pytest.mark.parametrize(
    ("kind", "labels", "metric"),
    [
        ("single-label", [0, 1], "auc"),
        ("single-label", [0, 1], "rmse"),
        ("regression", [0.5, 1.5], "macro_f1"),
        ("multi-label", [(0,), (1,)], "mcc"),
    ],
)
def test_a_metric_that_is_not_computed_for_the_labels_is_refused_with_those_that_are(
    kind: str, labels: list[Any], metric: str
) -> None:
    with pytest.raises(UsageError) as caught:
        Scorer(heldout(kind, labels, () if kind == "regression" else ("a", "b")), metric)
    assert all(known in str(caught.value) for known in METRICS[kind])


def test_a_metric_is_read_under_its_usual_names() -> None:
    assert Scorer(heldout("single-label", [0, 1], ("a", "b")), "F1-Macro").metric == "macro_f1"
