"""A check of columns: two scores of a model that would fit better in each other's place.

Tables are copied by hand from papers and READMEs, and a score slips into the column beside its
own. Both then stand away from what model and benchmark let expect, one above and one below, and
would not if they changed places.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations
from statistics import median

from pick_model.catalog.validate.context import Context
from pick_model.catalog.validate.outliers import ScoreCell, cells_of, scaled
from pick_model.words.say import message

MODELS, BENCHMARKS = 4, 3  # of a table, before it tells
BY_HAND = 400  # rows: larger tables were read by a program, and have models that are odd
# Both are off by so much, in logits or logarithms, and exchanged by less than this share of it.
# A third of all exchanges between columns that differ is found so.
OFF, BETTER = 0.5, 0.3


def columns(context: Context) -> int:
    """No two scores of a model in a table would fit far better in each other's place."""
    tables: dict[tuple[str, str], list[ScoreCell]] = defaultdict(list)
    for cell in cells_of(context.parsed.scores):
        tables[cell.row.cells["source"], cell.row.cells["protocol"]].append(cell)
    looked = 0
    for table in tables.values():
        if len(table) > BY_HAND:
            continue
        looked += len(table)
        for one, other in _exchanged(table):
            told = message(
                "perhaps-exchanged",
                score=one.row.cells["score"],
                other=other.row.cells["benchmark"],
                benchmark=one.row.cells["benchmark"],
            )
            context.problem(one.row.where, one.entry, told)
    return looked


def _exchanged(table: Sequence[ScoreCell]) -> Iterator[tuple[ScoreCell, ScoreCell]]:
    """Pairs of cells of one model that fit in each other's place."""
    by_measured: dict[tuple[str, ...], list[float]] = defaultdict(list)
    by_entry: dict[str, list[ScoreCell]] = defaultdict(list)
    for cell in table:
        by_measured[cell.measured].append(cell.value)
        by_entry[cell.entry].append(cell)
    if len(by_entry) < MODELS or len(by_measured) < BENCHMARKS:
        return
    height = {key: median(values) for key, values in by_measured.items()}
    for found in by_entry.values():
        strength = median(cell.value - height[cell.measured] for cell in found)
        many = [cell for cell in found if len(by_measured[cell.measured]) >= MODELS]
        for one, other in combinations(many, 2):
            expected = height[one.measured] + strength, height[other.measured] + strength
            now = one.value - expected[0], other.value - expected[1]
            then = _read_as(other, one) - expected[0], _read_as(one, other) - expected[1]
            off = min(abs(now[0]), abs(now[1]))
            if now[0] * now[1] < 0 and off > OFF and max(map(abs, then)) < BETTER * off:
                yield one, other


def _read_as(cell: ScoreCell, other: ScoreCell) -> float:
    """A score on the scale of another's metric."""
    found = scaled(other.row.cells["metric"], cell.row.cells["score"])
    return cell.value if found is None else found
