"""What is said while a probe runs: what the budget buys, what is being done, how long still."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from pick_model.measure.probe.clock import TimeAccount
from pick_model.measure.probe.plan import Plan
from pick_model.measure.probe.rate import MULTIPLES
from pick_model.measure.probe.settings import FULL_PASSES, Progress, Settings
from pick_model.words.message import Message
from pick_model.words.say import message


class Teller:
    """Turns pieces of work, each with its cost, into ticks with the time left for all."""

    def __init__(self, progress: Callable[[Progress], None], account: TimeAccount) -> None:
        self.progress, self.account = progress, account
        self.planned, self.done = 0.0, 0.0  # in the plan's costs
        self.begun = 0.0

    def note(self, told: Message) -> None:
        self.progress(Progress(told, note=told))

    def plan(self, name: str, plan: Message, cost: float, settings: Settings) -> None:
        """Say what will be run (see `plan_told`), and how long it may take."""
        self.planned = cost
        self.begun, self.done = self.account.now(), 0.0
        if not self.account.limited:
            steps = settings.max_steps or 0
            self.note(message("plan-of-steps", model=name, steps=steps, plan=plan))
            return
        foreseen, budget = self.account.spent + self.planned, settings.budget_seconds
        told = message("plan-of-time", model=name, budget=budget, plan=plan, foreseen=foreseen)
        self.note(told)

    @contextmanager
    def stage(self, what: Message, cost: float = 0.0) -> Iterator[Callable[[int, int], None]]:
        """Ticks of one piece: its begin, each step, its end."""
        total = 1

        def tick(done: int, out_of: int) -> None:
            nonlocal total
            total = out_of
            left = self.left(cost * done / max(1, out_of))
            # The end is told below, when the predictions are made as well.
            self.progress(Progress(what, min(done, out_of - 1), out_of, left))

        self.progress(Progress(what, 0, 1, self.left(0.0)))
        yield tick
        self.done += cost
        self.progress(Progress(what, total, total, self.left(0.0)))

    def left(self, of_this: float) -> float | None:
        """Seconds of what is planned, at the pace since the plan was made."""
        finished = self.done + of_this
        if not self.planned:
            return None
        if self.account.limited:
            each = max(1.0, self.account.pace)
            return max(0.0, min(each * (self.planned - finished), self.account.left))
        if not finished:
            return None
        spent = self.account.now() - self.begun
        return max(0.0, spent / finished * (self.planned - finished))


def plan_told(plan: Plan, method: str, steps: int) -> Message:
    """What the plan runs; `steps`: of one run on all rows."""
    rows, seeds = plan.sizes[-1], plan.seeds
    if method == "linear":
        return message("plan-linear", rows=rows)
    if plan.direct:
        return message("plan-full", rows=rows, passes=FULL_PASSES, steps=steps, seeds=seeds)
    told = message("plan-all-rows", rows=rows, steps=steps, seeds=seeds)
    if rows < plan.full_rows:
        told = message("plan-rows", rows=rows, all=plan.full_rows, steps=steps, seeds=seeds)
    more = []
    if plan.sizes[:-1]:
        more.append(message("plan-curve", sizes=tuple(plan.sizes[:-1])))
    if plan.trials:
        more.append(message("plan-rates", n=len(MULTIPLES), rows=plan.sizes[0]))
    if plan.repeated_passes:
        more.append(message("plan-repeats", passes=plan.repeated_passes, rows=plan.sizes[0]))
    if plan.extension_passes:
        more.append(message("plan-extension", passes=plan.extension_passes))
    for then in more:
        told = message("and-then", told=told, then=then)
    return told
