"""One model's whole account, and models side by side, for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from pick_model.documents.accounts import Comparison, Explanation
from pick_model.documents.report import Candidate
from pick_model.documents.task import CRITERIA
from pick_model.render import estimate, pictures
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
from pick_model.vocabulary.uses import YOURS
from pick_model.words.figures import figure, signed
from pick_model.words.reader import phrase, retold, tell, tell_all, word

_EVIDENCE_SHOWN = 12  # set by hand: the rest weighs little and is in the JSON
_LEAKS_SHOWN = 5  # benchmarks by name
_NUMBERS = ("weight", "value", "adds", "score", "standard", "share")


def explanation(report: Explanation, page: Page) -> None:
    """One model's whole account, section by section."""
    if report.candidate:
        c = report.candidate
        standing = phrase(
            "rank-and-score", rank=c.rank, score=share(c.score), between=span(*c.interval)
        )
        page.heading(c.id, standing)
    elif report.rejected:
        page.heading(report.rejected.id, phrase("is-out", reason=report.rejected.message))
    page.blank()
    task_lines(page, report.task)
    page.grid(
        _columns("criterion", "weight", "value", "90 %", "adds", "reads"),
        [
            [
                word(v.criterion.replace("_", " ")),
                share(v.weight),
                share(v.value),
                "" if v.low == v.high else span(v.low, v.high),
                share(v.contribution),
                tell(v.reads_message),
            ]
            for v in report.values
        ],
    )
    page.blank()
    pictures.explanation(report, page)
    page.grid(
        estimate.columns(),
        [estimate.row(word(name), e) for name, e in report.estimates.items()],
    )
    page.blank()
    _evidence(report, page)
    _moves(report, page)
    page.blank()
    page.heading(word("to win"))
    for line in tell_all(report.to_win_messages):
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
    return [Column(word(title), right=title in _NUMBERS, fold=title in folding) for title in titles]


def _evidence(report: Explanation, page: Page) -> None:
    own = sum(one.source == YOURS for one in report.evidence)
    page.paragraph(
        phrase(
            "standing-rests-on",
            prior=signed(report.prior_standard_score, 2),
            share=f"{report.prior_share:.0%}",
            n=len(report.evidence) - own,
            own=own,
        ),
        label=word("evidence"),
    )
    if report.leaked:
        names = sorted({score.benchmark for score in report.leaked})
        page.paragraph(
            phrase(
                "scores-leaked",
                n=len(report.leaked),
                names=tuple(names[:_LEAKS_SHOWN]),
                more=max(len(names) - _LEAKS_SHOWN, 0),
            ),
            label=word("leakage"),
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
        page.paragraph(phrase("more-in-json", n=more), dim=True)


def comparison(report: Comparison, page: Page) -> None:
    """Models as columns, what is weighed as rows."""
    task_lines(page, report.task)
    chosen = report.candidates
    rows = [
        [word("rank among these"), *(str(c.rank) for c in chosen)],
        [word("score"), *(f"{share(c.score)} [{span(*c.interval)}]" for c in chosen)],
    ]
    for name in CRITERIA:
        cells = (
            phrase("value-adds", value=share(c.values[name][0]), share=share(c.contributions[name]))
            for c in chosen
        )
        rows.append([word(name.replace("_", " ")), *cells])
    rows.append([word("P(best)"), *(chance(c.p_best) for c in chosen)])
    rows.append([word("expected"), *(_expected(c) for c in chosen)])
    rows.append([word("standard score"), *(signed(c.standing.value, 2) for c in chosen)])
    rows.append([word("parameters"), *(count(c.n_parameters) for c in chosen)])
    for label, name, show in (
        ("training", "training_hours", duration),
        ("training memory", "training_memory_gib", gib),
        ("serving memory", "serving_memory_gib", gib),
    ):
        rows.append([word(label), *(show(amount(c, name)) for c in chosen)])
    latency = [amount(c, "latency_ms") for c in chosen]
    rows.append([word("latency"), *("?" if ms is None else f"{figure(ms)} ms" for ms in latency)])
    rows.append([word("licence"), *(c.license or word("unknown") for c in chosen)])
    wins = (phrase("wins-of-weightings", share=f"{c.acceptability:.0%}") for c in chosen)
    rows.append([word("wins"), *wins])
    if chosen:
        page.grid([Column(""), *(Column(c.id, fold=True) for c in chosen)], rows)
        page.blank()
        pictures.expectations(chosen, page)
    for r in report.rejected:
        page.paragraph(phrase("is-out", reason=r.message), label=r.id)
    for note in retold(report.notes, report.note_messages):
        page.paragraph(note, label=word("note"))


def _expected(c: Candidate) -> str:
    e = c.expected
    between = f"{scored(e.low, e.metric)}–{scored(e.high, e.metric)}"
    return f"{e.metric} {scored(e.value, e.metric)} [{between}]"
