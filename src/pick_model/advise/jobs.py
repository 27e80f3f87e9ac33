"""Common jobs, and whether what `recommend` puts first has scores that resemble them."""

from __future__ import annotations

from collections.abc import Iterable

from pick_model.advise.recommend import recommend
from pick_model.catalog.catalog import Catalog
from pick_model.documents.catalog_reports import JobEvidence
from pick_model.documents.report import Recommendation
from pick_model.documents.task import Task
from pick_model.errors import NoCandidate

FIRST = 10  # of the candidates, that should have evidence
NEEDED = 0.5  # share of them


def evidence_of_jobs(catalog: Catalog, jobs: Iterable[Task]) -> tuple[JobEvidence, ...]:
    """For each job (see `catalog.jobs`) how many candidates have a score that resembles it."""
    return tuple(_of(job, catalog) for job in jobs)


def _of(job: Task, catalog: Catalog) -> JobEvidence:
    try:
        report = recommend(job, catalog, top=None)
    except NoCandidate:
        return JobEvidence(
            job=job.name or job.task,
            task=job.task,
            candidates=0,
            with_evidence=0,
            resembling_scores=0,
            first=(),
            first_with_evidence=0,
            share=0.0,
            needed=NEEDED,
            leader_scores=0,
            leader_told=False,
            holds=False,
        )
    return _held(job, report)


def _held(job: Task, report: Recommendation) -> JobEvidence:
    first = report.candidates[:FIRST]
    supported = sum(candidate.resembling_scores > 0 for candidate in first)
    leader = first[0].resembling_scores
    told = any(note.code == "leader-unscored" for note in report.note_messages)
    share = supported / len(first)
    return JobEvidence(
        job=job.name or job.task,
        task=job.task,
        candidates=len(report.candidates),
        with_evidence=sum(c.resembling_scores > 0 for c in report.candidates),
        resembling_scores=sum(c.resembling_scores for c in report.candidates),
        first=tuple(candidate.id for candidate in first),
        first_with_evidence=supported,
        share=round(share, 4),
        needed=NEEDED,
        leader_scores=leader,
        leader_told=told,
        holds=share >= NEEDED and (leader > 0 or told),
    )
