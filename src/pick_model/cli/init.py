"""`pick-model init`."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pick_model.cli.labelled import (
    ColumnNames,
    LabelColumn,
    LabelKindIs,
    PairColumn,
    SentenceColumn,
    Separator,
    SkipLabel,
    TextColumn,
    reading_as,
)
from pick_model.cli.options import AS, STDOUT, AccountFormat, emit, in_output
from pick_model.cli.streams import say
from pick_model.errors import Location, UsageError, did_you_mean
from pick_model.words.reader import phrase
from pick_model.words.say import message
from pick_model.words.say import say as sentence

if TYPE_CHECKING:
    from pick_model.catalog.catalog import Catalog
    from pick_model.documents.init_report import Guess

TASK_FILE = "task.yaml"
# In the order in which they stand in the profile.
KEYS = (
    *("name", "task", "languages", "label_kind", "pairs", "n_labels", "n_rows"),
    *("input_tokens", "input_pixels", "input_seconds", "metric", "hardware"),
    *("constraints.license", "preset"),
)

_task = partial(typer.Option, rich_help_panel="Task")


def init(
    data: Annotated[
        Path | None,
        _task(metavar="PATH", help="Labelled rows, or a folder of classes, to read the rest from."),
    ] = None,
    task: Annotated[str | None, _task(metavar="NAME", help="Such as text-classification.")] = None,
    language: Annotated[
        list[str] | None, _task(metavar="CODE", help="A language of the texts; may be repeated.")
    ] = None,
    labels: Annotated[int | None, _task(metavar="N", help="How many classes.")] = None,
    rows: Annotated[int | None, _task(metavar="N", help="How many labelled rows.")] = None,
    metric: Annotated[str | None, _task(metavar="NAME", help="Metric that counts.")] = None,
    license: Annotated[
        list[str] | None,
        _task(
            metavar="NAME",
            help="Licence allowed, by SPDX id or class (permissive, commercial); may be repeated.",
        ),
    ] = None,
    hardware: Annotated[
        str | None, _task(metavar="NAME", help="Machine to train and serve on, or `local`.")
    ] = None,
    preset: Annotated[str | None, _task(metavar="NAME", help="Weights by name.")] = None,
    name: Annotated[str | None, _task(metavar="NAME", help="What to call it.")] = None,
    text: TextColumn = None,
    text_pair: PairColumn = None,
    label: LabelColumn = None,
    kind: LabelKindIs = None,
    label_separator: Separator = None,
    skip_label: SkipLabel = None,
    sentence: SentenceColumn = None,
    column_names: ColumnNames = None,
    force: Annotated[
        bool, in_output("--force", help="Replace a file that is there already.")
    ] = False,
    format: Annotated[AccountFormat, AS] = AccountFormat.table,
    output: Annotated[
        Path, in_output("--output", "-o", metavar="FILE", help="Where to write the profile.")
    ] = Path(TASK_FILE),
) -> None:
    """Write a task profile from data, options or a few questions.

    Each line says what it rests on, and how surely.

    Examples:
      pick-model init --data examples/support-tickets/train.csv -o -
      pick-model init --data examples/support-tickets/train.csv --text text --label label \\
        --skip-label "" --license commercial -o -
      pick-model init --task image-classification --labels 12 --rows 3000 \\
        --license permissive -o -
    """
    from pick_model.catalog.load import load_catalog
    from pick_model.data.guess import guess
    from pick_model.data.infer import infer

    printed = str(output) in STDOUT
    if not (printed or force) and output.exists():
        raise UsageError(
            message("would-replace"), location=Location(str(output)), hint=message("add-force")
        )
    given: dict[str, str | int | tuple[str, ...] | None] = {
        "name": name,
        "task": task,
        "languages": tuple(language) if language else None,
        "n_labels": labels,
        "n_rows": rows,
        "metric": metric,
        "hardware": hardware,
        "constraints.license": _one_or_all(license),
        "preset": preset,
    }
    reading = reading_as(
        text, text_pair, label, None, sentence, kind, label_separator, skip_label, column_names
    )
    if data is None and any(value is not None for value in reading.values()):
        raise UsageError(message("columns-without-data"), hint=message("add-data-to-init"))
    if data is None and task is None:
        if not sys.stdin.isatty():
            raise UsageError(message("nothing-to-go-by"), hint=message("give-data-or-task"))
        said = {key: value for key, value in given.items() if value is not None}
        given |= answers(said) | said
    found = {} if data is None else {one.key: one for one in infer(data, reading=reading)}
    asked = {
        key: guess(key, value, "given", message("init-given"))
        for key, value in given.items()
        if value is not None
    }
    known = load_catalog()
    found = _fitting({**found, **asked}, set(asked))
    if "hardware" not in found:
        found["hardware"] = _machine(known)
    guesses = tuple(found[key] for key in KEYS if key in found)
    written = _checked(guesses, "the profile" if printed else str(output), known)
    path = None if printed else str(output)
    if format is AccountFormat.json:
        from pick_model import __version__
        from pick_model.documents.base import to_json
        from pick_model.documents.init_report import InitReport

        if not printed:
            emit(written, output)
        emit(to_json(InitReport(tool_version=__version__, path=path, guesses=guesses)), None)
        return
    emit(written, output)
    if path is not None:
        open_ = [one.key for one in guesses if one.sureness == "unsure"]
        say(f"wrote {path}" + (f"; unsure: {', '.join(open_)}" if open_ else ""))
        column = label or _presumed_label(guesses)
        if column is not None:  # a profile names no columns
            say(phrase("label-to-name", option=shlex.join(("--label", column))))


def _one_or_all(given: list[str] | None) -> str | tuple[str, ...] | None:
    """A name, or several, that options gave one by one or with commas."""
    names = tuple(name.strip() for one in given or () for name in one.split(",") if name.strip())
    return names[0] if len(names) == 1 else names or None


def _presumed_label(guesses: Sequence[Guess]) -> str | None:
    """The column that is taken for the label by its values alone: nobody else will guess it."""
    told = (one.why_message for one in guesses)
    return next((str(m.values["column"]) for m in told if m.code == "init-label-presumed"), None)


def _fitting(found: dict[str, Guess], asked: set[str]) -> dict[str, Guess]:
    """Without what another task than the data's own, asked for, has no place for."""
    from pick_model.vocabulary.tasks import LABEL_KINDS, TAKES_PAIRS, TASKS

    task = found.get("task")
    name = str(task.value) if task else ""
    if "task" not in asked or name not in TASKS:  # a wrong name is told with the line it is on
        return found
    unfit: set[str] = set()
    if not LABEL_KINDS.get(name):
        unfit.add("label_kind")
    if not TASKS[name].labelled:
        unfit.add("n_labels")
    if name not in TAKES_PAIRS:
        unfit.add("pairs")
    usual = found.get("metric")
    if usual is not None and usual.value not in TASKS[name].metrics:
        unfit.add("metric")
    return {key: one for key, one in found.items() if key in asked or key not in unfit}


def _machine(known: Catalog) -> Guess:
    """This machine, where it can train; else the profile's own presumption, and that it is one."""
    from pick_model.cost.detect import detect_here
    from pick_model.data.guess import guess

    machine = detect_here({n: known.machine(n) for n in known.plain_hardware}).machine
    if machine.kind == "gpu":
        return guess("hardware", "local", "sure", message("init-gpu", name=machine.name or "GPU"))
    return guess("hardware", None, "unsure", message("init-no-gpu"))


def _checked(guesses: tuple[Guess, ...], file: str, known: Catalog) -> str:
    """The text, once it has been read back as a profile. Raises SchemaError, UnknownName."""
    from pick_model.advise.profile import settled
    from pick_model.documents.reader import check, parse_yaml
    from pick_model.documents.task import Task
    from pick_model.render.task_yaml import task_yaml

    text = task_yaml(guesses)
    parsed = parse_yaml(text, file)
    settled(check(parsed, Task), known, parsed=parsed)
    return text


def answers(
    said: Mapping[str, str | int | tuple[str, ...] | None],
) -> dict[str, str | int | tuple[str, ...] | None]:
    """What somebody at the terminal says, question by question; an empty answer leaves it open.

    said: what options say already, which nobody is asked again.
    """
    from pick_model.vocabulary.tasks import TASKS

    task = _asked("Task (text-classification, image-classification, …)", "text-classification")
    while task not in TASKS:
        say(sentence(did_you_mean(task, TASKS)))
        task = _asked("Task", "text-classification")
    found: dict[str, str | int | tuple[str, ...] | None] = {"task": task}
    if TASKS[task].speaks and "languages" not in said:
        codes = _asked("Languages, by code (en de)", "en")
        found["languages"] = tuple(codes.replace(",", " ").split())
    if TASKS[task].labelled and "n_labels" not in said:
        found["n_labels"] = _number("Number of classes")
    if "n_rows" not in said:
        found["n_rows"] = _number("Labelled rows")
    if "constraints.license" not in said:
        allowed = _asked("Licences allowed (permissive, commercial, any)", "any")
        found["constraints.license"] = None if allowed == "any" else allowed
    return found


def _asked(question: str, usual: str) -> str:
    return str(typer.prompt(question, default=usual, err=True)).strip()


def _number(question: str) -> int | None:
    """A whole number above nothing; none for an empty answer."""
    for text in _answers_to(question):
        digits = text.replace(",", "").replace("_", "")
        if not digits:
            return None
        if digits.isdecimal() and int(digits):
            return int(digits)
    return None


def _answers_to(question: str) -> Iterator[str]:
    while True:
        yield str(typer.prompt(question, default="", show_default=False, err=True)).strip()
