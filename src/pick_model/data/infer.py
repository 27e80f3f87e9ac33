"""From data to the task that it is of: each key of a profile with what it rests on."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import islice
from math import ceil
from pathlib import Path
from typing import Any

from pick_model.data.advice import IMBALANCE
from pick_model.data.dataset import Dataset
from pick_model.data.entities import entity_type, has_entities
from pick_model.data.formats import FORMATS
from pick_model.data.guess import guess
from pick_model.data.label_kinds import LABEL_KINDS
from pick_model.data.language import languages_of
from pick_model.data.lengths import spread
from pick_model.data.look import Look, Purpose, holds_prose, look_at
from pick_model.data.media import TRAINING, MediaSet, media_set
from pick_model.data.media_tables import holds_media, media_of
from pick_model.data.peek import filled
from pick_model.data.purposes import of_unlabelled, purpose_of
from pick_model.data.read import read_dataset
from pick_model.data.scripts import is_unspaced, script_shares
from pick_model.data.source import find_source
from pick_model.data.training_file import training_file
from pick_model.documents.init_report import Guess, Sureness
from pick_model.errors import InputError
from pick_model.vocabulary.metrics import computed_for
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

# Residues (IUPAC one-letter codes, unknown and stop included) or bases, and nothing else.
SEQUENCE = re.compile(r"[ACDEFGHIKLMNPQRSTVWYXBZUO*]{20,}|[ACGTUN]{20,}")
# Tokens a character, rounded up: MiniLM's pieces are .22 to .26 of the characters of the edited
# English sets of the tests and to .35 of their chats; unspaced scripts have one a character.
TOKENS_A_CHARACTER = 0.25
STEP, MOST_TOKENS = 32, 512
SPECIAL = 3  # what a tokenizer puts around a pair
# Errors that say that no column is called a label, or that what is called so is none.
NO_LABEL = ("no-label-column", "one-column", "labels-count-rows")
OF_LABELS = frozenset({"task", "label_kind", "n_labels", "metric"})
A_SENTENCE = 2  # spaces that half of a column's cells have where they are sentences; by hand
LOOKED = 200  # rows that are looked at for it
USUAL_PIXELS = 224  # what networks pretrained on ImageNet read


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
            return tuple(_of_media(path, media))
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
        return tuple(_of_media(path, files, table=True))
    texts = _other_texts(path, rows) if others else ()
    if not texts:
        return tuple(_of_rows(path, rows))
    columns = rows.reading.columns.text if rows.reading else ""
    why = message("init-other-texts", column=columns, others=texts)
    return tuple(
        guess(one.key, one.value, "likely", why)
        if (one.key, one.sureness) == ("task", "sure")
        else one
        for one in _of_rows(path, rows)
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
                return _doubted(tuple(_of_rows(path, rows)), doubt, leave_open=several)
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
    yield _name(path)
    probed = told.task in (*TRAINABLE, *SEARCHING, *RECOMMENDING)
    why = told.why if probed else message("init-not-probed", why=told.why)
    yield guess("task", told.task, told.sureness, why)
    n, texts = look.drawn(told.texts or look.columns[:1], seed)
    if told.languages:
        yield guess("languages", told.languages, told.sureness, told.why)
    elif TASKS[told.task].speaks and told.texts:
        yield _languages([text for column in texts for text in column])
    if TASKS[told.task].labelled and told.n_labels is not None:
        counted = message("init-labels", n=told.n_labels)
        yield guess("n_labels", told.n_labels, told.sureness, counted)
    yield guess("n_rows", n, "sure", message("init-rows", source=path.name))
    if told.texts and TASKS[told.task].modality == "text" and n:
        yield _tokens(_read_by(told.task, texts))


def _read_by(task: str, texts: Sequence[Sequence[str]]) -> Sequence[str]:
    """What a model of the task reads of a row whose columns these are: what it translates or sums
    up, all where it reads them together, else one by one, of which the longest counts.
    """
    if task in TRANSFORMING:
        return texts[0]
    if task in EMBEDDING:
        return [max(row, key=len) for row in zip(*texts, strict=True)]
    return [" ".join(row) for row in zip(*texts, strict=True)]


def _name(path: Path) -> Guess:
    """A data set goes by its file, or by the folder of a train.csv."""
    stem = path.name.split(".")[0]
    plain = path.resolve().parent.name if stem.lower() in TRAINING else stem
    return _named(plain or stem)


def _named(name: str) -> Guess:
    """A name of a file, which need not be UTF-8, as one that a profile can hold."""
    whole = name.encode("utf-8", "replace").decode("utf-8")
    return guess("name", whole, "likely", message("init-name"))


def _of_rows(path: Path, rows: Dataset) -> Iterator[Guess]:
    """Of labelled texts."""
    why = message("in-words", words=rows.reading.kind_reason if rows.reading else "")
    yield _name(path)
    sequences = _are_sequences(rows.texts)
    yield _task(rows, why, sequences)
    if not sequences:
        yield _languages((*rows.texts, *(rows.pairs or ())))
    if rows.kind != "tokens" and not sequences:
        numbers = all(re.fullmatch(r"[-+]?\d+", name) for name in rows.label_names)
        open_ = rows.kind == "single-label" and numbers and len(rows.label_names) > 2
        doubt = message("init-numbers") if open_ else why
        yield guess("label_kind", rows.kind, "unsure" if open_ else "sure", doubt)
    if rows.pairs is not None:
        columns = rows.reading.columns if rows.reading else None
        named = (columns.text, columns.text_pair or "") if columns else ("", "")
        yield guess("pairs", True, "sure", message("init-pairs", columns=named))
    labels = _labels(rows)
    if labels is not None:
        yield labels
    yield guess("n_rows", rows.n_total, "sure", message("init-rows", source=rows.source))
    pairs = rows.pairs or ("",) * len(rows.texts)
    yield _tokens([one + two for one, two in zip(rows.texts, pairs, strict=True)])
    metric = _metric(rows)
    if metric is not None and not sequences:
        yield metric


def _are_sequences(texts: Sequence[str]) -> bool:
    some = texts[:: max(1, len(texts) // 200)]
    matching = sum(SEQUENCE.fullmatch(text.strip()) is not None for text in some)
    return matching > 0.95 * len(some)


def _task(rows: Dataset, why: Message, sequences: bool) -> Guess:
    if sequences:
        return guess("task", "biosequence-classification", "likely", message("init-sequences"))
    if rows.kind == "tokens":
        return guess("task", "token-classification", "sure", why)
    if rows.kind == "regression" and rows.pairs is not None:
        why = message("init-similarity")
        return guess("task", "text-classification", "unsure", why)
    return guess("task", "text-classification", "sure", why)


def _languages(texts: Sequence[str]) -> Guess:
    found = languages_of(texts)
    if not found.codes:
        return guess("languages", None, "unsure", message("init-no-language"))
    sureness: Sureness = "sure" if found.sure and len(found.codes) == 1 else "unsure"
    if sureness == "unsure" and found.sure:
        sureness = "likely"
    why = message("init-languages", share=found.share, n=found.n_pieces)
    return guess("languages", found.codes, sureness, why)


def _labels(rows: Dataset) -> Guess | None:
    """How many classes, or kinds of spans; a profile takes no number of them below two."""
    if not LABEL_KINDS[rows.kind].named:
        return None
    names = list(rows.label_names)
    if rows.kind == "tokens" and has_entities(names):
        kinds = {entity_type(name) for name in names} - {None}
        why = message("init-spans", n=len(kinds), n_tags=len(names))
        return guess("n_labels", len(kinds) if len(kinds) > 1 else None, "sure", why)
    counted = message("init-labels", n=len(names))
    return guess("n_labels", len(names) if len(names) > 1 else None, "sure", counted)


def _tokens(texts: Sequence[str]) -> Guess:
    lengths = spread(map(len, texts))
    unspaced = is_unspaced(script_shares(texts))
    wanted = lengths.p95 * (1.0 if unspaced else TOKENS_A_CHARACTER) + SPECIAL
    tokens = min(max(STEP, STEP * ceil(wanted / STEP)), MOST_TOKENS)
    if wanted > MOST_TOKENS:
        why = message("init-tokens-cut", characters=lengths.p95)
        return guess("input_tokens", tokens, "unsure", why)
    return guess("input_tokens", tokens, "likely", message("init-tokens", characters=lengths.p95))


def _metric(rows: Dataset) -> Guess | None:
    """The usual metric; one that counts classes alike where they are uneven."""
    kind = LABEL_KINDS[rows.kind].scored_as(rows.label_names)
    usual = computed_for(kind)[0]
    counts = [n for n in LABEL_KINDS[rows.kind].counts(rows.labels, rows.label_names).values() if n]
    if rows.kind == "single-label" and max(counts) >= IMBALANCE * min(counts):
        times = max(counts) / min(counts)
        return guess("metric", "macro_f1", "likely", message("init-uneven", times=times))
    return guess("metric", usual, "likely", message("init-usual", kind=kind))


def _of_media(path: Path, media: MediaSet, *, table: bool = False) -> Iterator[Guess]:
    """Of a folder of classes, or of a table that names files."""
    name = _named(path.resolve().name)
    yield _name(path) if table else name
    why = message("init-folders", n=len(media.counts), kind=media.kind, n_others=media.n_others)
    if table:
        why = message("init-table", kind=media.kind, n_others=media.n_others)
    clean = media.n_others <= 0.01 * sum(media.counts.values())
    yield guess("task", f"{media.kind}-classification", "sure" if clean else "likely", why)
    alone = message("init-one-label" if table else "init-one-folder")
    yield guess("label_kind", "single-label", "sure", alone)
    yield guess("n_labels", len(media.counts), "sure", message("init-labels", n=len(media.counts)))
    rows = sum(media.counts.values())
    counted = message("init-files", folder=media.folder.name)
    if table:
        counted = message("init-rows", source=path.name)
    yield guess("n_rows", rows, "sure", counted)
    if media.kind == "image":
        small = message(
            "init-pixels", side=media.size or 0.0, n=media.n_measured, usual=USUAL_PIXELS
        )
        if media.size is None:
            small = message("init-pixels-unknown", usual=USUAL_PIXELS)
        yield guess("input_pixels", USUAL_PIXELS, "likely", small)
    elif media.size is None:
        yield guess("input_seconds", None, "unsure", message("init-seconds-unknown"))
    else:
        long = message("init-seconds", n=media.n_measured)
        yield guess("input_seconds", round(media.size, 2) or 0.01, "sure", long)
    counts = media.counts.values()
    if max(counts) >= IMBALANCE * min(counts):
        times = max(counts) / min(counts)
        yield guess("metric", "macro_f1", "likely", message("init-uneven", times=times))
    else:
        yield guess("metric", "accuracy", "likely", message("init-usual", kind="single-label"))
