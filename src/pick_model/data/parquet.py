"""Parquet files through pyarrow, a batch at a time. Rows count from 1."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from tempfile import TemporaryFile
from typing import Any

from pick_model.data.source import DataFile, chunks
from pick_model.errors import MissingExtra
from pick_model.words.say import message

_BATCH_ROWS = 1_000  # read at once: any number keeps their memory small


def parquet_columns(source: DataFile) -> tuple[str, ...]:
    """The top-level column names."""
    with _opened(source) as file:
        found = tuple(file.schema_arrow.names)
    return found


def parquet_rows(source: DataFile, wanted: Sequence[str]) -> Iterator[tuple[int, list[object]]]:
    """Row number and the wanted cells, as Python values.

    Class numbers become names where the file carries the Hub's `ClassLabel` metadata.
    """
    number = 0
    with _opened(source) as file:
        if file.metadata.num_rows == 0:
            raise source.error(message("columns-and-no-rows"))
        renamed = [_class_names(file.schema_arrow, name) for name in wanted]
        for batch in file.iter_batches(batch_size=_BATCH_ROWS, columns=list(wanted)):
            columns = [batch.column(name).to_pylist() for name in wanted]
            for cells in zip(*columns, strict=True):
                number += 1
                yield number, [rename(cell) for rename, cell in zip(renamed, cells, strict=True)]


@contextmanager
def _opened(source: DataFile) -> Iterator[Any]:
    """A pyarrow ParquetFile; every fault of the file, also later ones, is an InputError."""
    try:
        import pyarrow
        import pyarrow.parquet as parquet
    except ImportError as error:
        raise MissingExtra("read-parquet", "probe") from error
    try:
        if not source.gzipped:
            with parquet.ParquetFile(source.path) as file:
                yield file
            return
        with TemporaryFile() as unpacked:  # Parquet is read from its end, gzip from its start
            for chunk in chunks(source):
                unpacked.write(chunk)
            unpacked.seek(0)
            with parquet.ParquetFile(unpacked) as file:
                yield file
    except (pyarrow.ArrowException, OSError, UnicodeDecodeError) as error:
        first = (str(error).splitlines() or [type(error).__name__])[0]
        raise source.error(
            message("parquet-damaged", reason=first), hint=message("copy-again")
        ) from error


def _class_names(schema: Any, column: str) -> Callable[[object], object]:
    """How to turn a cell's class numbers into names; the cell itself without metadata."""
    try:
        info = json.loads((schema.metadata or {})[b"huggingface"])["info"]["features"][column]
        feature = info[0] if isinstance(info, list) else info.get("feature", info)
        names = [str(name) for name in feature["names"]]
    except (KeyError, TypeError, ValueError, AttributeError, IndexError):
        return lambda cell: cell

    def rename(cell: object) -> object:
        if isinstance(cell, list):
            return [rename(item) for item in cell]
        if isinstance(cell, int) and 0 <= cell < len(names):
            return names[cell]
        return None if cell == -1 else cell  # the Hub writes -1 for "no label"

    return rename
