"""The document that stands in for a report when a command with --format json fails."""

from __future__ import annotations

from typing import Literal

from pick_model.documents.base import record
from pick_model.errors import PickModelError


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


def error_report(error: PickModelError) -> ErrorReport:
    """An error as a document."""
    where = error.location
    return ErrorReport(
        error=ErrorBody(
            code=error.code,
            exit=error.exit_code,
            message=_whole(error.message),
            location=ErrorLocation(file=_whole(where.file), line=where.line) if where else None,
            hint=None if error.hint is None else _whole(error.hint),
        )
    )


def _whole(text: str) -> str:
    """File names may hold halves of characters, which no document can be written with."""
    return text.encode("utf-8", "backslashreplace").decode()
