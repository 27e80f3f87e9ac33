"""Sharing out a number of rows among classes: one rule for samples, splits and subsets."""

from __future__ import annotations

import heapq
from collections.abc import Hashable, Mapping
from typing import TypeVar

K = TypeVar("K", bound=Hashable)


def apportion(
    counts: Mapping[K, int], total: int, *, least: int = 1, spare: int = 0
) -> dict[K, int]:
    """Whole shares in proportion to `counts`, that add up to `total` where the bounds allow.

    No class gets less than `least` or more than `count - spare` rows (the latter wins), so a
    rare class keeps its `least` rows at the cost of the most over-served ones. Within the
    bounds, largest remainders (Hamilton's method); ties go to the class listed first.
    """
    whole = sum(counts.values())
    most = {key: max(count - spare, 0) for key, count in counts.items()}
    lowest = {key: min(least, most[key]) for key in counts}
    ideal = {key: total * count / whole if whole else 0.0 for key, count in counts.items()}
    share = {key: min(max(int(ideal[key]), lowest[key]), most[key]) for key in counts}
    missing = total - sum(share.values())
    step = 1 if missing > 0 else -1
    # The class furthest from its ideal moves first; the place in the mapping breaks ties.
    waiting = [(step * (share[k] - ideal[k]), place, k) for place, k in enumerate(counts)]
    heapq.heapify(waiting)
    while missing != 0 and waiting:
        distance, place, key = heapq.heappop(waiting)
        bound = most[key] if step > 0 else lowest[key]
        if share[key] != bound:
            share[key] += step
            missing -= step
            heapq.heappush(waiting, (distance + 1, place, key))
    return share
