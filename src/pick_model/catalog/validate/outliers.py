"""A check of scores against the others of their benchmark and of their model.

Percent written as a fraction of a hundredth, a digit too many, an error for its complement, or
a score from the column beside it leave a gap between a score and all others. So does a model
that fails, but that one fails on other benchmarks of the table too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from math import log
from statistics import median
from typing import NamedTuple

from pick_model.catalog.reader import ScoreRow
from pick_model.catalog.validate.context import Context
from pick_model.vocabulary.metrics import METRICS
from pick_model.vocabulary.uses import TRAINED
from pick_model.words.say import message

FEWEST = 4  # scores of a benchmark, before one of them stands out
# The gap to the nearest other over the range of the others, the least range counted added: a
# score of 90 % for 9 % leaves 3, 80 for 20 leaves 2. Of the catalog's 56,000 scores three stand
# out by more, from models that do not fail elsewhere.
GAP, LEAST_RANGE = 1.4, 0.5
WEAK_GAP, ELSEWHERE = 0.5, 2  # stands out on so many others: the model, not the score
# What model and benchmark together do not explain of a score, over the most that is left of any
# other of the model or of the benchmark, the least remainder counted added. Nine of the catalog's
# scores are above; a slip of ten or a hundred is, in three of five.
LEFT, LEAST_LEFT = 1.6, 0.25
MODELS, CELLS = 3, 6  # of a table, before it tells
CLIP = 1e-3  # of a fraction, before its logit


class ScoreCell(NamedTuple):
    """One score of a table, on a scale where steps are alike."""

    value: float
    row: ScoreRow

    @property
    def entry(self) -> str:
        return self.row.cells["entry"]

    @property
    def measured(self) -> tuple[str, ...]:
        """What was measured: scores that may be compared have all of it alike."""
        cells = self.row.cells
        return tuple(cells[name] for name in ("benchmark", "metric", "split", "conditions"))


def outliers(context: Context) -> int:
    """No score stands far outside all others of its benchmark, unless its model fails elsewhere."""
    cells = cells_of(context.parsed.scores)
    doubted = {id(cell.row): cell.row for cell in (*_lonely(cells), *_unexplained(cells))}
    for row in doubted.values():
        told = message(
            "score-far-from-others",
            metric=row.cells["metric"],
            score=row.cells["score"],
            benchmark=row.cells["benchmark"],
        )
        context.problem(row.where, row.cells["entry"], told)
    return len(cells)


def cells_of(rows: Iterable[ScoreRow]) -> list[ScoreCell]:
    """The scores that are numbers in a metric that is known."""
    return [
        ScoreCell(value, row)
        for row in rows
        if (value := scaled(row.cells["metric"], row.cells["score"])) is not None
    ]


def scaled(metric: str, score: str) -> float | None:
    """A score on a scale where steps are alike: logits of fractions, logarithms of errors."""
    known = METRICS.get(metric)
    try:
        value = float(score)
    except ValueError:
        return None  # the check of scores says so
    if known is None or value != value or abs(value) == float("inf"):
        return None
    if known.high == 1:
        share = min(max((value - known.low) / (1 - known.low), CLIP), 1 - CLIP)
        return log(share / (1 - share))
    return log(max(value, CLIP)) if known.low == 0 else value


def _lonely(cells: Iterable[ScoreCell]) -> Iterator[ScoreCell]:
    """Scores with a gap to all others: of one table, and of all tables that train."""
    tables: dict[tuple[str, ...], list[ScoreCell]] = defaultdict(list)
    trained: dict[tuple[str, ...], list[ScoreCell]] = defaultdict(list)
    for cell in cells:
        keys = ("source", "benchmark", "metric", "split", "protocol")
        tables[tuple(cell.row.cells[name] for name in keys)].append(cell)
        if cell.row.cells["protocol"] in TRAINED:
            trained[cell.row.cells["benchmark"], cell.row.cells["metric"]].append(cell)
    gaps = [found for group in (*tables.values(), *trained.values()) for found in _gaps(group)]
    failing: dict[tuple[str, str], set[str]] = defaultdict(set)  # entry, source -> benchmarks
    for gap, cell in gaps:
        if gap > WEAK_GAP:
            failing[cell.entry, cell.row.cells["source"]].add(cell.row.cells["benchmark"])
    for gap, cell in gaps:
        elsewhere = failing[cell.entry, cell.row.cells["source"]] - {cell.row.cells["benchmark"]}
        if gap > GAP and len(elsewhere) < ELSEWHERE:
            yield cell


def _gaps(group: Sequence[ScoreCell]) -> list[tuple[float, ScoreCell]]:
    """The lowest and the highest of a group with their gap to the rest, over its range."""
    if len(group) < FEWEST:
        return []
    ordered = sorted(group, key=lambda cell: cell.value)
    values = [cell.value for cell in ordered]
    low = (values[1] - values[0]) / (values[-1] - values[1] + LEAST_RANGE)
    high = (values[-1] - values[-2]) / (values[-2] - values[0] + LEAST_RANGE)
    return [(low, ordered[0]), (high, ordered[-1])]


def _unexplained(cells: Iterable[ScoreCell]) -> Iterator[ScoreCell]:
    """Scores that neither model nor benchmark explains, in tables of several of both."""
    tables: dict[tuple[str, str], list[ScoreCell]] = defaultdict(list)
    for cell in cells:
        tables[cell.row.cells["source"], cell.row.cells["protocol"]].append(cell)
    for table in tables.values():
        left = _left(table)
        if len(left) < CELLS:
            continue
        of_entry: dict[str, list[float]] = defaultdict(list)
        of_measured: dict[tuple[str, ...], list[float]] = defaultdict(list)
        for cell, remainder in left:
            of_entry[cell.entry].append(remainder)
            of_measured[cell.measured].append(remainder)
        for cell, remainder in left:
            others = (of_entry[cell.entry], of_measured[cell.measured])
            if all(remainder > LEFT * (_next(found) + LEAST_LEFT) for found in others):
                yield cell


def _left(table: Sequence[ScoreCell]) -> list[tuple[ScoreCell, float]]:
    """What medians of benchmark and model leave of each score, where both have several."""
    by_measured: dict[tuple[str, ...], list[ScoreCell]] = defaultdict(list)
    by_entry: dict[str, list[ScoreCell]] = defaultdict(list)
    for cell in table:
        by_measured[cell.measured].append(cell)
        by_entry[cell.entry].append(cell)
    if len(by_entry) < MODELS:
        return []
    height = {key: median(cell.value for cell in found) for key, found in by_measured.items()}
    strength = {
        key: median(cell.value - height[cell.measured] for cell in found)
        for key, found in by_entry.items()
    }
    return [
        (cell, abs(cell.value - height[cell.measured] - strength[cell.entry]))
        for cell in table
        if len(by_measured[cell.measured]) >= MODELS and len(by_entry[cell.entry]) >= 2
    ]


def _next(remainders: list[float]) -> float:
    """The second largest: the largest of the others where this one is the largest."""
    return sorted(remainders)[-2] if len(remainders) > 1 else 0.0
