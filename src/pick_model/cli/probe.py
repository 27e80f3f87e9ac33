"""`pick-model probe`."""

from __future__ import annotations

import gc
import time
from enum import Enum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pick_model.cli.labelled import (
    AllowPickle,
    Arithmetic,
    ColumnNames,
    DataFile,
    DeviceName,
    LabelColumn,
    LabelKindIs,
    Offline,
    PairColumn,
    Precision,
    SentenceColumn,
    Separator,
    SkipLabel,
    TextColumn,
    Threads,
    TrustRemoteCode,
    in_data,
    in_machine,
    model_refs,
    read_both,
    reading_as,
    task_field,
    warn_of_contradictions,
)
from pick_model.cli.options import AS, Format, Output, Overlays, PageFormat, emit, in_output
from pick_model.cli.progress import progress
from pick_model.cli.ranked import finish
from pick_model.cli.recommending import (
    ItemColumns,
    ItemFile,
    ItemOptions,
    ItemSplit,
    MinRating,
    metric_of,
    recommend_items,
    undecided,
)
from pick_model.cli.streams import say
from pick_model.errors import INCONCLUSIVE, OK
from pick_model.words.reader import in_english, phrase

if TYPE_CHECKING:
    from pick_model.data.report import DataProfile
    from pick_model.documents.probe import ProbeReport


class Method(str, Enum):
    """What is trained."""

    full = "full"
    lora = "lora"
    linear = "linear"


class Weighting(str, Enum):
    """How classes count in the loss."""

    auto = "auto"
    none = "none"
    balanced = "balanced"


_budget = partial(typer.Option, rich_help_panel="Budget")
_training = partial(typer.Option, rich_help_panel="Training")


def probe(
    models: Annotated[
        list[str],
        typer.Argument(
            metavar="MODEL",
            help="Catalog ids, Hub ids (org/name@revision), folders, or ID=FOLDER: a catalog id "
            "and where its weights lie.",
        ),
    ],
    data: DataFile,
    task: Annotated[
        Path | None, in_data(metavar="TASK.yaml", help="Task profile: task and metric.")
    ] = None,
    eval_data: Annotated[
        Path | None, in_data(metavar="FILE", help="Held-out rows [default: a fifth of --data].")
    ] = None,
    text: TextColumn = None,
    text_pair: PairColumn = None,
    label: LabelColumn = None,
    group: Annotated[
        str | None,
        in_data(metavar="COLUMN", help="Rows of one group stay on one side of the split."),
    ] = None,
    kind: LabelKindIs = None,
    label_separator: Separator = None,
    skip_label: SkipLabel = None,
    sentence: SentenceColumn = None,
    column_names: ColumnNames = None,
    items: ItemFile = None,
    split: ItemSplit = None,
    min_rating: MinRating = None,
    column: ItemColumns = None,
    method: Annotated[Method, _training(help="What is trained.")] = Method.full,
    budget: Annotated[
        str,
        _budget(
            metavar="TIME",
            help="Time for each model, downloading apart: 90s, 5m, 1h. A deadline: what it does "
            "not reach is dropped (passes beyond the first, learning rates, seeds, curve points, "
            "rows, steps, in this order) and named; exit 3 where not one run fits.",
        ),
    ] = "5m",
    max_steps: Annotated[
        int | None, _budget(metavar="N", help="Steps of one seed's run, in place of --budget.")
    ] = None,
    max_rows: Annotated[int | None, _budget(metavar="N", help="Training rows at most.")] = None,
    seeds: Annotated[
        int | None,
        _budget(
            metavar="N", help="Runs [default: 3 where the budget allows, 1 of a whole fine-tune]."
        ),
    ] = None,
    seed: Annotated[int, _budget(metavar="N", help="The first seed.")] = 0,
    learning_rate: Annotated[
        float | None,
        _training(
            "--learning-rate", "--lr", metavar="RATE", help="Peak rate [default: found by trials]."
        ),
    ] = None,
    batch: Annotated[
        int | None, _training(metavar="N", help="Rows a step [default: 16, of many rows 32].")
    ] = None,
    max_length: Annotated[
        int | None, _training(metavar="N", help="Tokens a row at most. Of sounds seconds.")
    ] = None,
    metric: Annotated[
        str | None, _training(metavar="NAME", help="accuracy, macro_f1, mcc, rmse, …")
    ] = None,
    class_weights: Annotated[
        Weighting, _training(help="auto: balanced where the metric counts classes alike.")
    ] = Weighting.auto,
    extend: Annotated[
        bool,
        _budget(
            "--extend/--no-extend",
            help="Go on where the curve has not flattened, or the verdict is open.",
        ),
    ] = True,
    device: DeviceName = "auto",
    precision: Arithmetic = Precision.auto,
    checkpointing: Annotated[
        bool, in_machine("--checkpointing", help="Recompute activations: less memory, slower.")
    ] = False,
    threads: Threads = None,
    allow_pickle: AllowPickle = False,
    trust_remote_code: TrustRemoteCode = False,
    offline: Offline = False,
    record: Annotated[
        Path | None, in_output(metavar="FILE.jsonl", help="Append the result to a ledger.")
    ] = None,
    catalog: Overlays = None,
    format: Annotated[PageFormat, AS] = PageFormat.table,
    output: Output = None,
) -> int:
    """Fine-tune briefly on your rows: does it transfer, and how far?

    Where the full fine-tune costs hardly more than a probe of it, it is done instead. With --items,
    a light sequential head learns from --data who takes what next, on frozen vectors of the
    items' texts: does the encoder find more than popularity, and more than an untrained copy?

    Examples:
      pick-model probe all-minilm-l6-v2 --data examples/support-tickets/train.csv
      pick-model probe modernbert-base roberta-base --data examples/support-tickets/train.csv \\
        --task examples/support-tickets/task.yaml --budget 10m --record results.jsonl
      pick-model probe chinese-macbert-base --data examples/product-reviews-zh/train.csv \\
        --method lora --seeds 1 --format json --output report.json
      pick-model probe all-minilm-l6-v2 --data examples/shop/interactions.csv \\
        --items examples/shop/items.csv
    """
    recommending = ItemOptions(items, split, min_rating, column or [])
    recommending.check(
        data,
        {
            "--eval-data": eval_data,
            "--text": text,
            "--text-pair": text_pair,
            "--label": label,
            "--group": group,
            "--kind": kind,
            "--label-separator": label_separator,
            "--skip-label": skip_label,
            "--sentence": sentence,
            "--method": method is not Method.full,
            "--max-steps": max_steps,
            "--seeds": seeds,
            "--learning-rate": learning_rate,
            "--batch": batch,
            "--class-weights": class_weights is not Weighting.auto,
            "--no-extend": not extend,
            "--checkpointing": checkpointing,
            "--format html": format is PageFormat.html,
        },
        own_columns=True,
    )
    from pick_model.cli.writable import refuse_unwritable
    from pick_model.measure.probe.run import probe as run_probe
    from pick_model.measure.probe.run import require_extra, share_the_machine
    from pick_model.measure.probe.settings import Settings, parse_budget

    settings = Settings(
        method=method.value,
        budget_seconds=parse_budget(budget),
        max_steps=max_steps,
        max_rows=max_rows,
        seeds=seeds,
        seed=seed,
        learning_rate=learning_rate,
        batch=batch,
        max_length=max_length,
        metric=metric or (metric_of if recommending.given else _metric_of_rows)(task),
        class_weights=class_weights.value,
        extend=extend,
        device=device,
        precision=precision.value,
        checkpointing=checkpointing,
        threads=threads,
        allow_pickle=allow_pickle,
        trust_remote_code=trust_remote_code,
        offline=offline,
    )
    refuse_unwritable(output, record)
    require_extra()
    share_the_machine()
    gc.enable()
    refs = model_refs(models, catalog)
    if recommending.given:
        from pick_model.cli.screen import code_of
        from pick_model.measure.screen.settings import Settings as Frozen

        frozen = Frozen(
            rows=max_rows,
            budget_seconds=settings.budget_seconds,
            metric=settings.metric,
            max_length=max_length,
            seed=seed,
            device=device,
            precision=precision.value,
            threads=threads,
            allow_pickle=allow_pickle,
            trust_remote_code=trust_remote_code,
            offline=offline,
        )
        ranked = recommend_items(recommending, data, column_names, refs, {}, frozen, trained=True)
        faults = finish(ranked, record, Format(format.value), output)
        return code_of(len(ranked.results), faults) or undecided(ranked)
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
    train, heldout = read_both(
        data, eval_data, task_field(task, "task"), reading, seed, looked.append
    )
    warn_of_contradictions(task, train)
    if len(refs) > 1 and max_steps is None:
        minutes = len(refs) * settings.budget_seconds / 60
        say(phrase("minutes-at-most", n=len(refs), budget=budget, minutes=minutes))
    began = time.monotonic()  # the file is read; what torch takes to be imported counts
    with progress(several=len(models) > 1) as tick:
        report = run_probe(refs, train, heldout, settings, tick, began=began)
    if record is not None:
        from pick_model.measure.ledger import record as append

        append(report, record)
    if format is PageFormat.json:
        from pick_model.documents.base import to_json

        emit(to_json(report), output)
        return unprobed(report, len(refs))
    if format is PageFormat.html:
        from pick_model.cli.typed import command_line
        from pick_model.render.html.page import written
        from pick_model.render.html.probe import probe as page_of

        with in_english():
            sheet = written(page_of(report, looked[0], command_line()))
        emit(sheet, output)
        return unprobed(report, len(refs))
    from pick_model.render.layout import page_for_stdout
    from pick_model.render.probe import report as draw

    page = page_for_stdout(output is not None)
    draw(report, page)
    emit(page.text(), output)
    return unprobed(report, len(refs))


def _metric_of_rows(task: Path | None) -> str | None:
    return task_field(task, "metric")


def unprobed(report: ProbeReport, models: int) -> int:
    """INCONCLUSIVE where a model could not be probed; the notes say which, and why."""
    return OK if len(report.results) == models else INCONCLUSIVE
