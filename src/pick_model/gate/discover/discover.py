"""Find the Hub models that a repository's code and settings name, by their syntax."""

from __future__ import annotations

import importlib
import os
import re
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from pick_model.gate.discover.references import (
    Found,
    Perhaps,
    Skipped,
    Unread,
    Use,
    doubt,
    is_hub_id,
)
from pick_model.gate.discover.walk import (
    COMMANDS,
    PYTHON,
    Parser,
    files_under,
    printable,
    reading_by_name,
    reason_of,
    walk,
)
from pick_model.words.say import message

__all__ = ["Unread", "Use", "files_under", "uses_under"]

_OWNER_NAME = re.compile(r"[\"'][\w.-]{1,96}/[\w.-]{1,96}[\"']")
MAX_NAMES = 1000  # of one file
_CODING = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
# Encodings in which Python source says what its ASCII letters say.
_ENCODINGS = re.compile(
    r"utf[-_]?8(-sig)?|ascii|latin[-_]?1|(iso[-_]?8859|cp125|windows-125)[-_\d]*"
)


def uses_under(root: Path, exclude: Sequence[str] = ()) -> Iterator[Found]:
    """All uses in the files under a folder, or in one file, by folder, name and line, and all
    that was not read.

    exclude: glob patterns of paths relative to the folder. Raises InputError when there is no
    such path.
    """
    base = root if root.is_dir() else root.parent
    for entry in walk(root, exclude):
        if isinstance(entry, Skipped):
            yield entry
            continue
        reading = _reading(entry)
        if reading is None:
            continue
        found = list(_bounded(_read(entry, reading, base)))
        for one in sorted(found, key=lambda one: one.line):
            yield from _placed(one, base, entry.parent)


def _reading(path: Path) -> Parser | None:
    """How a file is read: by its name, else by the program its first line names."""
    reading = reading_by_name(path)
    if reading is not None or path.suffix:
        return reading
    try:
        with path.open("rb") as opened:
            first = opened.readline(200)
    except OSError:
        return None
    if not first.startswith(b"#!"):
        return None
    if b"python" in first:
        return PYTHON
    return COMMANDS if re.search(rb"\b(ba|z|da|k)?sh\b", first) else None


def _read(path: Path, reading: Parser, base: Path) -> Iterator[Found]:
    file = printable(path)
    try:
        size = path.stat().st_size
        if size > reading.max_bytes:
            yield Skipped(file, 1, message("file-too-large", mib=reading.max_bytes >> 20))
            return
        with path.open("rb") as opened:
            data = opened.read(reading.max_bytes + 1)
    except OSError as error:
        yield Unread(file, 1, message("cannot-be-read", reason=reason_of(error)))
        return
    try:
        text = _decoded(data, reading)
    except (UnicodeDecodeError, LookupError):
        yield Unread(file, 1, message("not-utf-8"))
        return
    if reading is PYTHON and not _may_load(text):
        return
    module, _, function = reading.function.partition(":")
    read = getattr(importlib.import_module(module), function)
    if reading is PYTHON:
        read = partial(read, near=partial(_module, base, path.parent))
    try:
        yield from read(text, file)
    except (RecursionError, MemoryError):
        yield Unread(file, 1, message("nested-too-deeply"))


def _module(base: Path, folder: Path, path: tuple[str, ...]) -> str | None:
    """The text of a module of this repository, by its import; None for those of others."""
    relative = path[0] == "."
    parts = path[1:] if relative else path
    for place in dict.fromkeys(
        (folder, folder.parent) if relative else (base, base / "src", folder)
    ):
        # A part is empty where what is called has no name: (a or b).of().
        if not place.is_relative_to(base) or not parts or not all(parts):
            continue
        stem = place.joinpath(*parts)
        for file in (stem.with_name(f"{stem.name}.py"), stem / "__init__.py"):
            try:
                if file.is_file() and file.stat().st_size <= PYTHON.max_bytes:
                    return _decoded(file.read_bytes(), PYTHON)
            except (OSError, UnicodeDecodeError, LookupError):
                return None
    return None


def _bounded(found: Iterator[Found]) -> Iterator[Found]:
    """As much as a person would review of one file."""
    seen = 0
    for one in found:
        use = one.use if isinstance(one, Perhaps) else one
        seen += max(1, len(use.names)) if isinstance(use, Use) else 1
        if seen > MAX_NAMES:
            told = message("too-many-names", limit=MAX_NAMES)
            yield Unread(use.file, use.line, told)
            return
        yield one


def _decoded(data: bytes, reading: Parser) -> str:
    """The text; Python's own declaration of another encoding counts."""
    if reading is PYTHON and not data.startswith(b"\xef\xbb\xbf"):
        for line in data.split(b"\n", 2)[:2]:
            found = _CODING.match(line)
            if found:
                name = found[1].decode("ascii").lower()
                if not _ENCODINGS.fullmatch(name):
                    raise LookupError(name)  # it may turn comments into code
                return data.decode(name)
    return data.decode("utf-8-sig")


def _may_load(text: str) -> bool:
    """Whether a module holds any word without which no model is loaded or named."""
    from pick_model.gate.discover.loaders import words

    # Python takes other letters of the same shape for these in names; a function of another
    # module may load what is named here.
    named = "model" in text.lower() or _OWNER_NAME.search(text) is not None
    return named or not text.isascii() or any(word in text for word in words())


def _placed(found: Found, base: Path, folder: Path) -> Iterator[Found]:
    """A use with those of its names that can be Hub models; one of a folder here may be none."""
    if isinstance(found, Unread | Skipped):
        yield found
        return
    use = found.use if isinstance(found, Perhaps) else found
    sure: list[str] = []
    for name in use.names:
        if not is_hub_id(name):
            continue  # a path, or what no repository may be called
        one = use._replace(names=(name,), more=False, why=None)
        here = [place / name for place in dict.fromkeys((base, folder))]
        if any(os.path.isfile(place) for place in here):
            yield Perhaps(one, message("is-file-here"), "pass")
        elif any(os.path.exists(place) for place in here):
            if any(_holds_weights(place) for place in here) or "/" not in name:
                yield Perhaps(one, message("is-path-here"), "note")
            else:
                yield Perhaps(one, message("is-folder-here"), "open")
        elif isinstance(found, Perhaps):
            own = any(_is_package(place, found.package) for place in (base, base / "src", folder))
            yield found._replace(use=one, package="" if own else found.package)
        elif (reason := doubt(name)) is not None:
            yield Perhaps(one, *reason)
        else:
            sure.append(name)
    if sure or use.more or use.default:
        yield use._replace(names=tuple(sure))


def _is_package(folder: Path, name: str) -> bool:
    """Whether a folder holds a module of this name."""
    return os.path.isfile(folder / f"{name}.py") or os.path.isdir(folder / name)


WEIGHTS = (".safetensors", ".bin", ".pt", ".pth", ".gguf", ".onnx", ".h5", ".msgpack", ".ckpt")


def _holds_weights(path: Path) -> bool:
    """Whether a folder holds a model and not its name alone."""
    try:
        with os.scandir(path) as listed:
            return any(e.name.endswith(WEIGHTS) and e.stat().st_size > 0 for e in listed)
    except OSError:
        return False
