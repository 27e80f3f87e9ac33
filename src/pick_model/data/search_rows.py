"""Rows of a file of queries, passages or judgements: each cell as what it stands for."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from pick_model.data import trec
from pick_model.data.formats import FORMATS, FileFormat
from pick_model.data.headers import TABLES, repeated
from pick_model.data.labels import as_number
from pick_model.data.scripts import guessed_languages, main_script, script_shares
from pick_model.data.search_columns import Named, columns_for
from pick_model.data.source import DataFile, find_source
from pick_model.vocabulary.languages import canonical_language
from pick_model.words.say import message

# A table of two columns whose first line begins with a number has no header: so MS MARCO has its
# queries and passages.
NO_HEADER = ("id", "text")


class SearchColumns(NamedTuple):
    """A file, how it is read, and the column of each part in it."""

    source: DataFile
    form: FileFormat
    of: dict[str, str]


def opened(
    path: Path, parts: Sequence[str], optional: Sequence[str], named: Named
) -> SearchColumns:
    """A file with the columns of its parts."""
    judges = "query-id" in parts and "passage-id" in parts
    source = find_source(path, (*FORMATS, *trec.SUFFIXES) if judges else tuple(FORMATS))
    if judges and source.suffix != ".parquet" and trec.holds_judgements(source):
        return SearchColumns(source, trec.QRELS, {part: part for part in (*parts, *optional)})
    if source.suffix not in FORMATS:
        raise source.error(message("no-judgement-line"), 1, message("write-judgement-line"))
    form = FORMATS[source.suffix]
    if source.suffix in TABLES and not judges and _begins_with_row(form.columns(source)):
        source = replace(source, names=NO_HEADER)
    if form.name in ("conll", "conllu"):
        raise source.error(message("holds-tagged-tokens"), hint=message("give-table-of-texts"))
    there = form.columns(source)
    twice = repeated(there)
    if twice is not None:
        raise source.error(
            message("columns-of-one-name", name=twice), 1, message("rename-one-column")
        )
    return SearchColumns(source, form, columns_for(source, there, parts, optional, named))


def _begins_with_row(first: Sequence[str]) -> bool:
    """Whether the first line is a row and no header."""
    return len(first) == len(NO_HEADER) and as_number(first[0]) is not None


def rows_of(file: SearchColumns) -> Iterator[tuple[int, dict[str, object]]]:
    """Row number, and the cell of each part."""
    parts = list(file.of)
    # Parts that may lack in a file may lack in a record of it.
    reading = file.form.peek if file.form.name == "jsonl" else file.form.rows
    for row, cells in reading(file.source, [file.of[part] for part in parts]):
        yield row, dict(zip(parts, cells, strict=True))


def text_of(source: DataFile, row: int, cells: Mapping[str, object], part: str) -> str:
    """A cell as text without space around it; nothing for null and NaN."""
    value = cells.get(part)
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, list | tuple | dict | bytes):
        raise source.error(message("search-cell-not-text", part=part), row)
    return str(value).strip()


def id_of(source: DataFile, row: int, cells: Mapping[str, object], part: str) -> str:
    found = text_of(source, row, cells, part)
    if not found:
        raise source.error(message("search-id-missing", part=part), row, message("give-each-an-id"))
    return found


def joined(source: DataFile, row: int, cells: Mapping[str, object]) -> str:
    """A passage behind its title, as BEIR's files are searched."""
    parts = [text_of(source, row, cells, part) for part in ("title", "passage")]
    return " ".join(part for part in parts if part)


def grade_of(source: DataFile, row: int, cells: Mapping[str, object]) -> float:
    """How well a passage answers: 1 where no column says so, 0 for not at all."""
    if "grade" not in cells:
        return 1.0
    told = text_of(source, row, cells, "grade")
    try:
        grade = float(told)
    except ValueError:
        grade = math.nan
    if not 0 <= grade < math.inf:
        raise source.error(message("grade-no-number", told=told[:40]), row, message("write-grade"))
    return grade


def language_of(text: str, told: str, alone: str | None) -> str:
    """The language a column names, or the script gives away; else the script."""
    if told:
        return canonical_language(told) or told
    guessed = guessed_languages(script_shares([text]))
    return guessed[0] if guessed else alone or main_script(text) or "other"
