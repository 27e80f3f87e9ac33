"""Which rows a screen reads, in which order, and which of them must stay together.

Rows come in parts: the first part is stratified, and so is every beginning of all parts. A
model that reads more rows reads the next part alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from pick_model.data.dataset import Dataset
from pick_model.data.label_kinds import LABEL_KINDS
from pick_model.data.split import subsample, units_of
from pick_model.data.texts import text_keys
from pick_model.errors import InputError, UsageError
from pick_model.files import json_digest
from pick_model.measure.probe.predictors import PREDICTORS
from pick_model.measure.screen.ridge import FOLDS, Blocks, blocks_of
from pick_model.words.say import message

# The first part, of rows and of each class. Chosen by hand: below, one score is hardly apart
# from another (a share of one half of 250 rows is known to within 5 points); of a class with
# two rows one must teach the other.
FIRST, OF_EACH_CLASS = 250, 4
LEAST_GROWTH = 1.5  # of the last part: less tells little that is new. By hand
LEAST = 2 * FOLDS  # units: two in a fold


@dataclass(frozen=True)
class Stage:
    """The rows read by the end of one part."""

    rows: Dataset  # part after part
    new: Dataset  # those of the last part
    blocks: np.ndarray  # int (rows,): rows of one text or group

    def __len__(self) -> int:
        return len(self.rows)

    @cached_property
    def words(self) -> np.ndarray:
        """Lines of each row, int (rows,): one, or one a word."""
        rows = self.rows
        if rows.tokens is None:
            return np.ones(len(rows), dtype=int)
        return np.array([len(tokens) for tokens in rows.tokens], dtype=int)

    def lines(self, row: int) -> int:
        return int(self.words[row])

    @cached_property
    def row_of(self) -> np.ndarray:
        """The row of each line, int (lines,)."""
        return np.repeat(np.arange(len(self)), self.words)

    @cached_property
    def columns(self) -> np.ndarray:
        """Labels as what is fitted, float64 (lines, C)."""
        rows = self.rows
        labels: list[Any] = list(rows.labels)
        if LABEL_KINDS[rows.kind].by_word:
            labels = [tag for row in labels for tag in row]
        return PREDICTORS[rows.kind].columns(labels, len(rows.label_names) or 1)

    @cached_property
    def first_of_text(self) -> np.ndarray:
        """Whether a line is of the first row with its text, bool (lines,)."""
        first: dict[object, int] = {}
        for row, key in enumerate(text_keys(self.rows)):
            first.setdefault(key, row)
        found = np.zeros(len(self), dtype=bool)
        found[list(first.values())] = True
        lines: np.ndarray = found[self.row_of]
        return lines

    def line_blocks(self, seen: np.ndarray) -> Blocks:
        """What is left out together, of the lines that the model sees (bool, (lines,))."""
        return blocks_of(self.blocks[self.row_of][seen])

    @cached_property
    def digest(self) -> str:
        """Of texts, labels and their order."""
        rows = self.rows
        return json_digest([texts_of(rows), rows.labels, rows.label_names, rows.groups])


def texts_of(rows: Dataset) -> list[Any]:
    """What a model reads of rows: labels apart."""
    return [rows.kind == "tokens", rows.contents, rows.pairs, rows.tokens]


def sizes(n: int, n_labels: int, adaptive: bool) -> list[int]:
    """Of n rows, how many are read by the end of each part: a first one, doubled again and again.

    Not adaptive: the first part, on which every layer is looked at, and the rest.
    """
    found: list[int] = []
    size = max(FIRST, OF_EACH_CLASS * n_labels)
    while n >= LEAST_GROWTH * size and (adaptive or not found):
        found.append(size)
        size *= 2
    return [*found, n]


def stages(data: Dataset, most: int, adaptive: bool, seed: int) -> tuple[Stage, ...]:
    """All parts of the first `most` rows, stratified."""
    whole = subsample(data, most, seed)
    units = units_of(whole)
    if len(units) < LEAST:
        if len(whole) < len(data):
            raise UsageError(
                message("too-few-rows-asked", rows=most, n=len(units), least=LEAST),
                hint=message("ask-for-more-rows"),
            )
        raise InputError(
            message("too-few-different-rows", source=data.source, n=len(units), least=LEAST),
            hint=message("give-more-rows"),
        )
    block = {row: n for n, unit in enumerate(units) for row in unit}
    found: list[Stage] = []
    order: list[int] = []
    for size in sizes(len(whole), len(data.label_names), adaptive):
        part = set(subsample(whole, size, seed).rows) - {whole.rows[at] for at in order}
        new = [at for at, row in enumerate(whole.rows) if row in part]
        order = [*order, *new]
        blocks = np.array([block[at] for at in order], dtype=int)
        found.append(Stage(whole.take(order), whole.take(new), blocks))
    return tuple(found)
