"""The page of `recommend` and of `compare`: the decision first, then all it can be argued with."""

from __future__ import annotations

from collections.abc import Sequence

from pick_model.documents.accounts import Comparison
from pick_model.documents.report import Candidate, Recommendation
from pick_model.documents.task import CRITERIA
from pick_model.render import decision as words
from pick_model.render.html.blocks import Bullets, Cell, Chart, Opening, Section, Sheet, Table
from pick_model.render.html.contest import (
    FACTS,
    Ground,
    kicker,
    page_data,
    plot_section,
    ranking_section,
    rejected_section,
    robust_section,
    tiles_of,
    unknown_section,
    weights_section,
)
from pick_model.render.html.drawing import DrawnMove, moves
from pick_model.render.html.made import made, task_section
from pick_model.render.words import scored, share

MOVED = 12  # models of which it is drawn how results moved them


def recommendation(report: Recommendation, ground: Ground) -> Sheet:
    """The page of a report that lists every candidate."""
    pick = next(c for c in report.candidates if c.id == report.decision.pick)
    task, unit = report.task, report.decision.unit
    sections = [
        weights_section(),
        ranking_section(
            report.candidates[: min(ground.shown, FACTS)], words.shortlist(report.decision), unit
        ),
        plot_section(),
        robust_section(report.flips),
        *_measured(report),
        *_moved(report, ground.before),
        rejected_section(report.rejected, report.rejected_by, report.n_models),
        *unknown_section(report.candidates[: min(ground.shown, FACTS)]),
        task_section(task),
        *([Section("notes", "Notes", (Bullets(report.notes),))] if report.notes else []),
        made(ground.command, {"catalog": report.catalog_digest}),
    ]
    step = report.decision.next
    return Sheet(
        title=f"{pick.id} for {task.name}",
        opening=Opening(
            over=kicker("recommend", task),
            before="take",
            title=pick.id,
            lines=tuple(f"{first} {'; '.join(rest)}" for first, rest in words.headline(report)[1:]),
            tiles=tiles_of(pick, task, report),
            command=step.command if step else "",
            small=tuple(line for line in (words.basis(report),) if line),
        ),
        sections=tuple(sections),
        data=page_data(report.candidates, task, unit, ground),
    )


def comparison(report: Comparison, ground: Ground) -> Sheet:
    """The page of models side by side: the same, of these alone."""
    wanted = {c.id for c in report.candidates} | {r.id for r in report.rejected}
    contest = ground.contest._replace(
        contenders=tuple(c for c in ground.contest.contenders if c.scored.entry.id in wanted),
        outsiders=tuple(o for o in ground.contest.outsiders if o.id in wanted),
    )
    ground = ground._replace(contest=contest, shown=len(wanted))
    chosen, task = report.candidates, report.task
    unit = "points" if contest.scoring.decision.in_points else "standard_score"
    return Sheet(
        title=f"{', '.join(c.id for c in chosen) or 'no candidate'} for {task.name}",
        opening=Opening(
            over=kicker("compare", task),
            before="of these, take",
            title=chosen[0].id if chosen else "none",
            lines=(*(f"{r.id} is out: it {r.reason}" for r in report.rejected), *report.notes),
            tiles=tiles_of(chosen[0], task, None) if chosen else (),
            tone="" if chosen else "bad",
        ),
        sections=(
            weights_section(),
            ranking_section(chosen, "P(best) and losses are against all candidates.", unit),
            *([_side_by_side(chosen)] if chosen else []),
            plot_section(),
            task_section(task),
            made(ground.command, {"catalog": report.catalog_digest}),
        ),
        data=page_data(chosen, task, unit, ground),
    )


def _measured(report: Recommendation) -> list[Section]:
    """What the user's own results say."""
    rows = [
        (
            c.id,
            m.metric,
            Cell(scored(m.score, m.metric), m.score),
            f"{scored(m.low, m.metric)} to {scored(m.high, m.metric)}",
            Cell(
                m.verdict,
                tone={"transfers": "good", "does-not-transfer": "bad"}.get(m.verdict, "doubt"),
            ),
        )
        for c in report.candidates
        if (m := c.measured) is not None
    ]
    if not rows:
        return []
    columns = ("model", "metric", "full fine-tune", "90 %", "verdict")
    return [Section("measured", "Measured on your rows", (Table(columns, rows, "Own results"),))]


def _moved(report: Recommendation, before: Recommendation | None) -> list[Section]:
    """What is expected of the first models, without the user's results and with them."""
    if before is None:
        return []
    then = {c.id: c.expected for c in before.candidates}
    moved: list[DrawnMove] = []
    rows = []
    for c in report.candidates[:MOVED]:
        was, now = then.get(c.id), c.expected
        if was is None or was.metric != now.metric:
            continue
        figures = [scored(e.value, e.metric) for e in (was, now)]
        ends = [f"{scored(e.low, e.metric)}–{scored(e.high, e.metric)}" for e in (was, now)]
        moved.append(
            DrawnMove(
                c.id,
                (was.value, was.low, was.high),
                (now.value, now.low, now.high),
                " → ".join(figures),
            )
        )
        rows.append((c.id, *(f"{f} ({e})" for f, e in zip(figures, ends, strict=True))))
    if not moved:
        return []
    metric = report.candidates[0].expected.metric.replace("_", " ")
    chart = moves(moved, f"Expected {metric} before and after your results")
    table = Table(("model", "before", "with your results"), rows, "The same in figures")
    lead = f"Expected {metric} and its 90 % interval, by the catalog alone and with your results."
    return [Section("moved", "How your results moved the belief", (Chart(chart, lead), table), "")]


def _side_by_side(chosen: Sequence[Candidate]) -> Section:
    rows: list[tuple[str, ...]] = [
        ("rank among these", *(str(c.rank) for c in chosen)),
        *(
            (
                name.replace("_", " "),
                *(
                    f"{share(c.values[name][0])}, adds {share(c.contributions[name])}"
                    for c in chosen
                ),
            )
            for name in CRITERIA
        ),
        ("wins", *(f"{c.acceptability:.0%} of weightings" for c in chosen)),
        ("in the Pareto set", *("yes" if c.pareto else "no" for c in chosen)),
        ("scores that resemble the task", *(str(c.resembling_scores) for c in chosen)),
        ("unknown", *(", ".join(c.unknown) or "nothing" for c in chosen)),
        ("beware", *("; ".join(c.cautions) or "–" for c in chosen)),
    ]
    columns = ("of each", *(c.id for c in chosen))
    return Section("beside", "Side by side", (Table(columns, rows, "Side by side"),))
