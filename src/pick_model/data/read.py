"""Read a labelled data set from one file, of any size, into a sample of bounded size."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pick_model.data.columns import choose_columns
from pick_model.data.dataset import Dataset, LabelKind, Reading
from pick_model.data.decide import decide_kind
from pick_model.data.encode import encode_labels, label_space
from pick_model.data.files import digest, find_source
from pick_model.data.formats import FORMATS
from pick_model.data.records import Record, Records
from pick_model.data.sample import draw_sample
from pick_model.data.survey import FileSurvey, check_cells, check_labels, survey_file
from pick_model.errors import UsageError, did_you_mean

TASKS = ("text-classification", "token-classification")
KINDS: tuple[LabelKind, ...] = ("single-label", "multi-label", "regression", "tokens")


def file_digest(path: str | Path) -> str:
    """sha256 of a data file's bytes as stored: what `Dataset.digest` of it would be.

    Raises InputError as `read_dataset` does for a file that cannot be opened.
    """
    return digest(find_source(path, tuple(FORMATS)))


def read_dataset(
    path: str | Path,
    *,
    task: str | None = None,
    text: str | None = None,
    text_pair: str | None = None,
    label: str | None = None,
    group: str | None = None,
    kind: LabelKind | None = None,
    label_names: Sequence[str] | None = None,
    names: Sequence[str] | None = None,
    max_rows: int = 50_000,
    seed: int = 0,
) -> Dataset:
    """The labelled rows of a CSV, TSV, JSON lines, Parquet or CoNLL file, also gzipped.

    `task`: "text-classification" or "token-classification" (None: found out from the
    columns); `text`, `text_pair`, `label`, `group`: column names (None: guessed, no group);
    `kind` forces how labels are read; for an evaluation file, give the training data's
    `kind` and `label_names`, so that indices agree; `names`: the column names of a CSV or
    TSV file without a header.

    A file of more than `max_rows` rows is read twice and sampled: classes in proportion,
    at least two rows of each, in file order, the same rows for the same seed. Memory
    follows `max_rows`, not the file. How the file was understood is in `Dataset.reading`.

    Raises InputError with the row for wrong data, UsageError for wrong arguments.
    """
    _check_arguments(task, kind, max_rows)
    source = find_source(path, tuple(FORMATS), names)
    file_format = FORMATS[source.suffix]
    if names is not None and file_format.name not in ("csv", "tsv"):
        raise UsageError(f"{file_format.name} files name their columns themselves")
    of_tokens = task == "token-classification" if task else None
    if kind is not None:
        of_tokens = kind == "tokens"
    if of_tokens is False and file_format.name in ("conll", "conllu"):
        raise source.error("holds tagged tokens", hint="the task for it is token-classification")
    columns, of_tokens = choose_columns(
        source,
        file_format.columns(source),
        text=text,
        text_pair=text_pair,
        label=label,
        group=group,
        tokens=of_tokens,
    )
    if label_names is not None and not label_names:
        label_names = None  # regression has no label names
    records = Records(source, file_format, columns, of_tokens)
    survey, kept = survey_file(records, max_rows)
    check_cells(source, survey, columns)
    if of_tokens:
        kind, why = "tokens", "the rows are tokens with tags"
    else:
        kind, why = decide_kind(source, survey.labels, kind, label_names is not None)
    known = label_space(kind, survey.labels, survey.tags)
    if label_names is None:
        check_labels(source, survey, kind, known, columns)
    if kept is None:
        kept = draw_sample(records, survey, kind, max_rows, seed)
    return _dataset(records, survey, kept, kind, why, tuple(label_names or known))


def _check_arguments(task: str | None, kind: str | None, max_rows: int) -> None:
    if task is not None and task not in TASKS:
        raise UsageError(f"cannot read data for task {task!r}", hint=did_you_mean(task, TASKS))
    if kind is not None and kind not in KINDS:
        raise UsageError(f"unknown kind of label {kind!r}", hint=did_you_mean(kind, KINDS))
    if kind is not None and task is not None and (kind == "tokens") != (task == TASKS[1]):
        raise UsageError(f"labels of kind {kind!r} do not belong to task {task!r}")
    if max_rows < 1:
        raise UsageError(f"max_rows must be at least 1, not {max_rows}")


def _dataset(
    records: Records,
    survey: FileSurvey,
    kept: Sequence[Record],
    kind: LabelKind,
    why: str,
    label_names: tuple[str, ...],
) -> Dataset:
    source, columns = records.source, records.columns
    notes = []
    if survey.n_empty_rows:
        notes.append(f"{survey.n_empty_rows:,} rows without tokens were passed over")
    if len(kept) < survey.labels.n:
        notes.append(f"a sample of {len(kept):,} of {survey.labels.n:,} rows")
    return Dataset(
        kind=kind,
        texts=tuple(record.text for record in kept),
        pairs=None if columns.text_pair is None else tuple(r.pair or "" for r in kept),
        tokens=tuple(r.tokens or () for r in kept) if kind == "tokens" else None,
        labels=encode_labels(source, kind, [(r.row, r.label) for r in kept], label_names),
        label_names=() if kind == "regression" else label_names,
        groups=None if columns.group is None else tuple(r.group or "" for r in kept),
        rows=tuple(record.row for record in kept),
        n_total=survey.labels.n,
        digest=digest(source),
        source=source.path.name,
        reading=Reading(records.format.name, columns, why, tuple(notes)),
    )
