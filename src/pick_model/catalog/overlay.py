"""Lay an organisation's own entries, corrections and bans over the shipped catalog.

To parse and check 20,000 entries of YAML takes seconds, to find them again a fraction of one: what
came of overlays is kept as JSON Lines, under the digest of the catalog and all their files.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pick_model.catalog.catalog import Catalog, Entries
from pick_model.catalog.reader import overlay_files
from pick_model.catalog.shipped import packed, unpacked
from pick_model.documents.base import to_plain
from pick_model.documents.reader import read_text
from pick_model.files import cache_folder, digest, write_whole
from pick_model.record import replace


def lay_over(catalog: Catalog, paths: Sequence[Path]) -> Catalog:
    """The catalog with overlay files, or every file of overlay folders, laid over it in order.

    Raises InputError or SchemaError with file and line.
    """
    files = [(str(file), read_text(file)) for path in paths for file in overlay_files(path)]
    whole = catalog.digest
    for _, text in files:
        whole = digest(f"{whole}\n{digest(text)}")
    cached = _cache_file(whole)
    names = [name for name, _ in files]
    kept = _kept(cached)
    if kept is not None:
        return _laid(catalog, kept, names, whole)
    from pick_model.catalog.overlay_compile import compile_overlays

    found = compile_overlays(catalog, files)
    _write_cache(cached, packed(_content(catalog, found, names)))
    return replace(found, digest=whole)


def _content(before: Catalog, after: Catalog, names: Sequence[str]) -> dict[str, Any]:
    """What overlays changed, JSON-ready; a file is told by its number."""
    own = {name: origin for name, origin in after.origins.items() if name in after.entries}
    by_file: list[list[str]] = [[] for _ in names]
    for name, origin in own.items():
        by_file[names.index(origin)].append(name)
    return {
        "entries": {name: to_plain(after.entries[name]) for name in own},
        "origins": by_file,
        "banned": after.banned,
        "removed": [name for name in before.entries if name not in after.entries],
    }


def _laid(before: Catalog, content: dict[str, Any], names: Sequence[str], digest: str) -> Catalog:
    """The catalog with what overlays change in it, as `_content` tells it."""
    entries = before.entries.changed()
    for name in content["removed"]:
        del entries[name]
    entries.update(content["entries"].texts())
    origins = [
        dict.fromkeys(own, name) for name, own in zip(names, content["origins"], strict=True)
    ]
    return replace(
        before,
        entries=Entries(entries),
        origins={name: file for some in origins for name, file in some.items()},
        banned=content["banned"].whole(),
        digest=digest,
    )


def _kept(path: Path) -> dict[str, Any] | None:
    """What an earlier run kept; None where it did not, or the file is damaged."""
    with contextlib.suppress(ValueError, OSError, RecursionError):
        _, content = unpacked(path.read_bytes())
        return content
    return None


def _cache_file(digest: str) -> Path:
    """Where what came of overlays is kept."""
    from pick_model import __version__

    return cache_folder() / "overlays" / f"{digest[:32]}-{__version__}.jsonl"


def _write_cache(path: Path, text: str) -> None:
    """Write whole or not at all; a cache that cannot be written is no error."""
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, text)
