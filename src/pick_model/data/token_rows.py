"""Tables with one token a row: the rows of a sentence as one row of lists."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from pick_model.data.conll import MAX_SENTENCE
from pick_model.data.peek import is_empty
from pick_model.data.source import DataFile
from pick_model.words.say import message


def sentences(
    source: DataFile, rows: Iterable[tuple[int, Sequence[object]]], sentence: int
) -> Iterator[tuple[int, list[object]]]:
    """The first row's number and cells of each sentence, its tokens (cell 0) and tags (cell 1)
    as lists. `sentence`: the place of the cell that a sentence's rows share, or that only
    the first of them fills."""
    start, cells = 0, list[object]()
    tokens, tags = list[object](), list[object]()
    key: object = None
    for number, row in rows:
        own = row[sentence]
        if tokens and not is_empty(own) and own != key:
            yield start, [tokens, tags, *cells[2:]]
            tokens, tags = [], []
        if not tokens:
            start, cells = number, list(row)
        key = key if is_empty(own) else own
        tokens.append(row[0])
        tags.append(row[1])
        if len(tokens) > MAX_SENTENCE:
            raise source.error(
                message("sentence-too-long", most=MAX_SENTENCE),
                start,
                message("name-sentence-column"),
            )
    if tokens:
        yield start, [tokens, tags, *cells[2:]]
