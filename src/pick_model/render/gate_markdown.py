"""A gate report as Markdown, for a job summary or a comment."""

from __future__ import annotations

from datetime import date

from pick_model.documents.failure import ErrorReport
from pick_model.documents.gate_report import Check, GateReport
from pick_model.render.gate_text import finding, fix, judge_of, severity, tally, what_broke
from pick_model.render.tables import table
from pick_model.render.words import markdown
from pick_model.words.reader import phrase, retold, word

SIGNS = {"pass": "✅", "fail": "❌", "inconclusive": "❔"}


def as_text(report: GateReport) -> str:
    """A heading with the verdict, a table of findings, the exceptions and the notes."""
    verdict = phrase("gate-verdict", verdict=report.verdict)
    lines = [f"## {SIGNS[report.verdict]} {verdict}", "", tally(report), ""]
    for lock in report.locks:
        locked = phrase(
            "locked-and-judged-in-short",
            lock=markdown(lock.lock),
            model=f"**{markdown(lock.model)}**",
            pinned=f"`{lock.revision[:12]}`" if lock.revision else word("not pinned"),
            judge=markdown(judge_of(lock.policy)),
        )
        lines.append(f"- {locked}")
    found = [check for check in report.checks if check.state in ("fail", "inconclusive")]
    if found:
        titles = (word(name) for name in ("rule", "model", "severity", "finding", "where", "fix"))
        lines += ["", *table(list(titles), map(_row, found))]
    excused = [check for check in report.checks if check.exception]
    if excused:
        lines += ["", phrase("excepted-listed"), ""]
        lines += [_excused(check) for check in excused]
    notes = retold(report.notes, report.note_messages)
    if notes:
        lines += ["", *(f"- {markdown(note)}" for note in notes)]
    return "\n".join(lines) + "\n"


def _row(check: Check) -> tuple[str, ...]:
    return (
        f"{check.code} {check.name}",
        markdown(check.subject),
        severity(check),
        markdown(finding(check)),
        markdown(f"{check.location.file}:{check.location.line}"),
        markdown(fix(check)),
    )


def _excused(check: Check) -> str:
    if check.exception is None:
        return ""
    until = phrase(
        "excepted-until",
        expires=check.exception.expires,
        owner=markdown(check.exception.owner),
        reason=markdown(check.exception.reason),
        finding=markdown(finding(check)),
    )
    return f"- {check.code} {until}"


def broken(report: ErrorReport, today: date) -> str:  # noqa: ARG001 - one shape for all formats
    """The same for when there is no verdict."""
    error = report.error
    where = f"{error.location.file}:{error.location.line or 1}: " if error.location else ""
    return f"## ⚠️ {phrase('gate-without-verdict')}\n\n{markdown(where + what_broke(error))}\n"
