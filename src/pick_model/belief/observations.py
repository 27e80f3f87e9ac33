"""What a user measured on their own data, as the strongest evidence about their task."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from pick_model.belief.posterior import Observation
from pick_model.interval import Interval


class ProbeResult(NamedTuple):
    """One probed model: its expected full fine-tune on the user's data."""

    entry: str  # id in the catalog
    metric: str
    score: Interval  # 90 %
    verdict: str


def as_observations(
    results: Sequence[ProbeResult], current: tuple[str, float] | None
) -> list[Observation]:
    """Results, and the score of the model in use, as the belief reads them.

    All are scores in one metric on the task's data. Where the model in use was measured anew,
    that stands for its score.
    """
    found = [Observation(r.entry, r.score) for r in results]
    if current is not None and current[0] not in {r.entry for r in results}:
        name, score = current
        found.append(Observation(name, Interval(score, score, score)))
    return found
