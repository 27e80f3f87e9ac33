"""A gate report as Markdown, for a job summary or a comment."""

from __future__ import annotations

from datetime import date

from pick_model.documents.failure import ErrorReport
from pick_model.documents.gate_report import Check, GateReport
from pick_model.render.gate_text import judge_of, tally
from pick_model.render.words import markdown

SIGNS = {"pass": "✅", "fail": "❌", "inconclusive": "❔"}


def as_text(report: GateReport) -> str:
    """A heading with the verdict, a table of findings, the exceptions and the notes."""
    lines = [f"## {SIGNS[report.verdict]} Model gate: {report.verdict}", "", tally(report), ""]
    for lock in report.locks:
        pinned = f"`{lock.revision[:12]}`" if lock.revision else "not pinned"
        by = f"judged by {markdown(judge_of(lock.policy))}"
        lines.append(f"- {markdown(lock.lock)}: **{markdown(lock.model)}**, {pinned}, {by}")
    found = [check for check in report.checks if check.state in ("fail", "inconclusive")]
    if found:
        lines += ["", "| rule | model | severity | finding | where | fix |"]
        lines += ["| --- | --- | --- | --- | --- | --- |"]
        lines += [_row(check) for check in found]
    excused = [check for check in report.checks if check.exception]
    if excused:
        lines += ["", "Excepted:", ""]
        lines += [_excused(check) for check in excused]
    if report.notes:
        lines += ["", *(f"- {markdown(note)}" for note in report.notes)]
    return "\n".join(lines) + "\n"


def _row(check: Check) -> str:
    severity = check.severity if check.state == "fail" else f"undecided ({check.severity})"
    cells = (
        f"{check.code} {check.name}",
        markdown(check.subject),
        severity,
        markdown(check.message),
        markdown(f"{check.location.file}:{check.location.line}"),
        markdown(check.fix or ""),
    )
    return f"| {' | '.join(cells)} |"


def _excused(check: Check) -> str:
    if check.exception is None:
        return ""
    return (
        f"- {check.code} until {check.exception.expires} by {markdown(check.exception.owner)}: "
        f"{markdown(check.exception.reason)} ({markdown(check.message)})"
    )


def broken(report: ErrorReport, today: date) -> str:  # noqa: ARG001 - one shape for all formats
    """The same for when there is no verdict."""
    error = report.error
    where = f"{error.location.file}:{error.location.line or 1}: " if error.location else ""
    hint = f" ({error.hint})" if error.hint else ""
    return f"## ⚠️ Model gate: no verdict\n\n{markdown(where + error.message + hint)}\n"
