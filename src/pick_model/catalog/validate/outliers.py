"""A check of scores against the others of their benchmark: far outside all of them is a slip.

Percent written as a fraction of a hundredth, a digit too many, an error for its complement, or
a score from the column beside it leave a gap between a score and all others. So does a model
that fails, but that one fails on other benchmarks of the table too.
"""

from __future__ import annotations

from collections import defaultdict
from math import log

from pick_model.catalog.reader import ScoreRow
from pick_model.catalog.validate.context import Context
from pick_model.vocabulary.metrics import METRICS
from pick_model.words.say import message

FEWEST = 4  # scores of a benchmark in one table, before one of them stands out
# The gap to the nearest other over the range of the others, the least range counted added: a
# score of 90 % for 9 % leaves 3, 80 for 20 leaves 2. Of the catalog's 56,000 scores a few stand
# out by more, from models that fail on several.
GAP, LEAST_RANGE = 1.4, 0.5
WEAK_GAP, ELSEWHERE = 0.5, 2  # stands out on so many others: the model, not the score
CLIP = 1e-3  # of a fraction, before its logit


def outliers(context: Context) -> int:
    """No score stands far outside all others of its benchmark in a table, unless its model fails."""
    groups: dict[tuple[str, ...], list[tuple[float, ScoreRow]]] = defaultdict(list)
    looked = 0
    for row in context.parsed.scores:
        cells = row.cells
        value = _scaled(cells["metric"], cells["score"])
        if value is not None:
            looked += 1
            key = ("source", "benchmark", "metric", "split", "protocol")
            groups[tuple(cells[name] for name in key)].append((value, row))
    gaps: list[tuple[float, ScoreRow]] = []
    failing: dict[tuple[str, str], set[str]] = defaultdict(set)  # entry, source -> benchmarks
    for group in groups.values():
        for gap, row in _gaps(group):
            gaps.append((gap, row))
            if gap > WEAK_GAP:
                failing[row.cells["entry"], row.cells["source"]].add(row.cells["benchmark"])
    for gap, row in gaps:
        cells = row.cells
        elsewhere = failing[cells["entry"], cells["source"]] - {cells["benchmark"]}
        if gap > GAP and len(elsewhere) < ELSEWHERE:
            told = message(
                "score-far-from-others",
                metric=cells["metric"],
                score=cells["score"],
                benchmark=cells["benchmark"],
            )
            context.problem(row.where, cells["entry"], told)
    return looked


def _scaled(metric: str, score: str) -> float | None:
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


def _gaps(group: list[tuple[float, ScoreRow]]) -> list[tuple[float, ScoreRow]]:
    """The lowest and the highest of a group with their gap to the rest, over its range."""
    if len(group) < FEWEST:
        return []
    ordered = sorted(group, key=lambda item: item[0])
    values = [value for value, _ in ordered]
    low = (values[1] - values[0]) / (values[-1] - values[1] + LEAST_RANGE)
    high = (values[-1] - values[-2]) / (values[-2] - values[0] + LEAST_RANGE)
    return [(low, ordered[0][1]), (high, ordered[-1][1])]
