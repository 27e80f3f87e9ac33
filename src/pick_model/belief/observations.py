"""What a user measured on their own data, as the strongest evidence about their task."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from pick_model.belief.expected import Z90
from pick_model.belief.level import Link
from pick_model.belief.posterior import Observation
from pick_model.interval import Interval

# Two runs of one fine-tune differ: .07 on the logit scale is the median standard deviation over
# seeds (IBM/model-recycling, 6 models, 27 tasks, 16 to 20 runs each).
RUN_SD = 0.07


class ProbeResult(NamedTuple):
    """One probed model: its expected full fine-tune on the user's data."""

    entry: str  # id in the catalog
    metric: str
    score: Interval  # 90 %
    verdict: str


def as_observations(
    results: Sequence[ProbeResult], current: tuple[str, float] | None, link: Link | None
) -> list[Observation]:
    """Results, and the score of the model in use, as the belief reads them.

    All are scores in one metric (that of `link`) on the task's data. The score in use is one
    run's; where its model was measured anew, that stands for it.
    """
    found = [Observation(r.entry, r.score) for r in results]
    if current is not None and link and current[0] not in {r.entry for r in results}:
        name, score = current
        u, luck = link.of(score), Z90 * RUN_SD
        low, high = sorted((link.score(u - luck), link.score(u + luck)))
        found.append(Observation(name, Interval(score, min(low, score), max(high, score))))
    return found
