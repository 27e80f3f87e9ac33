"""What each piece of a probe costs: one formula for the plan and for every later choice.

In seconds where the speed was measured (a budget), else in forward passes of a row
(`--max-steps`), so that the same command makes the same plan on the same processor.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

# Forward passes of a row, that a row of a step takes the time of: three (Kaplan et al. 2020,
# arXiv:2001.08361, section 2.1) where both multiply alike, as measured with MiniLM at 32 rows of
# 32 tokens (0.80 s beside 0.26), and five where reading takes the faster library (0.80 beside
# 0.155, `encoders/products.py`).
ALIKE, FASTER = 3.0, 5.0
# Points of the curve over steps, and of a run's cost at most for looking at the tuning rows on
# the way. Chosen by hand: enough to stop by, and four fifths of the time are still trained.
EVALUATIONS, EVALUATION_SHARE = 6, 0.2
# Of the budget, for one prediction of the held-out rows, and half of it for the tuning rows. A
# probe takes about eight, and the last of them cannot be interrupted. Chosen by hand.
PREDICTION_SHARE = 0.05
# Held-out rows are not cut below this for it, or by --max-steps, save where even they would take
# two such shares; and below LEAST_HELDOUT a score's interval is wider than any difference between
# models (a share of .8 has +-.03 on 400 rows and +-.09 on 50).
GOOD_HELDOUT, LEAST_HELDOUT = 400, 50


@dataclass(frozen=True)
class Speed:
    """Measured on this device with this model, batch and length; or relative, see above."""

    step_seconds: float
    predict_seconds: float  # one row


@dataclass(frozen=True)
class RunCosts:
    """Costs of runs on so many rows, each scored on the tuning and held-out rows."""

    speed: Speed
    batch: int
    tuning: int
    heldout: int
    step_forwards: float  # forward passes of a row, that a row of a step takes: ALIKE or FASTER

    def steps(self, rows: int, passes: float = 1.0) -> int:
        return max(1, round(passes * math.ceil(rows / self.batch)))

    def evaluations(self, steps: int) -> int:
        """Looks at the tuning rows during so many steps; one at least."""
        trained = self.step_forwards * steps * self.batch
        return int(min(EVALUATIONS, max(1, EVALUATION_SHARE * trained / max(1, self.tuning))))

    def tail(self, evaluations: int) -> float:
        """Of the last predictions, and the looks before."""
        return self.speed.predict_seconds * (max(1, evaluations) * self.tuning + self.heldout)

    def run(self, rows: int, passes: float = 1.0, most: int | None = None) -> float:
        steps = min(self.steps(rows, passes), most or self.steps(rows, passes))
        return steps * self.speed.step_seconds + self.tail(self.evaluations(steps))

    def features(self, rows: int) -> float:
        return self.speed.predict_seconds * (rows + self.tuning + self.heldout)

    def layers(self, rows: int) -> float:
        """Of so many training rows, with the encoder that a run has trained; of none, nothing."""
        return self.speed.predict_seconds * (rows + self.heldout) if rows else 0.0


def costs_of(
    speed: Speed | None, batch: int, tuning: int, heldout: int, step_forwards: float
) -> RunCosts:
    """`speed` None: relative."""
    return RunCosts(
        speed or Speed(step_forwards * batch, 1.0), batch, tuning, heldout, step_forwards
    )


def evaluated(rows: int, predict_seconds: float, budget: float) -> int:
    """Of so many tuning or held-out rows, those that a budget lets a probe predict each time."""
    share = PREDICTION_SHARE * budget / max(predict_seconds, 1e-9)
    return int(min(rows, max(share, min(GOOD_HELDOUT, 2 * share))))


def worth_predicting(heldout: int, trained: int, step_forwards: float) -> int:
    """Of so many held-out rows, those whose predictions cost no more than the training.

    They are predicted by the frozen encoder and by the trained one; trained: rows, counted each
    time that a step takes them; step_forwards: as of `RunCosts`. At least GOOD_HELDOUT.
    """
    return min(heldout, max(GOOD_HELDOUT, int(step_forwards * trained / 2)))
