"""What the catalog advises for pictures of one kind is not what was made for another."""

from __future__ import annotations

import pytest

from pick_model.advise.profile import settled
from pick_model.advise.recommend import recommend
from pick_model.catalog.catalog import Catalog
from pick_model.documents.report import Candidate
from pick_model.documents.task import Task, Training
from pick_model.vocabulary.domains import canonical_domain

FROZEN = Training(method="frozen")


def first(catalog: Catalog, n: int, **written: object) -> tuple[Candidate, ...]:
    task = Task(task="image-classification", n_labels=5, n_rows=2000, **written)  # type: ignore[arg-type]
    return recommend(task, catalog, top=n).candidates


@pytest.mark.parametrize("word", ["medical", "biomedical", "Radiology", "X-ray"])
def test_medicine_is_medical_imaging_where_the_input_is_a_picture(
    catalog: Catalog, word: str
) -> None:
    domain = canonical_domain(word)  # as the file's reader leaves it
    profile = settled(Task(task="image-classification", domain=domain), catalog)
    assert profile.domain == "medical-imaging"
    assert profile.domain in catalog.domains


def test_medicine_is_biomedical_where_the_input_is_a_text(catalog: Catalog) -> None:
    profile = settled(Task(task="text-classification", domain="biomedical"), catalog)
    assert profile.domain == "biomedical"


@pytest.mark.parametrize("domain", ["biomedical", None])
@pytest.mark.parametrize("training", [Training(), FROZEN])
def test_what_learnt_pictures_from_the_air_does_not_lead_elsewhere(
    catalog: Catalog, domain: str | None, training: Training
) -> None:
    for candidate in first(catalog, 5, domain=domain, training=training):
        assert "remote-sensing" not in catalog.find(candidate.id).domains


def test_what_learnt_tissue_leads_on_tissue(catalog: Catalog) -> None:
    some = first(catalog, 5, domain="pathology", training=FROZEN)
    assert "pathology" in catalog.find(some[0].id).domains
    assert some[0].resembling_scores > 0


def test_what_learnt_tissue_is_not_among_the_first_elsewhere(catalog: Catalog) -> None:
    for candidate in first(catalog, 10, training=FROZEN):
        assert "pathology" not in catalog.find(candidate.id).domains


def test_what_learnt_medical_pictures_with_words_leads_on_their_classes_by_name(
    catalog: Catalog,
) -> None:
    task = Task(
        task="zero-shot-image-classification",
        languages=("en",),
        domain="medical-imaging",
        n_labels=5,
    )
    leader = recommend(task, catalog, top=1).candidates[0]
    assert "medical-imaging" in catalog.find(leader.id).domains
