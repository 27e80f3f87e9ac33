"""Cells of the label column as labels, and running counts of them."""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass, field

from pick_model.data.lists import (
    parse_list,
    parse_nested,
    unbracketed,
    unquoted,
    zeros_and_ones,
)
from pick_model.errors import WrongValue
from pick_model.words.say import message

Label = str | tuple[str, ...]  # one label, or the labels (of a list, or of a row's tokens)

# Beyond this many different labels the column holds no classes; it also bounds memory.
MAX_CLASSES = 20_000
MAX_LABEL_CHARS = 2_000

# What pandas and spreadsheets write for an empty cell. "none" and "null" can be class names.
_MISSING = frozenset({"", "nan", "<na>", "#n/a"})
_WHOLE_AS_FLOAT = re.compile(r"[+-]?\d+\.0+")
_BRACKETS = ("]", ")", "}")
MOST_NUMBER = 1e30  # errors of such labels are below the largest figure of a report (1e40)
_NUMBER_START = frozenset("0123456789+-.")


class UnreadableLabel(WrongValue):
    """A cell that cannot be a label; `told` says why."""


def as_label(value: object) -> Label | None:
    """A cell as a label; None when the cell is empty or NaN.

    1, 1.0 and "1.0" are the label "1"; a list, also one spelt out, is a tuple, and so are the
    keys with a 1 of an object of zeros and ones. Raises UnreadableLabel for what cannot be a label.
    """
    if isinstance(value, str):
        text = unquoted(value.strip())
        nested = parse_nested(text) if text.endswith(_BRACKETS) else None
        if nested is not None:
            return as_label(nested)
        listed = parse_list(text) if text.endswith(_BRACKETS) else None
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
        return tuple(_item(item) for item in value)
    if isinstance(value, dict):
        bits = zeros_and_ones(list(value.values()))
        if bits is not None and len(bits) > 1:
            return tuple(str(key) for key, bit in zip(value, bits, strict=True) if bit)
    if isinstance(value, (dict, bytes)):
        raise UnreadableLabel(message("label-no-word"))
    return str(value)


def _item(value: object) -> str:
    label = as_label(value)
    if isinstance(label, str):
        return label
    if isinstance(value, (list, tuple, dict)):
        raise UnreadableLabel(message("label-of-lists"))
    raise UnreadableLabel(message("label-list-with-empty"))


def parts_of(label: Label) -> tuple[str, ...]:
    """The labels of one row, sorted and without repeats."""
    return tuple(sorted(set(label))) if isinstance(label, tuple) else (label,)


def as_number(label: str) -> float | None:
    """The number a label spells; None for words and for what lies beyond `MOST_NUMBER`."""
    if label[:1] not in _NUMBER_START:
        return None
    try:
        number = float(label)
    except ValueError:
        return None
    return number if abs(number) <= MOST_NUMBER else None


@dataclass
class Survey:
    """Running counts over the label column, of bounded size however long the file."""

    n: int = 0
    counts: Counter[Label] = field(default_factory=Counter)  # at most MAX_CLASSES labels
    parts: Counter[str] = field(default_factory=Counter)  # rows that list each label
    overflowed: bool = False  # there are more labels than `counts` holds
    n_lists: int = 0
    n_bracketed: int = 0  # words in brackets, such as "[late]"
    n_places: int = 0  # lists of zeros and ones, as long as the first list
    n_one_hot: int = 0  # of these, with exactly one 1
    n_repeats: int = 0  # lists that hold an item twice
    width: int | None = None  # of the first list
    n_numbers: int = 0
    n_steps: int = 0  # whole numbers that are one more than the row before
    first: dict[str, int] = field(default_factory=dict)  # row of the first "word", "decimal" …
    n_missing: int = 0
    _last: float | None = None

    def add(self, row: int, label: Label | None) -> None:
        """Count the label of one row."""
        self.n += 1
        if label is None:
            self.n_missing += 1
            self.first.setdefault("missing", row)
            return
        if isinstance(label, tuple):
            self._add_list(row, label)
            label = parts_of(label)
        if label in self.counts or len(self.counts) < MAX_CLASSES:
            self.counts[label] += 1
        else:
            self.overflowed = True
        if isinstance(label, str):
            self._add_word(row, label)

    def _add_list(self, row: int, label: tuple[str, ...]) -> None:
        self.n_lists += 1
        self.first.setdefault("list", row)
        self.width = len(label) if self.width is None else self.width
        bits = zeros_and_ones(label) if len(label) == self.width else None
        self.n_places += bits is not None
        if bits is None:
            self.first.setdefault("no place", row)
        self.n_repeats += len(set(label)) < len(label)
        self.n_one_hot += bits is not None and sum(bits) == 1
        for part in parts_of(label):
            if part in self.parts or len(self.parts) < MAX_CLASSES:
                self.parts[part] += 1
            else:
                self.overflowed = True

    def _add_word(self, row: int, label: str) -> None:
        self.n_bracketed += unbracketed(label) is not None
        number = as_number(label)
        if number is None:
            self.first.setdefault("word", row)
            return
        self.n_numbers += 1
        self.n_steps += self._last is not None and number == self._last + 1
        self._last = number
        if not number.is_integer():
            self.first.setdefault("decimal", row)

    def part_counts(self) -> Counter[str]:
        """Rows that carry each label, whether alone or in a list."""
        total = Counter(self.parts)
        for label, count in self.counts.items():
            if isinstance(label, str):
                total[label] += count
        return total

    def names(self) -> list[str]:
        """The different labels, of lists their items."""
        return sorted(self.part_counts())
