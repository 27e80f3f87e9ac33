"""From data to the task that it is of: each key of a profile with what it rests on."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from math import ceil
from pathlib import Path
from typing import Any

from pick_model.data.advice import IMBALANCE
from pick_model.data.dataset import Dataset
from pick_model.data.entities import entity_type, has_entities
from pick_model.data.formats import FORMATS
from pick_model.data.label_kinds import LABEL_KINDS
from pick_model.data.language import languages_of
from pick_model.data.lengths import character_lengths
from pick_model.data.media import TRAINING, MediaSet, media_set
from pick_model.data.media_tables import holds_media, lone_class, media_of
from pick_model.data.read import read_dataset
from pick_model.data.scripts import is_unspaced, script_shares
from pick_model.data.source import find_source
from pick_model.documents.init_report import Guess, Sureness
from pick_model.errors import InputError, Location
from pick_model.vocabulary.metrics import computed_for
from pick_model.vocabulary.tasks import TASKS
from pick_model.words.message import Message
from pick_model.words.say import message, say

Value = str | int | float | bool | tuple[str, ...] | None

# Columns that tell what a file is for where no label does, by the names that data sets on the Hub
# give them: SQuAD; CNN/DailyMail, XSum and SAMSum; MovieLens and Amazon Reviews; MS MARCO; Alpaca
# and Dolly.
BY_COLUMNS: tuple[tuple[str, tuple[frozenset[str], ...]], ...] = (
    ("question-answering", (frozenset({"question"}), frozenset({"context", "passage"}),
                            frozenset({"answers", "answer", "answer_start"}))),
    ("summarization", (frozenset({"document", "article", "text", "dialogue"}),
                       frozenset({"summary", "highlights"}))),
    ("item-recommendation", (frozenset({"user_id", "user", "userid"}),
                             frozenset({"item_id", "item", "itemid", "movie_id", "movieid",
                                        "product_id", "asin"}))),
    ("text-ranking", (frozenset({"query"}), frozenset({"passage", "document", "positive"}))),
    ("text-generation", (frozenset({"instruction", "prompt"}),
                         frozenset({"output", "response", "completion"}))),
)  # fmt: skip
# Residues (IUPAC one-letter codes, unknown and stop included) or bases, and nothing else.
SEQUENCE = re.compile(r"[ACDEFGHIKLMNPQRSTVWYXBZUO*]{20,}|[ACGTUN]{20,}")
# Tokens a character, rounded up: MiniLM's pieces are .22 to .26 of the characters of the edited
# English sets of the tests and to .35 of their chats; unspaced scripts have one a character.
TOKENS_A_CHARACTER = 0.25
STEP, MOST_TOKENS = 32, 512
SPECIAL = 3  # what a tokenizer puts around a pair
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
    told = None if named else _by_columns(path)
    if told is not None:
        return tuple(told)
    try:
        rows = read_dataset(path, seed=seed, **named)
    except InputError as fault:
        column = None if named else _suggested(fault)
        if column is None:
            raise
        return _presumed(path, column, read_dataset(path, seed=seed, label=column), fault)
    files = media_of(rows, path.parent)
    if files is not None:
        return tuple(_of_media(path, files, table=True))
    others = _other_texts(path, rows) if named.get("text") is None else ()
    if not others:
        return tuple(_of_rows(path, rows))
    columns = rows.reading.columns.text if rows.reading else ""
    why = message("init-other-texts", column=columns, others=others)
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


def _suggested(fault: InputError) -> str | None:
    """The column that an error names as the label's."""
    hint = fault.hint
    if not isinstance(hint, Message) or hint.code != "type":
        return None
    words = shlex.split(str(hint.values.get("command", "")))
    return words[1] if len(words) == 2 and words[0] == "--label" else None


def _presumed(path: Path, column: str, rows: Dataset, fault: InputError) -> tuple[Guess, ...]:
    """Of labels in a column that only its values make likely. Raises the fault where what would be
    the texts are no sentences: then the rows are of another kind.
    """
    spaces = sorted(text.count(" ") for text in rows.texts)
    if not spaces or spaces[len(spaces) // 2] < A_SENTENCE:
        raise fault
    why = message("init-label-presumed", column=column)
    open_ = {"task", "label_kind", "n_labels", "metric"}
    return tuple(
        guess(one.key, one.value, "unsure", why) if one.key in open_ else one
        for one in _of_rows(path, rows)
    )


def training_file(folder: Path) -> Path:
    """The file of a folder that holds the training rows: train.*, else the only one."""
    known = [
        path for path in sorted(folder.iterdir()) if path.is_file() and _suffix(path) in FORMATS
    ]
    train = [path for path in known if path.name.lower().split(".")[0] in TRAINING]
    some = train or known
    if not some:
        alone = lone_class(folder)
        if alone is not None:
            raise InputError(
                message("one-class-folder", name=alone[0], n=alone[1]),
                location=Location(str(folder)),
                hint=message("folder-of-classes-wanted"),
            )
        raise InputError(message("folder-without-data"), location=Location(str(folder)))
    if len({path.name.split(".")[0] for path in some}) > 1:
        names = tuple(path.name for path in some[:8])
        raise InputError(
            message("folder-of-several", names=names),
            location=Location(str(folder)),
            hint=message("name-file-in-folder"),
        )
    return min(some, key=lambda path: list(FORMATS).index(_suffix(path)))


def _suffix(path: Path) -> str:
    name = path.name.lower().removesuffix(".gz")
    return Path(name).suffix


def guess(key: str, value: Value, sureness: Sureness, why: Message) -> Guess:
    """One key of a profile."""
    return Guess(key=key, value=value, sureness=sureness, why=say(why), why_message=why)


def _name(path: Path) -> Guess:
    """A data set goes by its file, or by the folder of a train.csv."""
    stem = path.name.split(".")[0]
    plain = path.resolve().parent.name if stem.lower() in TRAINING else stem
    return guess("name", plain or stem, "likely", message("init-name"))


def _of_rows(path: Path, rows: Dataset) -> Iterator[Guess]:
    """Of labelled texts."""
    why = message("in-words", words=rows.reading.kind_reason if rows.reading else "")
    yield _name(path)
    sequences = _are_sequences(rows.texts)
    yield _task(rows, why, sequences)
    if not sequences:
        yield _languages(rows)
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
    yield _tokens(rows)
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


def _languages(rows: Dataset) -> Guess:
    found = languages_of((*rows.texts, *(rows.pairs or ())))
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


def _tokens(rows: Dataset) -> Guess:
    spread = character_lengths(rows)
    unspaced = is_unspaced(script_shares(rows.texts))
    wanted = spread.p95 * (1.0 if unspaced else TOKENS_A_CHARACTER) + SPECIAL
    tokens = min(max(STEP, STEP * ceil(wanted / STEP)), MOST_TOKENS)
    if wanted > MOST_TOKENS:
        why = message("init-tokens-cut", characters=spread.p95)
        return guess("input_tokens", tokens, "unsure", why)
    return guess("input_tokens", tokens, "likely", message("init-tokens", characters=spread.p95))


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
    name = guess("name", path.resolve().name, "likely", message("init-name"))
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


def _by_columns(path: Path) -> list[Guess] | None:
    """What the columns' names alone give away, where a file has no labels by their names."""
    source = find_source(path, tuple(FORMATS))
    file_format = FORMATS[source.suffix]
    columns = file_format.columns(source)
    names = {name.lower(): name for name in columns}
    if {"label", "labels", "tags", "ner_tags"} & names.keys():
        return None
    for task, roles in BY_COLUMNS:
        parts = [next((names[n] for n in names if n in role), None) for role in roles]
        if None not in parts:
            used = [part for part in parts if part is not None]
            spoken_of = TASKS[task].speaks
            rows = sum(1 for _ in file_format.peek(source, used))
            first = (str(cells[0]) for _, cells in islice(file_format.peek(source, used), 500))
            found = languages_of(list(first))
            why = message("init-columns", columns=tuple(used))
            spoken: Sureness = "likely" if found.sure else "unsure"
            return [
                _name(path),
                guess("task", task, "likely", why),
                *([guess("languages", found.codes or None, spoken, message(
                    "init-languages", share=found.share, n=found.n_pieces))] if spoken_of else []),
                guess("n_rows", rows, "sure", message("init-rows", source=path.name)),
            ]  # fmt: skip
    return None
