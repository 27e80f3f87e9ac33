"""The file formats: each gives its column names, and its rows one at a time."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from operator import itemgetter

from pick_model.data.conll import conll_columns, conll_rows
from pick_model.data.json_shapes import array, refuse_all_in_one
from pick_model.data.parquet import parquet_columns, parquet_rows
from pick_model.data.source import MAX_ROW_CHARS, DataFile, converted, lines
from pick_model.words.say import message

Row = tuple[int, Sequence[object]]  # row number, the cells of the wanted columns
_DELIMITERS = ",;\t|"
_SEP_LINE = re.compile(r'"?sep=(.)"?\s*', re.I)  # Excel's own way of naming the delimiter
_MARKDOWN = re.compile(r"\|.*\|")
_PEEKED_RECORDS = 100  # JSON records whose keys together are the columns
_NESTED_DEPTH = 6  # Label Studio's annotations.0.result.0.value.choices
_NESTED_ITEMS = 4  # of a list of objects


@dataclass(frozen=True)
class FileFormat:
    """How to read one format. The functions raise InputError with the row.

    `columns(source)`: the column names.
    `rows(source, wanted)`: row number and the cells of the wanted columns, streaming.
    `peek(source, wanted)`: the same, for a look: None where a record lacks a column.
    """

    name: str
    columns: Callable[[DataFile], tuple[str, ...]]
    rows: Callable[[DataFile, Sequence[str]], Iterator[Row]]
    peek: Callable[[DataFile, Sequence[str]], Iterator[Row]]


def _csv_columns(source: DataFile) -> tuple[str, ...]:
    if source.names is not None:
        return source.names
    for _, header in _csv_records(source):
        return tuple(name.strip() for name in header)
    raise source.error(message("no-header-no-rows"))


def _csv_rows(source: DataFile, wanted: Sequence[str]) -> Iterator[Row]:
    return _table_rows(source, _csv_records(source), wanted)


def _csv_records(source: DataFile) -> Iterator[tuple[int, list[str]]]:
    """Records of RFC 4180, with the line each begins on; blank lines are passed over.

    The delimiter is the one that Excel's "sep=;" line names, else the one of comma, semicolon,
    tab and bar that the first line has most of.
    """
    text = lines(source)
    first = next(text, "")
    skipped = 0
    second = ""
    if (named := _SEP_LINE.fullmatch(first)) is not None:
        delimiter, first, skipped = named[1], next(text, ""), 1
    else:
        second = next(text, "")
        delimiter = _delimiter(source, first, second)
    if _MARKDOWN.fullmatch(first.strip()):
        bars = "sed -E '2d; s/^ *\\| *//; s/ *\\| *$//; s/ *\\| */|/g'"
        line = converted(source, bars, "-table.csv")
        raise source.error(message("is-markdown-table"), 1 + skipped, message("type", command=line))
    limit = csv.field_size_limit(MAX_ROW_CHARS)
    reader = csv.reader(
        _chained(first, second, text),
        delimiter=delimiter,
        skipinitialspace=delimiter + " " in first,
        strict=True,
    )
    start = 1 + skipped
    try:
        for record in reader:
            if len(record) > 1 or (record and record[0].strip()):
                yield start, record
            start = reader.line_num + 1 + skipped
    except csv.Error as error:
        raise _csv_error(source, str(error), start, reader.line_num + skipped) from error
    finally:
        csv.field_size_limit(limit)


def _delimiter(source: DataFile, first: str, second: str) -> str:
    """Of names given, the delimiter that makes as many fields; of equals the one that the
    second line has too; max keeps the first of equals."""
    width = len(source.names or ())

    def fits(delimiter: str) -> tuple[bool, int, bool]:
        count = first.count(delimiter)
        return count > 0 and count + 1 == width, count, delimiter in second

    return max(_DELIMITERS, key=fits)


def _chained(first: str, second: str, rest: Iterator[str]) -> Iterator[str]:
    yield from filter(None, (first, second))
    yield from rest


def _csv_error(source: DataFile, error: str, start: int, stopped: int) -> Exception:
    """What Python's csv module means, in the user's words."""
    beyond = stopped > start
    if "new-line" in error:
        return source.error(message("lone-carriage-return"), start, message("save-with-lf"))
    if "unexpected end" in error or "limit" in error:
        never = message("quote-never-closed")
        return source.error(
            message("stopped-at", what=never, line=stopped) if beyond else never,
            start,
            message("close-the-quote"),
        )
    broken = message("broken-quoting")
    return source.error(
        message("stopped-at", what=broken, line=stopped) if beyond else broken,
        start,
        message("quote-whole-field"),
    )


def _tsv_columns(source: DataFile) -> tuple[str, ...]:
    if source.names is not None:
        return source.names
    for _, header in _tsv_records(source):
        return tuple(name.strip() for name in header)
    raise source.error(message("no-header-no-rows"))


def _tsv_rows(source: DataFile, wanted: Sequence[str]) -> Iterator[Row]:
    return _table_rows(source, _tsv_records(source), wanted)


def _tsv_records(source: DataFile) -> Iterator[tuple[int, list[str]]]:
    """One row a line. A quote is plain text, as most published TSV files have it, unless a
    field is quoted as a spreadsheet would: at both ends, each quote inside doubled."""
    for number, line in enumerate(lines(source), start=1):
        line = line.rstrip("\r\n")
        if line.strip() and not (number == 1 and _SEP_LINE.fullmatch(line)):
            fields = line.split("\t")
            yield number, [_unquoted(f) for f in fields] if '"' in line else fields


def _unquoted(field: str) -> str:
    if len(field) >= 2 and field[0] == field[-1] == '"':
        inner = field[1:-1].replace('""', "\0")  # no line holds a NUL: `lines` refuses it
        if '"' not in inner:
            return inner.replace("\0", '"')
    return field


def _table_rows(
    source: DataFile,
    records: Iterator[tuple[int, list[str]]],
    wanted: Sequence[str],
) -> Iterator[Row]:
    """The wanted cells of each record that has as many fields as the header."""
    header = source.names or tuple(name.strip() for name in next(records)[1])
    width = len(header)
    pick = itemgetter(*(header.index(name) for name in wanted))
    single = len(wanted) == 1
    for number, record in records:
        if width == 1 < len(record):
            raise source.error(
                message("first-line-no-header", number=number, n_fields=len(record)),
                1,
                message(
                    "type",
                    command=converted(source, f"tail -n +{number}", f"-table{source.suffix}"),
                ),
            )
        if len(record) != width:
            raise source.error(
                message("wrong-number-of-fields", n_fields=len(record), width=width),
                number,
                message("quote-delimiters") if len(record) > width else message("field-missing"),
            )
        yield number, (pick(record),) if single else pick(record)


def _json_columns(source: DataFile) -> tuple[str, ...]:
    """The keys of the first records, in order of appearance; then the paths of what is nested
    in them ("data.text", "messages.0.content")."""
    seen: dict[str, None] = {}
    nested: dict[str, None] = {}
    records = list(islice(_json_records(source), _PEEKED_RECORDS))
    if len(records) == 1:
        refuse_all_in_one(source, records[0][1])
    for _, record in records:
        seen.update(dict.fromkeys(record))
        for key, value in record.items():
            nested.update(dict.fromkeys(_paths(key, value)))
    if not seen:
        raise source.error(message("no-records"))
    return (*seen, *(path for path in nested if path not in seen))


def _paths(path: str, value: object, depth: int = 0) -> Iterator[str]:
    """The paths of what an object, or a list of objects, holds; none of a plain value."""
    if isinstance(value, dict):
        inside: Iterable[tuple[object, object]] = value.items()
    elif isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
        inside = enumerate(value[:_NESTED_ITEMS])
    else:
        if depth:
            yield path
        return
    if depth < _NESTED_DEPTH:
        for key, item in inside:
            yield from _paths(f"{path}.{key}", item, depth + 1)


def _reach(record: dict[str, object], name: str) -> object:
    """The value under a key, or along a path. Raises KeyError where there is none."""
    if name in record:
        return record[name]
    value: object = record
    for step in name.split("."):
        if isinstance(value, dict) and step in value:
            value = value[step]
        elif isinstance(value, list) and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        else:
            raise KeyError(name)
    return value


def _json_rows(source: DataFile, wanted: Sequence[str]) -> Iterator[Row]:
    for number, record in _json_records(source):
        try:
            yield number, [_reach(record, name) for name in wanted]
        except KeyError as error:
            raise source.error(
                message("key-not-in-record", key=error.args[0]), number, message("write-null")
            ) from error


def _json_peek(source: DataFile, wanted: Sequence[str]) -> Iterator[Row]:
    for number, record in _json_records(source):
        cells: list[object] = []
        for name in wanted:
            try:
                cells.append(_reach(record, name))
            except KeyError:
                cells.append(None)
        yield number, cells


def _json_records(source: DataFile) -> Iterator[tuple[int, dict[str, object]]]:
    for number, line in enumerate(lines(source), start=1):
        line = line.strip()
        if not line:
            continue
        if number == 1 and line.startswith("["):
            raise array(source, line)
        try:
            record = json.loads(line)
        except json.JSONDecodeError as error:
            joined = error.msg == "Extra data" and line[error.pos : error.pos + 1] == "{"
            whole = number == 1 and (line == "{" or joined)
            raise source.error(
                message("json-invalid", reason=error.msg, position=error.pos + 1),
                number,
                message("one-object-a-line-by", command=converted(source, "jq -c .", ".jsonl"))
                if whole
                else message("one-complete-object-a-line"),
            ) from error
        except (ValueError, RecursionError) as error:  # absurd integers, absurd nesting
            raise source.error(message("json-unusable", reason=str(error)), number) from error
        if not isinstance(record, dict):
            raise source.error(message("not-a-json-object"), number, message("write-json-object"))
        if "\\ud" in line.lower():
            _refuse_surrogates(source, number, record)
        yield number, record


def _refuse_surrogates(source: DataFile, row: int, record: dict[str, object]) -> None:
    """JSON can spell half a character (\\ud800 alone), which no tokenizer takes."""
    try:
        json.dumps(record, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise source.error(
            message("half-a-surrogate-pair"), row, message("write-the-character")
        ) from error


_CSV = FileFormat("csv", _csv_columns, _csv_rows, _csv_rows)
_TSV = FileFormat("tsv", _tsv_columns, _tsv_rows, _tsv_rows)
_JSONL = FileFormat("jsonl", _json_columns, _json_rows, _json_peek)
_CONLL = FileFormat("conll", conll_columns, conll_rows, conll_rows)

FORMATS: dict[str, FileFormat] = {
    ".csv": _CSV,
    ".tsv": _TSV,
    ".tab": _TSV,
    ".jsonl": _JSONL,
    ".ndjson": _JSONL,
    ".json": _JSONL,
    ".parquet": FileFormat("parquet", parquet_columns, parquet_rows, parquet_rows),
    ".conll": _CONLL,
    ".iob": _CONLL,
    ".iob2": _CONLL,
    ".bio": _CONLL,
    ".conllu": FileFormat("conllu", conll_columns, conll_rows, conll_rows),
}
