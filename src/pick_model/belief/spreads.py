"""How far apart the scores of a group are, in their own unit.

The spread of two scores says next to nothing: a pair that happens to agree is no proof that
its benchmark tells models apart by thousandths. So each group's variance is drawn to what is
usual for its benchmark, or else its metric.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from statistics import median
from typing import NamedTuple

from pick_model.belief.rows import Group

# How many scores' worth the usual variance counts, and the models a group needs to say what is
# usual. With the data set hidden and nothing known of the table, weighted tau is .609, .632, .630
# and .619 at 0, 1, 2 and 6, and the regret of the first 1.75, 1.70, 1.69 and 1.90.
FIRM = 2.0
LEAST = 5
MAD = 1.4826  # median absolute deviations in a standard deviation of a normal distribution


class Usual(NamedTuple):
    """The variance to draw a group's to, and how many scores' worth it counts."""

    variance: float
    firm: float  # 0 where nothing is usual


def variance(group: Group) -> float:
    """Weighted variance of a group's scores, over their number."""
    total = sum(member.weight for member in group.members)
    mean = sum(member.weight * member.score for member in group.members) / total
    return sum(m.weight * (m.score - mean) ** 2 for m in group.members) / total


def usual_variances(groups: Sequence[Group]) -> list[Usual]:
    """For each group the median variance of larger groups of its benchmark, or of its metric."""
    by_benchmark: dict[tuple[str, ...], list[float]] = defaultdict(list)
    by_metric: dict[tuple[str, ...], list[float]] = defaultdict(list)
    for group in groups:
        if len(group.members) >= LEAST:
            by_benchmark[group.benchmark, group.metric].append(variance(group))
            by_metric[group.metric,].append(variance(group))
    medians = {key: median(some) for key, some in (*by_benchmark.items(), *by_metric.items())}
    found = []
    for group in groups:
        usual = medians.get((group.benchmark, group.metric), medians.get((group.metric,)))
        found.append(Usual(0.0, 0.0) if usual is None else Usual(usual, FIRM))
    return found


def drawn(own: float, n: int, usual: Usual) -> float:
    """The variance of n scores drawn to the usual one, which counts for so many scores."""
    return ((n - 1) * own + usual.firm * usual.variance) / (n - 1 + usual.firm)
