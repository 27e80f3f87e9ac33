"""What a split or a subset keeps in proportion: classes, label sets, entity types, bins."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from typing import cast

from pick_model.data.dataset import Dataset
from pick_model.data.entities import entity_type

# Quantile bins of a regression target: enough to keep its distribution, few enough that
# a small file has several rows in each.
_BINS = 10
_ROWS_A_BIN = 4


def row_traits(dataset: Dataset) -> list[tuple[str, ...]]:
    """The traits of each row, never none: its class, its labels, the entity types of its
    tokens, or the quantile bin of its number. A row without labels has the trait ""."""
    if dataset.kind == "regression":
        return _bins([float(cast(float, label)) for label in dataset.labels])
    names = dataset.label_names
    if dataset.kind == "single-label":
        return [(names[cast(int, label)],) for label in dataset.labels]
    rows = [cast("tuple[int, ...]", label) for label in dataset.labels]
    if dataset.kind == "multi-label":
        return [tuple(names[index] for index in row) or ("",) for row in rows]
    types = [entity_type(name) for name in names]
    found = [sorted({t for index in row if (t := types[index]) is not None}) for row in rows]
    return [tuple(row) or ("",) for row in found]


def strata(dataset: Dataset) -> list[str]:
    """One trait a row: of several, the one that is rarest in this data set."""
    traits = row_traits(dataset)
    counts = Counter(trait for row in traits for trait in row)
    return [min(row, key=lambda trait: (counts[trait], trait)) for row in traits]


def _bins(values: list[float]) -> list[tuple[str, ...]]:
    """The quantile bin of each value; equal values share a bin."""
    ranked = sorted(values)
    n_bins = max(1, min(_BINS, len(values) // _ROWS_A_BIN))
    edges = sorted({ranked[len(ranked) * i // n_bins] for i in range(1, n_bins)})
    return [(f"{bisect_right(edges, value):02d}",) for value in values]
