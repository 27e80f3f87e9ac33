"""Thirty common jobs, which the evidence of the catalog is held against."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pick_model.documents.reader import Parsed, check, parse_yaml, read_text
from pick_model.documents.task import Task

JOBS_FILE = Path(__file__).with_name("jobs.yaml")


def read_jobs() -> tuple[Task, ...]:
    """The jobs, as people would write them. Raises SchemaError for one that is no profile."""
    parsed = parse_yaml(read_text(JOBS_FILE), JOBS_FILE.name)
    jobs: list[dict[str, Any]] = parsed.value["jobs"]
    return tuple(
        check(Parsed(job, {(): number}, JOBS_FILE.name), Task)
        for number, job in enumerate(jobs, start=1)
    )
