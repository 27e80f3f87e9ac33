"""gate: check locks against a policy and say pass, fail or inconclusive."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pick_model import __version__
from pick_model.documents.gate_report import (
    Check,
    Gated,
    GateReport,
    Level,
    Place,
    State,
)
from pick_model.documents.policy import Severity
from pick_model.errors import Location, UsageError
from pick_model.gate.case import Case, Catalogs, Circumstances
from pick_model.gate.exceptions import Exceptions
from pick_model.gate.finding import Finding, skipped, undecided
from pick_model.gate.names import names_of
from pick_model.gate.paths import shown
from pick_model.gate.policy import check_names, read_policy
from pick_model.gate.rules import DRIFT, RULES, Rule, page_of
from pick_model.gate.verdict import verdict

STATES: tuple[State, ...] = ("fail", "inconclusive", "pass", "skipped")


@dataclass(frozen=True)
class Request:
    """What to check."""

    locks: Sequence[Path]
    given: Circumstances
    policy: Path | None = None
    probe: Path | None = None
    discover: Path | None = None
    strict: bool = False  # what discovery did not decide or read leaves the verdict open
    fail_on: Level = "error"
    notes: tuple[str, ...] = ()


def gate(request: Request) -> GateReport:
    """Check every lock, the code under `discover`, and the policy's own exceptions.

    The checks stand in the order of locks and codes, and are the same for the same inputs.
    Raises InputError, SchemaError or UnknownName for a lock, policy, task, catalog or report
    that cannot be read; what the Hub does is a finding.
    """
    rules = read_policy(request.policy)
    catalogs = Catalogs()
    cases = [Case(path, rules, request.given, catalogs) for path in request.locks]
    for case in cases:
        check_names(rules, case.catalog)
    if request.probe is not None:
        _give_probe(request.probe, cases)
    exceptions = Exceptions(rules, request.given.today)
    judge = _Judge(request, rules.policy.rules, exceptions)
    for case in cases:
        judge.lock(case)
    unread: tuple[str, ...] = ()
    if request.discover is not None:
        from pick_model.gate.usage import in_code, told_apart

        judge.code(in_code(request.discover, cases, rules.policy, catalogs))
        unread = told_apart(judge.checks)
    judge.run(exceptions.findings())
    return GateReport(
        tool_version=__version__,
        today=request.given.today.isoformat(),
        verdict=verdict(judge.checks, request.fail_on),
        fail_on=request.fail_on,
        policy=shown(request.policy) if request.policy else None,
        locks=tuple(_summary(case) for case in cases),
        counts=_counts(judge.checks),
        checks=tuple(judge.checks),
        notes=(*request.notes, *unread, *_left_out(request.given.ignore)),
    )


def _give_probe(path: Path, cases: Sequence[Case]) -> None:
    if len(cases) != 1:
        raise UsageError("--probe belongs to one lock", hint="name that lock with --lock")
    from pick_model.gate.probe_report import new_probe

    case = cases[0]
    case.new_probe = new_probe(path, case.lock.model.id, names_of(case))


class _Judge:
    """Turns findings into checks: severity, exception, fingerprint."""

    def __init__(
        self, request: Request, severities: dict[str, Severity], exceptions: Exceptions
    ) -> None:
        self.checks: list[Check] = []
        self._request = request
        self._severities = severities
        self._exceptions = exceptions
        self._seen: Counter[str] = Counter()

    def lock(self, case: Case) -> None:
        names = names_of(case)
        for code, rule in RULES.items():
            if rule.check is None:
                continue
            severity = self._severity(code, rule)
            for finding in self._findings(code, rule, case, severity):
                self._add(code, severity, finding, case.lock.model.id, case.file, names)

    def _findings(self, code: str, rule: Rule, case: Case, severity: Severity) -> list[Finding]:
        where = case.at("model", "id")
        if code in self._request.given.ignore:
            return [skipped("left out with --ignore", where)]
        if severity == "off":
            return [skipped("off; the policy's rules may turn it on", where)]
        if rule.reads_entry and case.entry is None:
            fix = "see PM406"
            return [undecided("the catalog no longer holds the model", where, fix)]
        assert rule.check is not None
        found = rule.check(case)
        return found if isinstance(found, list) else [found]

    def code(self, found: Iterable[tuple[str, Finding]]) -> None:
        """Findings of PM8 in the order of files and lines."""
        for code, finding in found:
            severity = self._severity(code, RULES[code])
            if code in self._request.given.ignore or severity == "off":
                continue
            subject = finding.subject or ""
            names = {subject.lower(), finding.key.lower()}
            self._add(code, severity, finding, subject, finding.location.file, names)

    def run(self, found: Mapping[str, list[Finding]]) -> None:
        """Findings about the run itself."""
        for code, findings in found.items():
            severity = self._severity(code, RULES[code])
            if code in self._request.given.ignore or severity == "off":
                continue
            for finding in findings:
                subject = finding.subject or ""
                self._add(code, severity, finding, subject, finding.location.file, ())

    def _severity(self, code: str, rule: Rule) -> Severity:
        severity = self._severities.get(code, rule.severity)
        if self._request.strict and code == "PM803" and severity in ("note", "off"):
            return "warning"  # the least that leaves a verdict open
        if self._request.given.locked and code in DRIFT and severity != "off":
            return "error"
        return severity

    def _add(
        self,
        code: str,
        severity: Severity,
        finding: Finding,
        subject: str,
        about: str,
        names: Iterable[str],
    ) -> None:
        subject = finding.subject or subject
        # Neither line nor message is part of it: the same finding keeps its fingerprint
        # when lines move or a figure changes.
        same = "\0".join((code, about, subject, finding.key))
        self._seen[same] += 1
        print_of = hashlib.sha256(f"{same}\0{self._seen[same]}".encode("utf-8", "replace"))
        check = Check(
            code=code,
            name=RULES[code].name,
            title=RULES[code].title,
            state=finding.state,
            severity="note" if severity == "off" else severity,
            message=finding.message,
            location=_place(finding.location),
            related=_place(finding.related) if finding.related else None,
            fix=finding.fix if finding.state in ("fail", "inconclusive") else None,
            page=page_of(code),
            about=about,
            subject=subject,
            fingerprint=print_of.hexdigest()[:32],
        )
        self.checks.append(self._exceptions.apply(check, names))


def _place(location: Location) -> Place:
    return Place(file=location.file, line=location.line or 1)


def _summary(case: Case) -> Gated:
    model = case.lock.model
    now = case.__dict__.get("now")  # only where a rule has asked for it
    return Gated(
        lock=case.file,
        task=case.task_file,
        model=model.id,
        hub_repo=model.hub_repo,
        revision=model.revision,
        rank=now.rank if now else None,
    )


def _left_out(ignore: frozenset[str]) -> list[str]:
    return [f"left out with --ignore: {', '.join(sorted(ignore))}"] if ignore else []


def _counts(checks: Sequence[Check]) -> dict[State, int]:
    found = Counter(check.state for check in checks)
    return {state: found[state] for state in STATES}
