"""What the catalog advises for sounds, speech and music is what was made for each."""

from __future__ import annotations

import pytest

from pick_model.advise.recommend import recommend
from pick_model.catalog.catalog import Catalog
from pick_model.documents.report import Candidate
from pick_model.documents.task import Task, Training


def first(catalog: Catalog, n: int, **written: object) -> tuple[Candidate, ...]:
    task = Task(task="audio-classification", n_labels=10, **written)  # type: ignore[arg-type]
    return recommend(task, catalog, top=n).candidates


@pytest.mark.parametrize(
    "written",
    [
        {"n_rows": 2000},
        {"n_rows": 100},
        {"n_rows": 2000, "training": Training(method="frozen")},
        {"n_rows": 200_000},
        {"n_rows": 3000, "name": "bird song"},
        {"n_rows": 3000, "domain": "acoustic scenes"},
    ],
)
def test_what_learnt_speech_or_music_alone_does_not_lead_on_sounds(
    catalog: Catalog, written: dict[str, object]
) -> None:
    for candidate in first(catalog, 5, **written):
        assert not catalog.find(candidate.id).domains


def test_the_first_ten_for_sounds_were_scored_on_sounds(catalog: Catalog) -> None:
    scored = [one.resembling_scores > 0 for one in first(catalog, 10, n_rows=2000)]
    assert scored[0]
    assert sum(scored) >= 5


@pytest.mark.parametrize(
    "written",
    [
        {"domain": "speech", "languages": ("en",), "n_rows": 5000},
        {"languages": ("en",), "n_rows": 5000},
        {"name": "speech commands", "n_rows": 20_000},
        {"domain": "speech", "n_rows": 200, "training": Training(method="frozen")},
    ],
)
def test_what_learnt_speech_leads_on_speech(catalog: Catalog, written: dict[str, object]) -> None:
    for candidate in first(catalog, 5, **written):
        assert "speech" in catalog.find(candidate.id).domains


@pytest.mark.parametrize("training", [Training(), Training(method="frozen")])
def test_what_learnt_music_is_among_the_first_on_music_and_what_learnt_speech_is_not(
    catalog: Catalog, training: Training
) -> None:
    some = first(catalog, 5, domain="music", n_rows=5000, training=training)
    domains = [catalog.find(one.id).domains for one in some]
    assert any("music" in one for one in domains)
    assert ("speech",) not in domains
