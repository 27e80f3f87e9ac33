"""The peak learning rate: from a short range test, or from what was published."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

LOWEST, HIGHEST = 1e-6, 1e-2  # ends of the sweep
LORA_FACTOR = 10.0  # adapters take about ten times the rate ("LoRA Without Regret", 2025)
SMALL = 50_000_000  # parameters


def published_rate(n_parameters: int, method: str) -> float:
    """A rate that papers settled on for models of this size.

    5e-5 is the upper of BERT's three (arXiv:1810.04805, appendix A.3). Compact BERTs were
    tuned over 3e-5 … 3e-4 (Turc et al. 2019, arXiv:1908.08962). Of these, measured here with
    MiniLM at 900 rows, classification did not care between 5e-5 and 2e-4, and entities
    (wnut17) won 5 points from 1e-4 to 3e-4: hence 2e-4.
    """
    rate = 2e-4 if n_parameters < SMALL else 5e-5
    return rate * LORA_FACTOR if method == "lora" else rate


def choose_rate(
    losses: Callable[[Sequence[float]], Sequence[float]],
    steps: int,
    fallback: float,
    method: str,
) -> float:
    """A rate well under the one at which training comes apart (Smith 2017, arXiv:1506.01186).

    `losses` trains with the rates it is given, one a step, and returns each batch's loss
    before its update. The rate rises exponentially; where the smoothed loss leaves its
    minimum by a half is the edge, and a fifth of that is taken: the schedule stays at its
    peak for many steps where the sweep stays for one. Kept within a factor of two of the
    published rate, which knows more than thirty steps can tell.
    """
    ratio = (HIGHEST / LOWEST) ** (1 / (steps - 1))
    rates = [LOWEST * ratio**step for step in range(steps)]
    smooth, least, edge = 0.0, math.inf, rates[-1]
    for step, loss in enumerate(losses(rates)):
        smooth = loss if step == 0 else 0.7 * smooth + 0.3 * loss
        if not math.isfinite(loss) or (step > 4 and smooth > 1.5 * least):
            edge = rates[step]
            break
        least = min(least, smooth)
    scale = LORA_FACTOR if method == "lora" else 1.0
    found = min(max(edge / 5, fallback / 2), fallback * 2, 5e-4 * scale)
    return float(f"{found:.1e}")
