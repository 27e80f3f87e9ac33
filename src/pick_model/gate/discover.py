"""Find the Hub models that a repository's code and settings name, by their syntax."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from fnmatch import fnmatch
from pathlib import Path
from typing import NamedTuple

from pick_model.errors import InputError, Location
from pick_model.gate.paths import shown

# Folders of other people's code, of builds and of caches.
PASSED_OVER = frozenset(
    {
        "__pycache__", "build", "dist", "env", "htmlcov", "node_modules", "site-packages",
        "target", "venv",
    }
)  # fmt: skip
# Hidden folders are tools' own; this one holds workflows people write.
HIDDEN_BUT_READ = frozenset({".github"})
# Code and settings are smaller; larger JSON is data.
MAX_BYTES = 1 << 20
READERS = {
    ".py": "pick_model.gate.in_python:uses",
    ".pyi": "pick_model.gate.in_python:uses",
    ".yaml": "pick_model.gate.in_settings:yaml_uses",
    ".yml": "pick_model.gate.in_settings:yaml_uses",
    ".json": "pick_model.gate.in_settings:json_uses",
    ".toml": "pick_model.gate.in_settings:toml_uses",
}
HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]*(/[A-Za-z0-9][\w.-]*)?")


class Use(NamedTuple):
    """A place that names a Hub model."""

    file: str
    line: int
    call: str  # what names it: from_pretrained, model_name …
    name: str | None  # None when it cannot be told by reading
    revision: str | None
    fixed: bool = True  # whether the revision could be told by reading


class Unread(NamedTuple):
    """A file that could not be read as what its name says."""

    file: str
    line: int
    reason: str


def uses_under(root: Path, exclude: Sequence[str] = ()) -> Iterator[Use | Unread]:
    """All uses in the files under a folder, or in one file, by folder, name and line.

    exclude: glob patterns of paths relative to the folder. Raises InputError when there is no
    such path.
    """
    import importlib

    base = root if root.is_dir() else root.parent
    for path in files_under(root):
        name = READERS.get(path.suffix.lower())
        within = path.relative_to(base).as_posix()
        if name is None or any(fnmatch(within, pattern) for pattern in exclude):
            continue
        file = shown(path)
        try:
            if path.stat().st_size > MAX_BYTES:
                continue
            text = path.read_bytes().decode("utf-8-sig")
        except OSError as error:
            yield Unread(file, 1, f"cannot be read: {(error.strerror or str(error)).lower()}")
            continue
        except UnicodeDecodeError:
            yield Unread(file, 1, "is not UTF-8")
            continue
        module, _, function = name.partition(":")
        reader = getattr(importlib.import_module(module), function)
        found: list[Use | Unread] = list(reader(text, file))
        for use in sorted(found, key=lambda one: one.line):
            if isinstance(use, Unread) or not _is_local(use.name, base, path.parent):
                yield use


def files_under(root: Path) -> Iterator[Path]:
    """The files of a repository, sorted, without those that are not its own."""
    if root.is_file():
        yield root
        return
    if not root.is_dir():
        raise InputError("no such file or folder", location=Location(shown(root)))
    for folder, inner, names in os.walk(root):
        inner[:] = sorted(name for name in inner if not _passed_over(name))
        for name in sorted(names):
            path = Path(folder, name)
            if path.is_file():
                yield path


def _passed_over(name: str) -> bool:
    hidden = name.startswith(".") and name not in HIDDEN_BUT_READ
    return hidden or name in PASSED_OVER or name.endswith(".egg-info")


def _is_local(name: str | None, *folders: Path) -> bool:
    """Whether a name is a path here rather than a repository on the Hub."""
    if name is None:
        return False
    if not HUB_ID.fullmatch(name) or name.endswith((".py", ".json", ".yaml", ".pt", ".bin")):
        return True
    return any((folder / name).exists() for folder in folders)
