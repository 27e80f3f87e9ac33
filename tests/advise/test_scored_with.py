"""Who reads what is recommended learns what scores were taken with, where it is not given."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pick_model import load_catalog
from pick_model.advise.explain import explain
from pick_model.advise.recommend import recommend
from pick_model.belief.instructions import WITHOUT
from pick_model.catalog.catalog import Catalog
from pick_model.documents.task import Task, Training
from pick_model.errors import SchemaError

MODEL = "bge-base-en-v1.5"  # takes no instruction: the overlay says otherwise


def catalog(tmp_path: Path, scored_with: str) -> Catalog:
    overlay = tmp_path / "own.yaml"
    overlay.write_text(
        f"corrections:\n- id: {MODEL}\n  set: {{scored_with: {scored_with}}}\n  source: us\n",
        encoding="utf-8",
    )
    return load_catalog([overlay])


def task(**changes: Any) -> Task:
    return Task(**{"task": "text-classification", "languages": ("en",), "n_rows": 100} | changes)


@pytest.mark.parametrize(
    ("scored_with", "what"),
    [("instruction", "an instruction for the task"), ("adapter", "an adapter for the task")],
)
def test_explain_tells_what_was_taken_off_and_why(
    tmp_path: Path, scored_with: str, what: str
) -> None:
    frozen = task(training=Training(method="frozen"))
    plain = explain(frozen, load_catalog(), MODEL)
    account = explain(frozen, catalog(tmp_path, scored_with), MODEL)
    reads = account.values[0].reads
    assert f"{WITHOUT.mean:.2f} of them are taken off" in reads
    assert what in reads
    assert "taken off" not in plain.values[0].reads
    assert account.values[0].value < plain.values[0].value


def test_recommend_names_some_that_lose_by_it(tmp_path: Path) -> None:
    changed = catalog(tmp_path, "instruction")
    codes = {note.code: note.values for note in recommend(task(), changed).note_messages}
    values = codes["scored-with-more"]
    assert values["n"] >= len(values["models"])
    many = recommend(task(n_rows=100_000), changed).note_messages
    assert "scored-with-more" not in {note.code for note in many}
    search = task(task="feature-extraction", n_rows=0)
    assert "scored-with-more" not in {
        note.code for note in recommend(search, changed).note_messages
    }


def test_what_else_scores_may_be_taken_with_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SchemaError, match="scored_with"):
        catalog(tmp_path, "luck")
