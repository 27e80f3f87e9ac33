"""What a split or a subset keeps in proportion: classes, label sets, entity types, bins."""

from __future__ import annotations

from collections import Counter

from pick_model.data.dataset import Dataset
from pick_model.data.label_kinds import LABEL_KINDS


def row_traits(dataset: Dataset) -> list[tuple[str, ...]]:
    """The traits of each row, never none: its class, its labels, the entity types of its
    tokens, or the quantile bin of its number. A row without labels has the trait ""."""
    return LABEL_KINDS[dataset.kind].traits(dataset.labels, dataset.label_names)


def strata(dataset: Dataset) -> list[str]:
    """One trait a row: of several, the one that is rarest in this data set."""
    traits = row_traits(dataset)
    counts = Counter(trait for row in traits for trait in row)
    return [min(row, key=lambda trait: (counts[trait], trait)) for row in traits]
