"""A gate report as GitHub workflow commands: annotations on the lines of a change."""

from __future__ import annotations

from datetime import date

from pick_model.documents.failure import ErrorReport
from pick_model.documents.gate_report import Check, GateReport
from pick_model.escape import plain_lines
from pick_model.render.gate_text import judge_of, tally

# GitHub shows ten annotations of a type for one step and drops the rest without a word.
MOST_OF_A_TYPE = 10
COMMANDS = {"error": "error", "warning": "warning", "note": "notice"}


def as_text(report: GateReport) -> str:
    """One command a finding, ten of a type at most; the tenth says how many it stands for."""
    by_type: dict[str, list[str]] = {command: [] for command in COMMANDS.values()}
    for check in report.checks:
        if check.state in ("fail", "inconclusive"):
            by_type[COMMANDS[check.severity]].append(_command(check))
    lines = []
    for command, found in by_type.items():
        if len(found) > MOST_OF_A_TYPE:
            shown = MOST_OF_A_TYPE - 1
            more = f"{len(found) - shown} more of this severity are not shown: GitHub shows "
            more += f"{MOST_OF_A_TYPE} a type. The other reports hold them all."
            found = [*found[:shown], f"::{command} title=pick-model gate::{_data(more)}"]
        lines += found
    for lock in report.locks:
        judged = f"{lock.lock} is judged by {judge_of(lock.policy)}"
        lines.append(f"pick-model gate: {_data(judged)}")
    lines.append(f"pick-model gate: {report.verdict} ({tally(report)})")
    return "\n".join(lines) + "\n"


def _command(check: Check) -> str:
    undecided = "cannot tell: " if check.state == "inconclusive" else ""
    fix = f"\nfix: {check.fix}" if check.fix else ""
    where = (
        f"file={_property(check.location.file)},line={check.location.line},"
        f"title={_property(f'{check.code} {check.name}')}"
    )
    message = _data(f"{check.subject}: {undecided}{check.message}{fix}")
    return f"::{COMMANDS[check.severity]} {where}::{message}"


def _data(text: str) -> str:
    """A message: % first, or the escapes would be escaped."""
    return plain_lines(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def broken(report: ErrorReport, today: date) -> str:  # noqa: ARG001 - one shape for all formats
    """One error annotation for when there is no verdict."""
    error = report.error
    where = "title=pick-model gate"
    if error.location:
        where = f"file={_property(error.location.file)},line={error.location.line or 1},{where}"
    hint = f" ({error.hint})" if error.hint else ""
    return f"::error {where}::{_data(error.message + hint)}\n"
