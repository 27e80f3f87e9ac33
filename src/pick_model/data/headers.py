"""When the first row of a table is data: what to say, and which names to give the columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from pick_model.data.column_names import words
from pick_model.data.labels import as_number
from pick_model.data.lists import one_word, tag_cells
from pick_model.data.peek import Peek, filled, holds_text, mean_length, n_classes
from pick_model.data.source import DataFile, converted
from pick_model.errors import InputError, typed
from pick_model.words.say import message

TABLES = (".csv", ".tsv", ".tab")  # other formats write names apart from cells
# The longest names in public tables are questions of surveys; texts are longer on the whole.
_LONGEST_NAME = 60  # characters
_MOST_WORDS = 7
_SENTENCE = 3  # words, by hand; labels mostly have fewer


def missing_header(source: DataFile, header: Sequence[str], peek: Peek | None) -> InputError | None:
    """The error where the first row looks like data; None where it looks like names.

    `peek`: what follows the row; None where names that occur twice forbid to look.
    """
    if source.names is not None or source.suffix not in TABLES or not _is_data(header, peek):
        return None
    if peek is not None and _is_conll(header, peek):
        tabs = " | tr , '\\t'" if source.suffix == ".csv" else ""
        return source.error(
            message("conll-without-header"),
            1,
            message("type", command=converted(source, "cat", ".conll", tabs)),
        )
    if len(header) == 1:
        return None  # no names make two columns of one
    return source.error(
        message("header-is-data"),
        1,
        message("name-columns", options=typed("columns", ",".join(_names(header, peek)))),
    )


def _is_conll(header: Sequence[str], peek: Peek) -> bool:
    token, tag = ([name, *filled(peek[name])] for name in (header[0], header[-1]))
    return len(header) > 1 and all(one_word(cell) for cell in token) and tag_cells(tag)


def _is_data(header: Sequence[str], peek: Peek | None) -> bool:
    if list(header) == [str(place) for place in range(len(header))]:
        return False  # as pandas names columns
    for name in header:
        number = as_number(name)
        if number is not None or len(name) > _LONGEST_NAME or len(words(name)) > _MOST_WORDS:
            return True
        if peek is not None and len(header) > 1 and name and name in _stripped(peek[name]):
            return True
    return False


def _stripped(cells: Sequence[object]) -> set[str]:
    return {str(cell).strip() for cell in cells}


def _names(header: Sequence[str], peek: Peek | None) -> list[str]:
    """label for the column of the fewest classes, text for the longest of the others; source and
    target for two of sentences.
    """
    names = [f"column{place}" for place in range(1, len(header) + 1)]
    if peek is None:
        cells: list[Sequence[object]] = [[name] for name in header]
    else:
        cells = [[name, *peek[name]] for name in header]
    places = range(len(header))
    classes = {place: n for place in places if (n := n_classes(cells[place])) is not None}
    if len(cells) == 2 and not classes and all(map(_are_sentences, cells)):
        return ["source", "target"]
    if not classes:  # too few rows to tell
        classes = {place: len(header[place]) for place in places if header[place]}
    label = min(classes, key=lambda place: (classes[place], mean_length(cells[place])))
    names[label] = "label"
    rest = [p for p in places if p != label and filled(cells[p]) and holds_text(cells[p])]
    if rest:
        names[max(rest, key=lambda place: mean_length(cells[place]))] = "text"
    return names


def _are_sentences(cells: Sequence[object]) -> bool:
    lengths = sorted(len(str(cell).split()) for cell in filled(cells))
    return bool(lengths) and lengths[len(lengths) // 2] >= _SENTENCE and holds_text(filled(cells))


def repeated(header: Sequence[str]) -> str | None:
    """A name that two columns have; several nameless columns are harmless."""
    return next((name for name, n in Counter(header).items() if n > 1 and name), None)
