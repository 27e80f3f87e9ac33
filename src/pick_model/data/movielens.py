"""MovieLens' own files, which have no header and are often in Latin-1.

.dat          fields with :: between (1M, 10M)
.data, .base  user, item, rating and time with tabs between (100K, whole and split)
.item         fields with | between, of which the last nineteen say 1 for a film's genres (100K)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from pick_model.data.formats import FORMATS, FileFormat, Row
from pick_model.data.labels import as_number
from pick_model.data.source import MAX_ROW_CHARS, DataFile, chunks
from pick_model.words.say import message

MARK = "::"
# As the READMEs of MovieLens 1M and 10M give them, by the number of fields.
_LAYOUTS = {
    3: ("item", "title", "genres"),  # movies.dat
    4: ("user", "item", "rating", "timestamp"),  # ratings.dat
}


SUFFIXES = (".dat", ".data", ".base", ".item")
# The genres of 100K's u.genre, in its order.
_GENRES = (
    *("unknown", "Action", "Adventure", "Animation", "Children's", "Comedy", "Crime"),
    *("Documentary", "Drama", "Fantasy", "Film-Noir", "Horror", "Musical", "Mystery", "Romance"),
    *("Sci-Fi", "Thriller", "War", "Western"),
)
_ABOUT = 5  # fields of a .item before its genres: id, title, two dates and an address


def format_of(source: DataFile) -> FileFormat:
    """The format of a file; one with tabs may have a header, as in some sets."""
    if source.suffix == ".item":
        return _BARS
    if source.suffix not in SUFFIXES:
        return FORMATS[source.suffix]
    line = next(_lines(source), "")
    if MARK in line:
        return _DOUBLE_COLON
    fields = line.split("\t")
    bare = len(fields) == len(_LAYOUTS[4]) and all(as_number(field) is not None for field in fields)
    return _TABS if bare and source.names is None else FORMATS[".tsv"]


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


def _titled(source: DataFile) -> DataFile:
    return replace(source, names=_LAYOUTS[4])


_TABS = FileFormat(
    "tsv",
    lambda _: _LAYOUTS[4],
    lambda source, wanted: FORMATS[".tsv"].rows(_titled(source), wanted),
    lambda source, wanted: FORMATS[".tsv"].peek(_titled(source), wanted),
)


def _films(source: DataFile, wanted: Sequence[str]) -> Iterator[Row]:
    width = _ABOUT + len(_GENRES)
    for number, line in enumerate(_lines(source), start=1):
        if not line.strip():
            continue
        fields = line.split("|")
        if len(fields) != width:
            raise source.error(
                message("wrong-number-of-fields", n_fields=len(fields), width=width),
                number,
                message("save-items-with-header"),
            )
        marked = zip(_GENRES, fields[_ABOUT:], strict=True)
        genres = "|".join(genre for genre, mark in marked if mark.strip() == "1")
        cells = dict(zip(_LAYOUTS[3], (fields[0], fields[1], genres), strict=True))
        yield number, [cells[name] for name in wanted]


_BARS = FileFormat("item", lambda _: _LAYOUTS[3], _films, _films)
