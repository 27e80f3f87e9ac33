"""One account of the time that a model's probe has spent and has left.

A budget is a deadline. Before each piece of work the probe asks the account whether it fits,
at the pace of the piece before; what does not fit is dropped, in the order of `one.py`, and
a training run ends at the step that still leaves time for its predictions. What cannot be
interrupted is begun only if it would end by GRACE beyond the budget should the machine become
SLOWER times slower at that very moment.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

# All chosen by hand. A machine that others begin to use is taken to become so many times slower
# (two or three busy processes beside a probe on the same cores).
SLOWER = 3.0
# Of the budget. A twentieth more is left for what follows the last piece: reading the curve
# and writing the report; the two together are the .15 by which a probe may be late.
GRACE = 0.10
LEAST_PACE = 0.25  # a machine that was loaded while its speed was measured
RECENT = 5  # steps whose median is the pace of now: two odd ones among them do not move it

# Of a step's time, what may go by the tokens of its batch; the middle one before so many steps have
# told, of which no more than the last are asked, for time. By hand.
SHARES, LEAST_TIMES, MOST_TIMES = (0.0, 0.25, 0.5, 0.75, 1.0), 6, 200


@dataclass
class TimeAccount:
    """Seconds of one model. Without a budget everything fits, and no clock decides anything."""

    budget: float = math.inf
    now: Callable[[], float] = time.monotonic
    began: float | None = None
    pace: float = field(default=1.0, init=False)  # seconds taken by seconds foreseen, lately

    def __post_init__(self) -> None:
        if self.began is None:
            self.began = self.now()

    @property
    def limited(self) -> bool:
        return math.isfinite(self.budget)

    @property
    def spent(self) -> float:
        return self.now() - (self.began or 0.0)

    @property
    def left(self) -> float:
        return self.budget - self.spent

    def learn(self, foreseen: float, took: float) -> None:
        """Take the pace of the last piece for that of the next."""
        if foreseen > 0 and self.limited:
            self.pace = max(took / foreseen, LEAST_PACE)

    def fits(self, foreseen: float, then: float = 0.0) -> bool:
        """Whether work that can be cut short, and after it `then` that cannot, ends in time."""
        if not self.limited:
            return True
        return self.pace * (foreseen + then) <= self.left and self.safe(then)

    def safe(self, foreseen: float) -> bool:
        """Whether work that cannot be interrupted ends in time, even SLOWER times slower."""
        if not self.limited:
            return True
        return (
            self.pace * foreseen <= self.left
            and max(self.pace, SLOWER) * foreseen <= self.left + GRACE * self.budget
        )

    def seconds_for(self, share: float) -> float:
        """A share of the budget, at the speed measured; no more than is left."""
        return min(share * self.budget, self.left) / max(1.0, self.pace)


class Stopwatch:
    """Says during a training run how many of its steps fit, from the pace of the last few."""

    def __init__(self, account: TimeAccount, step: float, tail: Callable[[int], float]) -> None:
        """step: foreseen seconds; tail(n): of n evaluations and the last predictions."""
        self.account, self.step, self.tail = account, step, tail
        self.now = account.now
        self.taken: list[float] = []  # by the last few steps
        self.made = 0

    def fits(self, remaining: int, evaluations: int, took: float) -> int:
        """Of the `remaining` steps, those that fit beside so many evaluations yet to come.

        took: seconds of the step just made. The first step also warms up and tells no pace.
        """
        account = self.account
        if not account.limited:
            return remaining
        tail = self.tail(evaluations)
        self.made += 1
        if self.made == 1:
            return remaining if account.safe(self.step + tail) else 0
        self.taken = [*self.taken, took][-RECENT:]
        each = sorted(self.taken)[len(self.taken) // 2]
        account.learn(self.step, each)
        if not account.safe(self.step + tail):
            return 0
        fit = (account.left - account.pace * tail) / max(each, 1e-9)
        return int(min(remaining, max(0.0, fit)))


@dataclass
class StepTimes:
    """Seconds of a run's steps, whose batches differ in size, as of one of the mean size.

    Part of a step takes as long whatever its batch is, updating the weights above all, and part
    goes by the tokens: in such shares as leave the times least apart.
    """

    mean: float  # tokens of a batch
    taken: list[tuple[float, float]] = field(default_factory=list)  # seconds, and size by the mean

    def add(self, seconds: float, size: int) -> None:
        self.taken.append((seconds, size / self.mean))

    @property
    def now(self) -> float:
        """Of the last step."""
        return self._scaled([self.taken[-1]], self._share)[0]

    @property
    def typical(self) -> float:
        """The median."""
        return float(np.median(self._scaled(self._told, self._share)))

    @property
    def _told(self) -> list[tuple[float, float]]:
        return self.taken[1:][-MOST_TIMES:] or self.taken  # the first one warms up

    @property
    def _share(self) -> float:
        """Of the mean batch's time, what goes by its tokens."""
        told = self._told
        if len(told) < LEAST_TIMES:
            return SHARES[len(SHARES) // 2]

        def apart(share: float) -> float:
            logs = np.log(np.maximum(self._scaled(told, share), 1e-12))
            return float(np.abs(logs - np.median(logs)).mean())

        return min(SHARES, key=apart)

    @staticmethod
    def _scaled(some: Sequence[tuple[float, float]], share: float) -> list[float]:
        return [seconds / (1 - share + share * size) for seconds, size in some]


def unhurried() -> Stopwatch:
    """Of a run that nothing limits."""
    return Stopwatch(TimeAccount(), 0.0, lambda _: 0.0)


def budget_words(seconds: float) -> str:
    """A budget as the option takes it, rounded up: 90s, 4m, 2h."""
    if seconds <= 90:
        return f"{10 * math.ceil(seconds / 10)}s"
    if seconds <= 90 * 60:
        return f"{math.ceil(seconds / 60)}m"
    return f"{math.ceil(seconds / 3600)}h"
