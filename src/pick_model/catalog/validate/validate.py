"""Validate a catalog: every check by name, every problem with its file and line.

The table `CHECKS` is what runs and what is reported; there is no other list. A finding that is
right as it stands is argued in `exceptions.yaml` (check, id, reason); an exemption that excuses
nothing is itself a problem.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path

from pick_model import __version__
from pick_model.catalog.load import load_catalog
from pick_model.catalog.reader import (
    ArguedFinding,
    CatalogRecords,
    Placed,
    by_id,
    named,
    overlay_files,
    read_records,
    shipped_folder,
)
from pick_model.catalog.validate import amounts as check_amounts
from pick_model.catalog.validate import citations as check_citations
from pick_model.catalog.validate import columns as check_columns
from pick_model.catalog.validate import dates as check_dates
from pick_model.catalog.validate import evidence as check_evidence
from pick_model.catalog.validate import facts as check_facts
from pick_model.catalog.validate import kin as check_kin
from pick_model.catalog.validate import machines as check_machines
from pick_model.catalog.validate import names as check_names
from pick_model.catalog.validate import numbers as check_numbers
from pick_model.catalog.validate import outliers as check_outliers
from pick_model.catalog.validate import siblings as check_siblings
from pick_model.catalog.validate import sizes as check_sizes
from pick_model.catalog.validate import spelling as check_spelling
from pick_model.catalog.validate.context import Context
from pick_model.documents.catalog_reports import CheckResult, Problem, Validation
from pick_model.errors import PickModelError, did_you_mean, in_one
from pick_model.words.say import message


def validate(path: Path, *, today: str) -> Validation:
    """Run every check on a catalog folder or an overlay.

    `today` (YYYY-MM-DD) is the day nothing may be dated after. Raises InputError only when
    there is nothing to read; what is wrong inside is in the result.
    """
    return validate_records(read_records(path), today=today)


def validate_records(
    records: CatalogRecords, *, today: str, only: Collection[str] | None = None
) -> Validation:
    """The same for a catalog or an overlay that is read already, by `only` some of the checks."""
    context = _context(records, today)
    results: list[CheckResult] = []
    kept: list[Problem] = []
    left_out = CATALOG_ONLY if context.parsed.overlay else OVERLAY_ONLY
    for name, run in CHECKS.items():
        if name in left_out or (only is not None and name not in only):
            continue
        context.check = name
        context.found = []
        looked = run(context)
        excused = [p for p in context.found if _excuses(context, p)]
        problems = [p for p in context.found if p not in excused]
        kept += problems
        results.append(
            CheckResult(
                check=name,
                says=" ".join((run.__doc__ or "").split()),
                looked_at=looked,
                problems=len(problems),
                excused=len(excused),
            )
        )
    return Validation(
        tool_version=__version__,
        folder=str(records.folder),
        valid=not kept,
        checks=tuple(results),
        problems=tuple(kept),
    )


def _context(parsed: CatalogRecords, today: str) -> Context:
    entries, benchmarks = by_id(parsed.entries), by_id(parsed.benchmarks)
    if not parsed.overlay:
        return Context(parsed, entries, benchmarks, frozenset(by_id(parsed.sources)), today)
    shipped = load_catalog()
    corrected = _corrected(parsed)
    known = {**entries, **shipped.entries, **{named(p): p.value for p in corrected}}
    argued = frozenset(placed.value for placed in read_records(shipped_folder()).exemptions)
    return Context(
        parsed, known, shipped.benchmarks, None, today, corrected=corrected, argued=argued
    )


def _corrected(parsed: CatalogRecords) -> list[Placed]:
    """The shipped entries that an overlay corrects, each where its last correction stands."""
    if not parsed.corrections:
        return []
    try:
        entries = load_catalog(overlay_files(parsed.folder)).entries
    except PickModelError:
        return []  # the overlay check says why
    own = {named(placed) for placed in parsed.entries}
    last = {named(placed): placed for placed in parsed.corrections}
    return [
        Placed(entries[entry_id], placed.parsed, placed.path)
        for entry_id, placed in last.items()
        if entry_id in entries and entry_id not in own
    ]


def _schema(context: Context) -> int:
    """Every file can be read and fits its schema."""
    for fault in context.parsed.faults:
        where = fault.location
        if where is not None:
            told = in_one(fault.message, fault.hint)
            context.problem(where, where.file.rpartition("/")[2], told)
    return len(context.parsed.files)


def _overlay(context: Context) -> int:
    """An overlay can be laid over the shipped catalog, corrections and bans included."""
    try:
        load_catalog(overlay_files(context.parsed.folder))
    except PickModelError as error:
        known = any(error.location == fault.location for fault in context.parsed.faults)
        if error.location is not None and not known:
            context.problem(error.location, error.location.file.rpartition("/")[2], error.message)
    return len(context.parsed.corrections) + len(context.parsed.bans) + len(context.parsed.entries)


def _excuses(context: Context, problem: Problem) -> bool:
    if problem.check == "exceptions":
        return False
    if any(_argues(argued, problem) for argued in context.argued):
        return True
    for placed in context.parsed.exemptions:
        if _argues(placed.value, problem):
            context.excused.add(placed.value)
            return True
    return False


def _argues(argued: ArguedFinding, problem: Problem) -> bool:
    """Whether an argument is about a problem: of this check, record and, if said, benchmark."""
    return (argued.check, argued.id) == (problem.check, problem.subject) and (
        argued.on is None or argued.on == problem.values.get("benchmark")
    )


def _exceptions(context: Context) -> int:
    """Every exemption names a check and excuses something, with a reason."""
    for placed in context.parsed.exemptions:
        if placed.value.check not in CHECKS:
            hint = did_you_mean(placed.value.check, CHECKS, listed=20)
            context.wrong(
                placed, message("unknown-check", check=placed.value.check, hint=hint), "check"
            )
        elif placed.value not in context.excused:
            context.wrong(placed, message("nothing-to-excuse", check=placed.value.check))
        if len(placed.value.reason.split()) < 3:
            context.wrong(placed, message("reason-says-nothing"), "reason")
    return len(context.parsed.exemptions)


# In the order they are reported. A check's docstring is what the report says it does.
CHECKS: dict[str, Callable[[Context], int]] = {
    "schema": _schema,
    "overlay": _overlay,
    "sources": check_facts.sources,
    "ranges": check_facts.ranges,
    "units": check_facts.units,
    "duplicates": check_names.duplicates,
    "references": check_names.references,
    "tasks": check_names.tasks,
    "dates": check_dates.dates,
    "licences": check_names.licences,
    "families": check_kin.families,
    "bases": check_kin.bases,
    "names": check_spelling.names,
    "sizes": check_sizes.sizes,
    "siblings": check_siblings.siblings,
    "citations": check_citations.citations,
    "machines": check_machines.machines,
    "parameters": check_numbers.parameters,
    "compute": check_numbers.compute,
    "data": check_amounts.data,
    "benchmarks": check_evidence.benchmarks,
    "evidence": check_evidence.evidence,
    "scores": check_evidence.scores,
    "outliers": check_outliers.outliers,
    "columns": check_columns.columns,
    "exceptions": _exceptions,  # last: it asks what the others have excused
}
OVERLAY_ONLY = frozenset({"overlay"})
CATALOG_ONLY = frozenset(
    {"citations", "machines", "benchmarks", "evidence", "scores", "outliers", "columns"}
)  # what an overlay does not hold
