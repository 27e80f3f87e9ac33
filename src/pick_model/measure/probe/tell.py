"""What is said while a probe runs: what the budget buys, what is being done, how long still."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from pick_model.measure.probe.clock import Account
from pick_model.measure.probe.plan import Plan
from pick_model.measure.probe.rate import MULTIPLES
from pick_model.measure.probe.settings import FULL_PASSES, Progress, Settings


class Teller:
    """Turns pieces of work, each with its cost, into ticks with the time left for all."""

    def __init__(self, progress: Callable[[Progress], None], account: Account) -> None:
        self.progress, self.account = progress, account
        self.planned, self.done = 0.0, 0.0  # in the plan's costs
        self.begun = 0.0

    def note(self, words: str) -> None:
        self.progress(Progress(words, note=words))

    def plan(self, name: str, words: str, cost: float, settings: Settings) -> None:
        """Say what will be run (`words`, see `plan_words`), and how long it may take."""
        self.planned = cost
        self.begun, self.done = self.account.now(), 0.0
        if not self.account.limited:
            self.note(f"{name}, {settings.max_steps} steps a run at most: {words}")
            return
        foreseen = self.account.spent + self.planned
        budget = minutes(settings.budget_seconds)
        self.note(f"{name}, {budget} buy: {words}; about {minutes(foreseen)} in all")

    @contextmanager
    def stage(self, words: str, cost: float = 0.0) -> Iterator[Callable[[int, int], None]]:
        """Ticks of one piece: its begin, each step, its end."""
        total = 1

        def tick(done: int, out_of: int) -> None:
            nonlocal total
            total = out_of
            left = self.left(cost * done / max(1, out_of))
            # The end is told below, when the predictions are made as well.
            self.progress(Progress(words, min(done, out_of - 1), out_of, left))

        self.progress(Progress(words, 0, 1, self.left(0.0)))
        yield tick
        self.done += cost
        self.progress(Progress(words, total, total, self.left(0.0)))

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


def plan_words(plan: Plan, method: str, steps: int) -> str:
    """The plan in one clause; `steps`: of one run on all rows."""
    rows = plan.sizes[-1]
    if method == "linear":
        return f"a linear model on the frozen features of {rows:,} rows"
    seeds = f"{plan.seeds} seeds" if plan.seeds > 1 else "one seed"
    if plan.direct:
        words = (
            f"the full fine-tune itself, which costs no more than a probe here: {rows:,} rows x "
            f"{FULL_PASSES:g} passes ({count(steps, 'step')}), {seeds}"
        )
    else:
        of = f" of {plan.full_rows:,}" if rows < plan.full_rows else ""
        words = f"one pass over {rows:,}{of} rows ({count(steps, 'step')}), {seeds}"
        more = [f"{size:,} rows" for size in plan.sizes[:-1]]
        if more:
            words += f"; for the learning curve {' and '.join(more)}"
        if plan.trials:
            words += f"; {len(MULTIPLES)} learning rates on {plan.sizes[0]:,} rows"
        if plan.repeated_passes:
            words += f"; {plan.repeated_passes:.2g} passes over {plan.sizes[0]:,} rows"
        if plan.extension_passes:
            words += f"; {plan.extension_passes:.2g} passes over all if the curve still rises"
    return words


def count(n: int, what: str) -> str:
    return f"{n:,} {what}" + ("s" if n != 1 else "")


def minutes(seconds: float) -> str:
    """A time as people say it."""
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.1f} min"
