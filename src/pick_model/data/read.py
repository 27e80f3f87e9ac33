"""Read a labelled data set from one file, of any size, into a sample of bounded size."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from unicodedata import category, normalize

from pick_model.data.choose_kind import decide_kind
from pick_model.data.class_folders import FILE, FOLDERS, LABEL, folder_source
from pick_model.data.columns import Named, choose_columns
from pick_model.data.conll import conll_notes
from pick_model.data.dataset import Columns, Dataset, LabelKind, Modality, Reading
from pick_model.data.encode import encode_labels
from pick_model.data.entities import has_entities
from pick_model.data.files_as_rows import TASKS as MEDIA_TASKS
from pick_model.data.files_as_rows import column_of_files, with_files
from pick_model.data.formats import FORMATS
from pick_model.data.headers import missing_header, repeated
from pick_model.data.interaction_columns import holds_interactions
from pick_model.data.label_kinds import LABEL_KINDS
from pick_model.data.labels import as_number
from pick_model.data.media import ClassFiles, class_files
from pick_model.data.peek import peek
from pick_model.data.records import Record, Records
from pick_model.data.sample import draw_sample
from pick_model.data.source import DataFile, digest, find_source
from pick_model.data.style import decide_spelling
from pick_model.data.survey import FileSurvey, check_cells, check_labels, survey_file
from pick_model.errors import UsageError, did_you_mean
from pick_model.words.message import Message
from pick_model.words.say import message

TOKENS_TASK = "token-classification"
TEXT_TASKS = ("text-classification", TOKENS_TASK)
TASKS = (*TEXT_TASKS, *MEDIA_TASKS)
FOLDERS_NAMED = 5  # that a note names
FILES_NAMED = 3  # that a note names; set by hand: who sorts files needs an example


def file_digest(path: str | Path) -> str:
    """sha256 of a data file's bytes as stored: what `Dataset.digest` of it would be.

    Raises InputError as `read_dataset` does for a file that cannot be opened.
    """
    path = Path(path)
    return digest(folder_source(path) if path.is_dir() else find_source(path, tuple(FORMATS)))


def read_dataset(
    path: str | Path,
    *,
    task: str | None = None,
    text: str | None = None,
    text_pair: str | None = None,
    label: str | None = None,
    group: str | None = None,
    sentence: str | None = None,
    kind: LabelKind | None = None,
    separator: str | None = None,
    skip: str | None = None,
    label_names: Sequence[str] | None = None,
    names: Sequence[str] | None = None,
    like: Dataset | None = None,
    max_rows: int = 50_000,
    seed: int = 0,
) -> Dataset:
    """The labelled rows of a CSV, TSV, JSON lines, Parquet or CoNLL file, also gzipped, or of a
    folder of images or sounds with a folder a class.

    `task`: one of TASKS (None: found out from the columns; a column of paths to images or
    sounds is one of files, see `with_files`); `text`, `text_pair`, `label`, `group`: column
    names (None: guessed, no group), of `label` also several columns of 0 and 1, joined by
    commas; `sentence`: the column that rows of one sentence share, where each row is a token;
    `kind` forces how labels are read, `separator` what stands between the labels of a row; rows
    labelled `skip` ("": not labelled) are left out; `names`: the column names of a CSV or TSV
    file without a header.
    For an evaluation file give the training data as `like`, so that it is read alike and
    indices agree; or its `kind` and `label_names`.

    A file of more than `max_rows` rows is read twice and sampled: classes in proportion,
    at least two rows of each, in file order, the same rows for the same seed. Memory
    follows `max_rows`, not the file. How the file was understood is in `Dataset.reading`.

    Raises InputError with the row for wrong data, UsageError for wrong arguments.
    """
    if like is not None:
        kind, label_names = like.kind, like.label_names
    if separator == "":
        raise UsageError(message("separator-empty"), hint=message("give-separator"))
    _check_arguments(task, kind, max_rows)
    path, wanted = Path(path), MEDIA_TASKS.get(task or "")
    of_folder = path.is_dir()
    source = folder_source(path) if of_folder else find_source(path, tuple(FORMATS), names)
    file_format = FOLDERS if of_folder else FORMATS[source.suffix]
    if of_folder:
        kind = kind or "single-label"
        _check_folder(source, task)
    if names is not None and file_format.name not in ("csv", "tsv"):
        raise UsageError(message("format-names-columns", name=file_format.name))
    of_tokens = task == TOKENS_TASK if task else (False if of_folder else None)
    if kind is not None:
        of_tokens = LABEL_KINDS[kind].by_word
    of_conll = file_format.name in ("conll", "conllu")
    if of_tokens is False and of_conll:
        raise source.error(
            message("holds-tagged-tokens"), hint=message("task-is-token-classification")
        )
    there = file_format.columns(source)
    _check_names(source, there)
    named = Named(text, text_pair, label, group, sentence)
    if like is not None and like.reading is not None:
        named = _as_before(named, like.reading.columns, there)
    if text is None and label is None and (who := holds_interactions(there)):
        raise source.error(
            message("holds-interactions", user=who[0], item=who[1]), hint=message("name-items")
        )
    cells = dict.fromkeys(there, ()) if of_conll else peek(source, file_format, there)
    if task in (None, *MEDIA_TASKS) and not of_conll:
        named = _of_files(source, named, cells, wanted)
    choice = choose_columns(source, there, cells, named, of_conll or of_tokens)
    columns = choice.columns
    if like is not None and (columns.text_pair is None) != (like.pairs is None):
        one, two = ("one text", "pairs") if columns.text_pair is None else ("pairs", "one text")
        raise source.error(
            message("pairs-differ-from-training", one=one, two=two),
            hint=message("name-pair-columns"),
        )
    notes = choice.notes
    if of_folder:
        notes += _left_out(source)
    if of_conll:
        notes += conll_notes(source, (columns.text, columns.label))
    if label_names is not None and not label_names:
        label_names = None  # regression has no label names
    records = Records(source, file_format, columns, choice.of_tokens)
    survey, kept = survey_file(records, max_rows)
    why: Message | None = None
    if not choice.of_tokens:
        spelling = decide_spelling(
            source,
            survey.labels,
            kind,
            separator=separator,
            skip=skip,
            names=label_names,
            pairs=columns.text_pair is not None,
            indicators=bool(columns.indicators),
        )
        notes, why, kind = notes + spelling.notes, spelling.why, kind or spelling.kind
        if spelling.style != records.style:
            records = replace(records, style=spelling.style)
            survey, kept = survey_file(records, max_rows)
    check_cells(source, survey, columns)
    if choice.of_tokens:
        kind, why = "tokens", message("rows-have-tags")
        if "o" in {tag.lower() for tag in survey.tags} and not has_entities(sorted(survey.tags)):
            notes += (message("no-tags-of-spans"),)
        if all(as_number(tag) is not None for tag in survey.tags):
            notes += (message("tags-without-names"),)
    else:
        kind, decided = decide_kind(source, survey.labels, kind, label_names is not None)
        why = message("folder-a-class") if of_folder else why or decided
    known = LABEL_KINDS[kind].space(survey.labels, survey.tags)
    if label_names is None:
        check_labels(source, survey, kind, known, columns)
        notes += _about_names(known)
    if kept is None:
        kept = draw_sample(records, survey, kind, max_rows, seed)
    rows = _dataset(records, survey, kept, kind, why, tuple(label_names or known), notes)
    return rows if task in TEXT_TASKS else with_files(rows, source, wanted)


def _of_files(
    source: DataFile, named: Named, cells: Mapping[str, Sequence[object]], wanted: Modality | None
) -> Named:
    """With the column of files as the text, where there is one and no other is named."""
    if named.text is not None:
        return named
    if source.path.is_dir():
        return replace(named, text=FILE, label=LABEL)
    found = column_of_files(cells, wanted)
    if found is None and wanted is not None:
        raise source.error(
            message("no-column-of-files", kind=wanted, columns=tuple(cells)),
            hint=message("name-column-of-files"),
        )
    return named if found is None else replace(named, text=found)


def _check_folder(source: DataFile, task: str | None) -> None:
    """Refuse a folder of images for a task of texts or sounds."""
    found = class_files(source.path)
    fit = next(name for name, modality in MEDIA_TASKS.items() if modality == found.kind)
    if task not in (None, fit):
        n = sum(len(files) for files in found.files.values())
        raise source.error(
            message("folder-of-media", n=n, kind=found.kind, classes=len(found.files), task=task),
            hint=message("task-is", task=fit),
        )
    if len(found.files) == 1 and found.without:
        raise source.error(
            message("one-class-of-files", name=next(iter(found.files)), kind=found.kind),
            hint=_without(found),
        )


def _left_out(source: DataFile) -> tuple[Message, ...]:
    """Sounds among images, or images among sounds, are not read, nor what is neither or lies in
    no class; folders without any are none.
    """
    found, told = class_files(source.path), []
    if found.n_other_kind:
        other = "audio" if found.kind == "image" else "image"
        told.append(
            message("files-of-other-kind", n=found.n_other_kind, kind=other, read=found.kind)
        )
    if found.unknown:
        n = len(found.unknown)
        told.append(message("files-of-no-kind", n=n, files=_first_files(found.unknown)))
    if found.loose:
        n = len(found.loose)
        told.append(message("files-of-no-class", n=n, files=_first_files(found.loose)))
    if found.without:
        told.append(_without(found))
    return tuple(told)


def _first_files(names: Sequence[str]) -> Message:
    first = tuple(names[:FILES_NAMED])
    return message("first-files", files=first, more=len(names) - len(first))


def _without(found: ClassFiles) -> Message:
    names = found.without[:FOLDERS_NAMED]
    more = len(found.without) - len(names)
    return message(
        "folders-without-files", kind=found.kind, names=names, more=more, n=len(found.without)
    )


def _check_names(source: DataFile, columns: Sequence[str]) -> None:
    """Refuse columns of one name."""
    name = repeated(columns)
    if name is not None:
        row = 1 if source.suffix in (".csv", ".tsv", ".tab") else None
        raise missing_header(source, columns, None) or source.error(
            message("columns-of-one-name", name=name), row, message("rename-one-column")
        )


def _as_before(named: Named, before: Columns, there: Sequence[str]) -> Named:
    """The columns of the training file, where nobody named others and the file has them."""
    found = {
        part: own if own is not None or (name := getattr(before, part)) not in there else name
        for part, own in named.__dict__.items()
    }
    if named.label is None and before.indicators:
        found["label"] = before.label
    return Named(**found)


def _about_names(known: Sequence[str]) -> tuple[Message, ...]:
    """What to say of labels that look the same, or but for their case."""
    first: dict[str, str] = {}
    for name in known:
        seen = "".join(c for c in normalize("NFKC", name) if category(c) != "Cf").casefold()
        other = first.setdefault(seen, name)
        if other.casefold() == name.casefold() and other != name:
            return (message("labels-differ-in-case", one=other, other=name),)
        if other != name:
            return (message("labels-look-alike", one=other, other=name),)
    return ()


def _check_arguments(task: str | None, kind: str | None, max_rows: int) -> None:
    if task is not None and task not in TASKS:
        raise UsageError(message("task-without-data", task=task), hint=did_you_mean(task, TASKS))
    if kind is not None and kind not in LABEL_KINDS:
        raise UsageError(
            message("unknown-label-kind", kind=kind), hint=did_you_mean(kind, LABEL_KINDS)
        )
    of_tokens = task == TOKENS_TASK
    if kind is not None and task is not None and LABEL_KINDS[kind].by_word != of_tokens:
        raise UsageError(message("label-kind-not-of-task", kind=kind, task=task))
    if max_rows < 1:
        raise UsageError(message("max-rows-below-one", max_rows=max_rows))


def _dataset(
    records: Records,
    survey: FileSurvey,
    kept: Sequence[Record],
    kind: LabelKind,
    why: Message,
    label_names: tuple[str, ...],
    assumed: tuple[Message, ...],
) -> Dataset:
    source, columns, of = records.source, records.columns, LABEL_KINDS[kind]
    notes = list(assumed)
    if survey.n_empty_rows:
        notes.append(message("rows-without-tokens", n=survey.n_empty_rows))
    if len(kept) < survey.labels.n:
        notes.append(message("a-sample", n=len(kept), all=survey.labels.n))
    return Dataset(
        kind=kind,
        texts=tuple(record.text for record in kept),
        pairs=None if columns.text_pair is None else tuple(r.pair or "" for r in kept),
        tokens=tuple(r.tokens or () for r in kept) if of.by_word else None,
        labels=encode_labels(source, kind, [(r.row, r.label) for r in kept], label_names),
        label_names=label_names if of.named else (),
        groups=None if columns.group is None else tuple(r.group or "" for r in kept),
        rows=tuple(record.row for record in kept),
        n_total=survey.labels.n,
        digest=digest(source),
        source=source.path.name,
        reading=Reading(records.format.name, columns, why, tuple(notes)),
    )
