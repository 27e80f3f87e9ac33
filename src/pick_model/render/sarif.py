"""A gate report as SARIF 2.1.0 (OASIS Standard, errata 01), as code-scanning services read it."""

from __future__ import annotations

import json
from datetime import date
from typing import Any
from urllib.parse import quote

from pick_model import __version__
from pick_model.documents.failure import ErrorReport
from pick_model.documents.gate_report import Check, FileLine, GateReport
from pick_model.escape import in_json, plain
from pick_model.render.gate_text import judge_of

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
ROOT = "%SRCROOT%"  # what paths are relative to: the folder the gate ran in
SHOWN = ("fail", "inconclusive")


def as_text(report: GateReport) -> str:
    """One run; one result a finding, those under an exception marked as suppressed."""
    found = [c for c in report.checks if c.state in SHOWN or c.exception]
    rules = {check.code: check for check in report.checks}
    order = {code: index for index, code in enumerate(sorted(rules))}
    run = _run([_rule(rules[code]) for code in order])
    run["results"] = [_result(check, order[check.code]) for check in found]
    run["invocations"] = [{"executionSuccessful": True}]
    policies = {plain(lock.lock): plain(judge_of(lock.policy)) for lock in report.locks}
    run["properties"] = {"verdict": report.verdict, "today": report.today, "policies": policies}
    return _log(run)


def _log(run: dict[str, Any]) -> str:
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return in_json(json.dumps(log, indent=2, ensure_ascii=False)) + "\n"


def _run(rules: list[dict[str, Any]]) -> dict[str, Any]:
    driver = {"name": "pick-model gate", "semanticVersion": __version__, "rules": rules}
    return {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints"}


def _rule(check: Check) -> dict[str, Any]:
    return {
        "id": check.code,
        "name": "".join(word.capitalize() for word in check.name.split("-")),
        "shortDescription": {"text": check.title},
        "help": {"text": f"{check.title}: see {check.page}"},
    }


def _result(check: Check, index: int) -> dict[str, Any]:
    # SARIF says "open" and no level where it could not be told whether there is a problem, and
    # viewers then show nothing; so the level stays and the message says it.
    undecided = "cannot tell: " if check.state == "inconclusive" else ""
    fix = f" Fix: {check.fix}" if check.fix else ""
    result: dict[str, Any] = {
        "ruleId": check.code,
        "ruleIndex": index,
        "kind": "fail",
        "level": check.severity,
        "message": {"text": plain(f"{check.subject}: {undecided}{check.message}.{fix}")},
        "locations": [_location(check.location)],
        "partialFingerprints": {"pickModelFinding/v1": check.fingerprint},
        "properties": {"state": check.state, "policy": plain(judge_of(check.policy))},
    }
    if check.related:
        related = _location(check.related)
        result["relatedLocations"] = [{"id": 1, **related, "message": {"text": "see also"}}]
    if check.exception:
        result["suppressions"] = [
            {
                "kind": "external",
                "status": "accepted",
                "justification": plain(
                    f"{check.exception.owner}, until {check.exception.expires}: "
                    f"{check.exception.reason}"
                ),
            }
        ]
    return result


def _location(place: FileLine) -> dict[str, Any]:
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(place.file, errors="replace"), "uriBaseId": ROOT},
            "region": {"startLine": place.line},
        }
    }


def broken(report: ErrorReport, today: date) -> str:
    """A run that did not succeed, and why."""
    error = report.error
    hint = f" ({error.hint})" if error.hint else ""
    told: dict[str, Any] = {
        "level": "error",
        "message": {"text": plain(error.message + hint)},
        "descriptor": {"id": error.code},
    }
    if error.location:
        place = FileLine(file=error.location.file, line=error.location.line or 1)
        told["locations"] = [_location(place)]
    run = _run([])
    run["results"] = []
    run["invocations"] = [
        {
            "executionSuccessful": False,
            "exitCode": error.exit,
            "toolExecutionNotifications": [told],
        }
    ]
    run["properties"] = {"today": today.isoformat()}
    return _log(run)
