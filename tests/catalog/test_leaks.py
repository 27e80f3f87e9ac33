"""A score on a benchmark whose training data the model saw is told, and is no evidence."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pick_model import explain, load_catalog
from pick_model.belief.broken import sound
from pick_model.catalog.catalog import Catalog
from pick_model.catalog.leaks import leaks, saw, seen_by
from pick_model.catalog.validate.validate import validate
from pick_model.documents.catalog import Benchmark, Entry, Score


def entry(name: str, *seen: str, base: str | None = None) -> Entry:
    return Entry(
        id=name, family="bert", kind="encoder", modality="text", tasks=("text-classification",),
        base_model=base, training_sets=seen or None,
    )  # fmt: skip


ENTRIES = {
    "naive": entry("naive"),
    "trained": entry("trained", "banking77", "mteb-amazon-*"),
    "tuned": entry("tuned", base="trained"),
}


@pytest.mark.parametrize(
    ("benchmark", "found"),
    [("banking77", "banking77"), ("mteb-amazon-de", "mteb-amazon-*"), ("mteb-amazo", None)],
)
def test_a_star_stands_for_the_rest_of_a_series(benchmark: str, found: str | None) -> None:
    assert saw(("banking77", "mteb-amazon-*"), benchmark) == found


@pytest.mark.parametrize(
    ("name", "protocol", "leak"),
    [
        ("naive", "few-shot", False),
        ("trained", "few-shot", True),
        ("trained", "zero-shot", True),
        ("tuned", "few-shot", True),  # it carries on what its base model saw
        # Where all are trained on the benchmark, nobody is ahead.
        ("trained", "fine-tune", False),
        ("naive", "linear-probe", False),
        ("trained", "linear-probe", True),  # its features are of the data, others' are not
    ],
)
def test_it_leaks_where_others_are_not_trained(name: str, protocol: str, leak: bool) -> None:
    assert leaks(ENTRIES[name], ENTRIES, "banking77", protocol) is leak


def test_what_a_base_model_saw_is_told_as_its_own() -> None:
    seen = seen_by(ENTRIES["tuned"], ENTRIES, "banking77")
    assert seen is not None
    assert seen.id == "trained"


def test_a_leak_is_left_out_and_nothing_else() -> None:
    rows = [
        Score(name, "banking77", "accuracy", 0.8, "test", protocol, "", None, "t")
        for name in ENTRIES
        for protocol in ("few-shot", "fine-tune")
    ]
    benchmark = Benchmark(
        id="banking77", name="B", task="text-classification", modality="text", languages=("en",)
    )
    kept = [(row.entry, row.protocol) for _, row in sound(rows, ENTRIES, {"banking77": benchmark})]
    assert kept == [
        ("naive", "few-shot"),
        ("naive", "fine-tune"),
        ("trained", "fine-tune"),
        ("tuned", "fine-tune"),
    ]


def test_explain_tells_the_scores_that_do_not_count(catalog: Catalog) -> None:
    from pick_model.documents.reader import check, parse_yaml
    from pick_model.documents.task import Task

    task = check(parse_yaml("task: text-classification\nlanguages: [en]\n", "task.yaml"), Task)
    account = explain(task, catalog, "bge-base-en-v1.5")
    told = {(score.benchmark, score.protocol) for score in account.leaked}
    assert ("mteb-amazon-reviews-en", "few-shot") in told
    counted = {(one.benchmark, one.protocol) for one in account.evidence}
    assert counted.isdisjoint(told)


def test_who_saw_one_version_of_a_data_set_saw_the_others(catalog: Catalog) -> None:
    versions: dict[str, set[str]] = {}
    for name in catalog.benchmarks:
        if name.startswith("mteb-"):
            versions.setdefault(re.sub(r"\.v\d$|\.v\d(?=-)", "", name), set()).add(name)
    both = [names for names in versions.values() if len(names) > 1]
    assert both
    for one in catalog.entries.values():
        patterns = one.training_sets or ()
        for names in both:
            assert len({saw(patterns, name) is None for name in names}) == 1, (one.id, names)


def test_a_training_set_that_is_no_benchmark_is_a_problem(tmp_path: Path) -> None:
    overlay = tmp_path / "own.yaml"
    overlay.write_text(
        "corrections:\n- id: gpt2\n  set: {training_sets: [bankng77, glue-*]}\n  source: us\n",
        encoding="utf-8",
    )
    found = validate(overlay, today="2026-01-31").problems
    assert [(p.check, "bankng77" in p.message) for p in found] == [("references", True)]


def test_an_overlay_tells_what_a_model_saw(tmp_path: Path) -> None:
    overlay = tmp_path / "own.yaml"
    overlay.write_text(
        "corrections:\n- id: gpt2\n  set: {training_sets: [banking77]}\n  source: us\n",
        encoding="utf-8",
    )
    assert load_catalog([overlay]).entries["gpt2"].training_sets == ("banking77",)
