"""A gate report for a terminal or a log."""

from __future__ import annotations

from rich.cells import cell_len

from pick_model.documents.failure import ErrorBody
from pick_model.documents.gate_report import WEIGHT, Check, GateReport, State
from pick_model.errors import in_one
from pick_model.render.layout import STYLES, Page
from pick_model.words.message import Message
from pick_model.words.reader import listing, phrase, retold, tell, word

COMMANDS = {"compare-with-leader"}  # fixes that are a command and nothing else
WORDS: dict[State, str] = {"pass": "passed", "skipped": "skipped"}


def gate_page(report: GateReport, page: Page, *, verbose: bool = False) -> None:
    """Verdict first, then what failed or could not be decided, then what was excused."""
    page.heading(
        word(report.verdict).upper(), tally(report), style=STYLES.get(report.verdict, "bold")
    )
    for lock in report.locks:
        pinned = f"{lock.hub_repo}@{lock.revision[:12]}" if lock.revision else word("not pinned")
        locked = phrase(
            "locked-and-judged",
            lock=lock.lock,
            model=lock.model,
            pinned=pinned,
            task=lock.task,
            judge=judge_of(lock.policy),
        )
        page.paragraph(locked, dim=True)
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
        for note in retold(report.notes, report.note_messages):
            page.paragraph(note, label=word("note"))


def judge_of(policy: str | None) -> str:
    """What a lock or a finding was judged by."""
    return policy or word("the rules' defaults")


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
    return listing(
        (phrase("count-of", n=n, what=what) for what, n in counts.items() if n), "phrases"
    )


def severity(check: Check) -> str:
    """How grave a finding is, also of one that could not be decided."""
    shown = word(check.severity)
    if check.state == "fail":
        return shown
    return phrase("with-aside", text=word("undecided"), aside=shown)


def finding(check: Check) -> str:
    """What was found."""
    return tell(Message(code=check.message_code, values=check.values))


def fix(check: Check) -> str:
    """What would mend it; nothing where nothing is to be done."""
    return tell(check.fix_message) if check.fix_message else check.fix or ""


def _finding(check: Check, page: Page) -> None:
    page.blank()
    place = f"{check.location.file}:{check.location.line}"
    style = STYLES.get(check.severity if check.state == "fail" else "undecided", "bold")
    kind = phrase("label", name=severity(check)) + check.name
    page.paragraph(kind, label=f"{check.code} {check.subject}", style=style)
    page.paragraph(place, indent=2, dim=True)
    page.paragraph(finding(check), indent=2)
    if check.related:
        related = phrase("see", place=f"{check.related.file}:{check.related.line}")
        page.paragraph(related, indent=2, dim=True)
    if check.fix:
        _fix(check, page)


def _fix(check: Check, page: Page) -> None:
    """What would mend it; a command that does not fit beside the words can be copied below them."""
    words = phrase("label", name=word("fix")) + fix(check)
    message = check.fix_message
    command = message.values.get("command") if message else None
    if message and message.code in COMMANDS:
        command = fix(check)
    before, typed, options = words.partition(str(command))
    if not typed or cell_len(words) + 2 <= page.width:
        page.paragraph(words, indent=2)
        return
    page.paragraph(before.rstrip(), indent=2)
    page.command(typed + options, indent=4)


def _excused(check: Check, page: Page) -> None:
    if check.exception is None:
        return
    page.paragraph(
        phrase(
            "excepted-until",
            expires=check.exception.expires,
            owner=check.exception.owner,
            reason=check.exception.reason,
            finding=finding(check),
        ),
        label=phrase("rule-excepted", rule=check.code),
    )


def what_broke(error: ErrorBody) -> str:
    """Why there is no verdict, and what to type."""
    what = Message(code=error.message_code, values=error.values)
    return tell(in_one(what, error.hint_message))


def _others(report: GateReport, page: Page) -> None:
    page.blank()
    for check in report.checks:
        if check.state == "pass" or (check.state == "skipped" and not check.exception):
            state = phrase("label", name=word(WORDS[check.state]))
            page.paragraph(state + finding(check), label=check.code, dim=True)
