"""What one source's scores on one task say together, and what each score weighs there."""

from __future__ import annotations

from collections.abc import Callable

from pick_model.belief.parts import Variances


class Table:
    """What one source's scores on one task under one protocol say together."""

    __slots__ = ("mean", "n", "nearest", "scale", "squares", "total")

    def __init__(self, scale: str) -> None:
        self.scale = scale
        self.n = 0
        self.total = self.mean = self.squares = self.nearest = 0.0

    def precision(self, variances: Variances) -> float:
        """Similarity / (table² + rest²/n).

        A table resembles the target as its nearest benchmark does: those of which little is
        heard hardly enter its mean, and do not take away from what the near ones tell. (With
        the mean similarity weighted tau is .644, too, and the regret of the first 1.51, not 1.25.)
        """
        return self.nearest / (variances.table + self.variance(variances))

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
