"""The page of `explain`: one model's whole account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pick_model.catalog.sourced import SourcedValue
from pick_model.documents.accounts import Explanation
from pick_model.documents.base import Figure
from pick_model.render.facts import written as in_full
from pick_model.render.html.blocks import Bullets, Cell, Chart, Opening, Section, Sheet, Table, Tile
from pick_model.render.html.drawing import Bar, intervals
from pick_model.render.html.made import made, task_section
from pick_model.render.words import chance, duration, gib, loss, scored, share, span
from pick_model.words.figures import figure, signed


def explanation(
    report: Explanation,
    model: str,
    facts: Sequence[SourcedValue],
    sources: Mapping[str, Mapping[str, str]],
    command: str,
) -> Sheet:
    """The account of a model, each fact and score with a link to what it is from.

    sources: of each source the catalog names its title and url.
    """
    task = report.task
    return Sheet(
        title=f"{model} for {task.name}",
        opening=_opening(report, model),
        sections=(
            Section("to-win", "What would have to change", (Bullets(report.to_win),)),
            _values(report),
            _estimates(report),
            _evidence(report, sources),
            *_moves(report),
            _facts(facts),
            task_section(task),
            made(command, {"catalog": report.catalog_digest}),
        ),
    )


def _opening(report: Explanation, model: str) -> Opening:
    over = f"explain · {report.task.name} · {report.task.task}"
    c = report.candidate
    if c is None:
        reason = report.rejected.reason if report.rejected else "no candidate"
        return Opening(over, "out:", model, lines=(f"It {reason}.",), tone="bad")
    unit = "points" if c.expected.metric != "standard_score" else "standard_score"
    e = c.expected
    return Opening(
        over,
        f"rank {c.rank}:",
        model,
        lines=c.cautions,
        tiles=(
            Tile("score", share(c.score), span(*c.interval)),
            Tile("P(best)", chance(c.p_best)),
            Tile("may lose", loss(c.expected_loss, unit)),
            Tile(
                f"expected {e.metric.replace('_', ' ')}",
                scored(e.value, e.metric),
                f"{scored(e.low, e.metric)} to {scored(e.high, e.metric)}",
            ),
            Tile("comes first", f"{c.acceptability:.0%}", "of all weightings"),
            Tile("licence", c.license or "unknown"),
        ),
    )


def _values(report: Explanation) -> Section:
    bars = [
        Bar(v.criterion.replace("_", " "), v.value, v.low, v.high, f"adds {share(v.contribution)}")
        for v in report.values
    ]
    rows = [
        (
            v.criterion.replace("_", " "),
            Cell(share(v.weight), v.weight),
            Cell(share(v.value), v.value),
            span(v.low, v.high),
            Cell(share(v.contribution), v.contribution),
            v.reads,
        )
        for v in report.values
    ]
    columns = ("criterion", "weight", "value", "90 %", "adds", "reads")
    chart = Chart(
        intervals(bars, "Value of each criterion"), "Values from 0 to 1 with their 90 % intervals."
    )
    title = "What the score is made of"
    return Section("values", title, (chart, Table(columns, rows, title)))


def _estimates(report: Explanation) -> Section:
    rows = [
        (
            name.replace("_", " "),
            Cell(_amount(e.value, e.unit), e.value),
            f"{_amount(e.low, e.unit)} to {_amount(e.high, e.unit)}",
            e.basis,
        )
        for name, e in report.estimates.items()
    ]
    lead = (
        "Basis: measured here, published, traced through the layers, derived from those, or prior."
    )
    table = Table(("estimate", "value", "90 %", "basis"), rows, "Estimates")
    return Section("estimates", "What it takes", (table,), lead)


def _amount(value: float, unit: str) -> str:
    """A quantity in the unit that people would use."""
    if unit == "h":
        return duration(value)
    return f"{gib(value)}iB" if unit == "GiB" else f"{figure(value)} {unit}"


def _evidence(report: Explanation, sources: Mapping[str, Mapping[str, str]]) -> Section:
    rows = [
        (
            e.benchmark,
            e.metric,
            Cell(figure(e.score, 4), e.score),
            e.protocol,
            Cell(signed(e.standard_score, 2), e.standard_score),
            Cell(f"{e.share:.1%}", e.share),
            Cell(e.source, href=sources.get(e.source, {}).get("url")),
        )
        for e in report.evidence
    ]
    columns = ("benchmark", "metric", "score", "protocol", "standard score", "weighs", "source")
    lead = (
        f"The prior, {signed(report.prior_standard_score, 2)} standard scores, carries "
        f"{report.prior_share:.0%} of what is expected; these published scores carry the rest."
    )
    table = Table(columns, rows, "Published scores, heaviest first", find=True)
    return Section("evidence", "What the expectation stands on", (table,), lead)


def _moves(report: Explanation) -> list[Section]:
    """How each score measured on the task moved what is expected of the model."""
    if not report.moves:
        return []
    first = report.moves[0]
    metric = first.metric
    told = [("before", first.before), *((f"after {m.model}", m.after) for m in report.moves)]
    bars = [
        Bar(label, f.value, f.low, f.high, f"{scored(f.value, metric)}", "" if n else "other")
        for n, (label, f) in enumerate(told)
    ]
    rows = [
        (
            m.model,
            Cell(scored(m.score, metric), m.score),
            _scored(m.before, metric),
            _scored(m.after, metric),
        )
        for m in report.moves
    ]
    lead = f"Expected {metric.replace('_', ' ')} of this model after each result of your own."
    chart = Chart(intervals(bars, lead), "Each line is a 90 % interval.")
    table = Table(
        ("measured", "score", "expected before", "expected after"), rows, "The same in figures"
    )
    return [Section("moved", "How the belief moved", (chart, table), lead)]


def _scored(found: Figure, metric: str) -> str:
    ends = f"{scored(found.low, metric)} to {scored(found.high, metric)}"
    return f"{scored(found.value, metric)} ({ends})"


def _facts(facts: Sequence[SourcedValue]) -> Section:
    rows = [
        (
            f.field.replace("_", " "),
            in_full(f.value),
            f.basis or "",
            Cell(f.title or f.source or "the catalog", href=f.url),
        )
        for f in facts
    ]
    columns = ("fact", "value", "basis", "source")
    table = Table(columns, rows, "Facts and where they are from", find=True)
    return Section("facts", "What the catalog knows", (table,))
