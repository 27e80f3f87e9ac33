"""`pick-model select`."""

from __future__ import annotations

import gc
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pick_model.cli.candidates import to_select_from
from pick_model.cli.formats import in_format
from pick_model.cli.labelled import (
    AllowPickle,
    Arithmetic,
    ColumnNames,
    DataFile,
    DeviceName,
    ExecutorName,
    Jobs,
    LabelColumn,
    LabelKindIs,
    Offline,
    PairColumn,
    Precision,
    RayAddress,
    SentenceColumn,
    Separator,
    SkipLabel,
    TextColumn,
    Threads,
    TrustRemoteCode,
    in_data,
    names_in,
    read_both,
    reading_as,
    task_field,
)
from pick_model.cli.options import (
    AS,
    Format,
    Ledger,
    Output,
    Overlays,
    PointWorth,
    PricePerHour,
    TaskFile,
    emit,
    from_ledger,
    in_output,
)
from pick_model.cli.progress import progress
from pick_model.cli.recommending import refuse_items
from pick_model.cli.streams import say
from pick_model.errors import (
    ENVIRONMENT,
    INCONCLUSIVE,
    OK,
    UsageError,
)
from pick_model.words.reader import in_english, phrase
from pick_model.words.say import message

if TYPE_CHECKING:
    from pick_model.data.report import DataProfile
    from pick_model.documents.select import SelectReport
    from pick_model.measure.select.acts import SelectionBench

# Seconds of a budget that leave some for looking for wrong labels and at the languages: that takes
# two on two idle cores (360 rows), up to six on busy ones.
LEAST_FOR_LOOKING = 30.0
_models = partial(typer.Option, rich_help_panel="Models")
_budget = partial(typer.Option, rich_help_panel="Budget")


def select(
    task: TaskFile,
    data: DataFile,
    budget: Annotated[
        str, _budget(metavar="TIME", help="Time for everything, a deadline: 90s, 30m, 2h.")
    ] = "30m",
    model: Annotated[
        list[str] | None,
        _models(
            metavar="MODEL",
            help="A candidate: catalog id, Hub id, folder or ID=FOLDER; may be repeated. Without "
            "any: all of the catalog.",
        ),
    ] = None,
    models: Annotated[
        Path | None, _models(metavar="FILE", help="Candidates, one a line; # begins a remark.")
    ] = None,
    top: Annotated[
        int | None, _models(metavar="N", help="Only the first N that `recommend` names, as well.")
    ] = None,
    rows: Annotated[
        int | None, _budget(metavar="N", help="Rows a screen reads at most [default: 2,000].")
    ] = None,
    point_worth: PointWorth = None,
    price_per_hour: PricePerHour = None,
    eval_data: Annotated[
        Path | None, in_data(metavar="FILE", help="Held-out rows [default: a fifth of --data].")
    ] = None,
    text: TextColumn = None,
    text_pair: PairColumn = None,
    label: LabelColumn = None,
    group: Annotated[
        str | None, in_data(metavar="COLUMN", help="Rows of one group stay on one side.")
    ] = None,
    kind: LabelKindIs = None,
    label_separator: Separator = None,
    skip_label: SkipLabel = None,
    sentence: SentenceColumn = None,
    column_names: ColumnNames = None,
    seed: Annotated[int, _budget(metavar="N", help="Of rows and runs.")] = 0,
    max_length: Annotated[
        int | None,
        _budget(
            metavar="N",
            help="Tokens a row at most [default: 256]; of sounds seconds [default: 30].",
        ),
    ] = None,
    device: DeviceName = "auto",
    precision: Arithmetic = Precision.auto,
    threads: Threads = None,
    jobs: Jobs = None,
    executor: ExecutorName = None,
    ray_address: RayAddress = None,
    allow_pickle: AllowPickle = False,
    trust_remote_code: TrustRemoteCode = False,
    offline: Offline = False,
    results: Ledger = None,
    record: Annotated[
        Path | None, in_output(metavar="FILE.jsonl", help="Append what was measured to a ledger.")
    ] = None,
    catalog: Overlays = None,
    format: Annotated[Format, AS] = Format.table,
    output: Output = None,
) -> int:
    """Find the model to take within a budget, by screens and probes.

    Each measurement is the one that is expected to better the choice most for its seconds, and
    moves what is believed of all candidates. It ends when the next is worth less than it costs,
    or the time does. The same command after a kill goes on where it was.

    Examples:
      pick-model select examples/support-tickets/task.yaml \\
        --data examples/support-tickets/train.csv --budget 30m
      pick-model select examples/support-tickets/task.yaml \\
        --data examples/support-tickets/train.csv --budget 10m --model all-minilm-l6-v2 \\
        --model roberta-base --record results.jsonl
      pick-model select examples/support-tickets/task.yaml --top 20 \\
        --data examples/support-tickets/train.csv --budget 2h --point-worth 200 \\
        --price-per-hour 1.5 --format json
    """
    from pick_model.measure.probe.run import require_extra, share_the_machine
    from pick_model.measure.probe.settings import parse_budget

    began = time.monotonic()
    seconds = parse_budget(budget)
    require_extra("select")
    from pick_model.advise.profile import load_task, read_profile
    from pick_model.catalog.load import load_catalog
    from pick_model.cli.writable import refuse_unwritable
    from pick_model.measure.executors import executor as executor_of
    from pick_model.measure.probe.metrics import Scorer
    from pick_model.measure.select.contradictions import contradictions
    from pick_model.measure.select.run import select as run_select
    from pick_model.measure.select.settings import Settings

    refuse_items(task)
    refuse_unwritable(output, record)
    where = executor_of(jobs, executor, ray_address)
    metric = task_field(task, "metric")
    settings = Settings(
        budget_seconds=seconds,
        rows=rows,
        metric=metric,
        max_length=max_length,
        seed=seed,
        device=device,
        precision=precision.value,
        threads=threads,
        allow_pickle=allow_pickle,
        trust_remote_code=trust_remote_code,
        offline=offline,
    )
    share_the_machine()
    gc.enable()
    known = load_catalog(catalog or ())
    profile = read_profile(task, known, point_worth=point_worth, price_per_hour=price_per_hour)
    here = read_profile(task, known, hardware="local")
    if profile.method == "as-is":
        raise UsageError(message("nothing-to-train"), hint=message("compare-instead"))
    names = [*(model or []), *([] if models is None else names_in(models))]
    asked, among = to_select_from(names, top, profile, known, catalog, offline)
    reading = reading_as(
        text,
        text_pair,
        label,
        group,
        sentence,
        kind,
        label_separator,
        skip_label,
        column_names,
    )
    looked: list[DataProfile] = []
    unhurried = seconds >= LEAST_FOR_LOOKING
    train, heldout = read_both(
        data,
        eval_data,
        task_field(task, "task"),
        reading,
        seed,
        looked.append,
        search_labels=unhurried,
    )
    with progress(several=True) as tick:
        bench, report = run_select(
            asked,
            profile,
            here,
            train,
            heldout,
            settings,
            tick,
            among=among,
            told=from_ledger(
                results,
                asked.catalog,
                data,
                profile,
                Scorer(train, metric, replicates=1).metric,
                label=train.label,
                measuring=True,
            ),
            notes=contradictions(load_task(task), train, languages=unhurried),
            executor=where,
            began=began,
        )
    from pick_model.render.screen import why

    for one in report.results:
        if one.error is not None:
            say(phrase("was-not-measured", model=one.model, why=why(one.error)), "warning")
    if record is not None:
        recorded(bench, record)
    if format is Format.html:
        from pick_model.cli.select_page import as_page

        with in_english():
            page = as_page(bench, report, profile, looked[0])
        emit(page, output)
    else:
        emit(rendered(report, format, to_file=output is not None), output)
    if any(step.observation is not None for step in report.steps) or not report.steps:
        return OK if report.steps or report.ended != "budget" else INCONCLUSIVE
    return INCONCLUSIVE if any(step.error is None for step in report.steps) else ENVIRONMENT


def recorded(bench: SelectionBench, ledger: Path) -> None:
    """Append every measurement to a ledger."""
    from pick_model.measure.ledger import record

    if bench.screen is not None:
        record(bench.screen, ledger)
    for report in bench.probes.values():
        record(report, ledger)


def rendered(report: SelectReport, format: Format, *, to_file: bool) -> str:
    """The report in the format asked for."""
    from pick_model.render.select import as_csv, as_markdown
    from pick_model.render.select import report as table

    return in_format(report, format, table=table, markdown=as_markdown, csv=as_csv, to_file=to_file)
