"""Which files of a repository are read, how each kind is, and what is passed over."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from fnmatch import fnmatch
from pathlib import Path
from typing import NamedTuple

from pick_model.errors import InputError, Location
from pick_model.gate.discover.references import Skipped
from pick_model.gate.paths import shown
from pick_model.words.message import Message
from pick_model.words.say import message

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


class Parser(NamedTuple):
    """How files of a kind are read."""

    function: str
    max_bytes: int  # code and settings are smaller; what is larger is data


PYTHON = Parser("pick_model.gate.discover.in_python:uses", 1 << 20)
_YAML = Parser("pick_model.gate.discover.in_settings:yaml_uses", 1 << 20)
_JSON = Parser("pick_model.gate.discover.in_settings:json_uses", 1 << 20)
_TOML = Parser("pick_model.gate.discover.in_settings:toml_uses", 1 << 20)
_CFG = Parser("pick_model.gate.discover.in_settings:cfg_uses", 1 << 20)
COMMANDS = Parser("pick_model.gate.discover.in_scripts:uses", 1 << 20)
# A notebook carries its pictures.
_NOTEBOOK = Parser("pick_model.gate.discover.in_notebook:uses", 1 << 25)
READERS = {
    ".py": PYTHON,
    ".pyi": PYTHON,
    ".pyw": PYTHON,
    ".yaml": _YAML,
    ".yml": _YAML,
    ".json": _JSON,
    ".toml": _TOML,
    ".cfg": _CFG,
    ".ini": _CFG,
    ".ipynb": _NOTEBOOK,
    ".sh": COMMANDS,
    ".bash": COMMANDS,
    ".zsh": COMMANDS,
    ".env": COMMANDS,
    ".mk": COMMANDS,
    ".dockerfile": COMMANDS,
    ".containerfile": COMMANDS,
}
# Files known by their whole name, whatever follows it: Dockerfile.gpu, .env.production.
NAMED = ("dockerfile", "containerfile", "makefile", "gnumakefile", "justfile", "procfile", ".env",
         "jenkinsfile")  # fmt: skip


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
            raise InputError(message("no-file-or-folder"), location=Location(shown(root)))
        if not root.is_file():
            raise InputError(message("no-regular-file"), location=Location(shown(root)))
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
            yield _skipped(folder, message("cannot-be-read", reason=reason_of(error)))
            continue
        inner: list[tuple[Path, int]] = []
        for entry in entries:
            path = Path(entry.path)
            if _excluded(path.relative_to(root).as_posix(), exclude):
                continue
            kind = _kind(entry)
            if kind == "folder":
                reason = _passed_over(path, depth)
                if isinstance(reason, Message):
                    yield _skipped(path, reason)
                elif not reason:
                    inner.append((path, depth + 1))
            elif kind == "file":
                seen += 1
                if seen > MAX_FILES:
                    yield _skipped(folder, message("too-many-files", limit=MAX_FILES))
                    return
                yield path
            elif kind == "link":
                if not _is_within(path, root):
                    yield _skipped(path, message("is-link"))
            elif reading_by_name(path) is not None:
                yield _skipped(path, message("no-regular-file"))
        todo += reversed(inner)


def _kind(entry: os.DirEntry[str]) -> str:
    """Whether it is a file, a folder, a link to a folder, or something that is not opened."""
    try:
        if entry.is_dir(follow_symlinks=False):
            return "folder"
        mode = entry.stat().st_mode
    except OSError:  # a link to nowhere, or to itself
        return "link" if reading_by_name(Path(entry.path)) or not Path(entry.name).suffix else ""
    if stat.S_ISDIR(mode):
        return "link"
    return "file" if stat.S_ISREG(mode) else "device"


def _is_within(link: Path, root: Path) -> bool:
    """Whether a link leads to what is read anyway."""
    try:
        return link.resolve(strict=True).is_relative_to(root.resolve())
    except (OSError, RuntimeError):
        return False


def _passed_over(folder: Path, depth: int) -> Message | bool:
    """Why a folder is not looked into; True where that needs no telling, False where it is."""
    if folder.name in UNSEEN:
        return True
    if depth >= MAX_FOLDERS:
        return message("too-deep", limit=MAX_FOLDERS)
    if os.path.isfile(folder / "pyvenv.cfg"):
        return message("is-virtual-environment")
    if folder.name in PASSED_OVER or folder.name.endswith(".egg-info"):
        return message("others-code") if _holds_code(folder) else True
    return False


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
                    elif reading_by_name(Path(entry.path)) is not None or seen > 1000:
                        return True
        except OSError:
            return True
    return False


def _excluded(within: str, patterns: Sequence[str]) -> bool:
    # `folder/*` leaves out the folder with all that it holds.
    return any(fnmatch(within, p) or fnmatch(f"{within}/", p) for p in patterns)


def _skipped(path: Path, reason: Message) -> Skipped:
    return Skipped(printable(path), 1, reason)


def printable(path: Path) -> str:
    """A path for a report; bytes that are no text are written as escapes."""
    return shown(path).encode("utf-8", "backslashreplace").decode("utf-8")


def reason_of(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()


def reading_by_name(path: Path) -> Parser | None:
    name = path.name.lower()
    for known in NAMED:
        if name == known or name.startswith(f"{known}."):
            return COMMANDS
    return READERS.get(path.suffix.lower())
