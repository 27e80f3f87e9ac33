"""Rows as an encoder takes them: inputs, targets, and which lines of output are theirs.

Shapes: N lines, T tokens, C outputs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from pick_model.encoders.objective import OBJECTIVES, Objective

Frame = tuple[tuple[int, ...], tuple[int, ...]]  # token ids that stand before and after a text


@dataclass(frozen=True)
class Encoded:
    """Rows as an encoder takes them, with what is needed to score them.

    A row is one line of features and logits, or, where its words have labels, one a word.
    """

    kind: str
    inputs: tuple[Any, ...]  # of text the token ids by argument, else as its modality says
    starts: tuple[tuple[int, ...], ...] | None  # position of each word's first piece, or -1;
    # None: a row is one line
    targets: tuple[Any, ...]
    n_outputs: int
    sizes: tuple[int, ...] | None = None  # tokens of each row, where the inputs do not show them
    varying: Any = None  # how training may vary rows, in the terms of their modality

    def __len__(self) -> int:
        return len(self.inputs)

    @property
    def by_word(self) -> bool:
        return self.starts is not None

    @property
    def objective(self) -> Objective:
        return OBJECTIVES[self.kind]

    def length(self, row: int) -> int:
        """Tokens of a row."""
        if self.sizes is not None:
            return self.sizes[row]
        return len(self.inputs[row]["input_ids"])

    def lines(self, row: int) -> int:
        """Lines of features and logits that a row is."""
        return 1 if self.starts is None else len(self.starts[row])

    @property
    def n_lines(self) -> int:
        """Lines of all rows."""
        return sum(self.lines(row) for row in range(len(self)))

    def take(self, rows: Sequence[int]) -> Encoded:
        return replace(
            self,
            inputs=tuple(self.inputs[i] for i in rows),
            starts=None if self.starts is None else tuple(self.starts[i] for i in rows),
            targets=tuple(self.targets[i] for i in rows),
            sizes=None if self.sizes is None else tuple(self.sizes[i] for i in rows),
        )

    def read(self, rows: Iterable[int]) -> list[Any]:
        """The targets of these rows, line by line; of words that the model sees."""
        if self.starts is None:
            return [self.targets[row] for row in rows]
        return [
            target
            for row in rows
            for start, target in zip(self.starts[row], self.targets[row], strict=True)
            if start >= 0
        ]

    def is_read(self) -> np.ndarray:
        """Which lines of all rows the model sees, bool (N,): not words that were cut off."""
        if self.starts is None:
            return np.ones(len(self), dtype=bool)
        return np.array([start >= 0 for starts in self.starts for start in starts], dtype=bool)

    def lines_of(self, row: int, output: np.ndarray) -> np.ndarray:
        """Its lines (lines, C) in what the model says of a row: (C,), or (T, C) by word.

        Words cut off by the length limit get a line of NaN; the caller decides what they mean.
        """
        if self.starts is None:
            return output[None, :]
        words = np.full((self.lines(row), output.shape[-1]), np.nan, dtype=np.float32)
        for word, start in enumerate(self.starts[row]):
            if start >= 0:
                words[word] = output[start]
        return words
