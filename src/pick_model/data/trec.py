"""Judgements as trec_eval reads them: query, iteration, passage and grade, without a header."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from pick_model.data.formats import FileFormat, Row
from pick_model.data.source import DataFile, lines
from pick_model.words.say import message

SUFFIXES = (".qrels", ".qrel", ".trec", ".txt")  # beside those of tables
COLUMNS = ("query-id", "iteration", "passage-id", "grade")
# The iteration is a number or Q0, which trec_eval does not look at; a header has no such cell.
_JUDGEMENT = re.compile(r"\s*\S+\s+(?:\d+|Q0)\s+\S+\s+-?\d+\s*")


def holds_judgements(source: DataFile) -> bool:
    """Whether the first line is such a judgement."""
    return any(_JUDGEMENT.fullmatch(line) for line in islice(lines(source), 1))


def _columns(_source: DataFile) -> tuple[str, ...]:
    return COLUMNS


def _rows(source: DataFile, wanted: Sequence[str]) -> Iterator[Row]:
    """A grade below 0, which some tracks give to spam, is 0: trec_eval takes both alike."""
    for number, line in enumerate(lines(source), start=1):
        if not line.strip():
            continue
        if _JUDGEMENT.fullmatch(line) is None:
            raise source.error(
                message("no-judgement-line"), number, message("write-judgement-line")
            )
        cells = dict(zip(COLUMNS, line.split(), strict=True))
        if cells["grade"].startswith("-"):
            cells["grade"] = "0"
        yield number, [cells[name] for name in wanted]


QRELS = FileFormat("qrels", _columns, _rows, _rows)
