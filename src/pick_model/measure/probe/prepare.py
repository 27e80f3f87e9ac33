"""What is settled before the first run: lengths, speed, rows to predict, baselines and the plan."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from pick_model.data.dataset import Dataset
from pick_model.data.split import subsample
from pick_model.errors import BudgetTooSmall
from pick_model.measure.probe import make
from pick_model.measure.probe.baselines import Effort, affordable
from pick_model.measure.probe.clock import budget_words
from pick_model.measure.probe.desk import Desk
from pick_model.measure.probe.pieces import Inputs, Lengths, TrivialFit
from pick_model.measure.probe.plan import LEAST_ROWS, MARGIN, Plan, RowCounts, given_up, make_plan
from pick_model.measure.probe.run_costs import (
    FASTER,
    LEAST_HELDOUT,
    RunCosts,
    Speed,
    costs_of,
    evaluated,
    worth_predicting,
)
from pick_model.measure.probe.tell import plan_told
from pick_model.vocabulary.baselines import TRIVIAL, learnt
from pick_model.words.say import message

# Of the budget: what a model's speed is measured in, and what its trivial baselines may take.
# Chosen by hand: with the fits on features (`work.py`) a quarter, so that most of the time is left
# for training.
MEASURE_SHARE, TRIVIAL_SHARE = 0.08, 0.12


@dataclass(frozen=True)
class ProbeSetup:
    """All that is settled before the first run."""

    inputs: Inputs  # with the rows that are predicted
    lengths: Lengths
    costs: RunCosts
    plan: Plan
    trivial: TrivialFit  # fitted on all training rows that time allows
    feature_rows: int  # training rows whose frozen features are read

    def steps(self, size: int, passes: float) -> int:
        """Of one run."""
        steps = self.costs.steps(size, passes)
        return min(steps, self.inputs.settings.max_steps or steps)


def prepare(desk: Desk) -> ProbeSetup:
    """Lengths, speed, rows to predict, trivial baselines, plan, in this order.

    Raises BudgetTooSmall where not one run would fit.
    """
    whole, account = desk.inputs, desk.account
    lengths = desk.piece(Lengths, whole.key("lengths"), lambda: make.lengths(desk.bench))
    speed = None  # measured where there is a budget to divide; else nothing depends on it
    if account.limited:
        speed = desk.piece(Speed, whole.key("speed"), lambda: _speed(desk, lengths.max_length))
    inputs = predicted(desk, speed, lengths.step_forwards)
    if not desk.decision("anything", lambda: account.left > 0):
        raise too_small(desk, speed)
    costs = costs_of(speed, inputs.batch, **inputs.scored, step_forwards=lengths.step_forwards)
    # First of all: what they take is no longer to be had.
    trivial = trivial_on(desk, inputs, len(inputs.sets.train))
    plan = planned(desk, inputs, speed, trivial.seconds, lengths.step_forwards)
    if account.limited:
        must_hold_one_run(desk, costs, plan, trivial)
    wanted = plan.reads

    def affordable_rows() -> int:
        """As many as end in time, also slower."""
        n = wanted
        while n > LEAST_ROWS and not account.safe(costs.features(n)):
            n = int(n / 1.19)
        return n

    rows = int(desk.decision("rows of frozen features", affordable_rows))
    return announced(desk, ProbeSetup(inputs, lengths, costs, plan, trivial, rows))


def _speed(desk: Desk, max_length: int) -> Speed:
    account = desk.account
    desk.bench.loaded  # noqa: B018  before the clock is asked
    if account.left <= 0:  # loading alone took it all
        raise too_small(desk, None)
    share = min(MEASURE_SHARE * account.budget, account.left)
    with desk.teller.stage(message("measuring-speed")):
        return make.speed(desk.bench, max_length, share, account.now)


def predicted(desk: Desk, speed: Speed | None, step_forwards: float) -> Inputs:
    """The inputs, of tuning and held-out rows no more than the budget lets us predict."""
    whole = desk.inputs
    if speed is None:
        return predicted_by_steps(desk, step_forwards)

    def part(name: str, rows: Dataset, share: float) -> Dataset:
        n = evaluated(len(rows), speed.predict_seconds, share * desk.account.budget)
        if n < share * min(LEAST_HELDOUT, len(rows)):
            raise too_small(desk, speed)
        if n < len(rows):
            desk.drop(message("rows-predicted", part=name, n=n, rows=len(rows)))
        return subsample(rows, n, whole.settings.seed)

    tuning = part("tuning", whole.sets.tuning, 0.5)
    heldout = part("held-out", whole.sets.heldout, 1.0)
    sets = dataclasses.replace(whole.sets, tuning=tuning, heldout=heldout)
    return dataclasses.replace(whole, sets=sets)


def predicted_by_steps(desk: Desk, step_forwards: float) -> Inputs:
    """The inputs, of held-out rows no more than are worth predicting for so few steps."""
    whole, s = desk.inputs, desk.inputs.settings
    if s.max_steps is None or s.method == "linear":
        return whole
    rows = whole.sets.heldout
    n = worth_predicting(len(rows), s.max_steps * whole.batch, step_forwards)
    if n == len(rows):
        return whole
    desk.drop(message("rows-predicted", part="held-out", n=n, rows=len(rows)))
    sets = dataclasses.replace(whole.sets, heldout=subsample(rows, n, s.seed))
    return dataclasses.replace(whole, sets=sets)


def planned(
    desk: Desk, inputs: Inputs, speed: Speed | None, trivial_seconds: float, step_forwards: float
) -> Plan:
    """What is to be run in the time that is left."""
    sets, settings = inputs.sets, inputs.settings

    def choose() -> Plan:
        rows = RowCounts(len(sets.train), sets.full_rows, **inputs.scored, kind=sets.train.kind)
        # The trivial baselines are fitted on the rows trained on too.
        seconds = desk.account.left - trivial_seconds
        return make_plan(
            settings, speed, rows, batch=inputs.batch, step_forwards=step_forwards, seconds=seconds
        )

    return desk.piece(Plan, inputs.key("plan", **inputs.limits), choose)


def must_hold_one_run(desk: Desk, costs: RunCosts, plan: Plan, trivial: TrivialFit) -> None:
    """Raise BudgetTooSmall where the least run does not fit; name what the plan gave up."""
    account, settings = desk.account, desk.inputs.settings
    least = min(plan.sizes[0], costs.batch)
    need = trivial.seconds * least / max(1, trivial.rows)
    need += costs.features(min(plan.sizes[-1], LEAST_ROWS))
    if settings.method != "linear":
        need += (settings.seeds or 1) * costs.run(least)
    if not desk.decision("one run", lambda: account.pace * need <= account.left):
        raise too_small(desk, costs.speed)
    for told in given_up(plan, settings):
        desk.drop(told)


def announced(desk: Desk, setup: ProbeSetup) -> ProbeSetup:
    """Say what will be run and how long it may take."""
    plan, settings, costs = setup.plan, setup.inputs.settings, setup.costs
    told = plan_told(plan, settings.method, setup.steps(plan.sizes[-1], plan.passes))
    cost = plan.cost + plan.reading(costs)
    desk.teller.plan(setup.inputs.resolved.name.rsplit("/", 1)[-1], told, cost, settings)
    return setup


def too_small(desk: Desk, speed: Speed | None) -> BudgetTooSmall:
    """The error that names a budget in which one run would fit."""
    account, whole, settings = desk.account, desk.inputs, desk.inputs.settings
    pace, seeds = max(1.0, account.pace), settings.seeds or 1
    # Where loading took it all and nothing was measured: loading as a fifth of the whole.
    budget = max(account.spent * (1 if speed else 5), settings.budget_seconds)
    speed = speed or Speed(0.0, 0.0)
    for _ in range(100):
        budget *= 1.2
        heldout = evaluated(len(whole.sets.heldout), speed.predict_seconds, budget)
        tuning = evaluated(len(whole.sets.tuning), speed.predict_seconds, 0.5 * budget)
        costs = RunCosts(speed, whole.batch, tuning, heldout, FASTER)  # it looks at more
        need = costs.features(LEAST_ROWS) + seeds * costs.run(whole.batch)
        enough = heldout >= min(LEAST_HELDOUT, len(whole.sets.heldout))
        room = 1 - MARGIN - MEASURE_SHARE - 2 * TRIVIAL_SHARE
        if enough and account.spent + pace * need <= room * budget:
            break
    which = message("seeds-do-not-fit", n=seeds) if seeds > 1 else message("not-one-run-fits")
    return BudgetTooSmall(
        message(
            "budget-too-small",
            name=whole.resolved.name,
            which=which,
            seconds=settings.budget_seconds,
            spent=account.spent,
        ),
        hint=message("budget-would-do", budget=budget_words(budget)),
    )


def trivial_on(desk: Desk, inputs: Inputs, size: int) -> TrivialFit:
    """The trivial baselines, fitted on the rows that a run of `size` rows sees."""
    sets, account = inputs.sets, desk.account
    rows = subsample(sets.train, size, inputs.settings.seed)
    effort = Effort(len(rows))
    names = learnt(TRIVIAL[rows.modality])
    of_texts = names == ("tfidf",)
    stage = message("fitting-tfidf") if of_texts else message("fitting-trivial", baselines=names)

    def choose() -> list[int | bool]:
        seconds = account.seconds_for(TRIVIAL_SHARE)
        with desk.teller.stage(stage):
            found = affordable(rows, sets.tuning, sets.heldout, inputs.metric, seconds, account.now)
        return [found.rows, found.thorough]

    def fit() -> TrivialFit:
        with desk.teller.stage(stage):
            return make.trivial(inputs, effort, account.now)

    if account.limited:
        n, thorough = desk.decision(f"baselines on {len(rows)}", choose)
        effort = Effort(int(n), bool(thorough))
        if effort.rows < len(rows):
            n, all_ = effort.rows, len(rows)
            told = message("tfidf-fitted-on", n=n, rows=all_)
            if not of_texts:
                told = message("trivial-fitted-on", baselines=names, n=n, rows=all_)
            desk.drop(told)
    return desk.piece(TrivialFit, inputs.trivial_key(effort), fit)
