"""The last answer is kept, and only ever given to the same question."""

from __future__ import annotations

import pytest

from pick_model.catalog.catalog import Catalog
from pick_model.cost import layouts
from pick_model.cost.estimate import estimate
from pick_model.cost.lately import lately, lately_for
from pick_model.documents.catalog import Entry
from pick_model.record import replace

from ..advise.helpers import entry, profile


def test_an_estimate_looks_for_the_layout_of_an_entry_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    named = layouts._named

    def counted(one: Entry) -> str | None:
        asked.append(one.id)
        return named(one)

    monkeypatch.setattr(layouts, "_named", counted)
    estimate(entry("one", family="nobody's"), profile())
    estimate(entry("other", family="nobody's"), profile())
    assert asked == ["one", "other"]


def test_an_entry_in_the_place_of_another_gets_an_answer_of_its_own() -> None:
    sizes = lately(lambda one: one.n_parameters)
    small = entry(n_parameters=10, n_embedding_parameters=None)
    assert [sizes(small), sizes(replace(small, n_parameters=20)), sizes(small)] == [10, 20, 10]


def test_another_profile_is_another_question() -> None:
    rows = lately_for(lambda one, task: task.n_rows)
    bert = entry()
    assert [rows(bert, profile(n_rows=n)) for n in (1, 2, 1)] == [1, 2, 1]


def test_estimates_do_not_depend_on_what_was_asked_before(catalog: Catalog) -> None:
    task = profile()
    some = [catalog.find(name) for name in ("roberta-base", "deberta-v3-base", "gpt2")]
    alone = [estimate(replace(one), task) for one in some]
    assert [estimate(one, task) for one in reversed(some)] == alone[::-1]
