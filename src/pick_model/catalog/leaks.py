"""Leakage: a benchmark whose training data a model saw tells less of the model than of the data.

Where every model is trained on the benchmark, all of them saw its training data and none is
ahead. Where none is, or on a few rows, or a head alone, one that saw them before is: its score is
no evidence.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase

from pick_model.documents.catalog import Entry, lineage

# Where the benchmark's own training set is not shown to every model alike.
UNTRAINED = frozenset({"linear-probe", "few-shot", "zero-shot", "in-context"})


def saw(patterns: Iterable[str], benchmark: str) -> str | None:
    """The name of a training set that is the benchmark, or a series it belongs to."""
    return next((name for name in patterns if fnmatchcase(benchmark, name)), None)


def leaks(entry: Entry, entries: Mapping[str, Entry], benchmark: str, protocol: str) -> bool:
    """Whether a score of the entry leaks: it, or what it was made from, saw the training data."""
    if protocol not in UNTRAINED:
        return False
    return seen_by(entry, entries, benchmark) is not None


def seen_by(entry: Entry, entries: Mapping[str, Entry], benchmark: str) -> Entry | None:
    """The first of an entry and its base models that is known to have seen a benchmark."""
    for one in lineage(entry, entries):
        if saw(one.training_sets or (), benchmark) is not None:
            return one
    return None
