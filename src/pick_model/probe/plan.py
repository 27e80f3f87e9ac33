"""How many rows, passes and seeds a budget buys.

The plan rests on the step time measured once and kept in the work store, never on the clock
while it runs: a resumed probe follows the plan it began with, and the same plan gives the
same report.

One pass over more rows teaches more than several passes over fewer, and a run whose rate has
decayed to zero is worth more than one interrupted, so every run is planned whole: one pass
over all rows that the budget allows, by several seeds, and by one seed over a half and a
quarter of them for the curve. Only when the curve has not flattened does the probe go on to
as many passes as the full fine-tune takes. What more passes over the same rows would win is
tried out on the smallest size, where it is cheap.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

from pick_model.probe.rate import MULTIPLES
from pick_model.probe.settings import DEFAULT_SEEDS, FULL_PASSES, Settings

FRACTIONS = (0.25, 0.5)  # of the rows, for the curve, by the first seed
MANY_ROWS = 5000  # from here on steps take 32 rows
LEAST_ROWS = 32  # of a curve point; fewer are all luck
ENOUGH_ROWS = 1500  # seeds are given up before a run gets fewer rows than this
OVERHEAD = 0.15  # of the budget, for loading, tokenizing, baselines and bootstraps
FEATURE_ROWS = {"tokens": 1500}  # rows whose frozen features are read; others below
FEATURE_ROWS_DEFAULT = 4000


@dataclass(frozen=True)
class Speed:
    """Measured on this device with this model, batch and length."""

    step_seconds: float
    predict_seconds: float  # one row


@dataclass(frozen=True)
class Plan:
    """What will be run."""

    sizes: tuple[int, ...]  # training rows of the curve's points, ascending; the last by all seeds
    seeds: int
    repeated_passes: float  # over the smallest size, by one seed; 0 when there is but one size
    extension_passes: float  # 0 when the budget ends with the first phase
    extension_seeds: int
    full_rows: int
    full_steps: int
    trials: bool  # find the rate by runs over the smallest size

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "sizes": list(self.sizes)}

    @staticmethod
    def from_json(value: dict[str, Any]) -> Plan:
        return Plan(**{**value, "sizes": tuple(value["sizes"])})


def batch_size(rows: int) -> int:
    """Rows a step: 16 or 32, as published fine-tunes use (BERT, appendix A.3).

    Few rows are worth more in small steps. Measured here with MiniLM: one pass over 900 rows
    of mr_polarity scored .78 in steps of 16 and .77 in steps of 32.
    """
    return 16 if rows < MANY_ROWS else 32


def make_plan(
    settings: Settings,
    speed: Speed,
    *,
    batch: int,
    rows: int,
    full_rows: int,
    evaluated_rows: int,
    kind: str,
) -> Plan:
    """`rows`: training rows at hand, tuning rows apart; `full_rows`: of the whole file;
    `evaluated_rows`: held-out and tuning rows, scored after each run."""
    most = min(rows, settings.max_rows or rows)
    full_steps = round(FULL_PASSES * math.ceil(full_rows / batch))
    if settings.method == "linear":
        affordable = int(
            settings.budget_seconds * (1 - OVERHEAD) / max(speed.predict_seconds, 1e-9)
        )
        n = max(1, min(most, affordable - evaluated_rows)) if settings.max_steps is None else most
        return Plan(_sizes(n), 1, 0.0, 0.0, 0, full_rows, 0, False)

    if settings.max_steps is not None:
        n = min(most, settings.max_steps * batch)
        seeds = settings.seeds or DEFAULT_SEEDS
        passes = min(FULL_PASSES, settings.max_steps / math.ceil(n / batch))
        extension = passes if settings.extend and passes >= 1.5 else 0.0
        trials = _tries(settings, n)
        again = min(_repeated(n), settings.max_steps / math.ceil(_sizes(n)[0] / batch))
        return Plan(_sizes(n), seeds, again, extension, seeds, full_rows, full_steps, trials)

    evaluation = evaluated_rows * speed.predict_seconds
    feature_rows = FEATURE_ROWS.get(kind, FEATURE_ROWS_DEFAULT)
    spent = evaluated_rows + min(most, feature_rows)
    usable = settings.budget_seconds * (1 - OVERHEAD) - spent * speed.predict_seconds

    def cost(n: int, seeds: int) -> float:
        steps = sum(math.ceil(size / batch) for size in _sizes(n)[:-1])
        steps += seeds * math.ceil(n / batch)
        steps += round(_repeated(n) * math.ceil(_sizes(n)[0] / batch))
        runs = seeds + len(_sizes(n))
        if _tries(settings, n):
            steps += (len(MULTIPLES) - 1) * math.ceil(_sizes(n)[0] / batch)
            runs += len(MULTIPLES) - 1
        return steps * speed.step_seconds + runs * evaluation

    n, seeds = 1, 1
    for seeds in (settings.seeds,) if settings.seeds else range(DEFAULT_SEEDS, 0, -1):
        n = _largest(most, batch, lambda size, s=seeds: cost(size, s) <= usable)
        if n >= min(most, ENOUGH_ROWS):
            break
    left = usable - cost(n, seeds)
    one = FULL_PASSES * math.ceil(n / batch) * speed.step_seconds + evaluation
    more = min(seeds, int(left / one)) if settings.extend else 0
    passes = FULL_PASSES if more else 0.0
    trials = _tries(settings, n)
    return Plan(_sizes(n), seeds, _repeated(n), passes, more, full_rows, full_steps, trials)


def _sizes(n: int) -> tuple[int, ...]:
    smaller = [round(n * fraction) for fraction in FRACTIONS]
    return (*(size for size in smaller if size >= LEAST_ROWS), n)


def _repeated(n: int) -> float:
    return FULL_PASSES if len(_sizes(n)) > 1 else 0.0


def _tries(settings: Settings, n: int) -> bool:
    """Rates are tried where the user gave none and the curve has a smaller size to do it on."""
    return settings.learning_rate is None and len(_sizes(n)) > 1


def _largest(most: int, batch: int, fits: Any) -> int:
    """The largest size that fits, from `most` down a coarse grid, so that a step time off by
    a little mostly gives the same plan; at least one batch."""
    n = most
    while n > batch and not fits(n):
        n = int(n / 1.19)
    return max(n, min(most, batch))
