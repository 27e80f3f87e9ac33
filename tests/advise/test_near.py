"""What is told of a model that one limit keeps out: the other limits, and the base that reads it."""

from __future__ import annotations

import pytest

from pick_model.advise.explain import compare, explain
from pick_model.advise.near import ENOUGH
from pick_model.advise.recommend import recommend
from pick_model.catalog.catalog import Catalog, Entries
from pick_model.catalog.load import load_catalog
from pick_model.documents.catalog import Entry
from pick_model.documents.report import Rejected
from pick_model.documents.task import Constraints, Hardware, Task
from pick_model.errors import NoCandidate
from pick_model.words.say import say


def near_misses(catalog: Catalog, constraints: Constraints) -> list[Rejected]:
    task = Task(task="text-classification", languages=("en",), n_rows=8000, constraints=constraints)
    return [one for one in recommend(task, catalog).rejected if one.near_miss_message is not None]


def others(one: Rejected) -> tuple[object, ...]:
    """The limits beside the first that a near miss names."""
    told = one.near_miss_message
    found = told.values["others"] if told and told.code == "near-and-more" else ()
    assert isinstance(found, tuple)
    return found


def test_a_near_miss_names_the_other_limits_that_reject_it(catalog: Catalog) -> None:
    limits = Constraints(max_parameters=300_000_000, min_input_tokens=1024)
    near = near_misses(catalog, limits)
    large = [one for one in near if one.constraint == "max_parameters"]
    assert {others(one) for one in large} == {(), ("min_input_tokens",)}
    for one in large:
        reads = catalog.entries[one.id].max_tokens
        assert bool(others(one)) == (reads is None or reads < 1024)
    alone = [not others(one) for one in near]
    assert alone == sorted(alone, reverse=True), "those that one limit keeps out come first"


def test_near_misses_are_held_against_the_limits_of_cost_too(catalog: Catalog) -> None:
    both = Constraints(max_parameters=100_000_000, max_training_memory_gib=3.0)
    large = [one for one in near_misses(catalog, both) if one.constraint == "max_parameters"]
    memory = Constraints(max_training_memory_gib=3.0)
    task = Task(task="text-classification", languages=("en",), n_rows=8000, constraints=memory)
    heavy = {one.id for one in recommend(task, catalog).rejected}
    assert {one.id for one in large if others(one)} <= heavy
    assert not {one.id for one in large[: ENOUGH // 2]} & heavy
    assert any(others(one) == ("max_training_memory_gib",) for one in large)


def test_settings_that_fit_the_machine_are_held_against_the_latency_too(catalog: Catalog) -> None:
    task = Task(
        task="text-classification",
        languages=("en",),
        n_rows=2000,
        hardware=Hardware(train="nvidia-t4", serve="cpu-4-core"),
        constraints=Constraints(max_latency_ms=15, max_training_hours=0.001),
    )
    near = [one for one in recommend(task, catalog).rejected if one.near_miss_message is not None]
    large = {one.id: others(one) for one in near if one.constraint == "training_memory"}
    assert large["gemma-3-1b-it"] == ("max_latency_ms",)  # its hours are those of other settings
    assert near[0].constraint != "training_memory"


def test_a_model_that_is_out_for_a_language_tells_that_its_base_reads_it(catalog: Catalog) -> None:
    report = recommend(Task(task="text-classification", languages=("sw",)), catalog)
    told = {one.id: one.message for one in report.rejected if one.constraint == "languages"}
    assert told["bge-m3-ko"].code == "languages-of-base"
    assert told["bge-m3-ko"].values["base"] == "bge-m3"
    assert told["roberta-base"].code == "languages-missing"


@pytest.mark.parametrize(("tokens", "limit"), [(1024, 512.0), (512, None)])
def test_a_model_that_reads_less_than_the_input_says_so_in_its_row(
    tokens: int, limit: float | None, catalog: Catalog
) -> None:
    task = Task(task="text-classification", languages=("en",), input_tokens=tokens)
    found = {one.id: one for one in recommend(task, catalog, top=None).candidates}
    assert found["roberta-base"].input_limit == limit
    assert found["modernbert-base"].input_limit is None


def test_more_labels_than_rows_are_told(catalog: Catalog) -> None:
    few = Task(task="text-classification", n_labels=50, n_rows=30)
    codes = {one.code for one in recommend(few, catalog).note_messages}
    assert "more-labels-than-rows" in codes
    as_many = Task(task="text-classification", n_labels=30, n_rows=30)
    codes = {one.code for one in recommend(as_many, catalog).note_messages}
    assert "more-labels-than-rows" not in codes


def test_entries_for_other_tasks_are_never_read(monkeypatch: pytest.MonkeyPatch) -> None:
    fresh = load_catalog()
    read: list[str] = []
    usual = type(fresh.entries).__getitem__

    def noted(entries: Entries, entry_id: str) -> Entry:
        read.append(entry_id)
        return usual(entries, entry_id)

    monkeypatch.setattr(Entries, "__getitem__", noted)
    assert near_misses(fresh, Constraints(max_parameters=100_000_000))
    _, others = fresh.entries.for_task("text-classification")
    assert others
    assert not set(others) & set(read)


def test_where_nothing_is_left_the_one_limit_to_lift_is_named_however_far(
    catalog: Catalog,
) -> None:
    limits = Constraints(
        max_training_memory_gib=10.0,
        max_latency_ms=0.05,
        max_training_hours=2.0,
        require_families=("bert",),
    )
    task = Task(
        task="text-classification",
        languages=("en",),
        n_rows=5000,
        constraints=limits,
        hardware=Hardware(train="cpu-4-core"),
    )
    with pytest.raises(NoCandidate) as raised:
        recommend(task, catalog)
    assert raised.value.hint is not None
    hint = say(raised.value.hint)
    assert "ms an input" in hint
    assert "would still reject" not in hint


def test_a_model_is_explained_and_compared_where_no_candidate_is_left(catalog: Catalog) -> None:
    tiny = Constraints(max_parameters=1000)
    task = Task(task="text-classification", languages=("en",), constraints=tiny)
    account = explain(task, catalog, "roberta-base")
    assert account.candidate is None
    assert account.to_win[0] == "rejected: 124,645,632 parameters, over 1,000 (max_parameters)"
    both = compare(task, catalog, ["roberta-base", "bert-base-uncased"])
    assert not both.candidates
    assert len(both.rejected) == 2
