"""Rows that are files: which column names them, and which of the files can be read.

A file that cannot be is left out and named, up to a bound; what makes one unusable is a matter
of its modality (`CHECKS`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from pick_model.data.dataset import Dataset, MediaFile, Modality
from pick_model.data.images import checked as image_checked
from pick_model.data.label_kinds import LABEL_KINDS
from pick_model.data.media import IMAGES, SOUNDS
from pick_model.data.sounds import checked as sound_checked
from pick_model.data.source import DataFile
from pick_model.errors import InputError, WrongValue
from pick_model.files import file_digest
from pick_model.words.message import Message
from pick_model.words.say import message

TASKS: dict[str, Modality] = {"image-classification": "image", "audio-classification": "audio"}
SUFFIXES: dict[Modality, frozenset[str]] = {"image": IMAGES, "audio": SOUNDS}
# The size of a file that can be decoded, see `MediaFile.size`; else WrongValue with the reason.
CHECKS: dict[Modality, Callable[[Path], float]] = {
    "image": image_checked,
    "audio": sound_checked,
}
MOSTLY = 0.9  # of a column's first cells must name files; the rest may be slips
# Files that may be left out: so many, or this share of them, and never half. By hand: a few
# files of a download break, and more than that is a fault of the whole.
FEW_BROKEN, BROKEN_SHARE = 10, 0.05
NAMED = 5  # broken files that are named


def files_in(cells: Sequence[object]) -> Modality | None:
    """What kind of files some cells name, if most of them do."""
    names = [cell.strip() for cell in cells if isinstance(cell, str) and cell.strip()]
    for modality, suffixes in SUFFIXES.items():
        n = sum(Path(name).suffix.lower() in suffixes and "\n" not in name for name in names)
        if names and n >= MOSTLY * len(names):
            return modality
    return None


def column_of_files(cells: Mapping[str, Sequence[object]], wanted: Modality | None) -> str | None:
    """The first column whose cells name files, of the modality wanted if there is one."""
    for name, values in cells.items():
        found = files_in(values)
        if found is not None and wanted in (None, found):
            return name
    return None


def with_files(rows: Dataset, source: DataFile, wanted: Modality | None) -> Dataset:
    """The rows with the files that their texts name; as they are where they name none.

    Paths are relative to the folder, or to the folder of the table. wanted: the modality of the
    task, None to find out. Raises InputError where no files are named and the task wants them,
    or where too many cannot be read.
    """
    modality = files_in(rows.texts)
    column = rows.reading.columns.text if rows.reading is not None else ""
    if wanted is not None and modality != wanted:
        what = message("no-files-named", column=column, kind=wanted, example=rows.texts[0][:60])
        raise source.error(what, hint=message("name-column-of-files"))
    if modality is None:
        return rows
    folder = source.path if source.path.is_dir() else source.path.parent
    kept: list[int] = []
    media: list[MediaFile] = []
    broken: list[tuple[int, str, Message]] = []
    for place, name in enumerate(rows.texts):
        try:
            media.append(_file(folder / name.strip(), name, CHECKS[modality]))
        except WrongValue as wrong:
            broken.append((rows.rows[place], name, wrong.told))
        else:
            kept.append(place)
    if broken:
        _refuse_many(source, rows, folder, broken)
        _refuse_lost_classes(source, rows, kept)
    found = replace(rows.take(kept), media=tuple(media), modality=modality)
    if not broken or found.reading is None:
        return found
    told = message("files-left-out", n=len(broken), all=len(rows), files=_named(broken))
    reading = replace(found.reading, notes=(*found.reading.notes, told))
    return replace(found, reading=reading, n_total=found.n_total - len(broken))


def _file(path: Path, name: str, size_of: Callable[[Path], float]) -> MediaFile:
    try:
        if "://" in name:
            raise WrongValue(message("file-is-address"))
        if not path.is_file():
            raise WrongValue(message("file-not-there"))
        if not path.stat().st_size:
            raise WrongValue(message("file-of-no-bytes"))
        return MediaFile(path, file_digest(path), size_of(path))
    except (OSError, ValueError) as error:
        if isinstance(error, WrongValue):
            raise
        raise WrongValue(message("cannot-be-read", reason=str(error))) from error


def _named(broken: Sequence[tuple[int, str, Message]]) -> tuple[Message, ...]:
    return tuple(message("file-because", file=name, why=why) for _, name, why in broken[:NAMED])


def _refuse_many(
    source: DataFile, rows: Dataset, folder: Path, broken: Sequence[tuple[int, str, Message]]
) -> None:
    n = len(rows)
    if len(broken) <= max(FEW_BROKEN, BROKEN_SHARE * n) and 2 * len(broken) < n:
        return
    told = message("too-many-files-broken", n=len(broken), all=n, files=_named(broken))
    missing = sum(why.code == "file-not-there" for _, _, why in broken)
    hint = message("mend-or-remove-files")
    if 2 * missing > len(broken):
        hint = message("paths-are-relative", folder=str(folder))
    raise source.error(told, broken[0][0] if source.path.is_file() else None, hint)


def _refuse_lost_classes(source: DataFile, rows: Dataset, kept: Sequence[int]) -> None:
    """A class all of whose files are broken would be one that nothing can be learnt of."""
    of = LABEL_KINDS[rows.kind]
    if not of.named:
        return
    before = of.counts(rows.labels, rows.label_names)
    after = of.counts([rows.labels[place] for place in kept], rows.label_names)
    for name, count in before.items():
        if count and not after[name]:
            raise InputError(
                message("class-all-broken", label=name, n=count, source=source.path.name),
                hint=message("mend-or-remove-files"),
            )
