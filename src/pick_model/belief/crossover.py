"""How many labelled rows it takes until fine-tuning, and not the frozen features, decides."""

from __future__ import annotations

from typing import NamedTuple

LEAST_SHARE = 0.01  # moves no standing that a score is shown for


class Crossover(NamedTuple):
    """The share of the frozen scale by rows, 1 / (1 + (rows / middle)^steepness).

    Both numbers are learnt from the published scores (see `learn_crossover`).
    """

    middle: float  # rows at which both scales say as much
    steepness: float  # 0 or more: more rows never favour frozen evidence
    n_groups: int = 0  # groups of scores they were learnt on

    def frozen_share(self, n_rows: float) -> float:
        """0 to 1, never more for more rows; a trace on either side counts as none."""
        share = 1 / (1 + (n_rows / self.middle) ** self.steepness)
        if share < LEAST_SHARE:
            return 0.0
        return 1.0 if share > 1 - LEAST_SHARE else share
