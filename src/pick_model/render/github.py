"""A gate report as GitHub workflow commands: annotations on the lines of a change."""

from __future__ import annotations

from datetime import date

from pick_model.documents.failure import ErrorReport
from pick_model.documents.gate_report import Check, GateReport
from pick_model.escape import plain_lines
from pick_model.render.gate_text import finding, fix, judge_of, tally, what_broke
from pick_model.words.reader import phrase, word

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
            more = phrase("github-shows-few", n=len(found) - shown, most=MOST_OF_A_TYPE)
            found = [*found[:shown], f"::{command} title=pick-model gate::{_data(more)}"]
        lines += found
    for lock in report.locks:
        judged = phrase("is-judged-by", lock=lock.lock, judge=judge_of(lock.policy))
        lines.append(f"pick-model gate: {_data(judged)}")
    verdict = phrase("with-aside", text=word(report.verdict), aside=tally(report))
    lines.append(f"pick-model gate: {verdict}")
    return "\n".join(lines) + "\n"


def _command(check: Check) -> str:
    told = finding(check)
    if check.state == "inconclusive":
        told = phrase("label", name=word("cannot tell")) + told
    if check.fix:
        told += "\n" + phrase("label", name=word("fix")) + fix(check)
    where = (
        f"file={_property(check.location.file)},line={check.location.line},"
        f"title={_property(f'{check.code} {check.name}')}"
    )
    message = _data(phrase("label", name=check.subject) + told)
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
    return f"::error {where}::{_data(what_broke(error))}\n"
