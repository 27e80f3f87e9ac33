"""Digests of what a choice rests on, the same however a file is laid out."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pick_model import files
from pick_model.documents.reader import Parsed
from pick_model.errors import InputError, Location
from pick_model.words.say import message

CONTENT = "content_digest"


def task_digest(lines: Parsed) -> str:
    """Of the values in a task file: comments, the order of keys and layout do not count."""
    return files.json_digest({"task": lines.value})


def lock_digest(plain: Mapping[str, Any]) -> str:
    """Of a lock's values, all but the digest itself."""
    return files.json_digest({key: value for key, value in plain.items() if key != CONTENT})


def file_digest(path: Path, shown: str) -> str:
    """sha256 of a file's bytes. Raises InputError."""
    try:
        return files.file_digest(path)
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        raise InputError(
            message("cannot-be-read", reason=reason), location=Location(shown)
        ) from None
