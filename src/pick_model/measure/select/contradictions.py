"""Where a task profile and the rows beside it say different things.

The prior is of the profile, what is measured of the rows: who mixed up two files is to hear it.
"""

from __future__ import annotations

from collections.abc import Iterator

from pick_model.belief.ways import is_far
from pick_model.data.dataset import Dataset
from pick_model.data.entities import entity_type
from pick_model.data.language import languages_of
from pick_model.documents.task import Task
from pick_model.measure.probe.settings import FULL_PASSES
from pick_model.words.message import Message
from pick_model.words.say import message


def contradictions(
    task: Task, rows: Dataset, *, languages: bool = True, trained: bool = True
) -> list[Message]:
    """What the profile states of its labels, languages, rows and training, and what is measured is
    not like.

    languages: whether to look at those, which takes a second. trained: whether full fine-tunes are
    foretold.
    """
    spoken = _languages(task, rows) if languages else ()
    passes = _passes(task) if trained else ()
    return [*_labels(task, rows), *spoken, *_rows(task, rows), *passes]


def _labels(task: Task, rows: Dataset) -> Iterator[Message]:
    if task.label_kind is not None and rows.kind not in ("tokens", task.label_kind):
        yield message("profile-says-kind", said=task.label_kind, found=rows.kind)
    elif task.n_labels is not None and rows.label_names and task.n_labels not in _counts(rows):
        yield message("profile-says-labels", said=task.n_labels, found=min(_counts(rows)))


def _counts(rows: Dataset) -> set[int]:
    """How many labels there are; of tags, one may count kinds of entities, too."""
    names = rows.label_names
    if rows.kind != "tokens":
        return {len(names)}
    types = {kind for name in names if (kind := entity_type(name)) is not None}
    return {len(names), *({len(types)} if types else ())}


def _languages(task: Task, rows: Dataset) -> Iterator[Message]:
    if not task.languages or rows.modality != "text":
        return
    found = languages_of(rows.texts)
    if found.sure and not set(found.codes) & set(task.languages):
        yield message("profile-says-languages", said=tuple(task.languages), found=found.codes)


def _passes(task: Task) -> Iterator[Message]:
    said = task.training.epochs
    if said is not None and said != FULL_PASSES:
        yield message("profile-says-epochs", said=said, full=FULL_PASSES)


def _rows(task: Task, rows: Dataset) -> Iterator[Message]:
    said, found = task.n_rows, rows.n_total
    if said is not None and is_far(found, said):
        yield message("profile-says-rows", said=said, found=found)
