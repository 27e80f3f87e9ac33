"""`pick-model recommend`."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pick_model.cli.options import (
    AS,
    Format,
    HardwareName,
    Output,
    Overlays,
    PointWorth,
    Preset,
    PricePerHour,
    TaskFile,
    Weight,
    emit,
    in_output,
    in_ranking,
    parsed_weights,
)
from pick_model.errors import UsageError
from pick_model.record import replace
from pick_model.words.message import Message
from pick_model.words.reader import in_english
from pick_model.words.say import message, say_all

if TYPE_CHECKING:
    from pick_model.belief.observations import Measured
    from pick_model.catalog.catalog import Catalog
    from pick_model.documents.accounts import Comparison
    from pick_model.documents.profile import Profile
    from pick_model.documents.report import Recommendation

_own = partial(typer.Option, rich_help_panel="Your own results")
BUDGET = "5m"  # to probe each model, as `probe` has it


def recommend(
    task: TaskFile,
    top: Annotated[
        int, in_ranking(metavar="N", help="How many candidates to list; 0 for all.")
    ] = 10,
    preset: Preset = None,
    weight: Weight = None,
    hardware: HardwareName = None,
    point_worth: PointWorth = None,
    price_per_hour: PricePerHour = None,
    catalog: Overlays = None,
    format: Annotated[Format, AS] = Format.table,
    output: Output = None,
    explain: Annotated[
        bool, in_output("--explain", help="Also print values, sensitivity and flip weights.")
    ] = False,
    results: Annotated[
        Path | None,
        _own(metavar="FILE.jsonl", help="Ledger of your own probes, of this task or others."),
    ] = None,
    probe: Annotated[
        bool, _own("--probe", help="Probe the --top candidates on --data and re-rank.")
    ] = False,
    data: Annotated[Path | None, _own(metavar="FILE", help="The task's labelled rows.")] = None,
    budget: Annotated[
        str | None,
        _own(metavar="TIME", help="Time to probe each model: 90s, 5m, 1h [default: 5m]."),
    ] = None,
) -> None:
    """Rank the catalog for a task, with scores, costs and reasons.

    Examples:
      pick-model recommend examples/support-tickets/task.yaml
      pick-model recommend examples/support-tickets/task.yaml --top 20 --explain
      pick-model recommend examples/leaf-photos/task.yaml --preset edge --weight compute=0.4
      pick-model recommend examples/support-tickets/task.yaml --hardware nvidia-a10 -f json
      pick-model recommend examples/support-tickets/task.yaml --format html -o ranking.html
      pick-model recommend examples/product-reviews-zh/task.yaml --lang zh
      pick-model recommend examples/support-tickets/task.yaml --point-worth 200 \\
        --price-per-hour 1.5
      pick-model recommend examples/support-tickets/task.yaml --probe --top 3 \\
        --data examples/support-tickets/train.csv --budget 2m
    """
    from pick_model.advise.profile import read_profile
    from pick_model.advise.recommend import recommend as advise
    from pick_model.catalog.load import load_catalog

    if top < 0:
        raise UsageError(message("top-below-zero", top=top))
    if probe and data is None:
        raise UsageError(message("probe-needs-data"), hint=message("add-data"))
    if data is not None and not probe and results is None:
        raise UsageError(message("data-without-probe"), hint=message("probe-or-results"))
    if budget is not None and not probe:
        raise UsageError(message("budget-without-probe"), hint=message("add-probe"))
    known = load_catalog(catalog or ())
    profile = read_profile(
        task,
        known,
        preset=preset,
        weights=parsed_weights(weight),
        hardware=hardware,
        point_worth=point_worth,
        price_per_hour=price_per_hour,
    )
    page = format is Format.html  # which lists every candidate, so that they can be ranked anew
    probed: list[Measured] = []
    notes: list[Message] = []
    if probe or results is not None:
        from pick_model.cli.task_results import task_results

        first = advise(profile, known, top=top or None)
        probed, notes = task_results(
            first, profile, known, task, results, data, budget or BUDGET if probe else None
        )
    report = advise(profile, known, top=None if page else top or None, results=probed)
    if notes:
        report = replace(
            report,
            notes=(*report.notes, *say_all(notes)),
            note_messages=(*report.note_messages, *notes),
        )
    if format is not Format.json:
        report = to_be_typed(report, task, data)
    if page:
        with in_english():
            sheet = as_page(report, profile, known, probed, shown=top or report.n_candidates)
        emit(sheet, output)
        return
    emit(rendered(report, format, explain=explain, to_file=output is not None), output)


def to_be_typed(report: Recommendation, task: Path, data: Path | None) -> Recommendation:
    """The report whose next command names the profile's file, and that of the rows if known."""
    step = report.decision.next
    if step is None:
        return report
    command = step.command.replace("TASK.yaml", shlex.quote(str(task)))
    if data is not None:
        command = command.replace("--data FILE", f"--data {shlex.quote(str(data))}")
    decision = replace(report.decision, next=replace(step, command=command))
    return replace(report, decision=decision)


def as_page(
    report: Recommendation | Comparison,
    profile: Profile,
    known: Catalog,
    results: Sequence[Measured],
    *,
    shown: int,
) -> str:
    """The report as a page on which it can be ranked anew."""
    from pick_model.advise.contenders import contest
    from pick_model.advise.recommend import recommend as advise
    from pick_model.cli.typed import again, command_line
    from pick_model.render.html.contest import Ground
    from pick_model.render.html.page import written
    from pick_model.render.html.recommendation import comparison, recommendation

    ground = Ground(
        contest=contest(profile, known, results),
        profile=profile,
        catalog=known,
        shown=shown,
        command=command_line(),
        again=again("--weight", "--format", "-f", "--output", "-o"),
    )
    if report.command == "compare":
        return written(comparison(report, ground))
    if results:
        ground = ground._replace(before=advise(profile, known, top=None))
    return written(recommendation(report, ground))


def rendered(
    report: Recommendation | Comparison, format: Format, *, explain: bool, to_file: bool
) -> str:
    """The report in the format asked for."""
    if format is Format.json:
        from pick_model.documents.base import to_json

        return to_json(report)
    if format is Format.markdown:
        from pick_model.render.tables import as_markdown

        return as_markdown(report)
    if format is Format.csv:
        from pick_model.render.tables import as_csv

        return as_csv(report)
    from pick_model.render.layout import page_for_stdout

    page = page_for_stdout(to_file)
    if report.command == "recommend":
        from pick_model.render.terminal import recommendation

        recommendation(report, page, explain=explain)
    else:
        from pick_model.render.accounts import comparison

        comparison(report, page)
    return page.text()
