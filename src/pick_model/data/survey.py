"""The first pass over a file: what its labels are, and whether anything can be learnt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from pick_model.data.dataset import Columns, LabelKind
from pick_model.data.entities import looks_like_tags
from pick_model.data.label_kinds import LABEL_KINDS
from pick_model.data.labels import MAX_CLASSES, Survey, as_number
from pick_model.data.peek import only_counts
from pick_model.data.records import Record, Records, stratum_label
from pick_model.data.source import DataFile
from pick_model.data.style import SEPARATORS
from pick_model.errors import typed
from pick_model.words.message import Message
from pick_model.words.say import message

_WORD = 40  # characters; the longest words of dictionaries have fewer


@dataclass
class FileSurvey:
    """What one pass over the file finds out."""

    labels: Survey
    tags: Counter[str]  # tokens of each tag, for kind "tokens"
    n_empty_rows: int = 0  # without tokens, passed over
    first_row: int | None = None
    has_words: bool = False  # some text is more than a number
    n_blank: int = 0  # rows with an empty text
    n_single: int = 0  # rows whose text is one word of few letters
    counting: bool = True  # each token is one more than the one before


def survey_file(records: Records, max_rows: int) -> tuple[FileSurvey, list[Record] | None]:
    """Count the labels, and keep the rows themselves as long as they are few enough."""
    survey = FileSurvey(Survey(), Counter())
    kept: list[Record] | None = []
    for record in records:
        survey.first_row = survey.first_row or record.row
        if record.tokens is not None and not record.tokens:
            survey.n_empty_rows += 1
            continue
        text = record.text.strip()
        survey.n_blank += not text
        survey.n_single += 0 < len(text) <= _WORD and len(text.split()) == 1
        if not survey.has_words:
            survey.has_words = bool(text) and as_number(text.replace(",", "")) is None
        if record.tokens is not None:
            survey.counting = survey.counting and only_counts(record.tokens)
        survey.labels.add(
            record.row, record.label if record.tokens is None else stratum_label(record)
        )
        if record.tokens is not None:
            survey.tags.update(record.label or ())
            if len(survey.tags) > MAX_CLASSES:
                raise records.source.error(message("tags-too-many", most=MAX_CLASSES), record.row)
        if kept is not None:
            kept.append(record)
            if len(kept) > max_rows:
                kept = None
    return survey, kept


def check_cells(source: DataFile, survey: FileSurvey, columns: Columns) -> None:
    """Refuse a file without rows, rows without a label, and texts that are none."""
    labels = survey.labels
    if labels.n == 0:
        told = message("no-rows-with-tokens") if survey.n_empty_rows else message("header-only")
        raise source.error(told)
    if labels.n_missing:
        option = typed("skip-label", "")
        raise source.error(
            message("labels-empty", n=labels.n_missing, label=columns.label),
            labels.first["missing"],
            message("fill-in-lists", option=option)
            if labels.n_lists
            else message("fill-in", option=option),
        )
    if survey.n_blank == labels.n or (2 * survey.n_blank > labels.n and "text" in columns.guessed):
        raise source.error(
            message("all-texts-empty", text=columns.text)
            if survey.n_blank == labels.n
            else message("texts-empty", n=survey.n_blank, text=columns.text),
            survey.first_row,
            message("name-another-text"),
        )
    if columns.sentence is not None and 2 * survey.n_single > labels.n > 1:
        raise source.error(
            message(
                "sentences-of-one-word",
                sentence=columns.sentence,
                n_single=survey.n_single,
                n=labels.n,
            ),
            survey.first_row,
            message("sort-by-sentence"),
        )
    if "-100" in survey.tags:
        raise source.error(
            message("tags-of-pieces"),
            survey.first_row,
            message("give-words-and-tags"),
        )
    if survey.tags and survey.counting:
        raise source.error(
            message("tokens-only-count", text=columns.text),
            survey.first_row,
            message("name-column-of-words"),
        )
    words = {word for name in labels.names() for word in name.split()}
    if not survey.tags and looks_like_tags(words):
        parts = ("kind", "tokens"), ("text", columns.text), ("label", columns.label)
        options = " ".join(typed(option, value) for option, value in parts)
        raise source.error(
            message("labels-are-tags", label=columns.label),
            survey.first_row,
            message("tag-a-token-by", options=options),
        )
    if not survey.has_words and columns.text_pair is None and not survey.tags:
        raise source.error(
            message("texts-are-numbers", text=columns.text),
            survey.first_row,
            message("name-text-column"),
        )


def check_labels(
    source: DataFile, survey: FileSurvey, kind: LabelKind, known: Sequence[str], columns: Columns
) -> None:
    """Refuse training labels that nothing can be learnt from: one class, or too few rows."""
    n, overflowed = survey.labels.n, survey.labels.overflowed
    of = LABEL_KINDS[kind]
    if not of.named:
        if not overflowed and len(survey.labels.counts) == 1:
            raise source.error(message("one-number-only", label=columns.label))
        if n < 4:
            raise source.error(message("rows-too-few", n=n), hint=message("give-hundreds"))
        return
    if overflowed and not of.by_word:
        raise source.error(
            message("labels-too-many", label=columns.label, most=MAX_CLASSES),
            hint=message("is-it-the-label-column"),
        )
    if len(known) < 2:
        raise source.error(
            message("one-label-only", label=known[0]) if known else message("no-labels"),
            hint=message("two-classes-needed"),
        )
    units, classes, what = of.evidence(survey.labels, survey.tags, len(known))
    if of.by_word and n < 2:
        raise source.error(
            message("one-sentence-only", units=units),
            survey.first_row,
            message("mark-ends-of-sentences"),
        )
    if units < 2 * classes or n < 2:
        raise source.error(
            message(
                "rows-too-few-for-classes",
                units=units,
                what=what,
                classes=classes,
                label=columns.label,
            ),
            hint=_two_of_each(classes, known),
        )


def _two_of_each(classes: int, known: Sequence[str]) -> Message:
    """A hint for nearly as many labels as rows: they may be sets, joined by a mark."""
    for mark in SEPARATORS:
        if 2 * sum(mark in name for name in known) > len(known):
            option = typed("label-separator", mark)
            return message("two-of-each-or-joined", least=2 * classes, mark=mark, option=option)
    return message("two-of-each", least=2 * classes)
