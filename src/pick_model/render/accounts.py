"""One model's whole account, and models side by side, for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from pick_model.documents.accounts import Comparison, Explanation
from pick_model.documents.report import Candidate
from pick_model.documents.task import CRITERIA
from pick_model.render import pictures
from pick_model.render.facts import facts, rests_on
from pick_model.render.layout import Column, Page
from pick_model.render.terminal import amount, task_lines
from pick_model.render.words import (
    chance,
    count,
    duration,
    gib,
    scored,
    share,
    span,
)
from pick_model.words.figures import figure, signed

_EVIDENCE_SHOWN = 12  # set by hand: the rest weighs little and is in the JSON
_LEAKS_SHOWN = 5  # benchmarks by name
_NUMBERS = ("weight", "value", "adds", "score", "standard", "share")


def explanation(report: Explanation, page: Page) -> None:
    """One model's whole account, section by section."""
    task_lines(page, report.task)
    if report.candidate:
        c = report.candidate
        page.heading(c.id, f"rank {c.rank}, score {share(c.score)} [{span(*c.interval)}]")
    elif report.rejected:
        page.heading(report.rejected.id, f"rejected: {report.rejected.reason}")
    page.blank()
    page.grid(
        _columns("criterion", "weight", "value", "90 %", "adds", "reads"),
        [
            [
                v.criterion.replace("_", " "),
                share(v.weight),
                share(v.value),
                span(v.low, v.high),
                share(v.contribution),
                v.reads,
            ]
            for v in report.values
        ],
    )
    page.blank()
    pictures.explanation(report, page)
    page.grid(
        _columns("estimate", "value", "90 %", "unit", "basis"),
        [
            [name, figure(e.value), f"{figure(e.low)}–{figure(e.high)}", e.unit, e.basis]
            for name, e in report.estimates.items()
        ],
    )
    page.blank()
    _evidence(report, page)
    _moves(report, page)
    page.blank()
    page.heading("to win")
    for line in report.to_win:
        page.paragraph(line, indent=2)
    facts(((f.field, f.value, rests_on(f.source, f.basis)) for f in report.facts), page)


def _moves(report: Explanation, page: Page) -> None:
    """How each score measured on the task moved what is expected of the model."""
    if not report.moves:
        return
    page.blank()
    page.grid(
        _columns("measured", "score", "expected", "90 %", "then", "90 % then", fold=("measured",)),
        [
            [
                m.model,
                scored(m.score, m.metric),
                scored(m.before.value, m.metric),
                f"{scored(m.before.low, m.metric)}–{scored(m.before.high, m.metric)}",
                scored(m.after.value, m.metric),
                f"{scored(m.after.low, m.metric)}–{scored(m.after.high, m.metric)}",
            ]
            for m in report.moves
        ],
    )


def _columns(*titles: str, fold: Sequence[str] | None = None) -> list[Column]:
    """Columns of which the last folds, unless others are named."""
    folding = (titles[-1],) if fold is None else fold
    return [Column(title, right=title in _NUMBERS, fold=title in folding) for title in titles]


def _evidence(report: Explanation, page: Page) -> None:
    page.paragraph(
        f"expected standing: the prior, {signed(report.prior_standard_score, 2)}, carries "
        f"{report.prior_share:.0%}, {len(report.evidence)} published scores the rest",
        label="evidence",
    )
    if report.leaked:
        names = sorted({score.benchmark for score in report.leaked})
        shown = ", ".join(names[:_LEAKS_SHOWN])
        others = len(names) - _LEAKS_SHOWN
        rest = f" and {others} more" if others > 0 else ""
        page.paragraph(
            f"{len(report.leaked)} published scores do not count, for it saw the training data: "
            f"{shown}{rest}",
            label="leakage",
        )
    if not report.evidence:
        return
    page.blank()
    page.grid(
        _columns(
            "benchmark",
            "metric",
            "score",
            "protocol",
            "standard",
            "share",
            "source",
            fold=("benchmark", "source"),
        ),
        [
            [
                e.benchmark,
                e.metric,
                figure(e.score, 4),
                e.protocol,
                signed(e.standard_score, 2),
                f"{e.share:.1%}",
                e.source,
            ]
            for e in report.evidence[:_EVIDENCE_SHOWN]
        ],
    )
    more = len(report.evidence) - _EVIDENCE_SHOWN
    if more > 0:
        page.paragraph(f"and {more} more (--format json has all)", dim=True)


def comparison(report: Comparison, page: Page) -> None:
    """Models as columns, what is weighed as rows."""
    task_lines(page, report.task)
    chosen = report.candidates
    rows = [
        ["rank among these", *(str(c.rank) for c in chosen)],
        ["score", *(f"{share(c.score)} [{span(*c.interval)}]" for c in chosen)],
    ]
    for name in CRITERIA:
        cells = (f"{share(c.values[name][0])}, adds {share(c.contributions[name])}" for c in chosen)
        rows.append([name.replace("_", " "), *cells])
    rows.append(["P(best)", *(chance(c.p_best) for c in chosen)])
    rows.append(["expected", *(_expected(c) for c in chosen)])
    rows.append(["standard score", *(signed(c.standing.value, 2) for c in chosen)])
    rows.append(["parameters", *(count(c.n_parameters) for c in chosen)])
    for label, name, show in (
        ("training", "training_hours", duration),
        ("training memory", "training_memory_gib", gib),
        ("serving memory", "serving_memory_gib", gib),
    ):
        rows.append([label, *(show(amount(c, name)) for c in chosen)])
    latency = [amount(c, "latency_ms") for c in chosen]
    rows.append(["latency", *("?" if ms is None else f"{figure(ms)} ms" for ms in latency)])
    rows.append(["licence", *(c.license or "unknown" for c in chosen)])
    rows.append(["wins", *(f"{c.acceptability:.0%} of weightings" for c in chosen)])
    if chosen:
        page.grid([Column(""), *(Column(c.id, fold=True) for c in chosen)], rows)
        page.blank()
        pictures.expectations(chosen, page)
    for r in report.rejected:
        page.paragraph(f"rejected: {r.reason}", label=r.id)
    for note in report.notes:
        page.paragraph(note, dim=True)


def _expected(c: Candidate) -> str:
    e = c.expected
    between = f"{scored(e.low, e.metric)}–{scored(e.high, e.metric)}"
    return f"{scored(e.value, e.metric)} [{between}] {e.metric}"
