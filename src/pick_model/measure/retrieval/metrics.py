"""What a ranking is worth: the metrics of retrieval, a query at a time, and their intervals.

Definitions are trec_eval's (github.com/usnistgov/trec_eval): the gain of a passage is its grade,
undiscounted at rank 1; a passage of grade 0 is not relevant. All lie in 0..1, higher is better.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log2

import numpy as np

from pick_model.documents.base import Figure
from pick_model.measure.probe.curve import interval
from pick_model.vocabulary.metrics import computed_for

METRICS = computed_for("retrieval")
REPLICATES = 1000  # of the queries; as the screen draws rows
SEED = 20250101


def ndcg(ranks: Mapping[int, int], relevant: Mapping[int, float], k: int) -> float:
    """Discounted gain of the first k over that of the best order (Järvelin and Kekäläinen 2002)."""
    gain = sum(relevant[p] / log2(rank + 1) for p, rank in ranks.items() if rank <= k)
    best = sorted(relevant.values(), reverse=True)[:k]
    return gain / sum(grade / log2(at + 1) for at, grade in enumerate(best, start=1))


def recall(ranks: Mapping[int, int], relevant: Mapping[int, float], k: int) -> float:
    """Share of the relevant passages among the first k."""
    return sum(rank <= k for rank in ranks.values()) / len(relevant)


def reciprocal_rank(ranks: Mapping[int, int], k: int) -> float:
    """One over the rank of the first relevant passage; 0 where none is among the first k."""
    first = min(ranks.values(), default=k + 1)
    return 1 / first if first <= k else 0.0


def average_precision(ranks: Mapping[int, int], relevant: Mapping[int, float]) -> float:
    """The mean, over relevant passages, of the precision at each one's rank."""
    return sum(n / rank for n, rank in enumerate(sorted(ranks.values()), 1)) / len(relevant)


def of_query(ranks: Mapping[int, int], relevant: Mapping[int, float]) -> tuple[float, ...]:
    """Every metric of METRICS, in their order.

    ranks: from 1, of the relevant passages that were found. relevant: grades above 0.
    """
    found = {
        "ndcg_at_10": ndcg(ranks, relevant, 10),
        "recall_at_1": recall(ranks, relevant, 1),
        "recall_at_5": recall(ranks, relevant, 5),
        "recall_at_10": recall(ranks, relevant, 10),
        "mrr_at_10": reciprocal_rank(ranks, 10),
        "map": average_precision(ranks, relevant),
    }
    return tuple(found[name] for name in METRICS)


class Resampling:
    """One bootstrap of the queries for all models, so that two are compared on equal draws."""

    def __init__(self, n_queries: int, replicates: int = REPLICATES) -> None:
        share = np.full(n_queries, 1 / n_queries)
        random = np.random.default_rng(SEED)
        # Whole counts, so that no draw depends on the order in which numbers are added up.
        self.weights = random.multinomial(n_queries, share, size=replicates) / n_queries

    def drawn(self, values: np.ndarray) -> np.ndarray:
        """The mean of each draw, (replicates,), of one value a query."""
        drawn: np.ndarray = self.weights @ values
        return drawn

    def figure(self, values: np.ndarray) -> Figure:
        """The mean of one value a query, with its 90 % interval (percentiles)."""
        return figure(float(values.mean()), self.drawn(values))

    def error(self, values: np.ndarray) -> float:
        """The standard error of the mean of one value a query."""
        return round(float(self.drawn(values).std()), 6)

    def scores(self, values: np.ndarray) -> dict[str, Figure]:
        """Every metric with its interval, of values (queries, metrics)."""
        return {name: self.figure(values[:, at]) for at, name in enumerate(METRICS)}


def figure(value: float, drawn: np.ndarray) -> Figure:
    """A value and the middle 90 % of what was drawn; the value is always inside."""
    low, high = interval(drawn)
    return Figure(
        value=round(value, 6),
        low=round(min(low, value), 6),
        high=round(max(high, value), 6),
    )


def by_language(languages: Sequence[str]) -> dict[str, np.ndarray]:
    """The queries of each language, bool (queries,), most first; nothing where it is one."""
    names = sorted(set(languages), key=lambda name: (-languages.count(name), name))
    if len(names) < 2:
        return {}
    return {name: np.array([one == name for one in languages]) for name in names}
