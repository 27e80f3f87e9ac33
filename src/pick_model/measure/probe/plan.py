"""How many rows, passes and seeds a budget buys.

One pass over more rows teaches more than several passes over fewer, so every run is planned
whole: one pass over all rows that the budget allows, by several seeds, and by one seed over a
half and a quarter of them for the curve. Only when the curve has not flattened does the probe
go on to as many passes as the full fine-tune takes. What more passes over the same rows would
win is tried out on the smallest size, where it is cheap.

A probe is there to spare the full fine-tune. Where that costs hardly more than the runs planned
in its place, it is done itself, and nothing has to be extrapolated.

What everything costs is in `run_costs.py`. The plan is kept in the work store: a resumed probe
follows the plan it began with. What it then drops, and in which order, is in `one.py`.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from dataclasses import dataclass

from pick_model.data.label_kinds import LABEL_KINDS
from pick_model.measure.probe.curve import IDENTIFIED, SETTLED, tells_alone
from pick_model.measure.probe.rate import MULTIPLES
from pick_model.measure.probe.run_costs import RunCosts, Speed, costs_of
from pick_model.measure.probe.settings import DEFAULT_SEEDS, FULL_PASSES, Settings
from pick_model.words.message import Message
from pick_model.words.say import message

# Chosen by hand, each for the reason beside it; none was measured.
FRACTIONS = (
    0.25,
    0.5,
)  # of the rows, for the curve, by the first seed; halves, as it is read over log rows
MANY_ROWS = 5000  # from here on steps take 32 rows: still 150 of them a pass
# The same where steps are what is few: 19 of 32 rows see a third of 2,000 in place of a sixth. By
# hand; of 600 rows they would cost more than a third of the full fine-tune.
MANY_ROWS_BY_STEPS = 1000
# From here on a probe by --max-steps, of fewer than tell by themselves, reads the rows with the
# encoder that its run has trained, and not with the untouched one: by it variants of MiniLM are
# ordered better on sets of 2,000 rows, and worse on sets of 600 (`curve.py`). With a budget neither
# was measured.
ENOUGH_AFTER = 1000
# Times as many as the run has seen, at least: as many again that have not taught the encoder. By
# hand; there they were 2.5 to 3 times as many.
UNSEEN = 2.0
# Rows that a linear model on layers is fitted on at most: the decomposition grows with the cube of
# the smaller side. By hand, for a few seconds of one busy core.
MOST_TAUGHT = 2000
LEAST_ROWS = 32  # of a curve point; fewer are all luck
ENOUGH_ROWS = 1500  # seeds are given up before a run gets fewer rows than this
WORTH = 1.6  # times the rows that giving something up has to buy: fewer more hardly move a score
MARGIN = 0.10  # of the time left when the plan is made, for steps slower than those measured
FEATURE_ROWS = {"tokens": 1500}  # rows whose frozen features are read (a line a word); others below
FEATURE_ROWS_DEFAULT = 4000  # few columns, so more rows gain little
FEATURE_SHARE = (
    0.2  # of the budget, for reading the training rows' frozen features: most is for training
)
SPARED = 1 / 3  # of the full fine-tune's cost, that a probe by --max-steps takes at most
NEARLY = 1.15  # times a probe's cost, at which the full fine-tune is done itself; by hand
LEAST_EXTENSION = 1.5  # passes; fewer teach too little beyond the first


@dataclass(frozen=True)
class RowCounts:
    """How many rows there are."""

    train: int  # at hand, tuning rows apart
    full: int  # of the whole file
    tuning: int
    heldout: int
    kind: str


@dataclass(frozen=True)
class Plan:
    """What will be run, if the time allows."""

    sizes: tuple[int, ...]  # training rows of the curve's points, ascending; the last by all seeds
    seeds: int
    repeated_passes: float  # over the smallest size, by one seed; 0: not
    extension_passes: float  # over the largest size; 0: not
    extension_seeds: int
    full_rows: int
    full_steps: int
    trials: bool  # find the rate by runs over the smallest size
    direct: bool = False  # the full fine-tune itself, in place of a probe
    feature_rows: int = FEATURE_ROWS_DEFAULT  # that the frozen features are read of, at most
    wider: int = 0  # training rows read so where the runs see fewer; 0: only theirs
    after: bool = False  # the wider with the encoder that the run has trained, not the untouched
    cost: float = 0.0  # of all of it but the extension

    @property
    def passes(self) -> float:
        """Of the largest run."""
        return FULL_PASSES if self.direct else 1.0

    @property
    def reads(self) -> int:
        """Training rows whose frozen features are read."""
        read = min(self.sizes[-1], self.feature_rows)
        return read if self.after else max(read, self.wider)

    def reading(self, costs: RunCosts) -> float:
        """Cost of their features, and of the wider with the encoder that the run has trained."""
        return costs.features(self.reads) + (costs.layers(self.wider) if self.after else 0.0)


def batch_size(rows: int, by_steps: bool = False) -> int:
    """Rows a step: 16 or 32, as published fine-tunes use (BERT, appendix A.3).

    by_steps: of a run that may take so many steps and no more.

    Few rows are worth more in small steps. Measured here with MiniLM: one pass over 900 rows
    of mr_polarity scored .78 in steps of 16 and .77 in steps of 32.
    """
    return 16 if rows < (MANY_ROWS_BY_STEPS if by_steps else MANY_ROWS) else 32


def make_plan(
    settings: Settings,
    speed: Speed | None,
    rows: RowCounts,
    *,
    batch: int,
    step_forwards: float,
    seconds: float = math.inf,
) -> Plan:
    """The plan for the `seconds` left; `speed` None: by --max-steps, in relative costs.

    step_forwards: as of `RunCosts`.

    Without a plan that fits, the least one: a run of one batch. Whether that fits is for the
    caller to see, who also knows what else has to be done.
    """
    most = min(rows.train, settings.max_rows or rows.train)
    steps = round(FULL_PASSES * math.ceil(rows.full / batch))
    features = FEATURE_ROWS.get(rows.kind, FEATURE_ROWS_DEFAULT)
    costs = costs_of(speed, batch, rows.tuning, rows.heldout, step_forwards)
    if speed is not None and settings.budget_seconds > 0:
        share = FEATURE_SHARE * settings.budget_seconds / max(speed.predict_seconds, 1e-9)
        features = max(LEAST_ROWS, int(min(features, share)))
    if settings.method == "linear":
        n = most
        if speed is not None:
            room = int(seconds * (1 - MARGIN) / max(speed.predict_seconds, 1e-9))
            n = max(1, min(most, room - rows.heldout - rows.tuning))
        return Plan(_sizes(n), 1, 0.0, 0.0, 0, rows.full, 0, False, feature_rows=n)
    usable = seconds * (1 - MARGIN)
    short = settings.max_steps is not None and settings.max_steps < SETTLED
    after = short and most >= ENOUGH_AFTER and not LABEL_KINDS[rows.kind].by_word
    fixed = Plan(
        (most,), 1, 0.0, 0.0, 0, rows.full, steps, False, feature_rows=features, after=after
    )
    full = costs.run(rows.full, FULL_PASSES)
    full *= settings.seeds or 1
    direct = dataclasses.replace(fixed, direct=True, seeds=settings.seeds or 1, cost=full)
    if settings.max_steps is not None:
        n = min(most, settings.max_steps * batch)
        found = _probe(settings, fixed, n, settings.seeds or DEFAULT_SEEDS, costs)
    else:
        found = _affordable(settings, fixed, costs, most, usable)
    allowed = most == rows.full and steps <= (settings.max_steps or steps)
    cheaper = full <= NEARLY * cost_of(found, costs, settings.max_steps)
    if allowed and cheaper and total(direct, costs) <= usable:
        return direct
    spared = SPARED * (full + costs.features(rows.full))  # which begins with a fitted head too
    return _trimmed(settings, found, costs, spared if settings.max_steps else usable, most)


def _affordable(settings: Settings, fixed: Plan, costs: RunCosts, most: int, usable: float) -> Plan:
    """The probe of the most rows in so much time, and what else is had beside them.

    What DROPS names is given up before a run gets fewer rows than ENOUGH_ROWS, as far as that
    buys rows worth having.
    """
    found = []
    for level in range(len(DROPS) + 1):
        drops = DROPS[:level]

        def plan_of(n: int, drops: tuple[Drop, ...] = drops) -> Plan:
            plan = _probe(settings, fixed, n, settings.seeds or DEFAULT_SEEDS, costs)
            for drop in drops:
                plan = drop(plan, settings)
            return plan

        def fits(n: int, plan_of: Callable[[int], Plan] = plan_of) -> bool:
            return total(plan_of(n), costs) <= usable

        n = largest(most, costs.batch, fits)
        found.append(plan_of(n))
        if n >= min(most, ENOUGH_ROWS):
            break
    fitting = [plan for plan in found if total(plan, costs) <= usable] or found[-1:]
    worth = fitting[-1].sizes[-1] / WORTH
    return next(plan for plan in fitting if plan.sizes[-1] >= worth)


def _trimmed(settings: Settings, plan: Plan, costs: RunCosts, limit: float, rows: int) -> Plan:
    """Without what makes the plan dearer than the limit, and with what fits beside it: an
    extension, and frozen features of more of the `rows` at hand than the runs see.

    The limit is the time, or with --max-steps a share of the full fine-tune that the probe is to
    spare.
    """
    most, widest = settings.max_steps, min(rows, plan.feature_rows)
    if most is not None:
        plan = _by_steps(settings, plan, costs, limit, widest)
    cost, n = cost_of(plan, costs, most), plan.sizes[-1]
    if most is not None:
        passes = min(FULL_PASSES, most / costs.steps(n))
        more = plan.seeds if passes >= LEAST_EXTENSION else 0
    else:
        passes = FULL_PASSES
        more = min(plan.seeds, int(max(0.0, limit - total(plan, costs)) / costs.run(n, passes)))
    if not settings.extend or not more:
        passes, more = 0.0, 0
    plan = dataclasses.replace(plan, cost=cost, extension_passes=passes, extension_seeds=more)
    if most is None and len(plan.sizes) < IDENTIFIED:
        left = limit - total(plan, costs) - (more * costs.run(n, passes) if more else 0.0)
        plan = _widened(plan, costs, left, widest)
    return plan


def _by_steps(settings: Settings, plan: Plan, costs: RunCosts, limit: float, widest: int) -> Plan:
    """The plan within a limit by --max-steps.

    Frozen features of all rows come before all that DROPS names: they are the cheapest witness of
    what further rows bring. Beside a run too short to tell more than its head they are read in
    place of smaller runs, too, and are of no more rows than the limit holds.
    """
    most, n = settings.max_steps, plan.sizes[-1]
    steps = costs.steps(n)
    smaller_runs: tuple[Drop, ...] = (_no_repeat, _no_trials, _one_size)
    if widest > n:
        plan = dataclasses.replace(plan, wider=widest)
        for drop in () if tells_alone(IDENTIFIED, steps) else smaller_runs:
            plan = drop(plan, settings)

    def room() -> float:
        return limit - cost_of(plan, costs, most) - plan.reading(costs)

    for drop in DROPS:
        if room() < 0:
            plan = drop(plan, settings)
    if tells_alone(len(plan.sizes), steps):
        return dataclasses.replace(plan, wider=0)
    plan = dataclasses.replace(plan, wider=0)
    return _widened(plan, costs, room(), widest)


def _widened(plan: Plan, costs: RunCosts, left: float, widest: int) -> Plan:
    """With features of as many rows as what is left pays for, of more than the run's or none: after
    the run, or where those would be too few, of the untouched encoder.
    """
    rows = math.floor(left / max(costs.speed.predict_seconds, 1e-9))
    for after in (True, False) if plan.after else (False,):
        if after:
            wider = min(widest, MOST_TAUGHT, rows - costs.heldout)
            enough = wider >= UNSEEN * plan.sizes[-1]
        else:
            wider = min(widest, plan.reads + rows)
            enough = wider > plan.sizes[-1]
        if enough:
            return dataclasses.replace(plan, wider=wider, after=after)
    return dataclasses.replace(plan, wider=0, after=False)


def _probe(settings: Settings, fixed: Plan, n: int, seeds: int, costs: RunCosts) -> Plan:
    sizes = _sizes(n)
    again = FULL_PASSES if len(sizes) > 1 else 0.0
    if settings.max_steps is not None:
        again = min(again, settings.max_steps / costs.steps(sizes[0]))
    return dataclasses.replace(
        fixed,
        sizes=sizes,
        seeds=seeds,
        repeated_passes=again if again > 1 else 0.0,
        trials=settings.learning_rate is None and len(sizes) > 1,
    )


def cost_of(plan: Plan, costs: RunCosts, most: int | None = None) -> float:
    """Of all runs but the extension; `most` steps each."""
    first, last = plan.sizes[0], plan.sizes[-1]
    cost = plan.seeds * costs.run(last, plan.passes, most)
    cost += sum(costs.run(size, 1.0, most) for size in plan.sizes[:-1])
    if plan.repeated_passes:
        cost += costs.run(first, plan.repeated_passes, most)
    if plan.trials:
        cost += (len(MULTIPLES) - 1) * costs.run(first, 1.0, most)
    return cost


def total(plan: Plan, costs: RunCosts) -> float:
    """Of all runs but the extension, and of the frozen features they begin with."""
    return cost_of(plan, costs) + plan.reading(costs)


def given_up(plan: Plan, settings: Settings) -> list[Message]:
    """What an unhurried plan would have and this one has not."""
    if plan.direct or settings.method == "linear":
        return []
    whole = _sizes(plan.sizes[-1])
    found = []
    if len(whole) > 1 and not plan.repeated_passes:
        found.append(message("several-passes"))
    if len(whole) > 1 and settings.learning_rate is None and not plan.trials:
        found.append(message("trying-rates"))
    if settings.seeds is None and plan.seeds == 1:
        found.append(message("two-more-seeds"))
    if settings.seeds is None and plan.seeds == 2:
        found.append(message("a-third-seed"))
    if len(plan.sizes) < len(whole):
        sizes = " and ".join(map(str, sorted(set(whole) - set(plan.sizes))))
        found.append(message("curve-on", sizes=sizes))
    return found


def _no_repeat(plan: Plan, _: Settings) -> Plan:
    return dataclasses.replace(plan, repeated_passes=0.0)


def _no_trials(plan: Plan, _: Settings) -> Plan:
    return dataclasses.replace(plan, trials=False)


def _fewer_seeds(plan: Plan, settings: Settings) -> Plan:
    return dataclasses.replace(plan, seeds=settings.seeds or max(1, plan.seeds - 1))


def _two_sizes(plan: Plan, _: Settings) -> Plan:
    return dataclasses.replace(plan, sizes=(plan.sizes[0], plan.sizes[-1])[-len(plan.sizes) :])


def _one_size(plan: Plan, _: Settings) -> Plan:
    return dataclasses.replace(plan, sizes=plan.sizes[-1:])


# What a plan gives up first, while it costs too much (`one.py` has the same order).
Drop = Callable[[Plan, Settings], Plan]
DROPS: tuple[Drop, ...] = (
    _no_repeat,
    _no_trials,
    _fewer_seeds,
    _fewer_seeds,
    _two_sizes,
    _one_size,
)


def _sizes(n: int) -> tuple[int, ...]:
    smaller = [round(n * fraction) for fraction in FRACTIONS]
    return (*(size for size in smaller if size >= LEAST_ROWS), n)


def largest(most: int, batch: int, fits: Callable[[int], bool]) -> int:
    """The largest size that fits, from `most` down a coarse grid, so that a step time off by
    a little mostly gives the same plan; at least one batch."""
    n = most
    while n > batch and not fits(n):
        n = int(n / 1.19)
    return max(n, min(most, batch))
