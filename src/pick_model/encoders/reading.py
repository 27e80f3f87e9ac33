"""Rows as the token ids that a model reads, whatever its tokenizer leaves to be done.

A batch is padded here and not by the tokenizer, on the right and with a mask from the rows'
lengths: a tokenizer may have no padding token, one that the embedding table lacks, no mask
or the wrong side, and none of it matters behind a mask. Shapes: B rows, T tokens, C outputs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from pick_model.data.dataset import Dataset
from pick_model.encoders.objective import IGNORE, OBJECTIVES, Objective
from pick_model.encoders.sealed import in_words
from pick_model.errors import EnvironmentProblem
from pick_model.words.say import message

if TYPE_CHECKING:
    from pick_model.encoders.loaded import Loaded

# Tokens a row, unless asked for more: attention's cost grows with the square. Chosen by hand; a
# paragraph fits, a page does not.
MAX_LENGTH = 256
HINT = message("give-other-tokenizer")


@dataclass(frozen=True)
class Encoded:
    """Rows as token ids, with what is needed to score them.

    A row is one line of features and logits, or, where its words have labels, one a word.
    """

    kind: str
    inputs: tuple[dict[str, list[int]], ...]
    starts: tuple[tuple[int, ...], ...] | None  # position of each word's first piece, or -1;
    # None: a row is one line
    targets: tuple[Any, ...]
    n_outputs: int

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
        return len(self.inputs[row]["input_ids"])

    def lines(self, row: int) -> int:
        """Lines of features and logits that a row is."""
        return 1 if self.starts is None else len(self.starts[row])

    def take(self, rows: Sequence[int]) -> Encoded:
        return Encoded(
            self.kind,
            tuple(self.inputs[i] for i in rows),
            None if self.starts is None else tuple(self.starts[i] for i in rows),
            tuple(self.targets[i] for i in rows),
            self.n_outputs,
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


def encode(dataset: Dataset, loaded: Loaded, max_length: int) -> Encoded:
    """Token ids of each row, cut at `max_length`; targets in the loss's own units.

    Regression targets are standardised with the loaded model's target mean and scale.
    Raises EnvironmentProblem when the tokenizer fails.
    """
    starts = None
    with in_words(message("tokenizer-fails"), HINT, "tokenizer"):
        if dataset.tokens is not None:
            ids, starts = tagged_rows(dataset.tokens, loaded, max_length)
            inputs = tuple({"input_ids": row} for row in ids)
        else:
            inputs = text_rows(dataset.texts, dataset.pairs, loaded, max_length)
    refuse_ids(inputs, loaded)
    targets = OBJECTIVES[dataset.kind].in_units(
        dataset.labels, loaded.target_mean, loaded.target_scale
    )
    return Encoded(dataset.kind, inputs, starts, targets, len(dataset.label_names) or 1)


def encode_texts(texts: Sequence[str], loaded: Loaded, max_length: int) -> Encoded:
    """Token ids of texts that have no labels, cut at `max_length`.

    Raises EnvironmentProblem when the tokenizer fails.
    """
    with in_words(message("tokenizer-fails"), HINT, "tokenizer"):
        inputs = text_rows(texts, None, loaded, max_length)
    refuse_ids(inputs, loaded)
    return Encoded("single-label", inputs, None, (0,) * len(inputs), 1)


def refuse_ids(inputs: Sequence[Mapping[str, list[int]]], loaded: Loaded) -> None:
    """Refuse tokens that the embedding table has no row for."""
    highest = max((max(row["input_ids"]) for row in inputs), default=0)
    if loaded.table_rows is not None and highest >= loaded.table_rows:
        piece = loaded.tokenizer.convert_ids_to_tokens(highest)
        raise EnvironmentProblem(
            message(
                "token-beyond-table",
                name=loaded.name,
                piece=piece,
                highest=highest,
                table_rows=loaded.table_rows,
            ),
            hint=message("give-tokenizer-of-weights"),
            code="tokenizer",
        )


def text_rows(
    texts: Sequence[str], seconds: Sequence[str] | None, loaded: Loaded, max_length: int
) -> tuple[dict[str, list[int]], ...]:
    """Ids of texts, or of pairs with second texts, with whatever else the model takes."""
    pairs = None if seconds is None else list(seconds)
    batch = loaded.tokenizer(
        list(texts), pairs, truncation=True, max_length=max_length, verbose=False
    )
    names = [name for name in loaded.takes if name in batch and name != "attention_mask"]
    if "token_type_ids" in names:
        highest = max((max(row, default=0) for row in batch["token_type_ids"]), default=0)
        if highest >= loaded.token_types:  # a BERT tokenizer on a table of one type, as KLUE's
            names.remove("token_type_ids")
    # A text of no tokens is one token of padding: attention over nothing is not a number.
    nothing = {name: [loaded.pad_id if name == "input_ids" else 0] for name in names}
    return tuple(
        {name: list(batch[name][row]) for name in names} if batch["input_ids"][row] else nothing
        for row in range(len(texts))
    )


def tagged_rows(
    rows: Iterable[Sequence[str]], loaded: Loaded, max_length: int
) -> tuple[list[list[int]], tuple[tuple[int, ...], ...]]:
    """Ids of rows of words, and the place of each word's first piece, -1 if it has none.

    Each word is tokenized by itself, as it is tokenized inside a running text: after a space
    where the tokenizer keeps spaces (byte-level BPE, ByT5). Works with every tokenizer.
    """
    rows = [list(row) for row in rows]
    spelt = [[spelling(loaded, word, at) for at, word in enumerate(row)] for row in rows]
    known = list(dict.fromkeys(word for row in spelt for word in row))
    pieces: dict[str, list[int]] = {}
    if known:
        bare = loaded.tokenizer(known, add_special_tokens=False, verbose=False)["input_ids"]
        pieces = dict(zip(known, bare, strict=True))
    before, after = loaded.frame
    room = max(0, max_length - len(before) - len(after))
    ids, starts = [], []
    for row in spelt:
        body: list[int] = []
        first: list[int] = []
        for word in row:
            fits = pieces[word] and len(body) < room
            first.append(len(before) + len(body) if fits else -1)
            body += pieces[word]
        ids.append([*before, *body[:room], *after] or [loaded.pad_id])
        starts.append(tuple(first))
    return ids, tuple(starts)


def spelling(loaded: Loaded, word: str, at: int) -> str:
    return f" {word}" if loaded.spaced and at else word


def measured(loaded: Loaded) -> Any:
    """The tokenizer for `token_lengths`: rows of words are read as `encode` reads them."""

    def ids(texts: Any, pairs: Any = None, **options: Any) -> Mapping[str, Any]:
        with in_words(message("tokenizer-fails"), HINT, "tokenizer"):
            if options.pop("is_split_into_words", False):
                return {"input_ids": tagged_rows(texts, loaded, 1 << 62)[0]}
            found: Mapping[str, Any] = loaded.tokenizer(texts, pairs, **options)
            return found

    return ids


def collate(
    rows: Encoded, chosen: Sequence[int], loaded: Loaded
) -> tuple[dict[str, Tensor], Tensor]:
    """Padded inputs with their mask, each (B, T), and targets: (B,), (B, C) or (B, T)."""
    width = max(rows.length(row) for row in chosen)
    padding = {"input_ids": loaded.pad_id}
    inputs = {
        name: torch.tensor(
            [padded(rows.inputs[i][name], width, padding.get(name, 0)) for i in chosen]
        )
        for name in rows.inputs[0]
    }  # (B, T)
    inputs["attention_mask"] = torch.tensor(
        [padded([1] * rows.length(i), width, 0) for i in chosen]
    )  # (B, T)
    targets = rows.objective.targets(rows.read(chosen), rows.n_outputs)
    if rows.starts is not None:
        places = [(at, s) for at, row in enumerate(chosen) for s in rows.starts[row] if s >= 0]
        tags, targets = targets, torch.full((len(chosen), width), IGNORE)  # (B, T)
        if places:
            targets[tuple(torch.tensor(places).T)] = tags
    return {name: value.to(loaded.device) for name, value in inputs.items()}, targets.to(
        loaded.device
    )


def padded(ids: list[int], width: int, filling: int) -> list[int]:
    return ids + [filling] * (width - len(ids))
