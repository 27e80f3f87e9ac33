"""Options that several commands share, and how a command writes its document."""

from __future__ import annotations

import os
import sys
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from pick_model.cli.boundary import silence_stdout
from pick_model.errors import InputError, Location, UsageError


class Format(str, Enum):
    """How a ranked list is printed."""

    table = "table"
    json = "json"
    markdown = "markdown"
    csv = "csv"


class AccountFormat(str, Enum):
    """How one model's account is printed."""

    table = "table"
    json = "json"


TaskFile = Annotated[Path, typer.Argument(metavar="TASK.yaml", help="The task profile.")]
Preset = Annotated[
    str | None,
    typer.Option(help="Weights by name: balanced, accuracy, edge, low-data, budget."),
]
Weight = Annotated[
    list[str] | None,
    typer.Option(metavar="CRITERION=VALUE", help="Change one weight; may be repeated."),
]
HardwareName = Annotated[
    str | None,
    typer.Option("--hardware", metavar="NAME", help="Machine to train and serve on, or `local`."),
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
    typer.Option("--output", "-o", metavar="FILE", help="Write to a file instead of stdout."),
]


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
            raise UsageError(f"--weight {item!r}", hint="write CRITERION=NUMBER, as compute=0.4")
        weights[name.strip()] = number
    return weights


def emit(text: str, output: Path | None) -> None:
    """Print a document, or write it whole to a file or not at all."""
    if not text.endswith("\n"):
        text += "\n"
    if output is not None:
        write_whole(output, text)
        return
    try:
        try:
            sys.stdout.write(text)
        except UnicodeEncodeError:  # a terminal that is not UTF-8
            encoding = sys.stdout.encoding or "ascii"
            sys.stdout.write(text.encode(encoding, "replace").decode(encoding))
        sys.stdout.flush()
    except BrokenPipeError:
        silence_stdout()


def write_whole(path: Path, text: str) -> None:
    """Write through a temporary file in the same folder, so that no half file is ever seen."""
    import tempfile

    where = Location(str(path))
    if path.is_dir():
        raise InputError("is a folder; --output needs a file", location=where)
    temporary = None
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        os.chmod(temporary, 0o666 & ~_umask())
        os.replace(temporary, path)
    except OSError as error:
        if temporary is not None and os.path.exists(temporary):
            os.unlink(temporary)
        if error.errno in (28, 122):
            raise
        reason = (error.strerror or str(error)).lower()
        raise InputError(f"cannot be written: {reason}", location=where) from None


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
