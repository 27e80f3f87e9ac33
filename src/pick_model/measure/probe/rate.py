"""The peak learning rate: published ones, tried out on the smallest size of the curve.

A range test by a single rising sweep (Smith 2017, arXiv:1506.01186) tells where training
comes apart and little of what generalises; with a first head that already predicts, its loss
hardly moves until then. A few whole runs on a quarter of the rows, each with its own decay
to zero, cost as much and are judged on rows kept for tuning; the winner is the
curve's first point, so only the others are extra.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

LORA_FACTOR = 10.0  # adapters take about ten times the rate ("LoRA Without Regret", 2025)
SMALL = 50_000_000  # parameters
# Multiples of the published rate that are tried. For small models they span the grid of
# Turc et al. 2019; for others BERT's, and as much above.
MULTIPLES = (0.3, 1.0, 2.0)
ALIKE = 0.02  # scores in one bin of this width are not told apart


def published_rate(n_parameters: int, method: str) -> float:
    """A rate that papers settled on for models of this size.

    5e-5 is the upper of BERT's three (arXiv:1810.04805, appendix A.3). Compact BERTs were
    tuned over 3e-5 … 3e-4 (Turc et al. 2019, arXiv:1908.08962). Of these, measured here with
    MiniLM at 900 rows, classification did not care between 5e-5 and 2e-4, and entities
    (wnut17) won 5 points from 1e-4 to 3e-4: hence 2e-4.
    """
    rate = 2e-4 if n_parameters < SMALL else 5e-5
    return rate * LORA_FACTOR if method == "lora" else rate


def candidate_rates(n_parameters: int, method: str) -> tuple[float, ...]:
    """The rates to try, ascending."""
    middle = published_rate(n_parameters, method)
    return tuple(float(f"{middle * multiple:.2g}") for multiple in MULTIPLES)


def best_rate(trials: Mapping[float, tuple[float, float]], fallback: float) -> float:
    """The rate with the best score, up being better; within two points, that with least loss.

    `trials`: score and loss on the tuning rows by rate. The loss alone would prefer a run
    that collapsed to the mean to one that ranks well and overshoots (seen on jsts), the
    score alone would follow the luck of sixty rows. `fallback` where no loss is a number.
    """
    finite = {rate: seen for rate, seen in trials.items() if math.isfinite(seen[1])}
    if not finite:
        return fallback
    return min(finite, key=lambda rate: (-round(finite[rate][0] / ALIKE), finite[rate][1], rate))
