"""One table of metrics, which everything that knows of metrics reads."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pick_model.documents.reader import check, parse_yaml
from pick_model.documents.task import Task
from pick_model.errors import SchemaError
from pick_model.vocabulary.metrics import (
    DEFAULTS,
    LOWER_IS_BETTER,
    METRICS,
    canonical_metric,
    computed_for,
    squeezed,
    unbounded,
    utility_of_failure,
    utility_of_perfection,
)
from pick_model.vocabulary.tasks import TASKS, TRAINABLE


def read(text: str) -> Task:
    return check(parse_yaml(text, "t.yaml"), Task)


def test_every_metric_that_a_task_takes_is_in_the_table() -> None:
    for name, spec in TASKS.items():
        assert spec.metric in spec.metrics, name
        assert set(spec.metrics) <= METRICS.keys(), name


def test_a_trainable_task_takes_no_metric_that_its_training_cannot_report() -> None:
    kinds = {
        "text-classification": ("single-label", "multi-label", "regression"),
        "token-classification": ("entities", "tags"),
        "image-classification": ("single-label", "multi-label"),
        "audio-classification": ("single-label", "multi-label"),
    }
    # Of files, tables of published results have more, and profiles have long named them.
    published = {
        "image-classification": {"auc", "top5_accuracy"},
        "audio-classification": {"auc", "map"},
    }
    assert set(TRAINABLE) == kinds.keys()
    for task, found in kinds.items():
        reported = {m for kind in found for m in computed_for(kind)}
        assert set(TASKS[task].metrics) == reported | published.get(task, set())


@pytest.mark.parametrize("kind", DEFAULTS)
def test_the_first_metric_of_a_kind_is_its_default(kind: str) -> None:
    assert computed_for(kind)[0] == DEFAULTS[kind]


def test_no_spelling_means_two_metrics() -> None:
    spellings = [s for name, metric in METRICS.items() for s in (name, *metric.aliases)]
    assert len(spellings) == len(set(spellings))
    assert all(squeezed(spelling) == spelling for spelling in spellings)
    measured = {metric for kind in DEFAULTS for metric in computed_for(kind)}
    assert {m.instead for m in METRICS.values() if m.instead} <= measured


def test_what_guessing_gets_lies_in_the_range_of_the_metric() -> None:
    for name, metric in METRICS.items():
        if metric.chance is not None:
            high = float("inf") if metric.high is None else metric.high
            assert metric.low <= metric.chance < high, name


@given(st.sampled_from(sorted(METRICS)), st.sampled_from([str.upper, str.title, str.lower]))
def test_case_and_separators_make_no_other_metric(name: str, case: object) -> None:
    for separator in ("-", " ", "_"):
        assert canonical_metric(case(name.replace("_", separator))) == name  # type: ignore[operator]


@pytest.mark.parametrize(
    ("written", "name"),
    [("Macro F1", "macro_f1"), ("acc", "accuracy"), ("NDCG@10", "ndcg_at_10"), ("R@5", "recall_at_5"),
     ("Matthews-Corrcoef", "mcc"), ("AUROC", "auc"), ("ppl", "perplexity"), ("vibes", None), ("", None)],
)  # fmt: skip
def test_customary_spellings_are_known(written: str, name: str | None) -> None:
    assert canonical_metric(written) == name


def test_errors_and_losses_are_better_lower_and_have_no_ceiling_that_points_could_count() -> None:
    assert {"rmse", "mae", "loss", "perplexity", "wer", "brier"} <= LOWER_IS_BETTER
    assert not {"accuracy", "mcc", "bleu", "r2"} & LOWER_IS_BETTER
    assert unbounded("rmse")
    assert unbounded("a metric nobody knows")
    assert not unbounded("macro_f1")


def test_a_profile_reads_a_metric_under_its_usual_names() -> None:
    assert read("task: text-classification\nmetric: F1-macro").metric == "macro_f1"
    assert read("task: feature-extraction\nmetric: NDCG@10").metric == "ndcg_at_10"


@pytest.mark.parametrize(
    ("task", "metric", "nearest"),
    [
        ("text-classification", "auc", "macro_f1"),
        ("text-classification", "roc_auc", "macro_f1"),
        ("text-classification", "f1", "macro_f1"),
        ("text-classification", "MAE", "rmse"),
        ("text-classification", "wer", ""),
        ("text-classification", "top5_accuracy", ""),
        ("token-classification", "mcc", ""),
        ("translation", "rmse", ""),
        ("summarization", "acuracy", ""),
    ],
)
def test_a_metric_that_does_not_suit_its_task_is_refused_with_those_that_do(
    task: str, metric: str, nearest: str
) -> None:
    with pytest.raises(SchemaError) as caught:
        read(f"task: {task}\nmetric: {metric}")
    words = str(caught.value)
    assert words.startswith("t.yaml:2")
    for suited in TASKS[task].metrics:
        assert re.search(rf"\b{suited}\b", words)
    assert (f"{nearest} comes nearest" in words) is bool(nearest)


def test_the_worst_utility_is_below_what_guessing_gets_and_the_best_above() -> None:
    assert (utility_of_failure("accuracy"), utility_of_perfection("accuracy")) == (0.0, 1.0)
    assert utility_of_failure("mcc") == utility_of_failure("spearman") == -1.0
    assert utility_of_failure("rmse") == utility_of_failure("nobody's") == -float("inf")
    for name, metric in METRICS.items():
        guess = 0.0 if metric.chance is None else metric.chance
        sign = -1.0 if metric.lower else 1.0
        assert utility_of_failure(name) <= sign * guess <= utility_of_perfection(name), name
