"""Cells of the label column as labels, and running counts of them."""

from __future__ import annotations

import ast
import json
import math
import re
from collections import Counter
from dataclasses import dataclass, field

Label = str | tuple[str, ...]  # one label, or the labels (of a list, or of a row's tokens)

# Beyond this many different labels the column holds no classes; it also bounds memory.
MAX_CLASSES = 20_000
MAX_LABEL_CHARS = 2_000

# What pandas and spreadsheets write for an empty cell. "none" and "null" can be class names.
_MISSING = frozenset({"", "nan", "<na>", "#n/a"})
_WHOLE_AS_FLOAT = re.compile(r"[+-]?\d+\.0+")
_NUMBER_START = frozenset("0123456789+-.")


def as_label(value: object) -> Label | None:
    """A cell as a label; None when the cell is empty or NaN.

    1, 1.0 and "1.0" are the label "1"; a list, also written as JSON, is a sorted tuple
    without repeats. Raises ValueError for what cannot be a label.
    """
    if isinstance(value, str):
        text = value.strip()
        if text.startswith("[") and text.endswith("]"):
            listed = _parsed_list(text)
            if listed is not None:
                return as_label(listed)
        if text.lower() in _MISSING:
            return None
        return text[: text.index(".")] if _WHOLE_AS_FLOAT.fullmatch(text) else text
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, (list, tuple)):
        return tuple(sorted({_item(item) for item in value}))
    if isinstance(value, (dict, bytes)):
        raise ValueError("the label is not a word, a number or a list of them")
    return str(value)


def _parsed_list(text: str) -> list[object] | None:
    """The list a cell spells out, in JSON or as Python prints it; None if it is just text."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        if "\\" in text:  # Python would warn of an unknown escape
            return None
        try:
            found = ast.literal_eval(text)
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            return None
    return found if isinstance(found, list) else None


def _item(value: object) -> str:
    label = as_label(value)
    if not isinstance(label, str):
        raise ValueError("the list of labels holds something other than words and numbers")
    return label


def parts_of(label: Label) -> tuple[str, ...]:
    """The labels of a multi-label cell: a list's items, or what stands between bars."""
    if isinstance(label, tuple):
        return label
    return tuple(sorted({part for p in label.split("|") if (part := p.strip())}))


def as_number(label: str) -> float | None:
    """The number a label spells, if it is one; infinities and words are None."""
    if label[:1] not in _NUMBER_START:
        return None
    try:
        number = float(label)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


@dataclass
class Survey:
    """Running counts over the label column, of bounded size however long the file."""

    n: int = 0
    counts: Counter[Label] = field(default_factory=Counter)  # at most MAX_CLASSES labels
    parts: Counter[str] = field(default_factory=Counter)  # of lists, and of labels with bars
    overflowed: bool = False  # there are more labels than `counts` holds
    n_lists: int = 0
    n_piped: int = 0
    n_numbers: int = 0
    first: dict[str, int] = field(default_factory=dict)  # row of the first "word", "decimal" …
    n_missing: int = 0

    def add(self, row: int, label: Label | None) -> None:
        """Count the label of one row."""
        self.n += 1
        if label is None:
            self.n_missing += 1
            self.first.setdefault("missing", row)
            return
        if label in self.counts or len(self.counts) < MAX_CLASSES:
            self.counts[label] += 1
        else:
            self.overflowed = True
        if isinstance(label, tuple):
            self.n_lists += 1
            self.first.setdefault("list", row)
            self._add_parts(label)
            return
        if "|" in label:
            self.n_piped += 1
            self._add_parts(parts_of(label))
        number = as_number(label)
        if number is None:
            self.first.setdefault("word", row)
            return
        self.n_numbers += 1
        if not number.is_integer():
            self.first.setdefault("decimal", row)

    def _add_parts(self, parts: tuple[str, ...]) -> None:
        for part in parts:
            if part in self.parts or len(self.parts) < MAX_CLASSES:
                self.parts[part] += 1
            else:
                self.overflowed = True

    def part_counts(self) -> Counter[str]:
        """Rows that carry each label, labels with bars taken apart."""
        total = Counter(self.parts)
        for label, count in self.counts.items():
            if isinstance(label, str) and "|" not in label:
                total[label] += count
        return total
