"""PM8: is every Hub model that the code names locked, and loaded at the locked commit?

What a use asks of the loader besides, code from the repository or weights as pickles, is judged
by the rules that judge it of a lock (PM402, PM401).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from pick_model.documents.gate_report import Check
from pick_model.documents.policy import Policy
from pick_model.errors import Location
from pick_model.gate.case import Case, Catalogs
from pick_model.gate.discover.discover import uses_under
from pick_model.gate.discover.references import Perhaps, Skipped, Unread, Use
from pick_model.gate.finding import Finding, failed, passed, undecided
from pick_model.gate.paths import shown
from pick_model.gate.rules.names import names_of
from pick_model.words.message import Message
from pick_model.words.say import message

_COMMIT = re.compile(r"[0-9a-f]{40}")
MAX_SKIPPED = 100  # listed one by one; the rest is counted
Judged = tuple[str, Finding]


def in_code(
    root: Path, cases: Sequence[Case], policy: Policy, catalogs: Catalogs
) -> Iterator[Judged]:
    """Two findings a name, code first; one for what cannot be told or read."""
    judge = _Uses(cases, policy, catalogs)
    seen, open_, skipped = 0, 0, 0
    for found in uses_under(root, policy.discover.exclude):
        if isinstance(found, Skipped):
            skipped += 1
            if skipped > MAX_SKIPPED:
                continue
        for code, finding in judge.findings(found):
            seen += code != "PM803"
            open_ += finding.state == "inconclusive"
            yield code, finding
    where = Location(shown(root), 1)
    if skipped > MAX_SKIPPED:
        told = message("more-not-looked-into", n=skipped - MAX_SKIPPED)
        yield "PM803", undecided(told, where, _LEAVE_OUT, subject=shown(root))
    if not seen:
        told = message("names-untold", n=open_) if open_ else message("no-names")
        yield "PM801", passed(told, where, subject=shown(root))


def told_apart(checks: Sequence[Check]) -> tuple[Message, ...]:
    """What a verdict must not be read without: how much of the code it does not speak of."""
    n = sum(check.code == "PM803" and check.state == "inconclusive" for check in checks)
    return (message("places-undecided", n=n),) if n else ()


_LEAVE_OUT = message("leave-out-file")


class _Uses:
    """Judges uses against the locks."""

    def __init__(self, cases: Sequence[Case], policy: Policy, catalogs: Catalogs) -> None:
        self._cases: Mapping[str, Case] = {n: case for case in cases for n in names_of(case)}
        self._policy = policy
        self._catalogs = catalogs
        self._ignored = {name.lower() for name in policy.discover.models}

    def findings(self, found: Use | Perhaps | Unread | Skipped) -> Iterator[Judged]:
        if isinstance(found, Unread | Skipped):
            where = Location(found.file, found.line)
            yield "PM803", undecided(found.reason, where, _LEAVE_OUT, subject=found.file)
        elif isinstance(found, Perhaps):
            yield from self._perhaps(found)
        else:
            yield from self._use(found)

    def _perhaps(self, found: Perhaps) -> Iterator[Judged]:
        for name in found.use.names:
            case, key = self._case(name)
            if name.lower() in self._ignored:
                continue
            # What somebody knows is a Hub model, unless a library has names of its own.
            if (case is not None or key) and not found.package:
                yield from self._use(found.use._replace(names=(name,), more=False))
                continue
            where = Location(found.use.file, found.use.line)
            told = message("names-perhaps", call=found.use.call, name=name, why=found.reason)
            if found.told == "pass":
                yield "PM801", passed(told, where, subject=name)
            elif found.told != "quiet":
                code = "PM801" if found.told == "open" else "PM803"
                fix = message("say-what-it-is", name=name)
                yield code, undecided(told, where, fix, subject=name)

    def _use(self, use: Use) -> Iterator[Judged]:
        where = Location(use.file, use.line)
        if use.default:
            yield (
                "PM802",
                failed(
                    message("loads-default", call=use.call),
                    where,
                    message("name-locked-model"),
                    subject=use.call,
                ),
            )
        if use.more:
            yield "PM803", undecided(_untold(use), where, message("name-it"), subject=use.call)
        for name in use.names:
            if name.lower() in self._ignored:
                continue
            case, key = self._case(name)
            yield "PM801", _locked(use, name, case, where, key)
            if case is not None:
                yield "PM802", _pinned(use, name, case, where, key)
        yield from self._manner(use, where)

    def _case(self, name: str) -> tuple[Case | None, str]:
        """The lock that holds a name, and the catalog's entry for it."""
        entry = self._catalogs.finds(name)
        case = self._cases.get(name.lower())
        if case is None and entry is not None:
            case = self._cases.get(entry.id.lower())
        return case, entry.id if entry else ""

    def _manner(self, use: Use, where: Location) -> Iterator[Judged]:
        subject = use.names[0] if use.names else use.call
        if subject.lower() in self._ignored:
            return
        key = self._case(subject)[1] if use.names else ""
        if use.remote_code is None and not self._policy.remote_code:
            told = message("remote-code-at-run-time")
            yield "PM803", undecided(told, where, message("no-trust"), subject=subject)
        if use.remote_code and not self._policy.remote_code:
            told = message("call-runs-remote-code", call=use.call)
            fix = message("leave-out-or-except")
            yield "PM402", failed(told, where, fix, subject=subject, key=key)
        if use.code_revision is not None and not _COMMIT.fullmatch(use.code_revision):
            told = message("code-at-no-commit", revision=_short(use.code_revision))
            fix = message("give-code-revision")
            yield "PM802", failed(told, where, fix, subject=subject, key=key)
        if not use.code_fixed and use.remote_code is not False:
            told = message("code-commit-undecided")
            fix = message("give-code-revision-as-constant")
            yield "PM802", undecided(told, where, fix, subject=subject, key=key)
        if use.pickles and self._policy.safetensors:
            told = message("asks-for-pickles", call=use.call)
            fix = message("leave-out-pickles")
            yield "PM401", failed(told, where, fix, subject=subject, key=key)


def _locked(use: Use, name: str, case: Case | None, where: Location, key: str) -> Finding:
    if case is not None:
        told = message("call-names-locked", call=use.call, lock=case.file)
        return passed(told, where, subject=name, key=key)
    told, fix = message("call-names-unlocked", call=use.call), message("lock-it", name=name)
    return failed(told, where, fix, subject=name, key=key)


def _pinned(use: Use, name: str, case: Case, where: Location, key: str) -> Finding:
    wanted = case.lock.model.revision
    locked = case.at("model", "revision")
    if not use.fixed:
        return undecided(
            message("revision-untold"),
            where,
            message("give-commit"),
            locked,
            subject=name,
            key=key,
        )
    if wanted is not None and use.revision == wanted:
        return passed(message("loaded-at-locked"), where, subject=name, key=key)
    if use.revision is None:
        told = message("loaded-at-nothing")
    elif not _COMMIT.fullmatch(use.revision):
        told = message("loaded-at-no-commit", revision=_short(use.revision))
    elif wanted is not None:
        told = message("loaded-at-other", revision=use.revision, pinned=wanted)
    else:
        told = message("loaded-unpinned", revision=use.revision)
    fix = message("give-revision", revision=wanted) if wanted else case.relock
    return failed(told, where, fix, locked, subject=name, key=key)


def _untold(use: Use) -> Message:
    """Which name reading the code does not tell."""
    if use.why is not None:
        return message("takes-untold-because", call=use.call, why=use.why)
    if use.names:
        return message("may-take-another", call=use.call, names=use.names[:5])
    return message("takes-untold", call=use.call)


def _short(revision: str) -> str:
    return revision if len(revision) <= 80 else f"{revision[:80]}…"
