"""A gate report as JUnit XML: a suite a checked file, a case a check.

A finding that counts against the verdict is a failure; what could not be decided, and a run
that broke, are errors; exceptions and rules that are off are skipped. A warning that does not
count passes and tells its message in system-out.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby

from pick_model.documents.failure import ErrorReport
from pick_model.documents.gate_report import WEIGHT, Check, GateReport
from pick_model.escape import plain_lines
from pick_model.render.gate_text import judge_of

# What XML 1.0 cannot hold (section 2.2).
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ESCAPES = {
    ord("&"): "&amp;",
    ord("<"): "&lt;",
    ord(">"): "&gt;",
    ord('"'): "&quot;",
    ord("\n"): "&#10;",
    ord("\t"): "&#9;",
    ord("\r"): "&#13;",
}


def as_text(report: GateReport) -> str:
    """The report as one XML document; times are zero, so that the same run gives the same bytes."""
    outcomes = [(check, _kind(check, report)) for check in report.checks]
    lines = [_head("testsuites", [kind for _, kind in outcomes], "")]
    groups = groupby(outcomes, key=lambda pair: pair[0].about)
    for about, group in groups:
        members = list(group)
        stamp = f' time="0" timestamp="{report.today}T00:00:00" hostname="localhost"'
        lines.append("  " + _head("testsuite", [kind for _, kind in members], stamp, name=about))
        judge = _text(judge_of(members[0][0].policy))
        lines.append(f'    <properties><property name="policy" value="{judge}"/></properties>')
        lines += _cases(members)
        lines.append("  </testsuite>")
    return _document([*lines, "</testsuites>"])


def _kind(check: Check, report: GateReport) -> str:
    """failure, error, skipped, told or passed."""
    counts = WEIGHT[check.severity] >= WEIGHT[report.fail_on]
    if check.state == "fail":
        return "failure" if counts else "told"
    if check.state == "inconclusive":
        return "error" if counts or check.severity != "note" else "told"
    return "skipped" if check.state == "skipped" else "passed"


def _head(tag: str, kinds: Sequence[str], more: str, name: str = "pick-model gate") -> str:
    n = Counter(kinds)
    return (
        f'<{tag} name="{_text(name)}" tests="{len(kinds)}" failures="{n["failure"]}" '
        f'errors="{n["error"]}" skipped="{n["skipped"]}"{more}>'
    )


def _cases(members: Sequence[tuple[Check, str]]) -> Iterator[str]:
    seen: Counter[str] = Counter()
    for check, kind in members:
        name = f"{check.code} {check.name}"
        seen[name] += 1
        if seen[name] > 1:  # viewers tell cases apart by their names
            name = f"{name} #{seen[name]}"
        opening = (
            f'    <testcase name="{_text(name)}" classname="{_text(check.subject)}" '
            f'file="{_text(check.location.file)}" line="{check.location.line}" time="0"'
        )
        inside = _inside(check, kind)
        yield f"{opening}>{inside}</testcase>" if inside else f"{opening}/>"


def _inside(check: Check, kind: str) -> str:
    message = check.message
    if check.exception:
        message = (
            f"excepted until {check.exception.expires} by {check.exception.owner}: "
            f"{check.exception.reason} ({message})"
        )
    if kind == "passed":
        return ""
    if kind == "skipped":
        return f'<skipped message="{_text(message)}"/>'
    place = f"{check.location.file}:{check.location.line}"
    told = f"{place}: {message}" + (f"\nfix: {check.fix}" if check.fix else "")
    if kind == "told":
        return f"<system-out>{_text(f'{check.severity}: {told}')}</system-out>"
    return f'<{kind} type="{check.code}" message="{_text(message)}">{_text(told)}</{kind}>'


def _text(text: str) -> str:
    """Text for an attribute or an element."""
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", plain_lines(text)).translate(_ESCAPES)


def _document(lines: Sequence[str]) -> str:
    return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', *lines]) + "\n"


def broken(report: ErrorReport, today: date) -> str:
    """One case in error for when there is no verdict."""
    error = report.error
    file = error.location.file if error.location else "pick-model.lock"
    hint = f" ({error.hint})" if error.hint else ""
    line = (error.location.line if error.location else None) or 1
    stamp = f' time="0" timestamp="{today.isoformat()}T00:00:00" hostname="localhost"'
    return _document(
        [
            _head("testsuites", ["error"], ""),
            "  " + _head("testsuite", ["error"], stamp, name=file),
            f'    <testcase name="verdict" classname="pick-model gate" file="{_text(file)}" '
            f'line="{line}" time="0"><error type="{_text(error.code)}" '
            f'message="{_text(error.message + hint)}"/></testcase>',
            "  </testsuite>",
            "</testsuites>",
        ]
    )
