"""Labels as numbers: the list of label names, and each row's place in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import cast

from pick_model.data.dataset import LabelKind
from pick_model.data.entities import parted
from pick_model.data.files import Source
from pick_model.data.labels import Label, Survey, as_number, parts_of
from pick_model.errors import did_you_mean


def label_space(kind: LabelKind, survey: Survey, tags: Counter[str]) -> tuple[str, ...]:
    """The label names that indices refer to, in a stable order; () for regression.

    Tags that mark spans (B-time, I-time) are completed: each entity type gets every prefix
    that occurs, since a tag that only the evaluation file has is still a tag of that type.
    """
    if kind == "regression":
        return ()
    if kind == "tokens":
        return _ordered(tuple(_completed(tags)))
    if kind == "multi-label":
        return _ordered(tuple(survey.part_counts()))
    return _ordered(tuple(label for label in survey.counts if isinstance(label, str)))


def _completed(tags: Iterable[str]) -> set[str]:
    plain = set(tags)
    spans = [parted(tag) for tag in plain if tag != "O"]
    types = {part[1] for part in spans if part}
    if None in spans or "" in types:
        return plain
    starts = {tag[:2] for tag in plain if tag != "O"}  # "B-", or "B_" as some sets write it
    return plain | {start + name for start in starts for name in types}


def _ordered(labels: Sequence[str]) -> tuple[str, ...]:
    """Sorted: by value when all are whole numbers (2 before 10), else by code point."""
    numbers = [as_number(label) for label in labels]
    if labels and all(number is not None and number.is_integer() for number in numbers):
        return tuple(sorted(labels, key=lambda label: (float(label), label)))
    return tuple(sorted(labels))


def encode_labels(
    source: Source,
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
                f"the label {name[:80]!r} does not occur in the training data",
                row,
                did_you_mean(name, label_names),
            )
        return index[name]

    encoded: list[object] = []
    for row, label in labels:
        if label is None:
            encoded.append(())
        elif kind == "tokens":
            encoded.append(tuple(place(row, tag) for tag in label))
        elif kind == "multi-label":
            encoded.append(tuple(sorted(place(row, part) for part in parts_of(label))))
        elif kind == "regression":
            encoded.append(float(cast(str, label)))  # decide_kind has seen that it is one
        else:
            encoded.append(place(row, cast(str, label)))
    return tuple(encoded)
