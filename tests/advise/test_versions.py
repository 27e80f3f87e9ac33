"""Versions that a later one outdoes come after all others."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from pick_model import load_catalog, recommend
from pick_model.advise.profile import settled
from pick_model.advise.scoring import Scoring
from pick_model.advise.versions import outdone
from pick_model.catalog.catalog import Catalog
from pick_model.documents.task import Task
from pick_model.record import replace

SOCIAL = Task(task="item-recommendation", domain="social", n_rows=1_000_000)
ENGLISH = Task(task="text-classification", languages=("en",), n_rows=2_000)


@pytest.mark.parametrize("task", [SOCIAL, ENGLISH])
def test_what_is_outdone_comes_last_and_names_what_outdoes_it(task: Task, catalog: Catalog) -> None:
    report = recommend(task, catalog, top=None)
    by_id = {c.id: c for c in report.candidates}
    late = [c.outdone_by is not None for c in report.candidates]
    assert late == sorted(late)
    assert any(late)
    for c in report.candidates:
        if c.outdone_by is not None:
            better = by_id[c.outdone_by]
            assert better.outdone_by is None or better.outdone_by in by_id
            assert better.standing.value >= c.standing.value
            assert better.score >= c.score - 1e-3
    ranks = [c.rank for c in report.candidates]
    assert all(a <= b for a, b in pairwise(ranks))


def test_the_list_says_which_would_have_stood_in_it(catalog: Catalog) -> None:
    report = recommend(SOCIAL, catalog, top=10)
    [told] = [note for note in report.note_messages if note.code == "outdone-versions"]
    assert [v.values for v in told.values["versions"]] == [{"id": "simgcl", "by": "xsimgcl"}]  # type: ignore[union-attr]
    assert "simgcl" not in {c.id for c in report.candidates}
    [sentence] = [note for note in report.notes if "simgcl" in note]
    assert sentence.endswith("simgcl (xsimgcl)")


def test_what_was_asked_for_is_never_outdone(catalog: Catalog) -> None:
    scoring = Scoring(settled(SOCIAL, catalog), catalog)
    assert scoring.outdone["simgcl"] == ("xsimgcl",)
    assert "simgcl" not in outdone(scoring.scored, catalog, {"simgcl"})
    brought = Scoring(
        settled(SOCIAL, catalog), catalog, among=("simgcl", "xsimgcl"), own=("simgcl",)
    )
    assert brought.outdone == {}


@pytest.mark.parametrize(
    ("older", "later", "still"),
    [
        ({"license": "MIT"}, {"license": "Apache-2.0"}, True),
        ({"license": "MIT"}, {"license": "CC-BY-NC-4.0"}, False),
        ({"license": "MIT"}, {"license": None}, False),
        ({"license": None}, {"license": "MIT"}, True),
        ({"superseded_by": None}, {}, False),
    ],
)
def test_a_stricter_licence_outdoes_nothing(
    older: dict[str, str | None], later: dict[str, str | None], still: bool, catalog: Catalog
) -> None:
    scoring = Scoring(settled(SOCIAL, catalog), catalog)
    pair = {one.entry.id: one for one in scoring.scored if one.entry.id in ("simgcl", "xsimgcl")}
    changed = [
        replace(pair[name], entry=replace(pair[name].entry, **facts))
        for name, facts in (("simgcl", older), ("xsimgcl", later))
    ]
    assert ("simgcl" in outdone(changed, catalog, ())) == still


def test_one_that_is_worse_in_anything_outdoes_nothing(catalog: Catalog) -> None:
    scoring = Scoring(settled(SOCIAL, catalog), catalog)
    pair = {one.entry.id: one for one in scoring.scored if one.entry.id in ("simgcl", "xsimgcl")}
    for n, value in enumerate(pair["xsimgcl"].values):
        least = value._replace(value=pair["simgcl"].values[n].value - 0.01)
        values = (*pair["xsimgcl"].values[:n], least, *pair["xsimgcl"].values[n + 1 :])
        assert not outdone([pair["simgcl"], replace(pair["xsimgcl"], values=values)], catalog, ())


def test_a_version_whose_successor_is_banned_is_as_any_other(
    catalog: Catalog, tmp_path: Path
) -> None:
    overlay = tmp_path / "ours.yaml"
    overlay.write_text("ban:\n  - {id: xsimgcl, reason: not here}\n", encoding="utf-8")
    report = recommend(SOCIAL, load_catalog([overlay]), top=5)
    assert next(c.outdone_by for c in report.candidates if c.id == "simgcl") is None
