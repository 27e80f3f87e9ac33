"""Frozen features of the rows, read once, and the linear models fitted on them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, Protocol

import numpy as np

from pick_model.encoders.load import Encoded, Loaded
from pick_model.measure.probe import frozen
from pick_model.measure.probe.clock import Account
from pick_model.measure.probe.decide import Decision
from pick_model.measure.probe.plan import Costs
from pick_model.measure.probe.tell import Teller

HEAD_SHARE = 0.05  # of the budget, for fitting one linear model on features


class Rows(Protocol):
    """The rows, the model and the clock of one probe (`work.Work`)."""

    account: Account
    teller: Teller

    @property
    def loaded(self) -> Loaded: ...
    @property
    def encoded(self) -> tuple[Encoded, Encoded]: ...
    @property
    def feature_rows(self) -> int: ...
    @property
    def costs(self) -> Costs: ...
    @property
    def rule(self) -> Decision: ...
    def positions(self, size: int) -> list[int]: ...
    def rows_of(self, size: int) -> Encoded: ...


class Features:
    """What the untouched encoder makes of the training, tuning and held-out rows."""

    def __init__(self, work: Rows) -> None:
        self.work = work
        self.each = 0.0  # seconds of the last head by its row

    @cached_property
    def read(self) -> tuple[list[int], np.ndarray, np.ndarray, np.ndarray, float]:
        """Positions of the training rows read; (N, H) of training, tuning, held-out; seconds."""
        work = self.work
        tuning, heldout = work.encoded
        used = work.positions(work.feature_rows)
        rows = work.rows_of(work.feature_rows)
        begun, cost = work.account.now(), work.costs.features(len(used))
        with work.teller.stage("reading the rows with the untouched model", cost):
            x = [frozen.features(work.loaded, part) for part in (rows, tuning, heldout)]
        took = work.account.now() - begun
        work.account.learn(cost, took)
        return used, x[0], x[1], x[2], took

    def fitted(self, size: int) -> dict[str, Any]:
        """As the store keeps it: the head, its predictions, and what it was fitted on."""
        work = self.work
        used, x, x_tuning, x_heldout, took = self.read
        tuning, heldout = work.encoded
        begun = work.account.now()
        most = len(used)
        if self.each and work.account.limited:  # its time grows with the rows
            most = int(work.account.seconds_for(HEAD_SHARE) / self.each)
        chosen = work.positions(min(size, len(used), max(most, 32)))
        place = {row: at for at, row in enumerate(used)}
        rows = work.rows_of(len(used))
        at = [place[row] for row in chosen]
        begin = _offsets(rows)
        lines = np.concatenate([np.arange(begin[i], begin[i + 1]) for i in at])
        head, words = frozen.fit_head(x[lines], rows.take(at), x_tuning, tuning)
        said, threshold = frozen.predict_linear(
            head, x_heldout, heldout, x_tuning, tuning, work.rule
        )
        fitting = work.account.now() - begun
        self.each = fitting / len(at)
        return {
            "head": frozen.head_as_json(head),
            "predictions": said,
            "threshold": threshold,
            "rows": len(at),
            "words": words,
            "seconds": fitting,
            "reading": {"seconds": took, "rows": len(used) + len(tuning) + len(heldout)},
        }


def _offsets(rows: Encoded) -> Sequence[int]:
    """Where each row's feature lines begin; one line a row, or one a word."""
    return [0, *np.cumsum([rows.lines(row) for row in range(len(rows))]).tolist()]
