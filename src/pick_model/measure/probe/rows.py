"""Which rows a probe trains on, chooses by, and is scored on."""

from __future__ import annotations

from dataclasses import dataclass

from pick_model.data.dataset import Dataset
from pick_model.data.split import split
from pick_model.errors import InputError
from pick_model.files import json_digest as digest
from pick_model.words.say import message

# Rows kept back from training for early stopping, thresholds and penalties, so that the
# held-out rows choose nothing: a tenth, but enough to tell a few points apart, and not more
# than needed for that.
TUNING_SHARE, LEAST_TUNING, MOST_TUNING = 0.1, 60, 400


@dataclass(frozen=True)
class Sets:
    """The rows of one probe."""

    train: Dataset  # without the tuning rows
    tuning: Dataset
    heldout: Dataset
    full_rows: int  # training rows of the whole file, tuning rows apart
    fingerprint: str


def make_sets(train: Dataset, heldout: Dataset, seed: int) -> Sets:
    """The sets of a probe of `train` scored on `heldout`."""
    check_alike(train, heldout)
    rows, tuning = tuning_split(train, seed)
    return Sets(
        train=rows,
        tuning=tuning,
        heldout=heldout,
        full_rows=full_rows(train, heldout, len(rows)),
        fingerprint=fingerprint(rows, tuning, heldout),
    )


def check_alike(train: Dataset, heldout: Dataset) -> None:
    """Raise InputError where what is trained on cannot be scored on the held-out rows."""
    if train.modality != heldout.modality:
        raise InputError(
            message(
                "modalities-differ",
                source=train.source,
                modality=train.modality,
                other=heldout.source,
                other_modality=heldout.modality,
            ),
            hint=message("hold-out-alike"),
        )
    if (train.pairs is None) != (heldout.pairs is None):
        paired, single = (heldout, train) if train.pairs is None else (train, heldout)
        raise InputError(
            message("pairs-and-single-texts", source=paired.source, other=single.source),
            hint=message("name-both-columns"),
        )
    if train.kind != heldout.kind:
        raise InputError(
            message(
                "label-kinds-differ",
                source=train.source,
                kind=train.kind,
                other=heldout.source,
                other_kind=heldout.kind,
            )
        )


def tuning_split(train: Dataset, seed: int) -> tuple[Dataset, Dataset]:
    """Training rows, and those kept back for choosing."""
    wanted = min(MOST_TUNING, max(TUNING_SHARE * len(train), min(LEAST_TUNING, len(train) / 5)))
    return split(train, heldout=wanted / len(train), seed=seed)


def full_rows(train: Dataset, heldout: Dataset, kept: int) -> int:
    """Rows the full fine-tune would train on, the share kept back for tuning taken off."""
    total = float(train.n_total)
    if heldout.digest == train.digest:  # one file, split here
        total *= len(train) / (len(train) + len(heldout))
    return max(kept, round(total * kept / len(train)))


def fingerprint(*parts: Dataset) -> str:
    """sha256 over the rows as used: texts or files, labels and their order."""
    return digest(
        [
            [p.kind, p.contents, p.pairs, p.tokens, p.labels, p.label_names]  # tuples become lists
            for p in parts
        ]
    )
