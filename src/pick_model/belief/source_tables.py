"""What one source's scores on one task say together, and what each score weighs there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from pick_model.belief.parts import Variances

Key = tuple[int, int]  # kind of scores (scale, task, protocol) and source, by number

# Of what sets two tables of a model apart, beside their scores' own spread, so much is the
# source's in all its tables (data, search and care of the makers), the rest the one table's: the
# squared difference of a model's tables on fine-tuned text is .55 inside a source, .67 between
# sources on one task and 1.1 between sources on two (149, 75 and 72 models).
OF_SOURCE = 0.5


class SourceTable:
    """What one source's scores on one task under one protocol say together."""

    __slots__ = ("mean", "n", "nearest", "scale", "squares", "total")

    def __init__(self, scale: str) -> None:
        self.scale = scale
        self.n = 0
        self.total = self.mean = self.squares = self.nearest = 0.0

    def precision(self, variances: Variances) -> float:
        """Similarity / (table² + rest²/n), without what the source's other tables share.

        A table resembles the target as its nearest benchmark does: those of which little is
        heard hardly enter its mean, and do not take away from what the near ones tell. (With
        the mean similarity weighted tau is .644, too, and the regret of the first 1.51, not 1.25.)
        """
        own = (1 - OF_SOURCE) * variances.table
        return self.nearest / (own + self.variance(variances))

    def variance(self, variances: Variances) -> float:
        """Of the mean, without what is the whole table's."""
        return variances.rest * self.squares / (self.total * self.total)


def precisions(tables: Mapping[Key, SourceTable], variances: Variances) -> dict[Key, float]:
    """What each table tells; its key ends in its source.

    The tables of one source share part of their error: with precisions p apart from it, they
    tell 1 / (shared² + 1/Σp) together.
    """
    alone: dict[Key, float] = {}
    of_source: dict[int, float] = {}
    for key, table in tables.items():
        p = alone[key] = table.precision(variances)
        of_source[key[1]] = of_source.get(key[1], 0.0) + p
    shared = OF_SOURCE * variances.table
    return {key: p / (1 + shared * of_source[key[1]]) for key, p in alone.items()}


class Own(NamedTuple):
    """A target of whoever made a source, by number, and the protocol that it is used by."""

    source: int
    protocol: str
    unsure: Mapping[str, float] = {}  # variance of what models measured together share, by entry


class OwnTable(NamedTuple):
    """A table of the target's own source."""

    table: SourceTable
    alike: bool  # of the target's task, by its protocol


class Gathered(NamedTuple):
    """A model's offset from the line, total / weight, and whose the weight is."""

    total: float
    weight: float
    prior: float
    shares: dict[Key, float]


def at_the_source(
    found: Gathered,
    own: Mapping[Key, OwnTable],
    centre: float,
    variances: Variances,
    of_a_task: float,
) -> Gathered:
    """The offset on a task of the tables' own source, from that on any.

    What sets a source apart from others (data, search and care of its makers), and its scores on
    one task by one protocol from its others, is no error then: the target has it, too. It is as
    much of the fit's variances as a new task adds (`of_a_task`).
    """
    of_source = of_a_task * OF_SOURCE * variances.table
    of_table = of_a_task * (1 - OF_SOURCE) * variances.table
    for alike, wider in ((False, of_source), (True, of_table)):
        part = 1 / (1 + wider * found.weight)  # of the weight that is left
        weight, total = part * found.weight, part * found.total
        shares = {key: part * share for key, share in found.shares.items()}
        for key, one in own.items():
            if one.alike == alike:
                error = one.table.variance(variances) + (0.0 if alike else of_table)
                p = shares[key] = one.table.nearest / error
                weight += p
                total += p * (one.table.mean - centre)
        found = Gathered(total, weight, part * found.prior, shares)
    return found


class LazyWeights(dict[int, list[tuple[float, int]]]):
    """Weights by a benchmark's number, worked out for those that candidates have scores on."""

    def __init__(self, work_out: Callable[[int], list[tuple[float, int]]]) -> None:
        super().__init__()
        self._work_out = work_out

    def __missing__(self, number: int) -> list[tuple[float, int]]:
        found = self[number] = self._work_out(number)
        return found
