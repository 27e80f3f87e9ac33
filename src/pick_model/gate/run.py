"""gate: check locks against a policy and say pass, fail or inconclusive."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pick_model import __version__
from pick_model.documents.gate_report import (
    Check,
    FileLine,
    Gated,
    GateReport,
    Level,
    State,
)
from pick_model.documents.policy import Severity
from pick_model.errors import Location, UsageError
from pick_model.files import digest
from pick_model.gate.case import Case, Catalogs, Circumstances, PolicyFile
from pick_model.gate.exceptions import Exceptions
from pick_model.gate.finding import Finding, skipped, undecided
from pick_model.gate.policy import POLICY_NAME, Judge, Policies, check_names
from pick_model.gate.rules.claims import on_its_word
from pick_model.gate.rules.names import names_of
from pick_model.gate.rules.rules import DRIFT, RULES, Rule, page_of
from pick_model.gate.verdict import verdict
from pick_model.words.message import Message
from pick_model.words.say import message, say, say_all

STATES: tuple[State, ...] = ("fail", "inconclusive", "pass", "skipped")


@dataclass(frozen=True)
class Request:
    """What to check."""

    locks: Sequence[Path]
    given: Circumstances
    policy: Path | None = None  # for all, instead of the one beside each lock or above it
    probe: Path | None = None
    discover: Path | None = None
    strict: bool = False  # what discovery did not decide or read leaves the verdict open
    fail_on: Level = "error"
    notes: tuple[Message, ...] = ()


def gate(request: Request) -> GateReport:
    """Check every lock, the code under `discover`, and the policy's own exceptions.

    The checks stand in the order of locks and codes, and are the same for the same inputs.
    Raises InputError, SchemaError or UnknownName for a lock, policy, task, catalog or report
    that cannot be read; what the Hub does is a finding.
    """
    policies, catalogs = Policies(request.policy), Catalogs()
    judges = [policies.judging(path.parent) for path in request.locks]
    cases = [
        Case(path, judge.rules, request.given, catalogs)
        for path, judge in zip(request.locks, judges, strict=True)
    ]
    for case in cases:
        check_names(case.rules, case.catalog)
    if request.probe is not None:
        _give_probe(request.probe, cases)
    bench = _Bench(request)
    for case in cases:
        bench.lock(case)
    judged = [case.rules for case in cases]
    unread: tuple[Message, ...] = ()
    if request.discover is not None:
        from pick_model.gate.discover.usage import in_code, told_apart

        root = request.discover
        rules = policies.judging(root if root.is_dir() else root.parent).rules
        judged.append(rules)
        bench.code(in_code(root, cases, rules.policy, catalogs), rules)
        unread = told_apart(bench.checks)
    bench.exceptions(judged)
    files = {rules.file for rules in judged}
    notes = (
        *request.notes,
        *unread,
        *_notes(cases, judges, judged),
        *_left_out(request.given.ignore),
    )
    return GateReport(
        tool_version=__version__,
        today=request.given.today.isoformat(),
        verdict=verdict(bench.checks, request.fail_on),
        fail_on=request.fail_on,
        policy=next(iter(files)) if len(files) == 1 else None,
        locks=tuple(_summary(case) for case in cases),
        counts=_counts(bench.checks),
        checks=tuple(bench.checks),
        notes=say_all(notes),
        note_messages=notes,
    )


def _give_probe(path: Path, cases: Sequence[Case]) -> None:
    if len(cases) != 1:
        raise UsageError(message("probe-with-several-locks"), hint=message("name-that-lock"))
    from pick_model.gate.probe_report import new_probe

    case = cases[0]
    case.new_probe = new_probe(path, case.lock.model.id, names_of(case))


class _Bench:
    """Turns findings into checks: severity, exception, fingerprint; each by its own policy."""

    def __init__(self, request: Request) -> None:
        self.checks: list[Check] = []
        self._request = request
        self._exceptions: dict[str | None, Exceptions] = {}  # by the policy's file
        self._seen: Counter[str] = Counter()

    def lock(self, case: Case) -> None:
        names = names_of(case)
        for code, rule in RULES.items():
            if rule.check is None:
                continue
            severity = self._severity(code, rule, case.rules)
            for finding in self._findings(code, rule, case, severity):
                subject = case.lock.model.id
                self._add(code, severity, finding, case.rules, subject, case.file, names)

    def _findings(self, code: str, rule: Rule, case: Case, severity: Severity) -> list[Finding]:
        where = case.at("model", "id")
        if code in self._request.given.ignore:
            return [skipped(message("ignored"), where)]
        if severity == "off":
            return [skipped(message("rule-off"), where)]
        if rule.reads_entry and case.entry is None:
            return [undecided(message("entry-gone"), where, message("see-withdrawn"))]
        assert rule.check is not None
        found = rule.check(case)
        return found if isinstance(found, list) else [found]

    def code(self, found: Iterable[tuple[str, Finding]], rules: PolicyFile) -> None:
        """Findings of PM8 in the order of files and lines."""
        for code, finding in found:
            subject = finding.subject or ""
            names = {subject.lower(), finding.key.lower()}
            self._judged(code, finding, rules, names)

    def exceptions(self, judged: Sequence[PolicyFile]) -> None:
        """PM9, once every check has been offered to the exceptions of its policy."""
        for rules in {rules.file: rules for rules in judged}.values():
            for code, findings in self._excepting(rules).findings().items():
                for finding in findings:
                    self._judged(code, finding, rules, ())

    def _judged(self, code: str, finding: Finding, rules: PolicyFile, names: Iterable[str]) -> None:
        """A finding about code or a policy rather than a lock."""
        severity = self._severity(code, RULES[code], rules)
        if code not in self._request.given.ignore and severity != "off":
            subject, about = finding.subject or "", finding.location.file
            self._add(code, severity, finding, rules, subject, about, names)

    def _severity(self, code: str, rule: Rule, rules: PolicyFile) -> Severity:
        severity = rules.policy.rules.get(code, rule.severity)
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
        rules: PolicyFile,
        subject: str,
        about: str,
        names: Iterable[str],
    ) -> None:
        subject = finding.subject or subject
        # Neither line nor message is part of it: the same finding keeps its fingerprint
        # when lines move or a figure changes.
        same = "\0".join((code, about, subject, finding.key))
        self._seen[same] += 1
        print_of = digest(f"{same}\0{self._seen[same]}")
        fix = finding.fix if finding.state in ("fail", "inconclusive") else None
        check = Check(
            code=code,
            name=RULES[code].name,
            title=RULES[code].title,
            state=finding.state,
            severity="note" if severity == "off" else severity,
            message=say(finding.message),
            message_code=finding.message.code,
            values=finding.message.values,
            location=_place(finding.location),
            related=_place(finding.related) if finding.related else None,
            fix=say(fix) if fix else None,
            fix_message=fix,
            page=page_of(code),
            about=about,
            subject=subject,
            fingerprint=print_of[:32],
            policy=rules.file,
        )
        self.checks.append(self._excepting(rules).apply(check, names))

    def _excepting(self, rules: PolicyFile) -> Exceptions:
        if rules.file not in self._exceptions:
            self._exceptions[rules.file] = Exceptions(rules, self._request.given.today)
        return self._exceptions[rules.file]


def _place(location: Location) -> FileLine:
    return FileLine(file=location.file, line=location.line or 1)


def _summary(case: Case) -> Gated:
    model = case.lock.model
    now = case.now if case.entry is not None else None
    return Gated(
        lock=case.file,
        task=case.task_file,
        model=model.id,
        hub_repo=model.hub_repo,
        revision=model.revision,
        rank=now.rank if now else None,
        policy=case.rules.file,
        on_its_word=on_its_word(case),
    )


def _notes(
    cases: Sequence[Case], judges: Sequence[Judge], judged: Sequence[PolicyFile]
) -> list[Message]:
    """What no check says: which policies did not count, and what the locks are believed in."""
    notes = []
    if any(rules.path is None for rules in judged) or not judged:
        without = [case.file for case in cases if case.rules.path is None]
        if cases and not without:
            notes.append(message("no-policy-beside-locks", policy=POLICY_NAME))
        elif without and len(without) < len(cases):
            notes.append(message("no-policy-for", policy=POLICY_NAME, locks=tuple(without)))
        else:
            notes.append(message("no-policy", policy=POLICY_NAME))
    for case, judge in zip(cases, judges, strict=True):
        policy, others = judge.rules.file, judge.instead_of
        if policy is not None and others:
            notes.append(message("policy-instead", policy=policy, lock=case.file, others=others))
        fields, page = on_its_word(case), page_of("PM606")
        notes.append(message("on-its-word", lock=case.file, fields=fields, page=page))
    return notes


def _left_out(ignore: frozenset[str]) -> list[Message]:
    return [message("rules-ignored", codes=tuple(sorted(ignore)))] if ignore else []


def _counts(checks: Sequence[Check]) -> dict[State, int]:
    found = Counter(check.state for check in checks)
    return {state: found[state] for state in STATES}
