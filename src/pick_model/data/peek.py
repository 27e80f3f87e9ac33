"""What the first rows of a file show about its columns, beyond their names."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import islice, pairwise

from pick_model.data.formats import FileFormat
from pick_model.data.labels import as_label, as_number
from pick_model.data.lists import zeros_and_ones
from pick_model.data.source import DataFile

Peek = Mapping[str, Sequence[object]]  # the cells of each column in the first rows

ROWS = 100  # enough to tell words from numbers and lists; a class may still be missing
_COUNTER = re.compile(r"\W*(?:[A-Za-z]+\W*)?\d+\W*")  # 17, "Sentence: 17"
_DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}\b")


def peek(source: DataFile, file_format: FileFormat, columns: Sequence[str]) -> Peek:
    """The first cells of every column."""
    rows = [cells for _, cells in islice(file_format.peek(source, columns), ROWS)]
    return {name: [cells[place] for cells in rows] for place, name in enumerate(columns)}


def filled(cells: Sequence[object]) -> list[object]:
    """The cells that hold something."""
    return [cell for cell in cells if not is_empty(cell)]


def is_empty(cell: object) -> bool:
    """An empty, null or NaN cell."""
    return cell is None or cell != cell or (isinstance(cell, str) and not cell.strip())


def holds_text(cells: Sequence[object]) -> bool:
    """Whether most cells are words: no numbers, counters, lists or blanks. True of no rows."""
    return 2 * sum(_is_wordy(cell) for cell in cells) >= len(cells)


def _is_wordy(cell: object) -> bool:
    if not isinstance(cell, str) or is_empty(cell):
        return False
    cell = cell.strip()
    return as_number(cell) is None and not (_COUNTER.fullmatch(cell) or _DATE.match(cell))


def mean_length(cells: Sequence[object]) -> float:
    """Characters of a cell, on average."""
    return sum(len(str(cell)) for cell in filled(cells)) / max(1, len(cells))


def n_classes(cells: Sequence[object]) -> int | None:
    """Different values, where they can be classes: at least two, and each twice on average."""
    there = filled(cells)
    try:
        found = len({as_label(cell) for cell in there})
    except ValueError:  # objects, or lists of them
        return None
    most = max(2, len(there) // 2)
    return found if 2 <= found <= most and len(there) == len(cells) else None


def indicator(cells: Sequence[object]) -> bool:
    """Whether every cell is 0 or 1."""
    return zeros_and_ones([c.strip() if isinstance(c, str) else c for c in cells]) is not None


def only_counts(cells: Sequence[object]) -> bool:
    """Whether the cells, two or more, are whole numbers that grow by one each."""
    numbers = [as_number(str(cell).strip()) for cell in cells]
    return len(cells) > 1 and all(a is not None and b == a + 1 for a, b in pairwise(numbers))
