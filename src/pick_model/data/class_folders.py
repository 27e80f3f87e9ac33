"""A folder of classes as a table of two columns: each file, and the folder that it lies in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from pick_model.data.formats import FileFormat, Row
from pick_model.data.media import IMAGES, SOUNDS, class_files
from pick_model.data.source import DataFile
from pick_model.words.say import message

FILE, LABEL = "file", "folder"  # the columns


def folder_source(folder: Path) -> DataFile:
    """A folder with a folder a class. Raises InputError, saying what there is instead."""
    source = DataFile(folder, "", gzipped=False)
    try:
        found = class_files(folder)
        if found.files:
            return source
        names = sorted(path.name for path in folder.iterdir() if path.is_file())
    except OSError as error:
        told = message("cannot-be-read", reason=error.strerror or str(error))
        raise source.error(told) from error
    loose = sum(Path(name).suffix.lower() in IMAGES | SOUNDS for name in names)
    if loose:
        raise source.error(message("media-without-classes", n=loose), hint=message("sort-media"))
    texts = sum(path.suffix.lower() == ".txt" for path in folder.glob("*/*"))
    if texts:
        raise source.error(message("folders-of-texts", n=texts), hint=message("texts-in-a-table"))
    tables = [name for name in names if Path(name).suffix.lower() in (".csv", ".tsv", ".jsonl")]
    hint = message("name-file-in-folder")
    if tables:
        hint = message("name-this-file", file=str(folder / tables[0]))
    raise source.error(message("folder-not-data"), hint=hint)


def _columns(_source: DataFile) -> tuple[str, ...]:
    return (FILE, LABEL)


def _rows(source: DataFile, wanted: Sequence[str]) -> Iterator[Row]:
    """Numbered from 1, in the order of names."""
    number = 0
    for name, files in class_files(source.path).files.items():
        for path in files:
            number += 1
            cells = {FILE: path.relative_to(source.path).as_posix(), LABEL: name}
            yield number, [cells[column] for column in wanted]


FOLDERS = FileFormat("folders", _columns, _rows, _rows)
