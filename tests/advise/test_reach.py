"""Out of reach is said, with what stands nearest."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from pick_model import recommend
from pick_model.advise.profile import settled
from pick_model.advise.reach import unreached
from pick_model.belief.load import load_fit
from pick_model.catalog.catalog import Catalog
from pick_model.documents.catalog import Entry
from pick_model.documents.task import Task
from pick_model.errors import NoCandidate
from pick_model.vocabulary.languages import languages, served_by
from pick_model.words.say import say
from tests.told import words


def codes(catalog: Catalog, **asked: Any) -> dict[str, str]:
    told = unreached(settled(Task(**asked), catalog), catalog, load_fit().kinds)
    return {one.code: say(one) for one in told}


def nobodys(entries: Iterable[Entry]) -> str:
    """A language that none of the entries lists."""
    listed = {code for entry in entries for code in entry.languages or ()}
    return next(code for code in languages() if served_by((code,)).isdisjoint(listed))


@pytest.mark.parametrize("domain", ["protein", "banana"])
def test_a_domain_that_nobody_measured_is_told_with_those_that_are_known(
    catalog: Catalog, domain: str
) -> None:
    found = codes(catalog, task="text-classification", domain=domain)
    assert set(found) == {"domain-unknown"}
    assert "biomedical" in found["domain-unknown"]


def test_the_report_carries_the_warning(catalog: Catalog) -> None:
    report = recommend(Task(task="text-classification", domain="protein"), catalog, top=1)
    assert "domain-unknown" in {told.code for told in report.note_messages}


def test_an_empty_list_says_that_no_model_has_the_language(catalog: Catalog) -> None:
    entries, _ = catalog.entries.for_task("zero-shot-classification")
    with pytest.raises(NoCandidate) as caught:
        recommend(Task(task="zero-shot-classification", languages=(nobodys(entries),)), catalog)
    assert "no model for zero-shot-classification lists" in words(caught.value.hint)


def test_a_misspelt_domain_is_told_with_the_nearest(catalog: Catalog) -> None:
    found = codes(catalog, task="text-classification", domain="bio-medical")
    assert "did you mean biomedical?" in found["domain-unknown-near"]


def test_a_domain_of_another_modality_is_out_of_reach(catalog: Catalog) -> None:
    assert "domain-unknown" in codes(catalog, task="image-classification", domain="legal")


def test_a_domain_with_scores_is_in_reach(catalog: Catalog) -> None:
    assert codes(catalog, task="text-classification", domain="legal") == {}


def test_evidence_of_another_task_is_named(catalog: Catalog) -> None:
    found = codes(catalog, task="depth-estimation")
    assert "task-unscored" in found or "task-without-scores" in found


def test_a_language_without_models_or_scores_is_told(catalog: Catalog) -> None:
    entries, _ = catalog.entries.for_task("summarization")
    missing = nobodys(entries)
    found = codes(catalog, task="summarization", languages=(missing,))
    assert f"no model for summarization lists {missing}" in found["language-unknown"]
    assert "language-unscored" not in found  # of a language nobody knows that goes without saying
    assert "language-unscored" in codes(catalog, task="text-classification", languages=("gv",))
    assert codes(catalog, task="text-classification", languages=("en", "de")) == {}


def test_a_spoken_variety_is_in_reach_of_models_of_its_written_form(catalog: Catalog) -> None:
    assert "language-unknown" not in codes(catalog, task="translation", languages=("apc",))
