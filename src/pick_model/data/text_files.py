"""What a file that is only called text holds, told by its first lines."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence

LOOKED = 100  # lines; sentences of CoNLL end long before
# By hand: CoNLL's lines have a word and a few columns, and blank lines between sentences.
MOST_FIELDS, SHORT = 10, 60
_HEADER = re.compile(r"\w+(,\w+)+|\w+(;\w+)+|\w+(\|\w+)+")  # text,label
_ONE_A_LINE = ".txt"


def suffix_of(lines: Sequence[str]) -> str:
    """The suffix that tells the format of some first lines; .txt where they are plain texts."""
    told = [line for line in lines if line.strip()]
    if not told:
        return _ONE_A_LINE
    if told[0].lstrip().startswith("{"):
        return ".jsonl"
    if len(told) < len(lines) and _is_conll(told):
        return ".conll"
    if all("\t" in line for line in told):
        return ".tsv"
    if _HEADER.fullmatch(told[0].strip()):
        return ".csv"
    for mark in ",;|":
        widths = {len(row) for row in csv.reader(told, delimiter=mark)}
        if len(widths) == 1 and widths.pop() > 1:
            return ".csv"
    return _ONE_A_LINE


def _is_conll(lines: Sequence[str]) -> bool:
    """Whether lines are words with their tags."""
    fields = {len(line.split()) for line in lines}
    return len(fields) == 1 and 2 <= fields.pop() <= MOST_FIELDS and max(map(len, lines)) <= SHORT
