"""A clock that only work moves, and a machine that becomes slower midway."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pick_model.data.split import subsample
from pick_model.encoders import network
from pick_model.measure.probe import baselines as trivial
from pick_model.measure.probe import bench, frozen, make, train

__all__ = ["Machine"]


class Machine:
    """Every piece of work takes its seconds, times `slower` once `slow_from` has passed.

    `step`: seconds of one training row; `row`: of one predicted row; `fit`: of one row that a
    baseline or head is fitted on; `loading`: of the model.
    """

    def __init__(
        self,
        slow_from: float = float("inf"),
        slower: float = 3.0,
        *,
        step: float = 0.03,
        row: float = 0.01,
        fit: float = 0.002,
        loading: float = 4.0,
    ) -> None:
        self.time, self.slow_from, self.slower = 0.0, slow_from, slower
        self.step, self.row, self.fit, self.loading = step, row, fit, loading

    def now(self) -> float:
        return self.time

    def works(self, seconds: float) -> None:
        """Let the clock run through so much work, of which the later part may be slow."""
        quick = min(seconds, max(0.0, self.slow_from - self.time))
        self.time += quick + self.slower * (seconds - quick)

    def run_on(self, patch: pytest.MonkeyPatch) -> None:
        """Make the probe's work take this machine's time."""

        def slow(module: Any, name: str, seconds: Callable[..., float]) -> None:
            done = getattr(module, name)

            def working(*args: Any, **kwargs: Any) -> Any:
                self.works(seconds(*args, **kwargs))
                return done(*args, **kwargs)

            patch.setattr(module, name, working)

        def predicted(_net: Any, _loaded: Any, rows: Any, **_: Any) -> float:
            return self.row * len(rows)

        slow(train, "accumulate", lambda _n, _l, _r, chosen, *_: self.step * len(chosen))
        slow(train, "predict", predicted)
        slow(frozen, "features", lambda _loaded, rows: self.row * len(rows))
        slow(frozen, "layers", lambda _loaded, rows, _views: self.row * len(rows))
        slow(frozen, "fit_head", lambda x, *_: self.fit * len(x))
        slow(bench, "load", lambda *_, **__: self.loading)
        fitted = lambda rows, *_, **__: self.fit * len(rows)  # noqa: E731
        slow(make, "baselines", fitted)
        slow(trivial, "baselines", fitted)
        assert make.frozen is bench.frozen is frozen
        assert network.predict is not train.predict
        assert trivial.subsample is subsample
