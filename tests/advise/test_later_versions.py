"""That a model has a later version is said where the model is."""

from __future__ import annotations

from pick_model import recommend
from pick_model.catalog.catalog import Catalog
from pick_model.documents.task import Task


def test_a_shown_model_with_a_successor_names_it(catalog: Catalog) -> None:
    asked = Task(task="text-generation", languages=("en",), n_rows=5000)
    report = recommend(asked, catalog, top=None)
    known = {c.id: catalog.find(c.id).superseded_by for c in report.candidates}
    assert {c.id: c.superseded_by for c in report.candidates} == known
    assert any(known.values())
    few = recommend(asked, catalog, top=5)
    told = [note for note in few.note_messages if note.code == "later-versions"]
    named = {c.id for c in few.candidates if c.superseded_by}
    assert {v.values["id"] for note in told for v in note.values["versions"]} == named  # type: ignore[union-attr]


def test_a_list_without_old_versions_says_nothing(catalog: Catalog) -> None:
    asked = Task(task="time-series-forecasting", n_rows=1000)
    report = recommend(asked, catalog, top=1)
    assert report.candidates[0].superseded_by is None
    assert "later-versions" not in {note.code for note in report.note_messages}
