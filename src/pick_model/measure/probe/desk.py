"""Where one model's pieces come together: from the store, else made, as far as the time goes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from pick_model.measure.probe.bench import Bench
from pick_model.measure.probe.clock import TimeAccount
from pick_model.measure.probe.pieces import ClockChoice, Inputs
from pick_model.measure.probe.settings import Progress
from pick_model.measure.probe.tell import Teller
from pick_model.measure.store import Store
from pick_model.words.message import Message

Piece = TypeVar("Piece")


class Desk:
    """Computes each piece once; a piece found in the store is read instead.

    What the clock decides is a piece as well, so that the same command with the same store
    drops the same and gives the same report.
    """

    def __init__(
        self,
        inputs: Inputs,
        folder: Path,
        progress: Callable[[Progress], None] = lambda _: None,
        account: TimeAccount | None = None,
    ) -> None:
        self.inputs = inputs  # with all rows; some may be too many to predict
        self.account = account or TimeAccount()
        self.teller = Teller(progress, self.account)
        self.store = Store(folder, self.teller.note)
        self.bench = Bench(inputs, self.teller.stage)
        self.dropped: list[Message] = []  # what the budget did not reach
        self.had: dict[Path, Any] = {}  # pieces asked for more than once

    def find(self, kind: type[Piece], key: dict[str, Any]) -> Piece | None:
        """The piece of this key where it is finished."""
        path = self.store.path(key)
        if path not in self.had:
            found = self.store.get(kind, key)
            if found is None:
                return None
            self.had[path] = found
        return self.had[path]  # type: ignore[no-any-return]

    def piece(self, kind: type[Piece], key: dict[str, Any], make: Callable[[], Piece]) -> Piece:
        """The piece of this key, made and kept where it is missing."""
        found = self.find(kind, key)
        return self.keep(key, make()) if found is None else found

    def keep(self, key: dict[str, Any], piece: Piece) -> Piece:
        """Put a piece into the store; returns it as it would be found."""
        kept = self.had[self.store.path(key)] = self.store.put(key, piece)
        return kept

    def decision(self, what: str, choose: Callable[[], Any]) -> Any:
        """What the clock decides, once; without a budget it is not asked."""
        if not self.account.limited:
            return choose()
        key = self.inputs.key("decision", what=what, **self.inputs.limits)
        return self.piece(ClockChoice, key, lambda: ClockChoice(choose())).value

    def may(self, told: Message, foreseen: float, then: float = 0.0) -> bool:
        """Whether a run fits, and after it what must still be done; else it is dropped."""
        what = " ".join(map(str, (told.code, *told.values.values())))
        fits = self.decision(what, lambda: self.account.fits(foreseen, then))
        if not fits:
            self.drop(told)
        return bool(fits)

    def drop(self, told: Message) -> None:
        if told not in self.dropped:
            self.dropped.append(told)
