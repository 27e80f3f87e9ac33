"""What a user measured on their own data, as the strongest evidence about their task.

Scores of several models on the same held-out rows say how far apart they are; where the whole
lot stands among the models of the catalog only the published evidence can say. So the mean
of the probed models keeps its expected standing, and each takes its distance from it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import sqrt
from typing import NamedTuple

from pick_model.cost.ranges import Range
from pick_model.documents.tasks import LOWER_IS_BETTER
from pick_model.evidence.expected import Z90, Expected

# Score points that make one standard score. The median spread in the 157 fine-tuning tables
# of the evidence with five models or more is 0.022, and such a table holds about three
# quarters of the spread of the whole scale.
POINTS = 0.03
# For metrics without a ceiling, the same share of the best score measured.
RELATIVE = 0.1


class OwnResult(NamedTuple):
    """One probed model: its expected full fine-tune on the user's data."""

    entry: str  # id in the catalog
    metric: str
    score: float
    low: float  # 90 %
    high: float
    verdict: str


def updated(expected: Mapping[str, Expected], results: Sequence[OwnResult]) -> dict[str, Expected]:
    """Expected standings of the measured models, by precision from both kinds of evidence.

    Results of one metric on one data set; `expected` holds the published standing of every
    model in `results`. With one model alone there is no distance to learn from, so its
    standing stays and only its interval narrows.
    """
    if not results:
        return {}
    sign = -1.0 if results[0].metric in LOWER_IS_BETTER else 1.0
    unit = POINTS
    if results[0].metric in LOWER_IS_BETTER:
        unit = RELATIVE * max(min(abs(r.score) for r in results), 1e-9)
    published = {r.entry: expected[r.entry].z for r in results}
    precisions = {name: 1 / _variance(z) for name, z in published.items()}
    whole = sum(precisions.values())
    centre = sum(precisions[name] * z.value for name, z in published.items()) / whole
    mean = sum(precisions[r.entry] * sign * r.score for r in results) / whole
    found = {}
    for r in results:
        z = centre + (sign * r.score - mean) / unit
        error = (r.high - r.low) / 2 / Z90 / unit
        precision = 1 / (error**2 + 1 / whole)
        total = precision + precisions[r.entry]
        value = (precision * z + precisions[r.entry] * published[r.entry].value) / total
        half = Z90 * sqrt(1 / total)
        known = Range(value, value - half, value + half)
        found[r.entry] = expected[r.entry]._replace(z=known, standing=known, basis="measured")
    return found


def _variance(z: Range) -> float:
    return max(((z.high - z.low) / 2 / Z90) ** 2, 1e-6)
