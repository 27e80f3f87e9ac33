"""The rows of a file as records: texts, tokens and labels, each fault with its row."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pick_model.data.dataset import Columns
from pick_model.data.formats import FileFormat
from pick_model.data.labels import MAX_LABEL_CHARS, Label, UnreadableLabel, as_label, parts_of
from pick_model.data.lists import parse_list, zeros_and_ones
from pick_model.data.no_columns import FOR_SPANS
from pick_model.data.source import DataFile
from pick_model.data.style import WHOLE, Style
from pick_model.data.token_rows import sentences
from pick_model.errors import WrongValue
from pick_model.words.say import message


@dataclass(frozen=True, slots=True)
class Record:
    """One row of the file, cells converted, label not yet encoded."""

    row: int
    text: str
    pair: str | None
    tokens: tuple[str, ...] | None
    label: Label | None  # None: the cell is empty or NaN; for tokens the tag of each
    group: str | None


@dataclass(frozen=True)
class Records:
    """The records of a file, read from the start each time they are iterated."""

    source: DataFile
    format: FileFormat
    columns: Columns
    of_tokens: bool
    style: Style = WHOLE

    def __iter__(self) -> Iterator[Record]:
        c = self.columns
        labels = c.indicators or (c.label,)
        parts = (c.text, *labels, c.text_pair, c.group, c.sentence)
        wanted = [name for name in dict.fromkeys(parts) if name is not None]
        place = {name: i for i, name in enumerate(wanted)}
        pair = None if c.text_pair is None else place[c.text_pair]
        group = None if c.group is None else place[c.group]
        rows = self.format.rows(self.source, wanted)
        if c.sentence is not None:
            rows = sentences(self.source, rows, place[c.sentence])
        for row, cells in rows:
            if row > 1 and (cells[0], cells[1]) == (c.text, wanted[1]):
                raise self.source.error(message("header-repeated"), row, message("delete-row"))
            if self.of_tokens:
                tokens, tags = _tokens(self.source, row, cells[0], cells[1])
                label: Label | None = tags
                first, second = " ".join(tokens), None
            else:
                tokens = None
                label = self._label(row, cells[1 : 1 + len(labels)])
                if self.style.skips(label):
                    continue
                first = _text(self.source, row, c.text, cells[0])
                second = None if pair is None else _text(self.source, row, c.text_pair, cells[pair])
            own = None if group is None else _group(self.source, row, cells[group])
            yield Record(row, first, second, tokens, label, own)

    def _label(self, row: int, cells: Sequence[object]) -> Label | None:
        names = self.columns.indicators
        label: Label | None
        if names:
            label = _indicated(self.source, row, names, cells)
        else:
            label = _label(self.source, row, cells[0])
        try:
            return self.style.read(label)
        except UnreadableLabel as error:
            raise self.source.error(error.told, row) from error


def _indicated(
    source: DataFile, row: int, names: Sequence[str], cells: Sequence[object]
) -> tuple[str, ...]:
    """The names of the columns that hold a 1."""
    found = []
    for name, cell in zip(names, cells, strict=True):
        bits = zeros_and_ones([cell.strip() if isinstance(cell, str) else cell])
        if bits is None:
            raise source.error(
                message("column-not-of-bits", name=name, cell=str(cell)[:40]),
                row,
                message("name-columns-of-bits"),
            )
        if bits[0]:
            found.append(name)
    return tuple(found)


def _text(source: DataFile, row: int, column: str | None, value: object) -> str:
    """A cell as text; an empty, null or NaN one is the empty text."""
    if isinstance(value, str):
        return value
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, (list, tuple, dict, bytes)):
        kind = {"list": "a list", "tuple": "a list", "dict": "an object"}
        raise source.error(
            message(
                "column-not-text", column=column or "", kind=kind.get(type(value).__name__, "bytes")
            ),
            row,
            message("name-plain-text-column"),
        )
    return str(value)


def _label(source: DataFile, row: int, value: object) -> Label | None:
    try:
        label = as_label(value)
    except UnreadableLabel as error:
        hint = FOR_SPANS if error.told.code == "label-of-lists" else None
        raise source.error(error.told, row, hint) from error
    except WrongValue as error:
        raise source.error(error.told, row) from error
    except (ValueError, RecursionError) as error:  # Python's own: an integer of 5,000 digits
        raise source.error(message("in-words", words=str(error)), row) from error
    if isinstance(label, str) and len(label) > MAX_LABEL_CHARS:
        raise source.error(
            message("label-too-long", n_letters=len(label)),
            row,
            message("is-this-the-text"),
        )
    return label


def _tokens(
    source: DataFile, row: int, tokens: object, tags: object
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The tokens and their tags; both lists, or spelt out as JSON or with spaces between."""
    words, names = _words(source, row, "tokens", tokens), _words(source, row, "tags", tags)
    if len(words) != len(names):
        raise source.error(
            message("tags-do-not-align", n_words=len(words), n_names=len(names)),
            row,
            message("write-one-tag-a-token"),
        )
    for place, name in enumerate(names, start=1):
        if not name or name == "nan":
            raise source.error(message("tag-empty", place=place), row, message("tag-it-o"))
    return words, names


def _words(source: DataFile, row: int, what: str, value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        text = value.strip()
        if text.startswith("["):
            value = parse_list(text, bare=False)
            if value is None:
                raise source.error(
                    message("cells-not-json", what=what), row, message("write-json-list")
                )
        else:
            value = _tags_apart(text) if what == "tags" else text.split()
    if value is None:
        return ()
    if not isinstance(value, (list, tuple)):
        raise source.error(
            message("cells-not-a-list", what=what), row, message("write-list-of-strings")
        )
    for item in value:
        if isinstance(item, (list, tuple, dict)):
            raise source.error(message("cells-list-of-lists", what=what), row)
    return tuple("" if item is None else str(item) for item in value)


def _tags_apart(text: str) -> list[str]:
    """Tags with spaces or with commas between; a comma alone is a tag too, Penn Treebank's."""
    words = text.split()
    commas = all(word.endswith(",") for word in words[:-1]) and "," not in words
    return [part.strip() for part in text.split(",")] if commas and "," in text else words


def _group(source: DataFile, row: int, value: object) -> str:
    """The group of a row; a row with an empty cell is a group of its own."""
    group = _label(source, row, value)
    return f"(row {row})" if group is None else str(group)


def stratum_label(record: Record) -> Label | None:
    """What a row is counted as: its label, or the set of tags its tokens have."""
    if record.tokens is not None:
        return tuple(sorted(set(record.label or ())))
    return parts_of(record.label) if isinstance(record.label, tuple) else record.label
