"""What a screen finds out about one model, as records: numbers and text alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pick_model.documents.screen import PoolingName


@dataclass(frozen=True)
class View:
    """A layer under a pooling."""

    layer: int | None  # 0: what the first block reads; None: the mean of all blocks
    pooling: PoolingName

    def __str__(self) -> str:
        return f"{'all' if self.layer is None else self.layer} {self.pooling}"


@dataclass(frozen=True)
class ViewScore:
    """How well ridge regression on one view explains the labels."""

    view: View
    explained: float  # share of the squared deviation from the mean, 1 at most


@dataclass(frozen=True)
class RunContext:
    """Where the features were made."""

    device: str
    device_name: str
    dtype: str
    threads: int
    parameters: int


@dataclass(frozen=True)
class Judged:
    """One model on the rows of one stage."""

    predictions: list[Any]  # a row, none of which its own block has taught or chosen
    nearby: list[Any]  # a row, as its nearest others have it in the view of its fold
    scores: tuple[ViewScore, ...]  # of every view that was looked at, in their order
    best: View  # by the errors on all rows
    of_folds: tuple[tuple[View, ...], ...]  # the best of each fold without it, for later stages
    depth: int  # blocks of the encoder
    logme: float  # of the block that has most
    h_score: float  # of the same
    explained: float  # by the cross-fitted predictions
    truncated: float  # share of rows that fill the length they are cut to
    machine: RunContext
    rows_per_second: float | None = None  # through the encoder; None: features were kept
