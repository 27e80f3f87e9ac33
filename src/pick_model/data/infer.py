"""From data to the task that it is of: each key of a profile with what it rests on."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any

from pick_model.data.dataset import Dataset
from pick_model.data.formats import FORMATS
from pick_model.data.guess import guess
from pick_model.data.look import Look, Purpose, holds_prose, look_at
from pick_model.data.media import media_set
from pick_model.data.media_tables import holds_media, media_of
from pick_model.data.peek import filled
from pick_model.data.purposes import of_unlabelled, purpose_of
from pick_model.data.read import read_dataset
from pick_model.data.source import find_source
from pick_model.data.told_keys import input_tokens, languages, name_of, of_media, of_rows
from pick_model.data.training_file import training_file
from pick_model.documents.init_report import Guess
from pick_model.errors import InputError
from pick_model.vocabulary.tasks import (
    EMBEDDING,
    RECOMMENDING,
    SEARCHING,
    TASKS,
    TRAINABLE,
    TRANSFORMING,
)
from pick_model.words.message import Message
from pick_model.words.say import message

# Errors that say that no column is called a label, or that what is called so is none.
NO_LABEL = ("no-label-column", "one-column", "labels-count-rows")
OF_LABELS = frozenset({"task", "label_kind", "n_labels", "metric"})
A_SENTENCE = 2  # spaces that half of a column's cells have where they are sentences; by hand
LOOKED = 200  # rows that are looked at for it


def infer(
    path: Path, *, seed: int = 0, reading: Mapping[str, Any] | None = None
) -> tuple[Guess, ...]:
    """What a file, or a folder of files or of classes, says of its task.

    reading: columns and kinds that the user names, as `read_dataset` takes them. Raises InputError
    where it is no data, or none that is understood.
    """
    named = {name: value for name, value in (reading or {}).items() if value is not None}
    if path.is_dir():
        media = media_set(path) if holds_media(path) else None
        if media is not None:
            return tuple(of_media(path, media))
        path = training_file(path)
    look = None
    if not named.keys() - {"label", "names"}:
        look = look_at(find_source(path, tuple(FORMATS), named.get("names")))
    told = None if look is None else purpose_of(look, named.get("label"))
    if look is not None and told is not None:
        return tuple(_of_purpose(path, look, told, seed))
    try:
        rows = read_dataset(path, seed=seed, **named)
    except InputError as fault:
        if look is None or "label" in named:
            raise
        return _otherwise(path, look, fault, seed, named)
    found = _of_read(path, rows, others=named.get("text") is None)
    label = rows.reading.columns.label if rows.reading else ""
    if look is not None and "label" not in named and look.holds_dates(label):
        return _doubted(found, message("init-label-dates", column=label))
    return found


def _of_read(path: Path, rows: Dataset, *, others: bool = True) -> tuple[Guess, ...]:
    """Of labelled rows, be they texts or files. others: tell other columns of texts, too."""
    files = media_of(rows, path.parent)
    if files is not None:
        return tuple(of_media(path, files, table=True))
    texts = _other_texts(path, rows) if others else ()
    if not texts:
        return tuple(of_rows(path, rows))
    columns = rows.reading.columns.text if rows.reading else ""
    why = message("init-other-texts", column=columns, others=texts)
    return tuple(
        guess(one.key, one.value, "likely", why)
        if (one.key, one.sureness) == ("task", "sure")
        else one
        for one in of_rows(path, rows)
    )


def _other_texts(path: Path, rows: Dataset) -> tuple[str, ...]:
    """Columns of a table that hold sentences, too, and are not read."""
    source = find_source(path, tuple(FORMATS))
    if rows.reading is None or rows.kind == "tokens" or source.suffix not in FORMATS:
        return ()
    taken = rows.reading.columns
    columns = FORMATS[source.suffix].columns(source)
    read = {taken.text, taken.text_pair, taken.label}
    rest = [name for name in columns if name not in read]
    if not rest:
        return ()
    cells = [row for _, row in islice(FORMATS[source.suffix].peek(source, rest), LOOKED)]
    found = []
    for place, name in enumerate(rest):
        words = sorted(str(row[place]).count(" ") for row in cells)
        if words and words[len(words) // 2] >= A_SENTENCE:
            found.append(name)
    return tuple(found)


def _otherwise(
    path: Path, look: Look, fault: InputError, seed: int, named: Mapping[str, Any]
) -> tuple[Guess, ...]:
    """Of rows that cannot be read as they are: of those that have a label, of a column whose
    values may be labels, or of texts alone. Raises the fault where there is none of these.
    """
    column, why = _suggested(fault), fault.message
    if why.code == "labels-empty":
        with suppress(InputError):
            rows = read_dataset(path, seed=seed, skip="", **named)
            return tuple(_but_empty(_of_read(path, rows), why))
    elif column is not None and not look.holds_dates(column):
        with suppress(InputError):
            rows = read_dataset(path, seed=seed, label=column, **named)
            if holds_prose(rows.texts[:LOOKED]):
                doubt = message("init-label-presumed", column=column)
                outer = column.partition(".0")[0]
                several = any(isinstance(c, list) and len(c) > 1 for c in look.cells.get(outer, ()))
                if several:
                    doubt = message("init-labels-of-objects", column=outer)
                return _doubted(tuple(of_rows(path, rows)), doubt, leave_open=several)
    unlabelled = why.code in NO_LABEL or not filled(
        look.cells.get(str(why.values.get("label")), "x")
    )
    known = of_unlabelled(look) if unlabelled else None
    if known is None:
        raise fault
    return tuple(_of_purpose(path, look, known, seed))


def _but_empty(found: Sequence[Guess], why: Message) -> Iterator[Guess]:
    """With the rows told that have no label and are not counted."""
    for one in found:
        if one.key == "n_rows":
            n = int(str(why.values["n"]))
            left = message("init-rows-unlabelled", n=n, why=one.why_message)
            yield guess(one.key, one.value, "likely", left)
        else:
            yield one


def _suggested(fault: InputError) -> str | None:
    """The column that an error names as the label's."""
    hint = fault.hint
    if not isinstance(hint, Message) or hint.code != "type":
        return None
    words = shlex.split(str(hint.values.get("command", "")))
    return words[1] if len(words) == 2 and words[0] == "--label" else None


def _doubted(
    found: Sequence[Guess], why: Message, *, leave_open: bool = False
) -> tuple[Guess, ...]:
    """With all that follows from the labels unsure, or open but for the task."""
    return tuple(
        one
        if one.key not in OF_LABELS
        else guess(one.key, None if leave_open and one.key != "task" else one.value, "unsure", why)
        for one in found
    )


def _of_purpose(path: Path, look: Look, told: Purpose, seed: int) -> Iterator[Guess]:
    """Of a table of another kind than labelled texts."""
    yield name_of(path)
    probed = told.task in (*TRAINABLE, *SEARCHING, *RECOMMENDING)
    why = told.why if probed else message("init-not-probed", why=told.why)
    yield guess("task", told.task, told.sureness, why)
    n, texts = look.drawn(told.texts or look.columns[:1], seed)
    if told.languages:
        yield guess("languages", told.languages, told.sureness, told.why)
    elif TASKS[told.task].speaks and told.texts:
        yield languages([text for column in texts for text in column])
    if TASKS[told.task].labelled and told.n_labels is not None:
        counted = message("init-labels", n=told.n_labels)
        yield guess("n_labels", told.n_labels, told.sureness, counted)
    yield guess("n_rows", n, "sure", message("init-rows", source=path.name))
    if told.texts and TASKS[told.task].modality == "text" and n:
        yield input_tokens(_read_by(told.task, texts))


def _read_by(task: str, texts: Sequence[Sequence[str]]) -> Sequence[str]:
    """What a model of the task reads of a row whose columns these are: what it translates or sums
    up, all where it reads them together, else one by one, of which the longest counts.
    """
    if task in TRANSFORMING:
        return texts[0]
    if task in EMBEDDING:
        return [max(row, key=len) for row in zip(*texts, strict=True)]
    return [" ".join(row) for row in zip(*texts, strict=True)]
