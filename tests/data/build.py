"""Small data sets made of labels alone, and the types of the fixtures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pick_model.data.dataset import Dataset, LabelKind

Write = Callable[[str, "str | bytes"], Path]
Load = Callable[[str], "tuple[Dataset, Dataset]"]


def dataset(
    labels: list[object],
    *,
    kind: LabelKind = "single-label",
    texts: list[str] | None = None,
    pairs: list[str] | None = None,
    groups: list[str] | None = None,
    names: tuple[str, ...] | None = None,
) -> Dataset:
    """Rows with these labels; each a text of its own unless texts are given."""
    n = len(labels)
    if names is None:
        n_names = 1 + max((x for x in flat(labels)), default=0) if kind != "regression" else 0
        names = tuple(f"c{i:03d}" for i in range(n_names))
    return Dataset(
        kind=kind,
        texts=tuple(texts or (f"text {i}" for i in range(n))),
        pairs=None if pairs is None else tuple(pairs),
        tokens=None,
        labels=tuple(labels),
        label_names=names,
        groups=None if groups is None else tuple(groups),
        rows=tuple(range(2, n + 2)),
        n_total=n,
        digest="0" * 64,
        source="d.csv",
    )


def flat(labels: list[object]) -> list[int]:
    """All label indices of all rows."""
    return [x for label in labels for x in (label if isinstance(label, tuple) else (label,))]  # type: ignore[misc]
