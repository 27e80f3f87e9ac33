"""One model's account of costs, for a terminal and as Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from pick_model.documents.estimate import CostReport
from pick_model.documents.report import Estimate
from pick_model.render.layout import Column, Page
from pick_model.render.words import count, markdown
from pick_model.words.figures import figure
from pick_model.words.reader import word

VERDICTS = {"yes": "fits", "maybe": "may not fit", "no": "does not fit"}
STYLES = {"yes": "bold green", "maybe": "yellow", "no": "bold red"}
HEADS = ("estimate", "value", "90 %", "unit", "basis")


def on_page(report: CostReport, page: Page) -> None:
    """The account as paragraphs and grids."""
    verdict, where = _verdict(report)
    page.heading(verdict, where, style=STYLES.get(report.fits or "", "bold"))
    for line in report.advice:
        page.paragraph(line, indent=2)
    page.blank()
    page.heading(report.model, _about(report))
    page.paragraph(_setting(report), dim=True)
    page.blank()
    page.grid(columns(), list(_rows(report)))
    if report.alternatives:
        page.blank()
        page.heading("fits with")
        for settings, memory in _alternatives(report):
            page.definition(settings, memory, 44)


def columns() -> list[Column]:
    """Those of a table of estimates, whose rows `row` makes."""
    return [Column(word(t), right=t in ("value", "90 %"), fold=t == "basis") for t in HEADS]


def row(title: str, e: Estimate) -> tuple[str, ...]:
    """One estimate; of a figure that is certain there is no interval."""
    ends = "" if e.low == e.high else f"{figure(e.low)}–{figure(e.high)}"
    return title, figure(e.value), ends, e.unit, word(e.basis)


def as_markdown(report: CostReport) -> str:
    """The account as a Markdown section."""
    verdict, where = _verdict(report)
    lines = [f"## {markdown(report.model)}", "", markdown(_about(report)), ""]
    lines += [markdown(_setting(report)), "", f"**{verdict}**, {markdown(where)}", ""]
    lines += [f"| {' | '.join(HEADS)} |", "|---|---:|---:|---|---|"]
    lines += [f"| {' | '.join(markdown(cell) for cell in row)} |" for row in _rows(report)]
    if report.alternatives:
        lines += ["", "Fits with", ""]
        lines += [f"- {markdown(s)}: {markdown(memory)}" for s, memory in _alternatives(report)]
    if report.advice:
        lines += ["", *(f"- {markdown(line)}" for line in report.advice)]
    return "\n".join(lines) + "\n"


def _about(report: CostReport) -> str:
    traced = f", traced as {report.built_like}" if report.built_like else ""
    return f"{count(report.n_parameters)} parameters{traced}"


def _setting(report: CostReport) -> str:
    s = report.setting
    parts = [*filter(None, (s.task, s.input)), f"batch {s.batch_size}"]
    if s.micro_batch < s.batch_size:
        parts[-1] += f" in parts of {s.micro_batch}"
    parts += [f"method {s.method}", s.dtype, s.optimizer]
    parts += [f"{s.attention} attention"] if s.attention else []
    parts += ["checkpointing"] if s.checkpointing else []
    return " · ".join([*parts, f"{s.n_rows:,} rows × {s.epochs:g} epochs"])


def _verdict(report: CostReport) -> tuple[str, str]:
    """Whether it fits, and into what."""
    where = f"{report.hardware} has {report.memory_gib:g} GiB"
    if report.largest_batch is not None:
        batches: dict[str, list[str]] = {}
        for b in report.largest_batches:
            shown = _batch(b.expected, b.surely, b.perhaps)
            batches.setdefault(shown, []).append(b.attention)
        told = [f"{shown} with {' or '.join(names)} attention" for shown, names in batches.items()]
        where += "; largest batch at once " + ", ".join(
            told
            or [
                _batch(
                    report.largest_batch, report.largest_batch_surely, report.largest_batch_perhaps
                )
            ]
        )
    if report.smallest_machine and report.fits == "yes":
        where += f"; the smallest card that would do is {report.smallest_machine}"
    return VERDICTS.get(report.fits or "", "training memory unknown"), where


def _batch(expected: int | None, surely: int | None, perhaps: int | None) -> str:
    return f"{expected or 0:,} [{surely or 0:,}–{perhaps or 0:,}]"


def _rows(report: CostReport) -> Iterator[tuple[str, ...]]:
    for name, estimate in report.estimates.items():
        yield row(word(name), estimate)
        if name == "training_memory_gib":
            for part, amount in report.parts.items():
                yield row("  " + word(part.replace("_", " ")), amount)


def _alternatives(report: CostReport) -> Iterator[tuple[str, str]]:
    for way in report.alternatives:
        m = way.training_memory_gib
        yield ", ".join(way.settings), f"{figure(m.value)} GiB [{figure(m.low)}–{figure(m.high)}]"
