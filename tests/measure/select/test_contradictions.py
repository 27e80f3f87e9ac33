"""A profile and rows that say different things."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pick_model.data.dataset import Dataset
from pick_model.documents.task import Task, Training
from pick_model.measure.select.contradictions import contradictions
from tests.measure.conftest import make_rows

GERMAN = "Die Rechnung wurde zweimal abgebucht und der Kundendienst antwortet seit Tagen nicht. "
ROWS = make_rows("single-label", 80)


def codes(rows: Dataset, **said: Any) -> list[str]:
    task = Task(task="text-classification", **said)
    return [one.code for one in contradictions(task, rows)]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"n_labels": 6}, ["profile-says-labels"]),
        ({"n_labels": 2}, []),
        ({"label_kind": "multi-label"}, ["profile-says-kind"]),
        ({"label_kind": "single-label"}, []),
        ({"n_rows": 10}, ["profile-says-rows"]),
        ({"n_rows": 10_000}, ["profile-says-rows"]),
        ({"n_rows": 100}, []),
        ({"training": Training(epochs=15)}, ["profile-says-epochs"]),
        ({"training": Training(epochs=3)}, []),
        ({}, []),
    ],
)
def test_labels_rows_and_passes(said: dict[str, Any], told: list[str]) -> None:
    assert codes(ROWS, **said) == told


def test_languages() -> None:
    rows = replace(ROWS, texts=(GERMAN * 5,) * len(ROWS))
    assert codes(rows, languages=("en",)) == ["profile-says-languages"]
    assert codes(rows, languages=("en", "de")) == []
    assert codes(rows) == []  # it says none
    assert (
        contradictions(Task(task="text-classification", languages=("en",)), rows, languages=False)
        == []
    )
    short = replace(rows, texts=("gut",) * len(ROWS))
    assert codes(short, languages=("en",)) == []  # too little text to be sure


def test_of_tags_their_kinds_may_be_counted() -> None:
    tags = ("B-LOC", "B-PER", "I-LOC", "I-PER", "O")
    rows = replace(ROWS, kind="tokens", label_names=tags)
    for n, told in ((2, []), (5, []), (7, ["profile-says-labels"])):
        task = Task(task="token-classification", n_labels=n)
        assert [one.code for one in contradictions(task, rows)] == told
