"""What was done, on disk: a selection that was killed goes on where it was."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pick_model import __version__
from pick_model.measure.store import Store
from pick_model.words.message import Message

# Times its budget, when a run is to have ended also on a machine that slows down: what a probe is
# held to (`tests/measure/test_deadline.py`), and so what is left need not be to the second.
LATE = 1.15


@dataclass(frozen=True)
class Act:
    """Measurements that were made together: by one screen, or one probe."""

    stage: str
    models: tuple[str, ...]
    foreseen: tuple[float, ...]  # seconds of each
    budget: float  # seconds it was given


@dataclass(frozen=True)
class FinishedAct:
    """An act, what it took, and the rows that any screen so far read of a model at most."""

    act: Act
    seconds: tuple[float, ...]  # of each model
    took: float  # seconds in all: less where several were measured at a time
    rows: int | None


class Diary:
    """Acts by their number. The results are in the caches of screen and probe, not here."""

    def __init__(
        self, folder: Path, of: Mapping[str, Any], note: Callable[[Message], None]
    ) -> None:
        """of: all that decides what is done first; the budget is none of it."""
        self.store, self.of = Store(folder, note), dict(of)

    def find(self, n: int) -> FinishedAct | None:
        return self.store.get(FinishedAct, self._key(n))

    def begin(self, n: int, act: Act, left: float) -> Act:
        """An act about to be done. One that a killed run had begun is gone on with if it is the
        same but for its time: what it finished is kept under that.
        """
        key = {**self._key(n), "begun": True}
        before = self.store.get(Act, key)
        same = before is not None and (before.stage, before.models) == (act.stage, act.models)
        if before is not None and same and before.budget <= LATE * left:
            return before
        return self.store.put(key, act)

    def keep(self, n: int, done: FinishedAct) -> None:
        self.store.put(self._key(n), done)

    def _key(self, n: int) -> dict[str, Any]:
        return {"piece": "select", "version": __version__, "n": n, **self.of}
