"""The page of `select`: what to take, what was measured for it, and how the belief moved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from pick_model.data.report import DataProfile
from pick_model.documents.probe import ProbeReport
from pick_model.documents.report import Candidate, FlipWeight, Rejected, TaskSummary
from pick_model.documents.screen import ScreenReport
from pick_model.documents.select import Expectation, Selected, SelectReport, SelectStep
from pick_model.render import select as told
from pick_model.render.html.blocks import (
    Block,
    Bullets,
    Cell,
    Chart,
    Opening,
    Prose,
    Section,
    Sheet,
    Table,
)
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
from pick_model.render.html.data import data_section
from pick_model.render.html.drawing import DrawnCurve, DrawnMove, DrawnPoint, curves, moves
from pick_model.render.html.made import made, task_section
from pick_model.render.html.probe import result_sections
from pick_model.render.html.screen import layer_sections
from pick_model.render.probe import number
from pick_model.render.screen import short_names

MOVED = 12  # candidates of which it is drawn how the belief moved


class Field(NamedTuple):
    """Who stands where at the end of a selection, and who is out."""

    candidates: Sequence[Candidate]  # all, best first
    flips: Sequence[FlipWeight]
    rejected: Sequence[Rejected]
    rejected_by: Mapping[str, int]
    n_models: int


class Measurements(NamedTuple):
    """The reports of what was measured, for their curves and layers, and on what."""

    screen: ScreenReport | None
    probes: Sequence[ProbeReport]
    profile: DataProfile | None


def selection(
    found: SelectReport, field: Field, task: TaskSummary, ground: Ground, made_of: Measurements
) -> Sheet:
    """The page of a selection."""
    candidates, screen = field.candidates, made_of.screen
    first = candidates[: min(ground.shown, FACTS)]
    names = short_names(one.model for one in found.results)
    decision = found.decision
    pick = next((c for c in candidates if c.id == decision.pick), None)
    faults = [one for one in found.results if one.error is not None]
    read = [one for one in screen.results if one.error is None] if screen else []
    results = [result for report in made_of.probes for result in report.results]
    probe_names = short_names(result.model for result in results)
    return Sheet(
        title=f"{names.get(decision.pick, decision.pick)} for {task.name}",
        opening=Opening(
            kicker("select", task),
            "nothing was measured: first by the prior" if told.untold(found) else "take",
            names.get(decision.pick, decision.pick),
            lines=("   ".join(told.taken(found)), told.spent(found)),
            tiles=tiles_of(pick, task, None) if pick else (),
            small=tuple(line for line in (told.next_words(found),) if line),
        ),
        sections=(
            _steps(found),
            _moved(found, names),
            weights_section(),
            ranking_section(first, "P(best) is after all that was measured.", decision.unit),
            plot_section(),
            robust_section(field.flips),
            *layer_sections(read),
            *(
                section
                for n, result in enumerate(results)
                for section in result_sections(result, probe_names[result.model], n, True)
            ),
            *([_faults(faults)] if faults else []),
            *data_section(made_of.profile),
            rejected_section(field.rejected, field.rejected_by, field.n_models),
            *unknown_section(first),
            task_section(task),
            *([Section("notes", "Notes", (Bullets(found.notes),))] if found.notes else []),
            made(ground.command, {"catalog": ground.catalog.digest, "data": found.data_digest}),
        ),
        data=page_data(candidates, task, decision.unit, ground),
    )


def _steps(found: SelectReport) -> Section:
    """What was measured in turn, and what was left to lose after each."""
    blocks: list[Block] = []
    losses = [found.expected_loss_before, *(s.expected_loss_after for s in found.steps)]
    if len(losses) > 1:
        points = [DrawnPoint(float(n), value, value, value) for n, value in enumerate(losses)]
        unit = found.decision.unit.replace("_", " ")
        caption = f"Expected loss of the choice in {unit}, before any and after each measurement."
        line = [DrawnCurve("", points)]
        drawn = curves(line, caption, across="measurements", up=f"expected loss, {unit}")
        blocks.append(Chart(drawn, caption))
    if found.steps:
        columns = ("#", *told.STEPS[1:])
        rows = _ordered(told.step_rows(found), list(map(_step_order, found.steps)))
        blocks.append(Table(columns, rows, "What was measured, in turn"))
    else:
        blocks.append(Prose(("Nothing was measured.",)))
    return Section("steps", "What was measured", tuple(blocks))


def _moved(found: SelectReport, names: dict[str, str]) -> Section:
    """What was believed before and is now, model by model."""
    moved = []
    for one in _first(found.results):
        if one.believed is not None:
            was = None if one.prior is None else _figure(one.prior)
            now = _figure(one.believed)
            shown = f"{number(was[0])} → {number(now[0])}" if was else number(now[0])
            moved.append(DrawnMove(names[one.model], was, now, shown))
    columns = ("#", *told.RESULTS[1:])
    orders = [_result_order(one) for one in found.results if one.error is None]
    table = Table(columns, _ordered(told.result_rows(found), orders), "Candidates")
    blocks: list[Block] = [table]
    if moved:
        caption = f"Expected {found.metric.replace('_', ' ')} before and after, 90 % intervals."
        blocks.insert(0, Chart(moves(moved, caption), caption))
    return Section("moved", "How the belief moved", tuple(blocks))


def _ordered(
    rows: Sequence[Sequence[str]], orders: Sequence[Sequence[float | None]]
) -> list[tuple[Cell | str, ...]]:
    """Rows whose cells are sorted by figures where there are any; a row's first is its number."""
    return [
        tuple(
            text if order is None else Cell(text, order)
            for text, order in zip(row, (n, *order_of_row), strict=True)
        )
        for n, (row, order_of_row) in enumerate(zip(rows, orders, strict=True), start=1)
    ]


def _step_order(step: SelectStep) -> tuple[float | None, ...]:
    """By what the cells of a step are sorted: those of `told.STEPS` but the first."""
    seen = step.observation
    before, after = (None if e is None else _figure(e)[0] for e in (step.before, step.after))
    measured = None if seen is None else seen.score
    return None, None, measured, None, before, after, None, step.expected_loss_after, step.seconds


def _result_order(one: Selected) -> tuple[float | None, ...]:
    """The same of a candidate: those of `told.RESULTS` but the first."""
    now = one.believed
    return (
        None,
        one.n_parameters,
        None if one.prior is None else _figure(one.prior)[0],
        None if now is None else _figure(now)[0],
        None,
        None if now is None else now.p_best,
        None if now is None else now.expected_loss,
        None if one.screened is None else one.screened.score,
        None if one.probed is None else one.probed.score,
    )


def _first(results: Sequence[Selected]) -> list[Selected]:
    """The measured ones and the first others, all on one scale."""
    scaled = [one for one in results if one.believed and one.believed.score is not None]
    return (scaled or [one for one in results if one.believed is not None])[:MOVED]


def _figure(held: Expectation) -> tuple[float, float, float]:
    found = held.score or held.standing
    return found.value, found.low, found.high


def _faults(faults: Sequence[Selected]) -> Section:
    rows = [
        (one.model, one.error.message, one.error.hint or "")
        for one in faults
        if one.error is not None
    ]
    table = Table(("model", "because", "instead"), rows, "Not measured")
    return Section("faults", "What could not be measured", (table,))
