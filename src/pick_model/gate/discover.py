"""Find the Hub models that a repository's code and settings name, by their syntax."""

from __future__ import annotations

import importlib
import os
import re
import stat
from collections.abc import Iterator, Sequence
from fnmatch import fnmatch
from pathlib import Path
from typing import NamedTuple

from pick_model.errors import InputError, Location
from pick_model.gate.found import (
    Found,
    Perhaps,
    Skipped,
    Unread,
    Use,
    doubt,
    is_hub_id,
)
from pick_model.gate.paths import shown

# Folders of version control hold no files of a checkout.
UNSEEN = frozenset({".git", ".hg", ".svn"})
# Folders of other people's code and of caches; what lies in them is told, not read.
PASSED_OVER = frozenset(
    {
        "__pycache__", "node_modules", "site-packages", "venv", ".venv", ".tox", ".nox", ".eggs",
        ".ipynb_checkpoints", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".hypothesis",
    }
)  # fmt: skip
MAX_FOLDERS = 100  # within one another; a longer path than systems take comes of more
MAX_FILES = 100_000


class Reading(NamedTuple):
    """How files of a kind are read."""

    function: str
    max_bytes: int  # code and settings are smaller; what is larger is data


_PYTHON = Reading("pick_model.gate.in_python:uses", 1 << 20)
_YAML = Reading("pick_model.gate.in_settings:yaml_uses", 1 << 20)
_JSON = Reading("pick_model.gate.in_settings:json_uses", 1 << 20)
_TOML = Reading("pick_model.gate.in_settings:toml_uses", 1 << 20)
_CFG = Reading("pick_model.gate.in_settings:cfg_uses", 1 << 20)
_COMMANDS = Reading("pick_model.gate.in_commands:uses", 1 << 20)
# A notebook carries its pictures.
_NOTEBOOK = Reading("pick_model.gate.in_notebook:uses", 1 << 25)
READERS = {
    ".py": _PYTHON,
    ".pyi": _PYTHON,
    ".pyw": _PYTHON,
    ".yaml": _YAML,
    ".yml": _YAML,
    ".json": _JSON,
    ".toml": _TOML,
    ".cfg": _CFG,
    ".ini": _CFG,
    ".ipynb": _NOTEBOOK,
    ".sh": _COMMANDS,
    ".bash": _COMMANDS,
    ".zsh": _COMMANDS,
    ".env": _COMMANDS,
    ".mk": _COMMANDS,
    ".dockerfile": _COMMANDS,
    ".containerfile": _COMMANDS,
}
# Files known by their whole name, whatever follows it: Dockerfile.gpu, .env.production.
NAMED = ("dockerfile", "containerfile", "makefile", "gnumakefile", "justfile", "procfile", ".env",
         "jenkinsfile")  # fmt: skip
_CODING = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
# Encodings in which Python source says what its ASCII letters say.
_ENCODINGS = re.compile(r"utf[-_]?8(-sig)?|ascii|latin[-_]?1|(iso[-_]?8859|cp125|windows-125)[-_\d]*")


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
        found = list(_read(entry, reading))
        for one in sorted(found, key=lambda one: one.line):
            yield from _placed(one, base, entry.parent)


def files_under(root: Path) -> Iterator[Path]:
    """The files of a repository, sorted, without those that are not its own."""
    for entry in walk(root):
        if isinstance(entry, Path):
            yield entry


def walk(root: Path, exclude: Sequence[str] = ()) -> Iterator[Path | Skipped]:
    """The regular files of a repository, sorted, and what was passed over though it holds, or
    may hold, files that would be read.
    """
    if not root.is_dir():
        if not root.exists():
            raise InputError("no such file or folder", location=Location(shown(root)))
        if not root.is_file():
            raise InputError("is no regular file", location=Location(shown(root)))
        yield root
        return
    todo: list[tuple[Path, int]] = [(root, 0)]
    seen = 0
    while todo:
        folder, depth = todo.pop()
        try:
            with os.scandir(folder) as listed:
                entries = sorted(listed, key=lambda entry: entry.name)
        except OSError as error:
            yield _skipped(folder, f"cannot be read: {_reason(error)}")
            continue
        inner: list[tuple[Path, int]] = []
        for entry in entries:
            path = Path(entry.path)
            if _excluded(path.relative_to(root).as_posix(), exclude):
                continue
            kind = _kind(entry)
            if kind == "folder":
                reason = _passed_over(path, depth)
                if reason is None:
                    inner.append((path, depth + 1))
                elif reason:
                    yield _skipped(path, reason)
            elif kind == "file":
                seen += 1
                if seen > MAX_FILES:
                    yield _skipped(folder, f"and all after it: more than {MAX_FILES} files")
                    return
                yield path
            elif kind == "link":
                if not _is_within(path, root):
                    yield _skipped(path, "is a link to a folder elsewhere, or to nowhere")
            elif _reading_by_name(path) is not None:
                yield _skipped(path, "is no regular file")
        todo += reversed(inner)


def _kind(entry: os.DirEntry[str]) -> str:
    """Whether it is a file, a folder, a link to a folder, or something that is not opened."""
    try:
        if entry.is_dir(follow_symlinks=False):
            return "folder"
        mode = entry.stat().st_mode
    except OSError:  # a link to nowhere, or to itself
        return "link" if _reading_by_name(Path(entry.path)) or not Path(entry.name).suffix else ""
    if stat.S_ISDIR(mode):
        return "link"
    return "file" if stat.S_ISREG(mode) else "device"


def _is_within(link: Path, root: Path) -> bool:
    """Whether a link leads to what is read anyway."""
    try:
        return link.resolve(strict=True).is_relative_to(root.resolve())
    except (OSError, RuntimeError):
        return False


def _passed_over(folder: Path, depth: int) -> str | None:
    """Why a folder is not looked into; "" where that needs no telling, None where it is."""
    if folder.name in UNSEEN:
        return ""
    if depth >= MAX_FOLDERS:
        return f"lies more than {MAX_FOLDERS} folders deep"
    if os.path.isfile(folder / "pyvenv.cfg"):
        return "is a virtual environment"
    if folder.name in PASSED_OVER or folder.name.endswith(".egg-info"):
        return "holds other people's code or a cache" if _holds_code(folder) else ""
    return None


def _holds_code(folder: Path) -> bool:
    """Whether any file under a folder is of a kind that is read; a large folder counts as such."""
    seen = 0
    todo = [folder]
    while todo:
        try:
            with os.scandir(todo.pop()) as listed:
                for entry in listed:
                    seen += 1
                    if entry.is_dir(follow_symlinks=False):
                        todo.append(Path(entry.path))
                    elif _reading_by_name(Path(entry.path)) is not None or seen > 1000:
                        return True
        except OSError:
            return True
    return False


def _excluded(within: str, patterns: Sequence[str]) -> bool:
    # `folder/*` leaves out the folder with all that it holds.
    return any(fnmatch(within, p) or fnmatch(f"{within}/", p) for p in patterns)


def _skipped(path: Path, reason: str) -> Skipped:
    return Skipped(_printable(path), 1, reason)


def _printable(path: Path) -> str:
    """A path for a report; bytes that are no text are written as escapes."""
    return shown(path).encode("utf-8", "backslashreplace").decode("utf-8")


def _reason(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()


def _reading_by_name(path: Path) -> Reading | None:
    name = path.name.lower()
    for known in NAMED:
        if name == known or name.startswith(f"{known}."):
            return _COMMANDS
    return READERS.get(path.suffix.lower())


def _reading(path: Path) -> Reading | None:
    """How a file is read: by its name, else by the program its first line names."""
    reading = _reading_by_name(path)
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
        return _PYTHON
    return _COMMANDS if re.search(rb"\b(ba|z|da|k)?sh\b", first) else None


def _read(path: Path, reading: Reading) -> Iterator[Found]:
    file = _printable(path)
    try:
        size = path.stat().st_size
        if size > reading.max_bytes:
            yield Skipped(file, 1, f"is larger than {reading.max_bytes >> 20} MiB")
            return
        with path.open("rb") as opened:
            data = opened.read(reading.max_bytes + 1)
    except OSError as error:
        yield Unread(file, 1, f"cannot be read: {_reason(error)}")
        return
    try:
        text = _decoded(data, reading)
    except (UnicodeDecodeError, LookupError):
        yield Unread(file, 1, "is not UTF-8")
        return
    if reading is _PYTHON and not _may_load(text):
        return
    module, _, function = reading.function.partition(":")
    try:
        yield from getattr(importlib.import_module(module), function)(text, file)
    except (RecursionError, MemoryError):
        yield Unread(file, 1, "is nested too deeply to be read")


def _decoded(data: bytes, reading: Reading) -> str:
    """The text; Python's own declaration of another encoding counts."""
    if reading is _PYTHON and not data.startswith(b"\xef\xbb\xbf"):
        for line in data.split(b"\n", 2)[:2]:
            found = _CODING.match(line)
            if found:
                name = found[1].decode("ascii").lower()
                if not _ENCODINGS.fullmatch(name):
                    raise LookupError(name)  # it may turn comments into code
                return data.decode(name)
    return data.decode("utf-8-sig")


def _may_load(text: str) -> bool:
    """Whether a module holds any word without which no model is loaded."""
    from pick_model.gate.loaders import words

    # Python takes other letters of the same shape for these in names.
    return not text.isascii() or any(word in text for word in words())


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
        one = use._replace(names=(name,), more=False, why="")
        here = [place / name for place in dict.fromkeys((base, folder))]
        if any(os.path.isfile(place) for place in here):
            yield Perhaps(one, "is a file in this repository", "pass")
        elif any(os.path.exists(place) for place in here):
            if any(_holds_weights(place) for place in here) or "/" not in name:
                yield Perhaps(one, "is also a path in this repository", "note")
            else:
                told = "is also a folder here, without weights: where it is not, the Hub's is loaded"
                yield Perhaps(one, told, "open")
        elif isinstance(found, Perhaps):
            yield found._replace(use=one)
        elif (reason := doubt(name)) is not None:
            yield Perhaps(one, *reason)
        else:
            sure.append(name)
    if sure or use.more or use.default:
        yield use._replace(names=tuple(sure))


WEIGHTS = (".safetensors", ".bin", ".pt", ".pth", ".gguf", ".onnx", ".h5", ".msgpack", ".ckpt")


def _holds_weights(path: Path) -> bool:
    """Whether a folder holds a model and not its name alone."""
    try:
        with os.scandir(path) as listed:
            return any(e.name.endswith(WEIGHTS) and e.stat().st_size > 0 for e in listed)
    except OSError:
        return False
