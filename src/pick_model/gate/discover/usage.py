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
from pick_model.gate.discover.found import Perhaps, Skipped, Unread, Use
from pick_model.gate.finding import Finding, failed, passed, undecided
from pick_model.gate.paths import shown
from pick_model.gate.rules.names import names_of

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
        told = f"{skipped - MAX_SKIPPED} more files or folders were not looked into"
        yield "PM803", undecided(told, where, _LEAVE_OUT, subject=shown(root))
    if not seen:
        told = "the code names no Hub model"
        if open_:
            told = f"no name that reading the code tells is left unlocked; {open_} are not told"
        yield "PM801", passed(told, where, subject=shown(root))


def told_apart(checks: Sequence[Check]) -> tuple[str, ...]:
    """What a verdict must not be read without: how much of the code it does not speak of."""
    n = sum(check.code == "PM803" and check.state == "inconclusive" for check in checks)
    if not n:
        return ()
    places = "1 place" if n == 1 else f"{n} places"
    return (
        f"reading the code did not decide {places} (PM803): the verdict does not speak of "
        "what they load",
    )


_LEAVE_OUT = "leave it out with discover.exclude in the policy"


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
            told = f"{found.use.call} names {name}, which {found.reason}"
            if found.told == "pass":
                yield "PM801", passed(told, where, subject=name)
            elif found.told != "quiet":
                code = "PM801" if found.told == "open" else "PM803"
                fix = f'write "./{name}" for a path, or lock it, or name it in discover.models'
                yield code, undecided(told, where, fix, subject=name)

    def _use(self, use: Use) -> Iterator[Judged]:
        where = Location(use.file, use.line)
        if use.default:
            yield (
                "PM802",
                failed(
                    f"{use.call} names no model, so it loads the library's default, which moves",
                    where,
                    "name a locked model and its commit",
                    subject=use.call,
                ),
            )
        if use.more:
            told = f"{use.call} takes a name that reading the code does not tell"
            if use.why:
                told = f"{told}: {use.why}"
            elif use.names:
                told = f"{use.call} may be given another name than {', '.join(use.names[:5])}"
            fix = "name the model as a constant"
            yield "PM803", undecided(told, where, fix, subject=use.call)
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
            told = "whether it runs code from its repository is told at run time"
            yield "PM803", undecided(told, where, "trust_remote_code=False", subject=subject)
        if use.remote_code and not self._policy.remote_code:
            told = f"{use.call} runs code from the repository (trust_remote_code)"
            fix = "leave it out, or read the code and add an exception"
            yield "PM402", failed(told, where, fix, subject=subject, key=key)
        if use.code_revision is not None and not _COMMIT.fullmatch(use.code_revision):
            told = f"runs code at {_short(use.code_revision)}, which is no commit and may move"
            yield (
                "PM802",
                failed(told, where, 'code_revision="COMMIT"', subject=subject, key=key),
            )
        if not use.code_fixed and use.remote_code is not False:
            told = "the commit of the code it runs is one that reading the code does not tell"
            fix = "give code_revision as a constant"
            yield "PM802", undecided(told, where, fix, subject=subject, key=key)
        if use.pickles and self._policy.safetensors:
            told = f"{use.call} asks for pickled weights (use_safetensors=False)"
            fix = "leave it out: safetensors are taken where there are any"
            yield "PM401", failed(told, where, fix, subject=subject, key=key)


def _locked(use: Use, name: str, case: Case | None, where: Location, key: str) -> Finding:
    if case is not None:
        return passed(f"{use.call} names it; {case.file} locks it", where, subject=name, key=key)
    return failed(
        f"{use.call} names it, and no lock does",
        where,
        f"pick-model lock TASK.yaml {name}, or add an exception",
        subject=name,
        key=key,
    )


def _pinned(use: Use, name: str, case: Case, where: Location, key: str) -> Finding:
    wanted = case.lock.model.revision
    locked = case.at("model", "revision")
    if not use.fixed:
        return undecided(
            "its revision is one that reading the code does not tell",
            where,
            "give the commit as a constant",
            locked,
            subject=name,
            key=key,
        )
    if wanted is not None and use.revision == wanted:
        return passed("is loaded at the locked commit", where, subject=name, key=key)
    if use.revision is None:
        told = "is loaded without a revision, so at whatever its repository holds that day"
    elif not _COMMIT.fullmatch(use.revision):
        told = f"is loaded at {_short(use.revision)}, which is no commit and may move"
    else:
        told = f"is loaded at {use.revision}; the lock pins {wanted or 'no commit'}"
    fix = f'revision="{wanted}"' if wanted else case.relock
    return failed(told, where, fix, locked, subject=name, key=key)


def _short(revision: str) -> str:
    return repr(revision if len(revision) <= 80 else f"{revision[:80]}…")
