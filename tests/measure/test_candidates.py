"""Models that a user names, as entries: the catalog's, or what their files tell."""

from __future__ import annotations

from pathlib import Path

import pytest

from pick_model.advise.profile import settled
from pick_model.catalog.load import load_catalog
from pick_model.documents.task import Task
from pick_model.encoders.resolve import ModelRef
from pick_model.measure.candidates import named, of_catalog

CATALOG = load_catalog()
PROFILE = settled(Task(task="text-classification", languages=("de",)), CATALOG)


def test_an_entry_of_the_catalog_stays_what_it_is() -> None:
    found = named([ModelRef("roberta-base", hub_repo="FacebookAI/roberta-base")], CATALOG, PROFILE)
    assert (list(found.refs), found.own, dict(found.faults)) == (["roberta-base"], frozenset(), {})
    assert found.catalog.entries["roberta-base"] == CATALOG.entries["roberta-base"]


def test_a_folder_is_what_its_files_tell_and_meant_for_the_task(one_layer: Path) -> None:
    found = named([ModelRef("ours", one_layer)], CATALOG, PROFILE)
    entry = found.catalog.entries["ours"]
    assert found.own == {"ours"}
    assert (entry.kind, entry.languages) == ("encoder", ("de",))
    assert "text-classification" in entry.tasks
    # Embeddings of 30,522 words, 512 places and 2 types, and one block of width 384.
    assert entry.n_parameters == pytest.approx(13.8e6, rel=0.01)
    assert "ours" not in CATALOG.entries  # the shipped one is not written to


def test_what_cannot_be_read_is_a_fault_under_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    (tmp_path / "empty").mkdir()
    refs = [ModelRef("empty", tmp_path / "empty"), ModelRef("org/none", hub_repo="org/none")]
    found = named(refs, CATALOG, PROFILE, offline=True)
    assert list(found.faults) == ["empty", "org/none"]
    assert "no config.json in empty" in str(found.faults["empty"])  # the folder is there
    assert found.refs == {}


def test_entries_without_a_repository_cannot_be_had() -> None:
    without = next(name for name in CATALOG.entries if CATALOG.entries[name].hub_repo is None)
    assert list(of_catalog(CATALOG, [without, "roberta-base"])) == ["roberta-base"]
