"""A gate report for a terminal or a log."""

from __future__ import annotations

from pick_model.documents.gate_report import WEIGHT, Check, GateReport, State
from pick_model.render.layout import STYLES, Page

WORDS: dict[State, str] = {"pass": "passed", "skipped": "skipped"}


def gate_page(report: GateReport, page: Page, *, verbose: bool = False) -> None:
    """Verdict first, then what failed or could not be decided, then what was excused."""
    page.heading(report.verdict.upper(), tally(report), style=STYLES.get(report.verdict, "bold"))
    for lock in report.locks:
        pinned = f"{lock.hub_repo}@{lock.revision[:12]}" if lock.revision else "not pinned"
        by = f"judged by {judge_of(lock.policy)}"
        page.paragraph(f"{lock.lock}: {lock.model} ({pinned}) for {lock.task}, {by}", dim=True)
    for state in ("fail", "inconclusive"):
        for check in report.checks:
            if check.state == state:
                _finding(check, page)
    excused = [check for check in report.checks if check.exception]
    if excused:
        page.blank()
        for check in excused:
            _excused(check, page)
    if verbose:
        _others(report, page)
    if report.notes:
        page.blank()
        for note in report.notes:
            page.paragraph(note, label="note")


def judge_of(policy: str | None) -> str:
    """What a lock or a finding was judged by."""
    return policy or "the rules' defaults"


def tally(report: GateReport) -> str:
    """How many checks came out how; failures too slight for --fail-on are warnings."""
    slight = sum(
        check.state == "fail" and WEIGHT[check.severity] < WEIGHT[report.fail_on]
        for check in report.checks
    )
    counts = {
        "failed": report.counts["fail"] - slight,
        "undecided": report.counts["inconclusive"],
        "warned": slight,
        "passed": report.counts["pass"],
        "skipped": report.counts["skipped"],
    }
    return ", ".join(f"{n} {word}" for word, n in counts.items() if n)


def _finding(check: Check, page: Page) -> None:
    kind = check.severity if check.state == "fail" else f"undecided ({check.severity})"
    page.blank()
    place = f"{check.location.file}:{check.location.line}"
    style = STYLES.get(check.severity if check.state == "fail" else "undecided", "bold")
    page.paragraph(f"{kind}: {check.name}", label=f"{check.code} {check.subject}", style=style)
    page.paragraph(place, indent=2, dim=True)
    page.paragraph(check.message, indent=2)
    if check.related:
        page.paragraph(f"see {check.related.file}:{check.related.line}", indent=2, dim=True)
    if check.fix:
        page.paragraph(f"fix: {check.fix}", indent=2)


def _excused(check: Check, page: Page) -> None:
    if check.exception is None:
        return
    page.paragraph(
        f"until {check.exception.expires} by {check.exception.owner}: {check.exception.reason} "
        f"({check.message})",
        label=f"{check.code} excepted",
    )


def _others(report: GateReport, page: Page) -> None:
    page.blank()
    for check in report.checks:
        if check.state == "pass" or (check.state == "skipped" and not check.exception):
            page.paragraph(f"{WORDS[check.state]}: {check.message}", label=check.code, dim=True)
