"""Paths as reports show them and locks store them: relative, with /, never absolute."""

from __future__ import annotations

import os
from pathlib import Path


def shown(path: Path) -> str:
    """A path for a report: from the working folder where it lies under it, else as it was
    typed, and of an absolute one outside only the name.
    """
    absolute = Path(os.path.abspath(path))
    try:
        return absolute.relative_to(Path.cwd()).as_posix()
    except ValueError:
        return path.name if path.is_absolute() else path.as_posix()


def relative_to_lock(path: Path, lock: Path) -> str:
    """Where a file lies as seen from the lock's folder."""
    return Path(os.path.relpath(path, lock.parent)).as_posix()


def from_lock(stored: str, lock: Path) -> Path:
    """The file a lock names."""
    return Path(os.path.normpath(lock.parent / stored))
