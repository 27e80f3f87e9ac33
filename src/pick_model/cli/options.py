"""Options that several commands share, and how a command writes its document."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from enum import Enum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pick_model.cli.streams import say, set_apart
from pick_model.errors import EnvironmentProblem, InputError, Location, UsageError
from pick_model.files import DISK_FULL, write_whole
from pick_model.words.reader import LANGUAGES, tell
from pick_model.words.say import message

if TYPE_CHECKING:
    from pick_model.belief.observations import Measured
    from pick_model.catalog.catalog import Catalog
    from pick_model.documents.profile import Profile


class Format(str, Enum):
    """How a ranked list is printed."""

    table = "table"
    json = "json"
    markdown = "markdown"
    csv = "csv"
    html = "html"


class AccountFormat(str, Enum):
    """How an account is printed."""

    table = "table"
    json = "json"


class PageFormat(str, Enum):
    """How an account is printed that has a page of its own, too."""

    table = "table"
    json = "json"
    html = "html"


# The groups that several commands show in their help.
in_ranking = partial(typer.Option, rich_help_panel="Ranking")
in_output = partial(typer.Option, rich_help_panel="Output")

TaskFile = Annotated[Path, typer.Argument(metavar="TASK.yaml", help="The task profile.")]
ModelName = Annotated[
    str, typer.Argument(metavar="MODEL", help="Catalog id, Hub repository or alias.")
]
Preset = Annotated[
    str | None,
    in_ranking(metavar="NAME", help="Weights by name: balanced, accuracy, edge, low-data, budget."),
]
Weight = Annotated[
    list[str] | None,
    in_ranking(metavar="CRITERION=VALUE", help="Change one weight; may be repeated."),
]
HardwareName = Annotated[
    str | None,
    in_ranking("--hardware", metavar="NAME", help="Machine to train and serve on, or `local`."),
]
PointWorth = Annotated[
    float | None,
    in_ranking("--point-worth", metavar="MONEY", help="What a point of the metric is worth."),
]
PricePerHour = Annotated[
    float | None,
    in_ranking("--price-per-hour", metavar="MONEY", help="What an hour of training costs."),
]
Overlays = Annotated[
    list[Path] | None,
    typer.Option(
        "--catalog",
        metavar="PATH",
        help="Overlay file or folder laid over the shipped catalog; may be repeated.",
    ),
]
Output = Annotated[
    Path | None,
    in_output("--output", "-o", metavar="FILE", help="Write to a file instead of stdout."),
]
AS = in_output("--format", "-f", help="How to print.")
Lang = Annotated[
    str | None,
    in_output(
        "--lang",
        metavar="|".join(LANGUAGES),
        help="Language of what people read [default: the locale's, else English].",
    ),
]


_own = partial(typer.Option, rich_help_panel="Your own results")
Ledger = Annotated[
    Path | None,
    _own(
        "--results", metavar="FILE.jsonl", help="Ledger of your own probes, of this task or others."
    ),
]
LedgerData = Annotated[
    Path | None, _own("--data", metavar="FILE", help="This task's rows: which results are its own.")
]


def from_ledger(
    ledger: Path | None,
    catalog: Catalog,
    data: Path | None,
    profile: Profile,
    metric: str | None,
    *,
    label: str | None = None,
    measuring: bool = False,
) -> Sequence[Measured]:
    """Results of a ledger for a task; none without a ledger. Notes go to stderr.

    label: the column of the data that is foretold, where that is known. measuring: more is going
    to be measured, in this metric.
    """
    if ledger is None:
        return ()
    from pick_model.data.read import file_digest
    from pick_model.measure.ledger import read_ledger
    from pick_model.measure.results import results_on

    read = read_ledger(ledger)
    digest = file_digest(data) if data else None
    found = results_on(read, catalog, digest, metric, profile, label=label, measuring=measuring)
    for note in (*read.notes, *found.notes):
        say(tell(note), "note")
    return found.results


def parsed_weights(given: list[str] | None) -> dict[str, float]:
    """`["compute=2"]` as a mapping. Raises UsageError."""
    weights: dict[str, float] = {}
    for item in given or ():
        name, equals, value = item.partition("=")
        try:
            number = float(value)
        except ValueError:
            number = float("nan")
        if not equals or number != number:
            raise UsageError(
                message("weight-unreadable", item=item), hint=message("write-criterion-and-number")
            )
        weights[name.strip()] = number
    return weights


# Words that mean stdout where a file is asked for.
STDOUT = ("-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1")


def emit(text: str, output: Path | None) -> None:
    """Print a document, or write it whole to a file or not at all."""
    if not text.endswith("\n"):
        text += "\n"
    if output is not None and str(output) not in STDOUT:
        write_output(output, text)
        return
    set_apart()
    try:
        sys.stdout.write(text)
    except UnicodeEncodeError:  # a terminal that is not UTF-8
        encoding = sys.stdout.encoding or "ascii"
        sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))
    sys.stdout.flush()


def write_output(path: Path, text: str | bytes) -> None:
    """Write a file whole. Raises InputError; EnvironmentProblem when the disk is full."""
    where = Location(str(path))
    try:
        write_whole(path, text)
    except IsADirectoryError:
        raise InputError(message("output-is-folder"), location=where) from None
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        if isinstance(error, OSError) and error.errno in DISK_FULL:
            raise EnvironmentProblem(
                message("cannot-be-written-disk-full", reason=reason),
                location=where,
                code="disk-full",
            ) from None
        raise InputError(message("cannot-be-written", reason=reason), location=where) from None


def make_folder(path: Path) -> None:
    """A folder to write several files into, if it is not there. Raises InputError."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InputError(
            message("cannot-be-written", reason=reason), location=Location(str(path))
        ) from None
