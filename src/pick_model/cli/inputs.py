"""No command writes over a file it reads: what is an input, and what is refused as an output.

`checked` goes round every command. It takes each parameter that holds a path for an input,
unless its name is one of an output's, so that a new option is safe without a word about it.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar, cast

from pick_model.cli.options import STDOUT
from pick_model.documents.reader import read_yaml
from pick_model.errors import InputError, UsageError
from pick_model.files import same_file
from pick_model.words.say import message

OUTPUTS = ("output", "record", "report")
BOTH = ("append", "answers")  # read and written again on purpose
ADDED_TO = {"results": "record"}  # an input that an output may add lines to
# What is read of a folder that is named as an input, beside what discovery reads of one.
SOURCES = {".csv", ".lock", ".safetensors", ".bin", ".model", ".txt"}
# How reports of the kinds that we write in JSON begin.
OUR_JSON = rb"\s*($|\[\s*\]|\{\s*\"schema_version\"|\{[^{}]*sarif|\[\s*\{\s*\"description\")"
C = TypeVar("C", bound=Callable[..., Any])


def checked(command: C) -> C:
    """The command, refusing an output that is one of its inputs or another output."""

    @functools.wraps(command)
    def run(**given: Any) -> Any:
        refuse_overwriting(outputs_in(given), _inputs(given))
        return command(**given)

    return cast("C", run)


def outputs_in(given: Mapping[str, Any]) -> list[tuple[str, Path]]:
    """Option and path; a report's is behind its format, as in junit=FILE."""
    found = []
    for name in OUTPUTS:
        value = given.get(name)
        for one in value if isinstance(value, list) else [value]:
            path = one.partition("=")[2] if isinstance(one, str) else one
            if path:
                found.append((f"--{name}", Path(path)))
    return found


def _inputs(given: Mapping[str, Any]) -> Iterator[Path]:
    for name, value in given.items():
        if name in OUTPUTS or name in BOTH or _same(value, given.get(ADDED_TO.get(name, ""))):
            continue
        for one in value if isinstance(value, list) else [value]:
            # A model may be named by its folder, too.
            if isinstance(one, Path) or (name in ("model", "models") and one):
                yield Path(one)


def _same(one: object, other: object) -> bool:
    return isinstance(one, Path) and isinstance(other, Path) and same_file(one, other)


def named_by(lock: Path, policy: str) -> Iterator[Path]:
    """What the gate reads for a lock without being told: policies, task, overlays and ledger.

    Of a lock that cannot be read nobody knows what it names, so all beside it counts.
    """
    yield lock
    yield from (folder / policy for folder in lock.absolute().parents)
    try:
        said = read_yaml(lock).value
        names = [said["task"]["file"], *said["catalog"]["overlays"]]
        names += [said["results"]["file"]] if said["results"] else []
        yield from (lock.parent / name for name in names)
    except (InputError, KeyError, TypeError):
        yield lock.parent


def refuse_overwriting(outputs: list[tuple[str, Path]], inputs: Iterable[Path]) -> None:
    """Raises UsageError when an output is an input, lies in a folder that is read, or is told
    twice. Devices and streams may be both."""
    files = [(option, path) for option, path in outputs if _replaces(path)]
    read = list(inputs) if files else []
    for number, (option, path) in enumerate(files):
        for source in read:
            if same_file(path, source) or _is_in(path, source):
                raise UsageError(
                    message("would-overwrite-input", option=option, path=str(path)),
                    hint=message("name-another-file"),
                )
        for other, earlier in files[:number]:
            if same_file(path, earlier):
                raise UsageError(
                    message("two-outputs-to-one-file", other=other, option=option, path=str(path)),
                    hint=message("name-two-files"),
                )
    if sum(str(path) in STDOUT for _, path in outputs) > 1:
        raise UsageError(message("two-documents-to-stdout"), hint=message("name-a-file-for-one"))


def _replaces(path: Path) -> bool:
    """Whether writing to a path replaces a file, or makes one."""
    try:
        return str(path) not in STDOUT and (path.is_file() or not path.exists())
    except OSError:  # a name too long: writing says so
        return False


def _is_in(path: Path, folder: Path) -> bool:
    """Whether an output is one of the files that are read of a folder."""
    try:
        return (
            path.is_file()
            and folder.is_dir()
            and path.resolve().is_relative_to(folder.resolve())
            and _is_source(path)
        )
    except OSError:
        return False


def _is_source(path: Path) -> bool:
    """Whether a file may be read of its folder, and is no report that an earlier run wrote."""
    from pick_model.gate.discover.walk import reading_by_name

    with path.open("rb") as file:
        head = file.read(4096)
    if path.suffix.lower() == ".json":
        return re.match(OUR_JSON, head) is None
    named = path.suffix.lower() in SOURCES or reading_by_name(path) is not None
    return named or head.startswith(b"#!")
