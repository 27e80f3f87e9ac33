"""Texts as the token ids that a model reads, whatever its tokenizer leaves to be done.

A batch is padded here and not by the tokenizer, on the right and with a mask from the rows'
lengths: a tokenizer may have no padding token, one that the embedding table lacks, no mask
or the wrong side, and none of it matters behind a mask. Shapes: B rows, T tokens.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from pick_model.encoders.loaded import Loaded
from pick_model.encoders.rows import Encoded
from pick_model.encoders.sealed import in_words
from pick_model.errors import EnvironmentProblem
from pick_model.words.say import message

# Tokens a row, unless asked for more: attention's cost grows with the square. Chosen by hand; a
# paragraph fits, a page does not.
MAX_LENGTH = 256
HINT = message("give-other-tokenizer")
# Texts that are tokenized together, for a tokenizer gives much besides their ids. By hand.
AT_ONCE = 1000
TokenIds = dict[str, Sequence[int]]  # a row's, by argument of the encoder


def encode_texts(texts: Sequence[str], loaded: Loaded, max_length: int) -> Encoded:
    """Token ids of texts that have no labels, cut at `max_length`.

    Raises EnvironmentProblem when the tokenizer fails.
    """
    with in_words(message("tokenizer-fails"), HINT, "tokenizer"):
        inputs = text_rows(texts, None, loaded, max_length)
    refuse_ids(inputs, loaded)
    return Encoded("single-label", inputs, None, (0,) * len(inputs), 1)


def refuse_ids(inputs: Sequence[TokenIds], loaded: Loaded) -> None:
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
) -> tuple[TokenIds, ...]:
    """Ids of texts, or of pairs with second texts, with whatever else the model takes."""
    rows: list[TokenIds] = []
    for begin in range(0, len(texts), AT_ONCE):
        some = slice(begin, begin + AT_ONCE)
        rows += rows_of(texts[some], None if seconds is None else seconds[some], loaded, max_length)
    highest = max((max(row.get("token_type_ids", (0,))) for row in rows), default=0)
    if highest >= loaded.token_types:  # a BERT tokenizer on a table of one type, as KLUE's
        for row in rows:
            row.pop("token_type_ids", None)
    return tuple(rows)


def rows_of(
    texts: Sequence[str], seconds: Sequence[str] | None, loaded: Loaded, max_length: int
) -> list[TokenIds]:
    """The same of texts that are tokenized together."""
    pairs = None if seconds is None else list(seconds)
    batch = loaded.tokenizer(
        list(texts), pairs, truncation=True, max_length=max_length, verbose=False
    )
    names = [name for name in loaded.takes if name in batch and name != "attention_mask"]
    # A text of no tokens is one token of padding: attention over nothing is not a number.
    nothing = {name: [loaded.pad_id if name == "input_ids" else 0] for name in names}
    return [
        {
            name: array("i", batch[name][row] if batch["input_ids"][row] else nothing[name])
            for name in names
        }
        for row in range(len(texts))
    ]


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


def token_batch(rows: Encoded, chosen: Sequence[int], loaded: Loaded) -> dict[str, Tensor]:
    """Padded inputs with their mask, each (B, T)."""
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
    return inputs


def padded(ids: Sequence[int], width: int, filling: int) -> list[int]:
    return [*ids, *[filling] * (width - len(ids))]
