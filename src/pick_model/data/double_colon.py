"""MovieLens' own .dat files: fields with :: between, no header, often in Latin-1."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pick_model.data.formats import FORMATS, FileFormat, Row
from pick_model.data.source import MAX_ROW_CHARS, DataFile, chunks
from pick_model.words.say import message

MARK = "::"
# As the READMEs of MovieLens 1M and 10M give them, by the number of fields.
_LAYOUTS = {
    3: ("item", "title", "genres"),  # movies.dat
    4: ("user", "item", "rating", "timestamp"),  # ratings.dat
}


def format_of(source: DataFile) -> FileFormat:
    """The format of a file, a .dat with tabs included, which some sets have with a header."""
    if source.suffix != ".dat":
        return FORMATS[source.suffix]
    line = next(_lines(source), "")
    return _DOUBLE_COLON if MARK in line else FORMATS[".tsv"]


def _lines(source: DataFile) -> Iterator[str]:
    left = b""
    for chunk in chunks(source):
        *whole, left = (left + chunk).split(b"\n")
        yield from map(_decoded, whole)
        if len(left) > MAX_ROW_CHARS:
            raise source.error(
                message("row-too-long", most=MAX_ROW_CHARS), hint=message("one-row-a-line")
            )
    if left:
        yield _decoded(left)


def _decoded(line: bytes) -> str:
    line = line.rstrip(b"\r")
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("latin-1")


def _columns(source: DataFile) -> tuple[str, ...]:
    if source.names is not None:
        return source.names
    fields = next((line.split(MARK) for line in _lines(source) if line.strip()), [])
    if len(fields) not in _LAYOUTS:
        raise source.error(
            message("double-colon-layout", n_fields=len(fields)), 1, message("save-with-header")
        )
    return _LAYOUTS[len(fields)]


def _rows(source: DataFile, wanted: Sequence[str]) -> Iterator[Row]:
    header = _columns(source)
    places = [header.index(name) for name in wanted]
    for number, line in enumerate(_lines(source), start=1):
        if not line.strip():
            continue
        fields = line.split(MARK)
        if len(fields) != len(header):
            raise source.error(
                message("wrong-number-of-fields", n_fields=len(fields), width=len(header)),
                number,
                message("quote-delimiters")
                if len(fields) > len(header)
                else message("field-missing"),
            )
        yield number, [fields[place] for place in places]


_DOUBLE_COLON = FileFormat("dat", _columns, _rows, _rows)
