"""The document that stands in for a report when a command with --format json fails."""

from __future__ import annotations

from typing import Literal

from pick_model.documents.base import record


@record
class ErrorLocation:
    """Where an input is wrong."""

    file: str
    line: int | None


@record
class ErrorBody:
    """What went wrong, for machines."""

    code: str
    exit: int
    message: str
    location: ErrorLocation | None = None
    hint: str | None = None


@record
class ErrorReport:
    """The document on stdout when a command with --format json fails."""

    schema_version: Literal[1] = 1
    error: ErrorBody
