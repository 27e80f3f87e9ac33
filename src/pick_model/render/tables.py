"""Reports as Markdown and CSV: plain text, no terminal needed."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from pick_model.documents.accounts import Comparison
from pick_model.documents.report import Recommendation
from pick_model.documents.task import CRITERIA
from pick_model.render.decision import basis, headline, shortlist
from pick_model.render.terminal import amount, legend_of_marks, marks, near_miss
from pick_model.render.words import (
    cell,
    chance,
    count,
    duration,
    gib,
    loss,
    markdown,
    scored,
    share,
    span,
)
from pick_model.words.reader import listing, phrase, retold, tell, word


def as_markdown(report: Recommendation | Comparison) -> str:
    """A heading, the table, the rejections and the notes, as GitHub renders them."""
    task = report.task
    unit = report.decision.unit if isinstance(report, Recommendation) else None
    metric = report.candidates[0].expected.metric if report.candidates else ""
    head = (
        "rank",
        "model",
        "best",
        *(["loses"] if unit else []),
        metric,
        "90 %",
        "score",
        "90 %",
        *CRITERIA,
        "parameters",
        "training",
        "memory",
        "licence",
    )
    rows = [
        (
            str(c.rank),
            markdown(c.id + marks(c)),
            chance(c.p_best),
            *([loss(c.expected_loss, unit, bare=True)] if unit else []),
            scored(c.expected.value, c.expected.metric),
            f"{scored(c.expected.low, metric)}–{scored(c.expected.high, metric)}",
            share(c.score),
            span(*c.interval),
            *(share(c.contributions[name]) for name in CRITERIA),
            count(c.n_parameters),
            duration(amount(c, "training_hours")),
            gib(amount(c, "training_memory_gib")),
            markdown(c.license or word("unknown")),
        )
        for c in report.candidates
    ]
    lines = [f"## {markdown(task.name)}", ""]
    if isinstance(report, Recommendation):
        told = [listing(parts, "phrases") for _, parts in headline(report)]
        first = [f"**{markdown(words)}**" for words, _ in headline(report)]
        lines += [f"{a} {markdown(b)}\n" for a, b in zip(first, told, strict=True)]
        found = (shortlist(report.decision), basis(report))
        lines += [f"{markdown(words)}\n" for words in found if words]
    lines.append(
        phrase(
            "task-in-short",
            task=task.task,
            languages=listing(task.languages) or phrase("without-language"),
            rows=task.n_rows,
            machine=task.train_on,
            preset=task.preset,
        )
    )
    lines += ["", *table([title if title == metric else word(title) for title in head], rows)]
    legend = [*legend_of_marks(report.candidates, task), phrase("legend-contributions")]
    lines += ["", markdown(listing(legend, "clauses"))]
    if isinstance(report, Recommendation):
        lines += ["", phrase("so-many-out", n=len(report.rejected), of=report.n_models), ""]
        by = report.rejected_by.items()
        lines += [f"- {phrase('label', name=name)}{n}" for name, n in by]
        near = [r for r in report.rejected if r.near_miss]
        if near:
            lines += ["", phrase("near-misses-listed"), ""]
            ids = (phrase("label", name=markdown(r.id)) for r in near)
            lines += [f"- {id}{markdown(near_miss(r))}" for id, r in zip(ids, near, strict=True)]
    else:
        lines += [f"- {markdown(r.id)} {markdown(tell(r.message))}" for r in report.rejected]
    notes = retold(report.notes, report.note_messages)
    lines += ["", *(f"- {markdown(note)}" for note in notes)] if notes else []
    return "\n".join(lines) + "\n"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """The lines of a Markdown table; cells are escaped already."""
    yield_rows = [" | ".join(row) for row in (head, ["---"] * len(head), *rows)]
    return [f"| {row} |" for row in yield_rows]


def as_csv(report: Recommendation | Comparison) -> str:
    """One line a candidate; numbers in full, unknown as an empty cell."""
    estimates = ("training_hours", "training_memory_gib", "serving_memory_gib", "latency_ms")
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(
        [
            *("rank", "id", "score", "low", "high", *CRITERIA, "n_parameters", *estimates),
            *("license", "doubtful", "outdone_by", "p_best", "expected_loss"),
            *("metric", "expected", "expected_low", "expected_high", "measured"),
        ]
    )
    for c in report.candidates:
        writer.writerow(
            [
                c.rank,
                cell(c.id),
                c.score,
                *c.interval,
                *(c.contributions[name] for name in CRITERIA),
                "" if c.n_parameters is None else c.n_parameters,
                *("" if (v := amount(c, name)) is None else v for name in estimates),
                cell(c.license or ""),
                int(c.doubtful),
                cell(c.outdone_by or ""),
                *(c.p_best, c.expected_loss),
                *(c.expected.metric, c.expected.value, c.expected.low, c.expected.high),
                "" if c.measured is None else c.measured.score,
            ]
        )
    return out.getvalue()
