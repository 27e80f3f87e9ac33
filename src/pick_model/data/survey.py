"""The first pass over a file: what its labels are, and whether anything can be learnt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from pick_model.data.dataset import Columns, LabelKind
from pick_model.data.files import Source
from pick_model.data.labels import MAX_CLASSES, Survey, as_number
from pick_model.data.records import Record, Records, stratum_label


@dataclass
class FileSurvey:
    """What one pass over the file finds out."""

    labels: Survey
    tags: Counter[str]  # tokens of each tag, for kind "tokens"
    n_empty_rows: int = 0  # without tokens, passed over
    first_row: int | None = None
    has_words: bool = False  # some text is more than a number
    has_text: bool = False


def survey_file(records: Records, max_rows: int) -> tuple[FileSurvey, list[Record] | None]:
    """Count the labels, and keep the rows themselves as long as they are few enough."""
    survey = FileSurvey(Survey(), Counter())
    kept: list[Record] | None = []
    for record in records:
        survey.first_row = survey.first_row or record.row
        if record.tokens is not None and not record.tokens:
            survey.n_empty_rows += 1
            continue
        if not survey.has_words:
            text = record.text.strip()
            survey.has_text = survey.has_text or bool(text)
            survey.has_words = bool(text) and as_number(text.replace(",", "")) is None
        survey.labels.add(record.row, stratum_label(record))
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
        several = labels.n_lists or labels.n_piped
        raise source.error(
            f"{_rows_have(labels.n_missing)} an empty label or NaN in column {columns.label!r}",
            labels.first["missing"],
            "fill it in or delete the row" + (", or write [] for no label" if several else ""),
        )
    if not survey.has_text:
        raise source.error(
            f"every text in column {columns.text!r} is empty",
            survey.first_row,
            "name another column with --text",
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
    if units < 2 * classes or n < 2:
        what = "tokens" if of_tokens else "rows"
        raise source.error(
            f"{units:,} {what} are too few for the {classes:,} different labels of column "
            f"{columns.label!r}",
            hint=f"at least {2 * classes:,}, two of each; is it the label column (--label)?",
        )
