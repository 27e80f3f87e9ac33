"""Which labels are taken for which."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import cast

from pick_model.data.dataset import Dataset
from pick_model.data.label_kinds import LABEL_KINDS
from pick_model.documents.probe import Confusion

# What a page can show: a matrix of more is read by nobody.
MOST = 40


def confusion(heldout: Dataset, said: Sequence[Sequence[int]]) -> Confusion | None:
    """The held-out rows by true label and by what each run said; None but for single labels.

    said: for each run one class index a row. Counts are the mean over runs.
    """
    if not LABEL_KINDS[heldout.kind].exclusive or not said:
        return None
    true = [cast(int, label) for label in heldout.labels]
    often = Counter(true)
    shown = sorted(range(len(heldout.label_names)), key=lambda i: (-often[i], i))[:MOST]
    pairs = Counter((label, given) for run in said for label, given in zip(true, run, strict=True))
    return Confusion(
        labels=tuple(heldout.label_names[i] for i in shown),
        counts=tuple(tuple(pairs[i, j] / len(said) for j in shown) for i in shown),
    )
