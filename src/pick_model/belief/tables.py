"""What one source's scores on one task say together, and what each score weighs there."""

from __future__ import annotations

from collections.abc import Callable

from pick_model.belief.parts import Variances


class Table:
    """What one source's scores on one task under one protocol say together."""

    __slots__ = ("mean", "n", "number", "own", "scale", "squares", "total")

    def __init__(self, scale: str, own: bool) -> None:
        self.scale, self.own = scale, own
        self.n = 0
        self.total = self.number = self.mean = self.squares = 0.0

    def precision(self, variances: Variances) -> float:
        """For a target outside the table: similarity / (table² + rest²/n)."""
        return self.total / self.number / (variances.table + self.variance(variances))

    def variance(self, variances: Variances) -> float:
        """Of the mean, without what is the whole table's."""
        return variances.rest * self.squares / (self.total * self.total)


class Weights(dict[int, list[tuple[float, int]]]):
    """Weights by a benchmark's number, worked out for those that candidates have scores on."""

    def __init__(self, work_out: Callable[[int], list[tuple[float, int]]]) -> None:
        super().__init__()
        self._work_out = work_out

    def __missing__(self, number: int) -> list[tuple[float, int]]:
        found = self[number] = self._work_out(number)
        return found
