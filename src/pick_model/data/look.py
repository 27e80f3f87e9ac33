"""A look at the first rows of a table: what its columns are called and what they hold."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import median
from typing import NamedTuple

from pick_model.data.column_names import LABELS, all_known, first
from pick_model.data.formats import FORMATS, FileFormat
from pick_model.data.headers import missing_header, repeated
from pick_model.data.labels import as_number
from pick_model.data.language import MOST_ROWS
from pick_model.data.peek import Peek, filled, holds_text, n_classes, peek
from pick_model.data.scripts import is_unspaced, script_shares
from pick_model.data.source import DataFile
from pick_model.documents.init_report import Sureness
from pick_model.words.message import Message

# By hand: a cell of prose has so many words; a script without spaces about one to two letters.
PROSE, LETTERS_A_WORD = 3, 2
MOSTLY = 0.9  # of the filled cells; the rest may be slips, or how a file spells a missing value
# 2024-05-31, 2024/5, 31.05.2024, each also with a time.
_DATE = re.compile(
    r"(\d{4}-\d{1,2}(-\d{1,2})?|\d{4}/\d{1,2}(/\d{1,2})?|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4})([ T].*)?"
)


class Purpose(NamedTuple):
    """What a table is for, where its rows are not texts with a label each."""

    task: str
    sureness: Sureness
    why: Message
    texts: tuple[str, ...] = ()  # columns whose language counts
    languages: tuple[str, ...] = ()  # where the columns tell, in the order of the task
    n_labels: int | None = None


@dataclass(frozen=True)
class Look:
    """The first rows of a table, and the way to all of them."""

    source: DataFile
    format: FileFormat
    cells: Peek

    @property
    def columns(self) -> list[str]:
        """The names of the columns; of nested ones, their paths."""
        return list(self.cells)

    @cached_property
    def prose(self) -> list[str]:
        """The columns that hold sentences."""
        return [name for name in self.cells if holds_prose(self.cells[name])]

    @cached_property
    def label(self) -> str | None:
        """The column that goes by a label's name and holds classes, or numbers to score by.

        "target" is not among the names, since a translation has one, too.
        """
        named = all_known(self.columns, [name for name in LABELS if name != "target"])
        return next((n for n in named if self.holds_classes(n) or self.holds_numbers(n)), None)

    def first(self, names: Sequence[str]) -> str | None:
        """The first column of these names, the names in order."""
        return first(self.columns, names)

    def holds_numbers(self, name: str) -> bool:
        """Whether the cells are numbers, but for how a missing one is spelt."""
        told = filled(self.cells[name])
        n = sum(not isinstance(cell, bool) and as_number(str(cell).strip()) is not None
                for cell in told)  # fmt: skip
        return n > 0 and n >= MOSTLY * len(told)

    def holds_dates(self, name: str) -> bool:
        """Whether the cells are days or times; not, where there is no such column."""
        told = filled(self.cells.get(name, ()))
        n = sum(_DATE.fullmatch(str(cell).strip()) is not None for cell in told)
        return n > 0 and n >= MOSTLY * len(told)

    def holds_classes(self, name: str) -> bool:
        """Whether the cells repeat as classes do; empty ones aside."""
        return n_classes(filled(self.cells[name])) is not None

    def rows(self, names: Sequence[str]) -> Iterator[Sequence[object]]:
        """The cells of some columns, row by row, of the whole file."""
        return (cells for _, cells in self.format.peek(self.source, names))

    def drawn(self, names: Sequence[str], seed: int) -> tuple[int, list[list[str]]]:
        """How many rows there are, and the texts of some columns in rows drawn by chance.

        Vitter's algorithm R (1985, ACM Transactions on Mathematical Software 11): each row is as
        likely to be drawn as any other, in one pass.
        """
        chance = random.Random(seed)  # noqa: S311 - draws rows, guards no secret
        n = 0
        held: list[list[str]] = []
        for cells in self.rows(names):
            n += 1
            place = len(held) if len(held) < MOST_ROWS else chance.randrange(n)
            row = [" ".join(_strings(cell)) for cell in cells]
            if place == len(held):
                held.append(row)
            elif place < MOST_ROWS:
                held[place] = row
        return n, [list(column) for column in zip(*held, strict=True)] or [[] for _ in names]


def look_at(source: DataFile) -> Look | None:
    """The first rows; None where there are none, where the columns have no names of their own, or
    where the format leaves no choice what they are. Raises InputError for a file that cannot be
    read.
    """
    file_format = FORMATS[source.suffix]
    if file_format.name in ("conll", "conllu"):
        return None
    columns = file_format.columns(source)
    if repeated(columns) is not None:
        return None
    cells = peek(source, file_format, columns)
    if missing_header(source, columns, cells) is not None or not any(cells.values()):
        return None
    return Look(source, file_format, cells)


def holds_prose(cells: Sequence[object]) -> bool:
    """Whether cells are sentences, or at least phrases."""
    told = [str(cell) for cell in filled(cells) if isinstance(cell, str)]
    if not told or not holds_text(filled(cells)):
        return False
    if is_unspaced(script_shares(told)):
        return median(len(text) for text in told) >= PROSE * LETTERS_A_WORD
    return median(len(text.split()) for text in told) >= PROSE


def _strings(value: object) -> Iterator[str]:
    """The texts in a cell, however deep in lists and objects."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _strings(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _strings(inner)
