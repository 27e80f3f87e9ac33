"""The `catalog` commands' reports for a terminal, and lists as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from math import floor

from pick_model.documents.catalog_reports import (
    CatalogDiff,
    CatalogStats,
    Change,
    EntryAccount,
    JobEvidence,
    Listing,
    Problem,
    Validation,
)
from pick_model.render.facts import facts, rests_on, written
from pick_model.render.layout import STYLES, WIDE_SPACE, Column, Page
from pick_model.render.words import cell, count

MANY_LANGUAGES = 3  # more are told by their number
MANY_CHANGES = 40  # of one kind, before a terminal gets the number only


def listing(report: Listing, page: Page) -> None:
    """One line an entry; a narrow page has room for the year alone."""
    wide = page.width >= WIDE_SPACE
    columns = [
        Column("model", fold=True),
        Column("kind", fold=True, most=16),
        Column("size", right=True),
        Column("languages" if wide else "lang"),
        Column("licence", fold=True, most=14),
        Column("released" if wide else "year"),
    ]
    rows = [
        (
            m.id + ("" if m.pretrained else " (no weights)") + (" *" if m.overlay else ""),
            m.kind,
            count(m.n_parameters),
            _languages(m.languages),
            m.license or "?",
            (m.release_date or "?")[: len("2026-11" if wide else "2026")],
        )
        for m in report.models
    ]
    page.grid(columns, rows)
    page.blank()
    page.paragraph(f"{len(report.models)} of {report.n_models} models", dim=True)
    if any(m.overlay for m in report.models):
        page.paragraph("* added or changed by an overlay", dim=True)


def _languages(codes: Sequence[str] | None) -> str:
    if codes is None:
        return "?"
    if not codes:
        return "–"
    return " ".join(codes) if len(codes) <= MANY_LANGUAGES else str(len(codes))


def listing_csv(report: Listing) -> str:
    """One line an entry, lists joined by `|`, unknown as an empty cell."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    head = (
        "id",
        "hub_repo",
        "kind",
        "modality",
        "tasks",
        "languages",
        "license",
        "n_parameters",
        "release_date",
        "pretrained",
        "overlay",
    )
    writer.writerow(head)
    for model in report.models:
        values = (getattr(model, name) for name in head)
        writer.writerow([_csv_cell(value) for value in values])
    return out.getvalue()


def _csv_cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return cell("|".join(value) if isinstance(value, tuple) else str(value))


def account(report: EntryAccount, page: Page) -> None:
    """Every fact with where it is from."""
    page.heading(report.id)
    if report.banned is not None:
        page.paragraph(report.banned, label="banned")
    facts(
        (
            (f.field, f.value, rests_on(f.source_title or f.source, f.basis, f.set_by))
            for f in report.facts
        ),
        page,
    )
    page.blank()
    if report.unknown:
        page.paragraph(", ".join(report.unknown), label="unknown")
    scores = f"{report.n_scores} published scores" if report.n_scores else "no published score"
    page.paragraph(scores, label="evidence")


def stats(report: CatalogStats, page: Page) -> None:
    """Coverage of the applications, then how many facts are known."""
    page.paragraph(
        f"{report.n_models} models, {report.n_scores:,} published scores on "
        f"{report.n_benchmarks} benchmarks, {report.n_machines} machines"
    )
    page.blank()
    columns = [
        Column("application", fold=True),
        Column("models", right=True),
        Column("weights", right=True),
        Column("needed", right=True),
        Column(""),
    ]
    page.grid(
        columns,
        [
            (
                r.application,
                str(r.candidates),
                str(r.pretrained),
                str(r.needed),
                _mark(r.holds),
            )
            for r in report.coverage
        ],
    )
    page.blank()
    columns = [
        Column("fact", fold=True),
        Column("known", right=True),
        Column("of", right=True),
        Column("share", right=True),
        Column("needed", right=True),
        Column(""),
    ]
    page.grid(
        columns,
        [
            (
                r.fact,
                str(r.known),
                str(r.applicable),
                _percent(r.share),
                _percent(r.needed),
                _mark(r.holds) if r.needed is not None else "",
            )
            for r in report.fill_rates
        ],
    )
    page.blank()
    _years(report, page)
    if report.jobs:
        _jobs(report.jobs, page)
    short = [r.application for r in report.coverage if not r.holds]
    short += [r.fact for r in report.fill_rates if not r.holds]
    short += ["models with a score"] if report.scored_share < report.scored_needed else []
    short += [job.job for job in report.jobs if not job.holds]
    if short:
        page.paragraph(", ".join(short), label="short", style=STYLES["short"])
    else:
        page.paragraph("every target holds", style=STYLES["ok"])


def _years(report: CatalogStats, page: Page) -> None:
    """Models by year of release, and how many have a score at all."""
    told = ", ".join(f"{year} {n}" for year, n in report.years.items())
    page.paragraph(told, label="released in")
    page.paragraph(
        f"{report.n_scored} of {report.n_models} models have a published score, "
        f"{_percent(report.scored_share)} (needed {_percent(report.scored_needed)})",
        label="evidence",
    )
    page.blank()


def _jobs(jobs: Sequence[JobEvidence], page: Page) -> None:
    """Common jobs: how many of the first have a score on a task like it."""
    columns = [
        Column("job", fold=True),
        Column("models", right=True),
        Column("scored", right=True),
        Column("first", right=True),
        Column("leader", fold=True),
        Column(""),
    ]
    page.grid(
        columns,
        [
            (
                job.job,
                str(job.candidates),
                str(job.with_evidence),
                f"{job.first_with_evidence}/{len(job.first)}",
                (job.first[0] if job.first else "") + ("" if job.leader_scores else " *"),
                _mark(job.holds),
            )
            for job in jobs
        ],
    )
    page.blank()
    page.paragraph(
        "models: candidates of `recommend`; scored: on a task like the job, for this way of use; "
        "first: those of the first ten; * the leader is not",
        dim=True,
    )
    page.blank()


def _mark(holds: bool) -> str:
    return "ok" if holds else "short"


def _percent(share: float | None) -> str:
    """Rounded down, so that 94.96 % does not look like the 95 % it misses."""
    return "" if share is None else f"{floor(round(share * 1000, 6)) / 10:g} %"


def validation(report: Validation, page: Page) -> None:
    """Every problem as file:line, then every check."""
    for problem in report.problems:
        page.verbatim(_told(problem))
    if report.problems:
        page.blank()
    columns = [
        Column("check"),
        Column("looked at", right=True),
        Column("problems", right=True),
        Column("excused", right=True),
        Column("what", fold=True),
    ]
    page.grid(
        columns,
        [
            (c.check, f"{c.looked_at:,}", str(c.problems), str(c.excused or ""), c.says)
            for c in report.checks
        ],
    )
    page.blank()
    n = len(report.problems)
    page.paragraph(
        f"{n} problem{'' if n == 1 else 's'} in {report.folder}"
        if n
        else f"{report.folder} passes all {len(report.checks)} checks",
        style=STYLES["fail" if n else "pass"],
    )


def _told(problem: Problem) -> str:
    where = problem.file if problem.line is None else f"{problem.file}:{problem.line}"
    return f"{where}: {problem.check}: {problem.subject}: {problem.message}"


def difference(report: CatalogDiff, page: Page) -> None:
    """What needs judgement, then what is safe."""
    page.paragraph(f"{report.before} → {report.after}")
    for safety, title in (("judgement", "needs judgement"), ("safe", "safe")):
        changes = [change for change in report.changes if change.safety == safety]
        page.blank()
        page.heading(title, str(len(changes)))
        for change in changes[:MANY_CHANGES]:
            page.paragraph(_change(change), indent=2)
        if len(changes) > MANY_CHANGES:
            page.paragraph(
                f"… and {len(changes) - MANY_CHANGES} more (--format json lists all)", indent=2
            )


def _change(change: Change) -> str:
    what = f"{change.what} {change.subject}"
    if change.field is None:
        detail = change.after if change.before is None else change.before
        return f"{what}: {change.why}" + (f" ({written(detail)})" if detail is not None else "")
    before, after = written(change.before), written(change.after)
    if change.before is None:
        return f"{what}: {change.field} = {after} ({change.why})"
    return f"{what}: {change.field} {before} → {after or 'nothing'} ({change.why})"
