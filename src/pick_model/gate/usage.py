"""PM8: is every Hub model that the code names locked, and loaded at the locked commit?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from pick_model.documents.policy import Discovery
from pick_model.errors import Location
from pick_model.gate.case import Case, Catalogs
from pick_model.gate.discover import Unread, Use, uses_under
from pick_model.gate.finding import Finding, failed, passed, undecided
from pick_model.gate.names import names_of
from pick_model.gate.paths import shown

_COMMIT = re.compile(r"[0-9a-f]{40}")


def in_code(
    root: Path, cases: Sequence[Case], left_out: Discovery, catalogs: Catalogs
) -> Iterator[tuple[str, Finding]]:
    """Two findings a use, code first; one for what cannot be told or read."""
    by_name = {name: case for case in cases for name in names_of(case)}
    ignored = {name.lower() for name in left_out.models}
    seen = 0
    for use in uses_under(root, left_out.exclude):
        where = Location(use.file, use.line)
        if isinstance(use, Unread):
            fix = "leave it out with discover.exclude in the policy"
            yield "PM803", undecided(use.reason, where, fix, subject=use.file)
            continue
        if use.name is None:
            yield (
                "PM803",
                undecided(
                    f"{use.call} takes a name that reading the code does not tell",
                    where,
                    "name the model as a constant",
                    subject=use.call,
                ),
            )
            continue
        if use.name.lower() in ignored:
            continue
        seen += 1
        entry = catalogs.finds(use.name)
        key = entry.id if entry else ""
        case = by_name.get(use.name.lower()) or (by_name.get(entry.id.lower()) if entry else None)
        yield "PM801", _locked(use, case, where, key)
        if case is not None:
            yield "PM802", _pinned(use, case, where, key)
    if not seen:
        where = Location(shown(root), 1)
        yield "PM801", passed("the code names no Hub model", where, subject=shown(root))


def _locked(use: Use, case: Case | None, where: Location, key: str) -> Finding:
    subject = use.name or ""
    if case is not None:
        return passed(f"{use.call} names it; {case.file} locks it", where, subject=subject, key=key)
    return failed(
        f"{use.call} names it, and no lock does",
        where,
        f"pick-model lock TASK.yaml {subject}, or add an exception",
        subject=subject,
        key=key,
    )


def _pinned(use: Use, case: Case, where: Location, key: str) -> Finding:
    subject, wanted = use.name or "", case.lock.model.revision
    locked = case.at("model", "revision")
    if not use.fixed:
        return undecided(
            "its revision is one that reading the code does not tell",
            where,
            "give the commit as a constant",
            locked,
            subject=subject,
            key=key,
        )
    if wanted is not None and use.revision == wanted:
        return passed("is loaded at the locked commit", where, subject=subject, key=key)
    if use.revision is None:
        told = "is loaded without a revision, so at whatever its repository holds that day"
    elif not _COMMIT.fullmatch(use.revision):
        told = f"is loaded at {use.revision!r}, which is no commit and may move"
    else:
        told = f"is loaded at {use.revision}; the lock pins {wanted or 'no commit'}"
    fix = f'revision="{wanted}"' if wanted else case.relock
    return failed(told, where, fix, locked, subject=subject, key=key)
