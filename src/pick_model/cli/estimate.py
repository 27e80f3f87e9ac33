"""`pick-model estimate`."""

from __future__ import annotations

import json
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from pick_model.cli.options import AS, Output, Overlays, emit, in_output
from pick_model.errors import InputError, SchemaError, UsageError, WrongValue
from pick_model.words.say import message

if TYPE_CHECKING:
    from pick_model.catalog.catalog import Catalog
    from pick_model.documents.catalog import Entry
    from pick_model.documents.estimate import CostReport

MAX_LENGTH = 1e9  # tokens, pixels or seconds; beyond any input, and squares stay finite
Origin = Literal["catalog", "hub", "folder"]


class ReportFormat(str, Enum):
    """How the account is printed."""

    table = "table"
    json = "json"
    markdown = "markdown"


class Dtype(str, Enum):
    fp32 = "fp32"
    mixed = "mixed"
    bf16 = "bf16"


class Method(str, Enum):
    full = "full"
    lora = "lora"
    qlora = "qlora"
    frozen = "frozen"


class Optimizer(str, Enum):
    adamw = "adamw"
    sgd = "sgd"
    adafactor = "adafactor"
    adamw_8bit = "adamw-8bit"


class Attention(str, Enum):
    eager = "eager"
    fused = "fused"


def estimate(
    model: Annotated[
        str, typer.Argument(metavar="MODEL", help="Catalog id, model folder or Hub repository.")
    ],
    hardware: Annotated[
        str, typer.Option(metavar="NAME", help="Machine to train and serve on, or `local`.")
    ] = "nvidia-t4",
    task: Annotated[
        str | None, typer.Option(metavar="TASK", help="Task [default: the model's first].")
    ] = None,
    batch: Annotated[int | None, typer.Option(help="Inputs a step.")] = None,
    length: Annotated[
        float | None,
        typer.Option(help="Length of an input: tokens, pixels a side or seconds."),
    ] = None,
    rows: Annotated[int | None, typer.Option(help="Rows to train on.")] = None,
    epochs: Annotated[float | None, typer.Option(help="Passes over the rows.")] = None,
    dtype: Annotated[Dtype | None, typer.Option(help="Arithmetic of the training.")] = None,
    method: Annotated[Method, typer.Option(help="What is trained.")] = Method.full,
    optimizer: Annotated[Optimizer, typer.Option(help="Optimizer.")] = Optimizer.adamw,
    attention: Annotated[
        Attention | None, typer.Option(help="Attention [default: fused where the model has it].")
    ] = None,
    checkpointing: Annotated[
        bool, typer.Option("--checkpointing", help="Recompute activations to save memory.")
    ] = False,
    timeout: Annotated[
        float | None, in_output(metavar="SECONDS", help="Longest wait for the Hub.")
    ] = None,
    catalog: Overlays = None,
    format: Annotated[ReportFormat, AS] = ReportFormat.table,
    output: Output = None,
) -> None:
    """Estimate a training's memory and time, and what would make it fit.

    Examples:
      pick-model estimate bert-base-uncased --hardware nvidia-t4 --batch 32 --length 512
      pick-model estimate mistral-7b-v0.1 --hardware nvidia-rtx-4090 --method qlora
      pick-model estimate vit-base-patch16-224 --hardware cpu-8-core -f json
    """
    from pick_model.advise.costs import account
    from pick_model.advise.profile import settled
    from pick_model.catalog.load import load_catalog
    from pick_model.cost.memory import Setup
    from pick_model.vocabulary.tasks import TASKS, modalities_of_tasks

    known = load_catalog(catalog or ())
    entry, origin = _found(model, known, timeout)
    if task in TASKS and TASKS[task].modality not in modalities_of_tasks(entry.modality):
        reads = TASKS[task].modality
        raise UsageError(
            message("task-reads-other", task=task, reads=reads, modality=entry.modality)
        )
    training = {
        "method": method.value,
        "batch_size": batch,
        "epochs": epochs,
        "dtype": dtype.value if dtype else None,
    }
    profile = settled(_task(task or entry.tasks[0], length, rows, training), known,
                      hardware=hardware)  # fmt: skip
    setup = Setup(optimizer.value, checkpointing, attention.value if attention else None)
    machines = [known.machine(name) for name in known.plain_hardware]
    try:
        report = account(entry, profile, setup, machines, origin=origin)
    except WrongValue as wrong:
        raise UsageError(wrong.told, hint=message("leave-attention-out")) from None
    emit(_rendered(report, format, to_file=output is not None), output)


def _found(name: str, catalog: Catalog, timeout: float | None) -> tuple[Entry, Origin]:
    """The catalog's entry, else what a folder's or a repository's configuration says."""
    from pick_model.catalog.draft.unlisted import entry_from_folder, entry_from_hub

    if Path(name).is_dir():
        return entry_from_folder(Path(name), catalog, strict=True), "folder"
    entry = catalog.get(name)
    if entry is not None:
        return entry, "catalog"
    if name.count("/") != 1 or name.startswith((".", "/")):
        catalog.find(name)  # raises, with the nearest name
    return entry_from_hub(name, catalog, timeout=timeout, strict=True), "hub"


def _task(name: str, length: float | None, rows: int | None, training: dict[str, Any]) -> Any:
    """The task the options describe. Raises UsageError for a value that cannot be."""
    from pick_model.documents.reader import check, parse_yaml
    from pick_model.documents.task import Task
    from pick_model.vocabulary.tasks import TASKS

    written: dict[str, Any] = {"task": name, "n_rows": rows}
    written["training"] = {key: value for key, value in training.items() if value is not None}
    if length is not None and not abs(length) < MAX_LENGTH:
        raise UsageError(message("length-not-of-input", length=length))
    if length is not None and name in TASKS:
        unit = TASKS[name].modality
        field = {"audio": "input_seconds", "image": "input_pixels"}.get(unit, "input_tokens")
        written[field] = length if unit == "audio" else int(length)
    try:
        return check(parse_yaml(json.dumps(written), "the options"), Task)
    except (SchemaError, InputError) as error:
        raise UsageError(error.message, hint=error.hint or message("see-help")) from None


def _rendered(report: CostReport, format: ReportFormat, *, to_file: bool) -> str:
    if format is ReportFormat.json:
        from pick_model.documents.base import to_json

        return to_json(report)
    from pick_model.render.estimate import as_markdown, on_page

    if format is ReportFormat.markdown:
        return as_markdown(report)
    from pick_model.render.layout import page_for_stdout

    page = page_for_stdout(to_file)
    on_page(report, page)
    return page.text()
