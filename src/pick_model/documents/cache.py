"""What `cache` gives back."""

from __future__ import annotations

from typing import Literal

from pick_model.documents.base import Count
from pick_model.documents.checked import Document


class KeptFiles(Document):
    """One kind of files in the cache."""

    what: Literal["features", "work"]
    folder: str
    files: Count
    bytes: Count
    most_bytes: Count  # above it, what was not used for longest goes


class CacheReport(Document):
    """`pick-model cache show` or `clear`: what is there, or what was removed."""

    schema_version: Literal[1] = 1
    command: Literal["cache-show", "cache-clear"]
    kept: tuple[KeptFiles, ...]  # or removed, by `clear`
