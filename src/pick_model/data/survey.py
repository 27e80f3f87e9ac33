"""The first pass over a file: what its labels are, and whether anything can be learnt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from pick_model.data.dataset import Columns, LabelKind
from pick_model.data.entities import looks_like_tags
from pick_model.data.files import Source
from pick_model.data.labels import MAX_CLASSES, Survey, as_number
from pick_model.data.peek import only_counts
from pick_model.data.records import Record, Records, stratum_label
from pick_model.data.style import SEPARATORS
from pick_model.errors import typed

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
                raise records.source.error(f"more than {MAX_CLASSES:,} different tags", record.row)
        if kept is not None:
            kept.append(record)
            if len(kept) > max_rows:
                kept = None
    return survey, kept


def check_cells(source: Source, survey: FileSurvey, columns: Columns) -> None:
    """Refuse a file without rows, rows without a label, and texts that are none."""
    labels = survey.labels
    if labels.n == 0:
        what = "no rows with tokens" if survey.n_empty_rows else "a header and no rows"
        raise source.error(f"the file holds {what}")
    if labels.n_missing:
        several = labels.n_lists
        raise source.error(
            f"{_rows_have(labels.n_missing)} an empty label or NaN in column {columns.label!r}",
            labels.first["missing"],
            "fill it in or delete the row"
            + (", or write [] for no label" if several else "")
            + f"; to leave such rows out: {typed('skip-label', '')}",
        )
    if survey.n_blank == labels.n or (2 * survey.n_blank > labels.n and "text" in columns.guessed):
        share = "every text" if survey.n_blank == labels.n else f"{survey.n_blank:,} texts"
        raise source.error(
            f"{share} in column {columns.text!r} {'is' if share[0] == 'e' else 'are'} empty",
            survey.first_row,
            "name another column with --text",
        )
    if columns.sentence is not None and 2 * survey.n_single > labels.n > 1:
        raise source.error(
            f"put together by {columns.sentence!r}, {survey.n_single:,} of {labels.n:,} sentences "
            "are one word",
            survey.first_row,
            "sort the rows, so that those of a sentence follow one another, or name another "
            "column with --sentence",
        )
    if "-100" in survey.tags:
        raise source.error(
            "the tag -100 marks pieces that no loss counts, so these are the pieces of a tokenizer",
            survey.first_row,
            "the words and tags that they were made of",
        )
    if survey.tags and survey.counting:
        raise source.error(
            f"the tokens in column {columns.text!r} only count",
            survey.first_row,
            "name the column of the words with --text",
        )
    words = {word for name in labels.names() for word in name.split()}
    if not survey.tags and looks_like_tags(words):
        raise source.error(
            f"the labels in column {columns.label!r} are tags of tokens",
            survey.first_row,
            f"for one tag a token: {typed('kind', 'tokens')} {typed('text', columns.text)} "
            + typed("label", columns.label),
        )
    if not survey.has_words and columns.text_pair is None and not survey.tags:
        raise source.error(
            f"the text column {columns.text!r} holds only numbers",
            survey.first_row,
            "name the text column with --text",
        )


def _rows_have(count: int) -> str:
    return "the row has" if count == 1 else f"{count:,} rows, this one first, have"


def check_labels(
    source: Source, survey: FileSurvey, kind: LabelKind, known: Sequence[str], columns: Columns
) -> None:
    """Refuse training labels that nothing can be learnt from: one class, or too few rows."""
    n, overflowed = survey.labels.n, survey.labels.overflowed
    if kind == "regression":
        if not overflowed and len(survey.labels.counts) == 1:
            raise source.error(f"every row has the same number in column {columns.label!r}")
        if n < 4:
            raise source.error(f"{n} rows are too few", hint="at least 4, better hundreds")
        return
    if overflowed and kind != "tokens":
        raise source.error(
            f"column {columns.label!r} holds more than {MAX_CLASSES:,} different labels",
            hint="is it the label column? name it with --label",
        )
    if len(known) < 2:
        raise source.error(
            f"only one label occurs: {known[0]!r}" if known else "no row has a label",
            hint="a classifier needs examples of two classes or more",
        )
    # A sentence carries several tags, so for tokens it is the tagged tokens that count.
    of_tokens = kind == "tokens"
    units, classes = (survey.tags.total(), len(survey.tags)) if of_tokens else (n, len(known))
    if kind == "multi-label":
        units = survey.labels.part_counts().total()
    if of_tokens and n < 2:
        raise source.error(
            f"its {units:,} tokens are one sentence",
            survey.first_row,
            "put a blank line after each sentence, or name the column that numbers them with "
            "--sentence",
        )
    if units < 2 * classes or n < 2:
        what = "tokens" if of_tokens else "labels" if kind == "multi-label" else "rows"
        raise source.error(
            f"{units:,} {what} are too few for the {classes:,} different labels of column "
            f"{columns.label!r}",
            hint=f"at least {2 * classes:,}, two of each; is it the label column (--label)?"
            + _joined_labels(known),
        )


def _joined_labels(known: Sequence[str]) -> str:
    """A hint for nearly as many labels as rows: they may be sets, joined by a mark."""
    for mark in SEPARATORS:
        if 2 * sum(mark in name for name in known) > len(known):
            return f" If labels are joined by {mark!r}: {typed('label-separator', mark)}"
    return ""
