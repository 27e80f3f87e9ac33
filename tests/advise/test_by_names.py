"""Classes told by their names alone: what was tuned to read them leads, by its scores."""

from __future__ import annotations

import pytest

from pick_model.advise.recommend import recommend
from pick_model.catalog.catalog import Catalog
from pick_model.documents.report import Candidate
from pick_model.documents.task import Task


def ranked(catalog: Catalog, *languages: str) -> tuple[Candidate, ...]:
    task = Task(task="zero-shot-classification", languages=languages, n_labels=6)
    return recommend(task, catalog, top=50).candidates


def test_the_best_of_its_card_leads_and_its_reference_stands_far_behind(catalog: Catalog) -> None:
    ids = [one.id for one in ranked(catalog, "en")]
    assert ids[0].startswith("deberta-v3-large-zeroshot")
    assert ids.index("bart-large-mnli") > ids.index("roberta-large-zeroshot-v2.0-c")


def test_the_first_was_scored_on_sets_that_it_had_not_seen(catalog: Catalog) -> None:
    assert ranked(catalog, "en")[0].resembling_scores >= 28


@pytest.mark.parametrize("language", ["de", "pt", "ja", "vi", "sw"])
def test_other_languages_have_a_choice(catalog: Catalog, language: str) -> None:
    assert len(ranked(catalog, language)) >= 3
