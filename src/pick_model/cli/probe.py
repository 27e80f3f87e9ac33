"""`pick-model probe`."""

from __future__ import annotations

import gc
import time
from enum import Enum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pick_model.cli.options import AS, AccountFormat, Output, Overlays, emit, in_output
from pick_model.cli.progress import progress
from pick_model.cli.streams import say
from pick_model.errors import INCONCLUSIVE, OK, UsageError
from pick_model.words.say import message

if TYPE_CHECKING:
    from pick_model.data.dataset import Dataset
    from pick_model.documents.probe import ProbeReport
    from pick_model.encoders.resolve import ModelRef


LONGEST_NAME = 300  # characters: an owner, a name and a revision of the Hub


class LabelsAre(str, Enum):
    """What the labels of a row are."""

    single = "single-label"
    multi = "multi-label"
    regression = "regression"
    tokens = "tokens"


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


class Precision(str, Enum):
    """Arithmetic of the forward and backward pass."""

    auto = "auto"
    fp32 = "fp32"
    bf16 = "bf16"
    fp16 = "fp16"


_data = partial(typer.Option, rich_help_panel="Data")
_budget = partial(typer.Option, rich_help_panel="Budget")
_training = partial(typer.Option, rich_help_panel="Training")
_machine = partial(typer.Option, rich_help_panel="Machine")
_trust = partial(typer.Option, rich_help_panel="Trust")


def probe(
    models: Annotated[
        list[str],
        typer.Argument(metavar="MODEL", help="Catalog ids, Hub ids (org/name@revision), folders."),
    ],
    data: Annotated[
        Path, _data(metavar="FILE", help="Labelled rows: CSV, TSV, JSONL, Parquet, CoNLL, .gz.")
    ],
    task: Annotated[
        Path | None, _data(metavar="TASK.yaml", help="Task profile: task and metric.")
    ] = None,
    eval_data: Annotated[
        Path | None, _data(metavar="FILE", help="Held-out rows; else a fifth of --data.")
    ] = None,
    text: Annotated[str | None, _data(metavar="COLUMN", help="Column of the text.")] = None,
    text_pair: Annotated[
        str | None, _data(metavar="COLUMN", help="Column of the second text.")
    ] = None,
    label: Annotated[str | None, _data(metavar="COLUMN", help="Column of the label.")] = None,
    group: Annotated[
        str | None,
        _data(metavar="COLUMN", help="Rows of one group stay on one side of the split."),
    ] = None,
    kind: Annotated[LabelsAre | None, _data(help="How labels are read; else found out.")] = None,
    label_separator: Annotated[
        str | None, _data(metavar="TEXT", help="What stands between the labels of a row.")
    ] = None,
    skip_label: Annotated[
        str | None, _data(metavar="TEXT", help="Rows with this label are left out.")
    ] = None,
    sentence: Annotated[
        str | None,
        _data(metavar="COLUMN", help="What rows of a sentence share, a token a row."),
    ] = None,
    column_names: Annotated[
        str | None,
        _data("--columns", metavar="ONE,TWO", help="Names for columns without a header."),
    ] = None,
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
        int | None, _budget(metavar="N", help="Runs; 3 where the budget allows.")
    ] = None,
    seed: Annotated[int, _budget(metavar="N", help="The first seed.")] = 0,
    learning_rate: Annotated[
        float | None,
        _training("--learning-rate", "--lr", metavar="RATE", help="Peak rate; else found."),
    ] = None,
    batch: Annotated[int | None, _training(metavar="N", help="Rows a step; 16 or 32.")] = None,
    max_length: Annotated[int | None, _training(metavar="N", help="Tokens a row at most.")] = None,
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
    device: Annotated[str, _machine(metavar="NAME", help="auto, cpu, cuda, cuda:1, mps.")] = "auto",
    precision: Annotated[Precision, _machine(help="Arithmetic.")] = Precision.auto,
    checkpointing: Annotated[
        bool, _machine("--checkpointing", help="Recompute activations: less memory, slower.")
    ] = False,
    threads: Annotated[int | None, _machine(metavar="N", help="CPU threads.")] = None,
    allow_pickle: Annotated[
        bool, _trust("--allow-pickle", help="Load weights that can run code on loading.")
    ] = False,
    trust_remote_code: Annotated[
        bool, _trust("--trust-remote-code", help="Run the code that comes with a model.")
    ] = False,
    offline: Annotated[bool, _trust("--offline", help="Use downloaded models only.")] = False,
    record: Annotated[
        Path | None, in_output(metavar="FILE.jsonl", help="Append the result to a ledger.")
    ] = None,
    catalog: Overlays = None,
    format: Annotated[AccountFormat, AS] = AccountFormat.table,
    output: Output = None,
) -> int:
    """Fine-tune models briefly on your rows: do they transfer, and what will they reach?

    Where the full fine-tune costs no more than a probe of it, it is done instead.

    Examples:
      pick-model probe all-minilm-l6-v2 --data examples/support-tickets/train.csv
      pick-model probe modernbert-base roberta-base --data examples/support-tickets/train.csv \\
        --task examples/support-tickets/task.yaml --budget 10m --record results.jsonl
      pick-model probe chinese-macbert-base --data examples/product-reviews-zh/train.csv \\
        --method lora --seeds 1 --format json --output report.json
    """
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
        metric=metric or task_field(task, "metric"),
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
    require_extra()
    share_the_machine()
    gc.enable()
    refs = model_refs(models, catalog)
    reading = {
        "text": text,
        "text_pair": text_pair,
        "label": label,
        "group": group,
        "sentence": sentence,
        "kind": None if kind is None else kind.value,
        "separator": label_separator,
        "skip": skip_label,
        "names": None if column_names is None else [n.strip() for n in column_names.split(",")],
    }
    train, heldout = read_both(data, eval_data, task_field(task, "task"), reading, seed)
    if len(refs) > 1 and max_steps is None:
        minutes = len(refs) * settings.budget_seconds / 60
        say(f"{len(refs)} models, {budget} each: {minutes:.1f} minutes in all at most")
    began = time.monotonic()  # the file is read; what torch takes to be imported counts
    with progress(several=len(models) > 1) as tick:
        report = run_probe(refs, train, heldout, settings, tick, began=began)
    if record is not None:
        from pick_model.measure.ledger import record as append

        append(report, record)
    if format is AccountFormat.json:
        from pick_model.documents.base import to_json

        emit(to_json(report), output)
        return unprobed(report, len(refs))
    from pick_model.render.layout import page_for_stdout
    from pick_model.render.probe import report as draw

    page = page_for_stdout(output is not None)
    draw(report, page)
    emit(page.text(), output)
    return unprobed(report, len(refs))


def unprobed(report: ProbeReport, models: int) -> int:
    """INCONCLUSIVE where a model's budget held not one run; the notes say which."""
    return OK if len(report.results) == models else INCONCLUSIVE


def task_field(path: Path | None, name: str) -> str | None:
    """`task` or `metric` of a task profile, None without one."""
    if path is None:
        return None
    from pick_model.advise.profile import load_task
    from pick_model.vocabulary.tasks import TRAINABLE

    profile = load_task(path)
    if profile.task not in TRAINABLE:
        raise UsageError(
            message("task-not-trainable", task=profile.task),
            hint=message("trainable-tasks", tasks=" and ".join(TRAINABLE)),
        )
    value: str | None = getattr(profile, name)
    return value


def model_refs(models: list[str], overlays: list[Path] | None) -> list[ModelRef]:
    """Folders first, then catalog ids and aliases, then Hub ids."""
    from pick_model.catalog.load import load_catalog
    from pick_model.encoders.resolve import ModelRef, parse_model

    entries = load_catalog(overlays or ()).entries
    found = []
    for text in models:
        name, _, revision = text.partition("@")
        entry = None if is_folder(text) else entries.get(name)
        if entry is not None and entry.hub_repo is None:
            raise UsageError(
                message("no-repository-known", name=name), hint=message("give-folder-or-hub-id")
            )
        if entry is None:
            found.append(parse_model(text))
        else:
            # The catalog's facts hold for its own commit, so that is what is probed.
            commit = revision or entry.revision
            found.append(ModelRef(name=name, hub_repo=entry.hub_repo, revision=commit))
    return found


def is_folder(text: str) -> bool:
    """Raises UsageError for what is no folder and longer than the Hub's ids (96 and 96)."""
    try:
        found = Path(text).is_dir()
    except (OSError, ValueError):  # longer than the file system takes, or with a NUL
        found = False
    if not found and len(text) > LONGEST_NAME:
        raise UsageError(
            message("name-of-model-too-long", n_letters=len(text), start=text[:40]),
            hint=message("name-a-model"),
        )
    return found


def read_both(
    data: Path,
    eval_data: Path | None,
    task: str | None,
    reading_as: dict[str, Any],
    seed: int,
) -> tuple[Dataset, Dataset]:
    """Training and held-out rows; what was guessed and what looks wrong goes to stderr."""
    from pick_model.data.profile import profile
    from pick_model.data.read import read_dataset
    from pick_model.data.split import split

    options: dict[str, Any] = {"task": task, "seed": seed, **reading_as}
    train = read_said(data, options)
    if eval_data is None:
        train, heldout = split(train, seed=seed)
    else:
        heldout = read_dataset(eval_data, like=train, **options)
    for warning in profile(train, heldout, seed=seed).warnings:
        say(f"warning: {warning}")
    return train, heldout


def read_labelled(data: Path, task: str | None, reading_as: dict[str, Any], seed: int) -> Dataset:
    """The rows of one file; what was guessed and what looks wrong goes to stderr."""
    from pick_model.data.profile import profile

    rows = read_said(data, {"task": task, "seed": seed, **reading_as})
    for warning in profile(rows, seed=seed).warnings:
        say(f"warning: {warning}")
    return rows


def read_said(data: Path, options: dict[str, Any]) -> Dataset:
    """The rows of one file; what was guessed goes to stderr."""
    from pick_model.data.read import read_dataset

    rows = read_dataset(data, **options)
    reading = rows.reading
    if reading is not None and reading.columns.guessed:
        parts = {name: getattr(reading.columns, name) for name in reading.columns.guessed}
        say("columns taken: " + ", ".join(f"{n} = {c}" for n, c in parts.items() if c))
    if reading is not None:
        say(f"labels read as {rows.kind}: {reading.kind_reason}")
        for note in reading.notes:
            say(note)
    return rows
