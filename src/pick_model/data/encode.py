"""Labels as numbers: each row's place in the list of label names."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from pick_model.data.dataset import LabelKind
from pick_model.data.label_kinds import LABEL_KINDS
from pick_model.data.labels import Label
from pick_model.data.source import DataFile
from pick_model.errors import did_you_mean
from pick_model.words.say import message


def encode_labels(
    source: DataFile,
    kind: LabelKind,
    labels: Sequence[tuple[int, Label | None]],
    label_names: Sequence[str],
) -> tuple[object, ...]:
    """(row number, label) pairs as the numbers that `Dataset.labels` holds.

    Raises InputError with the row for a label that `label_names` lacks.
    """
    index = {name: place for place, name in enumerate(label_names)}

    def place(row: int, name: str) -> int:
        if name not in index:
            raise source.error(
                message("label-not-in-training", name=name[:80]),
                row,
                did_you_mean(name, label_names),
            )
        return index[name]

    of = LABEL_KINDS[kind]
    return tuple(
        () if label is None else of.encode(label, partial(place, row)) for row, label in labels
    )
