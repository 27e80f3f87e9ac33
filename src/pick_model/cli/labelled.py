"""What `probe` and `screen` share: options for labelled rows, models and the machine."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pick_model.cli.streams import say
from pick_model.errors import InputError, Location, UsageError, slip
from pick_model.words.reader import phrase, tell, tell_all
from pick_model.words.say import message

if TYPE_CHECKING:
    from pick_model.data.dataset import Dataset
    from pick_model.data.report import DataProfile
    from pick_model.encoders.resolve import ModelRef


LONGEST_NAME = 300  # characters: an owner, a name and a revision of the Hub


class LabelsAre(str, Enum):
    """What the labels of a row are."""

    single = "single-label"
    multi = "multi-label"
    regression = "regression"
    tokens = "tokens"


class Precision(str, Enum):
    """Arithmetic of the forward and backward pass."""

    auto = "auto"
    fp32 = "fp32"
    bf16 = "bf16"
    fp16 = "fp16"


class Where(str, Enum):
    """Who else runs pieces of work."""

    ray = "ray"


in_data = partial(typer.Option, rich_help_panel="Data")
in_machine = partial(typer.Option, rich_help_panel="Machine")
in_trust = partial(typer.Option, rich_help_panel="Trust")

DataFile = Annotated[
    Path,
    in_data(
        metavar="FILE",
        help="Labelled rows: CSV, TSV, JSONL, Parquet, CoNLL, .gz; or a folder, a folder a class.",
    ),
]
TextColumn = Annotated[str | None, in_data(metavar="COLUMN", help="Column of the text.")]
PairColumn = Annotated[str | None, in_data(metavar="COLUMN", help="Column of the second text.")]
LabelColumn = Annotated[str | None, in_data(metavar="COLUMN", help="Column of the label.")]
LabelKindIs = Annotated[LabelsAre | None, in_data(help="How labels are read [default: found out].")]
Separator = Annotated[
    str | None, in_data(metavar="TEXT", help="What stands between the labels of a row.")
]
SkipLabel = Annotated[
    str | None, in_data(metavar="TEXT", help="Rows with this label are left out.")
]
SentenceColumn = Annotated[
    str | None, in_data(metavar="COLUMN", help="What rows of a sentence share, a token a row.")
]
ColumnNames = Annotated[
    str | None,
    in_data("--columns", metavar="ONE,TWO", help="Names for columns without a header."),
]
DeviceName = Annotated[str, in_machine(metavar="NAME", help="auto, cpu, cuda, cuda:1, mps.")]
Arithmetic = Annotated[Precision, in_machine("--precision", help="Arithmetic.")]
Threads = Annotated[int | None, in_machine(metavar="N", help="CPU threads.")]
AllowPickle = Annotated[
    bool, in_trust("--allow-pickle", help="Load weights that can run code on loading.")
]
TrustRemoteCode = Annotated[
    bool, in_trust("--trust-remote-code", help="Run the code that comes with a model.")
]
Jobs = Annotated[
    int | None, in_machine(metavar="N", help="Processes that read models at the same time.")
]
ExecutorName = Annotated[
    Where | None, in_machine("--executor", help="ray: tasks of a cluster, else one started here.")
]
RayAddress = Annotated[
    str | None, in_machine("--ray-address", metavar="HOST:PORT", help="A cluster that is there.")
]
Offline = Annotated[bool, in_trust("--offline", help="Use downloaded models only.")]


def reading_as(
    text: str | None,
    text_pair: str | None,
    label: str | None,
    group: str | None,
    sentence: str | None,
    kind: LabelsAre | None,
    separator: str | None,
    skip: str | None,
    columns: str | None,
) -> dict[str, Any]:
    """The options that say how rows are read, as `data.read.read_dataset` takes them."""
    return {
        "text": text,
        "text_pair": text_pair,
        "label": label,
        "group": group,
        "sentence": sentence,
        "kind": None if kind is None else kind.value,
        "separator": separator,
        "skip": skip,
        "names": None if columns is None else [name.strip() for name in columns.split(",")],
    }


def task_field(path: Path | None, name: str) -> str | None:
    """`task` or `metric` of a task profile, None without one."""
    if path is None:
        return None
    from pick_model.advise.profile import load_task
    from pick_model.vocabulary.tasks import RECOMMENDING, SEARCHING, TRAINABLE

    profile = load_task(path)
    if profile.task in RECOMMENDING:
        raise UsageError(message("items-without-texts"), hint=message("name-items"))
    if profile.task in SEARCHING:
        raise UsageError(
            message("task-of-queries", task=profile.task), hint=message("screen-on-queries")
        )
    if profile.task not in TRAINABLE:
        raise UsageError(
            message("task-not-trainable", task=profile.task),
            hint=message("trainable-tasks", tasks=" and ".join(TRAINABLE)),
        )
    value: str | None = getattr(profile, name)
    return value


def model_refs(models: list[str], overlays: list[Path] | None) -> list[ModelRef]:
    """Folders first, then ID=FOLDER, catalog ids and aliases, and Hub ids.

    Raises UsageError for what is none.
    """
    from pick_model.catalog.load import load_catalog
    from pick_model.encoders.resolve import ModelRef, parse_model

    known = load_catalog(overlays or ())
    found = []
    for text in models:
        if "=" in text and not is_folder(text):
            name, _, folder = text.partition("=")
            where, entry = parse_model(folder).folder, known.get(name)
            if where is None or entry is None:
                no_entry = message("no-model-in-catalog", name=name)
                told = no_entry if where else message("no-such-folder", text=folder)
                raise UsageError(told, hint=message("id-and-folder"))
            found.append(ModelRef(entry.id, where, catalogued=True))
            continue
        name, _, revision = text.partition("@")
        entry = None if is_folder(text) else known.entries.get(name)
        if entry is not None and entry.hub_repo is None:
            raise UsageError(
                message("no-repository-known", name=name), hint=message("give-folder-or-hub-id")
            )
        if entry is None:
            ref = parse_model(text)
            meant = None if ref.folder or "/" in name else slip(name, known.entries)
            if meant is not None:
                say(phrase("asked-of-the-hub", name=name, guess=meant), "note")
            found.append(ref)
        else:
            # The catalog's facts hold for its own commit, so that is what is probed.
            commit = revision or entry.revision
            found.append(ModelRef(name=name, hub_repo=entry.hub_repo, revision=commit))
    return found


def names_in(path: Path) -> list[str]:
    """The names in a file, one a line. Raises InputError."""
    from pick_model.documents.reader import read_input

    text = read_input(path, Location(str(path))).decode("utf-8", "replace").lstrip("\ufeff")
    names = [line.partition("#")[0].strip() for line in text.splitlines()]
    if not any(names):
        raise InputError(
            message("file-names-no-model"), location=Location(str(path)), hint=message("one-a-line")
        )
    return [name for name in names if name]


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


def warn_of_contradictions(task: Path | None, rows: Dataset, *, trained: bool = True) -> None:
    """Say where a task profile and the rows beside it say different things, but of languages:
    to look at those takes a second.
    """
    if task is None:
        return
    from pick_model.advise.profile import load_task
    from pick_model.measure.select.contradictions import contradictions

    for told in contradictions(load_task(task), rows, languages=False, trained=trained):
        say(tell(told), "warning")


def read_both(
    data: Path,
    eval_data: Path | None,
    task: str | None,
    reading: dict[str, Any],
    seed: int,
    told: Callable[[DataProfile], None] | None = None,
    *,
    search_labels: bool = True,
) -> tuple[Dataset, Dataset]:
    """Training and held-out rows; what was guessed and what looks wrong goes to stderr.

    told: gets the profile of the rows. search_labels: whether to look for wrong ones, which takes
    seconds.
    """
    from pick_model.data.media import held_out_part
    from pick_model.data.profile import profile
    from pick_model.data.read import read_dataset
    from pick_model.data.split import split

    options: dict[str, Any] = {"task": task, "seed": seed, **reading}
    train = read_said(data, options)
    if eval_data is None and data.is_dir():
        eval_data = held_out_part(data)
        if eval_data is not None:
            say(phrase("held-out-in", file=str(eval_data)))
    if eval_data is None:
        train, heldout = split(train, seed=seed)
    else:
        heldout = read_dataset(eval_data, like=train, **options)
    facts = profile(train, heldout, seed=seed, search_labels=search_labels)
    for warning in tell_all(facts.warning_messages):
        say(warning, "warning")
    if told is not None:
        told(facts)
    return train, heldout


def read_labelled(
    data: Path,
    task: str | None,
    reading: dict[str, Any],
    seed: int,
    told: Callable[[DataProfile], None] | None = None,
) -> Dataset:
    """The rows of one file; what was guessed and what looks wrong goes to stderr.

    told: gets the profile of the rows. Wrong labels are not searched for: that fits models of
    words, which for 77 classes took a sixth of a screen of two models; a probe does it.
    """
    from pick_model.data.profile import profile

    rows = read_said(data, {"task": task, "seed": seed, **reading})
    facts = profile(rows, seed=seed, search_labels=False)
    for warning in tell_all(facts.warning_messages):
        say(warning, "warning")
    if told is not None:
        told(facts)
    return rows


def read_said(data: Path, options: dict[str, Any]) -> Dataset:
    """The rows of one file; what was guessed goes to stderr."""
    from pick_model.data.read import read_dataset

    rows = read_dataset(data, **options)
    reading = rows.reading
    if reading is not None and reading.columns.guessed:
        parts = {name: getattr(reading.columns, name) for name in reading.columns.guessed}
        taken = tuple(f"{n} = {c}" for n, c in parts.items() if c)
        say(phrase("columns-taken", columns=taken))
    if reading is not None:
        say(phrase("labels-read-as", kind=rows.kind, reason=reading.kind_reason))
        for note in reading.notes:
            say(tell(note))
    return rows
