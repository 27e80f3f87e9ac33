"""The coverage table counts what it says it counts, and says when a target is missed."""

from __future__ import annotations

from pathlib import Path

import pytest

from pick_model import load_catalog
from pick_model.advise.jobs import evidence_of_jobs
from pick_model.catalog.catalog import Catalog, Entries
from pick_model.catalog.jobs import read_jobs
from pick_model.catalog.stats import APPLICATIONS, FACTS, stats
from pick_model.documents.catalog_reports import CatalogStats
from pick_model.record import replace


def row(report: CatalogStats, application: str) -> int:
    return next(r.candidates for r in report.coverage if r.application == application)


def without(catalog: Catalog, unwanted: set[str]) -> Catalog:
    return replace(
        catalog,
        entries=Entries({i: e for i, e in catalog.entries.changed().items() if i not in unwanted}),
    )


def test_every_application_and_fact_has_its_row(catalog: Catalog) -> None:
    report = stats(catalog)
    assert [r.application for r in report.coverage] == list(APPLICATIONS)
    assert [r.fact for r in report.fill_rates] == list(FACTS)
    assert sum(report.kinds.values()) == report.n_models == len(catalog.entries)


def test_candidates_are_counted_as_by_hand(catalog: Catalog) -> None:
    entries = catalog.entries.values()
    report = stats(catalog)
    translating = [e for e in entries if "translation" in e.tasks and e.modality == "text"]
    assert row(report, "translation") == len(translating)
    assert row(report, "translation, Chinese") == sum(
        "zh" in (e.languages or ()) for e in translating
    )
    assert row(report, "translation, multilingual") == sum(
        len(e.languages or ()) >= 10 for e in translating
    )


@pytest.mark.parametrize(
    ("application", "entry_id"),
    [
        ("named: BERT", "bert-base-uncased"),
        ("named: GPT-2", "gpt2"),
        ("named: Transformer (2017)", "transformer-base-wmt14"),
        ("named: DenseNet", "densenet121.tv_in1k"),
        ("named: AlexNet", "alexnet"),
        ("named: RNN and CNN for text", "textcnn"),
        ("named: neural collaborative filtering", "neumf"),
    ],
)
def test_the_named_systems_are_there(catalog: Catalog, application: str, entry_id: str) -> None:
    assert APPLICATIONS[application].served_by(catalog.entries[entry_id])


def test_a_missing_candidate_shows_as_short(catalog: Catalog) -> None:
    report = stats(without(catalog, {"alexnet"}))
    alexnet = next(r for r in report.coverage if r.application == "named: AlexNet")
    assert (alexnet.candidates, alexnet.holds) == (0, False)
    assert not report.holds


def test_fill_rates_count_known_over_applicable(catalog: Catalog) -> None:
    rates = {rate.fact: rate for rate in stats(catalog).fill_rates}
    pretrained = [e for e in catalog.entries.values() if e.pretrained]
    known = sum(e.license is not None for e in pretrained)
    assert (rates["licence"].known, rates["licence"].applicable) == (known, len(pretrained))
    assert rates["licence"].share == round(known / len(pretrained), 4)


def test_the_data_and_compute_of_a_base_model_do_not_count_as_a_model_s_own(
    catalog: Catalog,
) -> None:
    compute = next(r for r in stats(catalog).fill_rates if r.fact == "pretraining compute")
    own = [e for e in catalog.entries.values() if e.pretrained and e.pretraining.compute_flop]
    inheriting = [e for e in own if catalog.lineage(e)[1:]]
    assert inheriting
    assert compute.known == len(own)


def test_entries_of_an_overlay_count(tmp_path: Path) -> None:
    overlay = tmp_path / "own.yaml"
    overlay.write_text(
        "models:\n- id: our-lawyer\n  family: bert\n  kind: encoder\n  modality: text\n"
        "  tasks: [text-classification]\n  languages: [en]\n  domains: [legal]\n",
        encoding="utf-8",
    )
    with_own, shipped = stats(load_catalog([overlay])), stats(load_catalog())
    assert row(with_own, "legal") == row(shipped, "legal") + 1


def test_years_and_scores_are_counted_as_by_hand(catalog: Catalog) -> None:
    report = stats(catalog)
    entries = list(catalog.entries.values())
    assert sum(report.years.values()) == len(entries)
    assert report.years["2019"] == sum((e.release_date or "").startswith("2019") for e in entries)
    assert report.years["unknown"] == sum(e.release_date is None for e in entries)
    assert report.n_scored == sum(e.id in catalog.details["scores"] for e in entries)
    assert report.scored_share >= report.scored_needed  # at most 30 % have no score at all


def test_there_are_thirty_jobs_and_the_first_of_most_have_evidence(catalog: Catalog) -> None:
    jobs = evidence_of_jobs(catalog, read_jobs())
    assert len(jobs) == len({job.job for job in jobs}) == 30
    for job in jobs:
        assert job.candidates >= len(job.first) >= 4
        assert job.first_with_evidence <= len(job.first)
        # No job is led by a model without a score unless `recommend` says so.
        assert job.leader_scores > 0 or job.leader_told
        enough = job.first_with_evidence >= job.needed * len(job.first)
        assert job.holds == (enough and (job.leader_scores > 0 or job.leader_told))
    assert [job.job for job in jobs if not job.holds] == []


def test_a_job_that_nobody_can_do_is_short() -> None:
    nothing = without(load_catalog(), set(load_catalog().entries))
    assert {(job.candidates, job.holds) for job in evidence_of_jobs(nothing, read_jobs())} == {
        (0, False)
    }
    assert not stats(nothing, evidence_of_jobs(nothing, read_jobs())).holds
