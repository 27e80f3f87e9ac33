"""Images and sounds that a table names or that lie in folders: whether there are any at all."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from statistics import median

from pick_model.data.dataset import Dataset
from pick_model.data.label_kinds import LABEL_KINDS
from pick_model.data.media import IMAGES, MEASURED, SOUNDS, MediaSet, seconds, sides

# By hand. A data set has few other files beside its media (labels, a licence); a home or system
# folder has few media among others, and is not walked to its end to learn that.
LOOKED, DEEP, LEAST = 400, 3, 0.2  # files a folder, levels, share that are media
MOSTLY = 0.9  # of a column's cells name files


def holds_media(folder: Path) -> bool:
    """Whether the first files in each folder of a folder are images or sounds, many of them."""
    inside = [path for path in sorted(folder.iterdir()) if path.is_dir() and path.name[0] != "."]
    seen = [name for path in inside for name in islice(_names(path, DEEP), LOOKED)]
    n = sum(_is_media(name) for name in seen)
    return n > 0 and n >= LEAST * len(seen)


def _names(folder: Path, levels: int) -> Iterator[str]:
    """Names of files, those of a folder before those of the folders in it."""
    try:
        entries = sorted(os.scandir(folder), key=lambda one: one.name)
    except OSError:  # nobody may look into it
        return
    folders = [one for one in entries if one.is_dir(follow_symlinks=False)]
    yield from (one.name for one in entries if one not in folders and one.name[0] != ".")
    if levels > 1:
        for one in folders:
            yield from _names(Path(one.path), levels - 1)


def _is_media(name: str) -> bool:
    return os.path.splitext(name)[1].lower() in IMAGES | SOUNDS


def lone_class(folder: Path) -> tuple[str, int] | None:
    """The only folder of images or sounds, or the folder itself, and how many it has."""
    inside = sorted(path for path in folder.iterdir() if path.is_dir())
    for path in (*inside, folder):
        n = sum(map(_is_media, _names(path, levels=1)))
        if n:
            return path.name, n
    return None


def media_of(rows: Dataset, folder: Path) -> MediaSet | None:
    """The classes of rows whose texts name images or sounds, relative to a folder; else None."""
    names = [text.strip() for text in rows.texts]
    of_kind = {
        kind: sum(Path(name).suffix.lower() in suffixes for name in names)
        for kind, suffixes in (("image", IMAGES), ("audio", SOUNDS))
    }
    kind = max(of_kind, key=lambda one: of_kind[one])
    if rows.kind != "single-label" or of_kind[kind] < MOSTLY * len(names):
        return None
    counts = LABEL_KINDS[rows.kind].counts(rows.labels, rows.label_names)
    some: Sequence[Path] = [folder / name for name in names[:: max(1, len(names) // MEASURED)]]
    sizes = sides(some) if kind == "image" else seconds(some)
    size = None
    if sizes:
        size = median(sizes) if kind == "image" else sorted(sizes)[int(0.95 * (len(sizes) - 1))]
    return MediaSet(kind, folder, counts, size, len(sizes), len(names) - of_kind[kind])
