"""What to say, and what to type, where a file shows no label, text or sentence column."""

from __future__ import annotations

import itertools
import shlex
from collections.abc import Sequence

from pick_model.data.column_names import LABELS, TEXTS, words
from pick_model.data.headers import missing_header
from pick_model.data.peek import Peek, filled, holds_text, mean_length, n_classes
from pick_model.data.source import DataFile, converted, lines
from pick_model.errors import InputError, nearest, typed
from pick_model.words.message import Message
from pick_model.words.say import message

FOR_SPANS = message("write-spans")
_LINES_LOOKED_AT = 1_000  # set by hand: sentences end long before


def no_label(
    source: DataFile, columns: Sequence[str], free: Sequence[str], peek: Peek, text: str | None
) -> InputError:
    """No column goes by a label's name."""
    error = missing_header(source, columns, peek)
    if error is not None:
        return error
    if len(columns) == 1 and source.suffix in _TABLES:
        return _one_column(source, columns[0])
    chat = _chat(source, columns, peek)
    if chat:
        return source.error(
            message("holds-chats"),
            hint=chat,
        )
    if _spans(columns) or any(_listed_spans(peek[name]) for name in free):
        return source.error(
            message("holds-spans"),
            hint=FOR_SPANS,
        )
    told = message("no-label-column", columns=listed(columns))
    label = _likely_label(free, peek)
    if label is None:
        return source.error(told, hint=message("name-label-column"))
    options = typed("label", label)
    if text is None and "." in label and not any(_is_text(name) for name in columns):
        rest = [name for name in free if name != label and holds_text(peek[name])]
        nested = [name for name in rest if _is_text(name.rsplit(".", 1)[-1])] or rest
        if nested:
            longest = max(nested, key=lambda name: mean_length(peek[name]))
            options = f"{typed('text', longest)} {options}"
    return source.error(told, hint=message("type", command=options))


_TABLES = (".csv", ".tsv", ".tab")


def _one_column(source: DataFile, name: str) -> InputError:
    if source.suffix != ".csv" and any(mark in name for mark in ",;|"):
        return source.error(
            message("no-tab-in-first-line"),
            1,
            message("rename-to", name=source.path.name.replace(source.suffix, ".csv")),
        )
    return source.error(
        message("one-column", name=name[:40]),
        1,
        message("label-column-needed"),
    )


def _is_text(name: str) -> bool:
    return bool({*TEXTS} & {*words(name)})


def _chat(source: DataFile, columns: Sequence[str], peek: Peek) -> Message | None:
    """What takes the last question and its answer, where records are chats: the options that
    name them, or a command where chats differ in length."""
    for says, who in (("content", "role"), ("content.0.text", "role"), ("value", "from")):
        spoken = [
            name
            for name in columns
            if name.endswith(f".{says}") and f"{name[: -len(says)]}{who}" in columns
        ]
        if len(spoken) > 1 and all(len(filled(peek[name])) == len(peek[name]) for name in spoken):
            options = f"{typed('text', spoken[-2])} {typed('label', spoken[-1])}"
            return message("name-messages", options=options)
        if spoken:
            chat, word = spoken[0].split(".")[0], says.split(".")[0]
            part = f'.{word} | if type == "array" then .[0].text else . end'
            last = f"{{text: (.[-2]{part}), label: (.[-1]{part})}}"
            line = converted(source, f"jq -c {shlex.quote(f'.{chat} | {last}')}", "-pairs.jsonl")
            return message("make-of-messages-by", command=line)
    return None


def _listed_spans(cells: Sequence[object]) -> bool:
    """Whether cells are lists of [0, 4, "ORG"]: two places each."""
    spans = [span for cell in cells if isinstance(cell, list) for span in cell]
    return bool(spans) and all(
        isinstance(span, list) and sum(type(part) is int for part in span) == 2 for span in spans
    )


def _spans(columns: Sequence[str]) -> bool:
    ends = {name.rsplit(".", 1)[-1] for name in columns if ".0." in name}
    return bool(ends & {"start", "start_offset", "begin"} and ends & {"end", "end_offset"})


def _likely_label(free: Sequence[str], peek: Peek) -> str | None:
    """The column to propose: of a misspelt name, of one that holds a label's name, or of cells
    that can be classes."""
    close = next((name for word in LABELS[:5] if (name := nearest(word, free))), None)
    if close is not None and ("." in close or len(words(close)) < 2):
        return close
    inside = [name for name in free if {*LABELS} & {*words(name)}]
    classes = {name: n for name in free if (n := n_classes(peek[name])) is not None}
    best = [name for name in inside if name in classes] or sorted(classes, key=lambda n: classes[n])
    if best:
        return best[0]
    if close or inside:
        return close or inside[0]
    rest = [name for name in free if not _is_text(name)]
    return rest[0] if len(rest) == 1 else None


def no_text(
    source: DataFile, rest: Sequence[str], wordy: Sequence[str], peek: Peek, label: str
) -> InputError:
    """No column goes by a text's name, and none is the only one left."""
    if not rest:
        return source.error(
            message("no-column-beside-label", label=label), hint=message("add-text-column")
        )
    error = missing_header(source, [*rest, label], peek) if label in peek else None
    if error is not None:
        return error
    close = next((n for word in TEXTS[:4] if (n := nearest(word, wordy or rest))), None)
    close = close or max(wordy or rest[:1], key=lambda name: mean_length(peek[name]))
    return source.error(
        message("no-text-column", columns=listed(rest)),
        hint=message("type", command=typed("text", close)),
    )


def no_sentence(
    source: DataFile,
    rest: Sequence[str],
    peek: Peek,
    token: str,
    tags: str,
    marked: bool,
) -> InputError:
    """Rows are single tokens, and no column says which belong together."""
    told = message("no-ends-of-sentences", token=token)
    runs = [name for name in rest if _runs(peek[name])]
    if runs:
        return source.error(told, hint=message("type", command=typed("sentence", runs[0])))
    if source.suffix in _TABLES and _blank_lines(source):
        tabs = " | tr , '\\t'" if source.suffix == ".csv" else ""
        line = converted(source, "tail -n +2", ".conll", tabs)
        return source.error(told, hint=message("blank-lines-by", command=line))
    if not marked:
        both = f"{typed('kind', 'single-label')} {typed('text', token)} {typed('label', tags)}"
        return source.error(told, hint=message("words-are-texts", options=both))
    return source.error(told, hint=message("number-sentences"))


def _runs(cells: Sequence[object]) -> bool:
    """Whether a column's cells repeat row after row, or are mostly blank: one for a sentence."""
    there = filled(cells)
    changes = sum(a != b for a, b in itertools.pairwise(there))
    return 0 < len(there) < len(cells) or 0 < changes < len(there) // 2


def _blank_lines(source: DataFile) -> bool:
    return any(
        not line.strip() for _, line in zip(range(_LINES_LOOKED_AT), lines(source), strict=False)
    )


def listed(columns: Sequence[str], most: int = 8) -> str:
    """The first names, for an error."""
    shown = ", ".join(repr(name[:40]) for name in columns[:most])
    return shown + (", …" if len(columns) > most else "")
