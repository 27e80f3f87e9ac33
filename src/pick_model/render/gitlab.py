"""A gate report as GitLab's Code Quality JSON, a subset of Code Climate's."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from pick_model.documents.failure import ErrorReport
from pick_model.documents.gate_report import Check, GateReport
from pick_model.escape import in_json, plain
from pick_model.files import digest
from pick_model.render.gate_text import judge_of

SEVERITIES = {"error": "major", "warning": "minor", "note": "info"}


def as_text(report: GateReport) -> str:
    """A list of findings; those that could not be decided say so."""
    found = [_issue(check) for check in report.checks if check.state in ("fail", "inconclusive")]
    return in_json(json.dumps(found, indent=2, ensure_ascii=False)) + "\n"


def _issue(check: Check) -> dict[str, Any]:
    undecided = "cannot tell: " if check.state == "inconclusive" else ""
    return {
        "description": plain(f"{check.subject}: {undecided}{check.message}"),
        "check_name": f"{check.code} {check.name}",
        "fingerprint": check.fingerprint,
        "content": {"body": plain(f"judged by {judge_of(check.policy)}")},
        "severity": SEVERITIES[check.severity],
        "location": {
            "path": check.location.file,
            "lines": {"begin": check.location.line},
        },
    }


def broken(report: ErrorReport, today: date) -> str:  # noqa: ARG001 - one shape for all formats
    """One blocking finding for when there is no verdict."""
    error = report.error
    place = error.location
    hint = f" ({error.hint})" if error.hint else ""
    issue = {
        "description": plain(error.message + hint),
        "check_name": f"no verdict: {error.code}",
        "fingerprint": digest(f"{error.code}\0{error.message}")[:32],
        "severity": "blocker",
        "location": {
            "path": place.file if place else "pick-model.lock",
            "lines": {"begin": (place.line if place else None) or 1},
        },
    }
    return in_json(json.dumps([issue], indent=2, ensure_ascii=False)) + "\n"
