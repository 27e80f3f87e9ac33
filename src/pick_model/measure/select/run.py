"""`select`: measure what is most worth measuring until that is worth less than it costs.

    belief -> what would change the choice most for its seconds -> screen or probe -> belief ...

Every measurement moves the belief in all candidates. Screens that are worth making are made in
one go, probes one at a time. A probe whose model still says one class for all rows tells nothing
yet: it is done again with twice the time, and the model stays as good as before. Where nothing new
would win as much, what a short probe told of is fine-tuned in full.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from math import inf

from pick_model.belief.measuring import MOST, Chosen, Option, in_turn
from pick_model.belief.observations import LEAST_SCREENED, Measured
from pick_model.data.dataset import Dataset
from pick_model.documents.profile import Profile
from pick_model.documents.select import Ending, Further, SelectReport, SelectStep
from pick_model.files import cache_folder, json_digest
from pick_model.measure.candidates import Candidates
from pick_model.measure.executors import Executor
from pick_model.measure.probe.clock import SLOWER as BUSY
from pick_model.measure.probe.metrics import Scorer
from pick_model.measure.probe.rows import fingerprint
from pick_model.measure.probe.run import require_extra
from pick_model.measure.probe.settings import Progress
from pick_model.measure.screen.settings import ROWS, SENTENCES
from pick_model.measure.select.acts import SelectionBench, carry_out
from pick_model.measure.select.diary import Act, Diary, FinishedAct
from pick_model.measure.select.foreseen import (
    ENOUGH,
    LEAST_PROBE,
    Foreseen,
    first_rows,
    on_this_machine,
)
from pick_model.measure.select.result import report
from pick_model.measure.select.settings import Settings
from pick_model.measure.select.state import State
from pick_model.measure.select.worth import (
    Finals,
    in_full,
    least,
    most_won_by_second,
    pays,
    won,
)
from pick_model.words.message import Message

# Uninterrupted work begins where it would still end in time on a machine this much slower.
SLOWER = 1.3
NEXT_MINUTES = 10.0
MOST_ACTS = 200  # of thousands of candidates nobody measures more


@dataclass(frozen=True)
class Budget:
    """The deadline: seconds of this run and of what is read of an earlier one."""

    seconds: float
    now: Callable[[], float]
    began: float

    def spent(self, earlier: float) -> float:
        return self.now() - self.began + earlier


def select(
    asked: Candidates,
    profile: Profile,
    here: Profile,
    train: Dataset,
    heldout: Dataset,
    settings: Settings,
    progress: Callable[[Progress], None] = lambda _: None,
    *,
    among: Sequence[str] | None = None,
    told: Sequence[Measured] = (),
    notes: Sequence[Message] = (),
    executor: Executor | None = None,
    now: Callable[[], float] = time.monotonic,
    began: float | None = None,
) -> tuple[SelectionBench, SelectReport]:
    """Spend a budget on measuring candidates, and say which to take.

    asked: what can be measured. among: ids of all candidates, measurable or not; None: the
    catalog's. here: the profile with this machine to train on. told: measured before. notes: what
    the report is to say besides. `began`: when the budget began, by the clock `now`.

    A model that cannot be loaded is named with its reason, and the others go on. The same
    arguments after a kill go on where it was, with the same steps. Returns the report, and
    what it was made of.

    Raises NoCandidate, InputError and UsageError for what is wrong with all models,
    EnvironmentProblem for a full disk, MissingExtra.
    """
    require_extra("select")
    budget = Budget(settings.budget_seconds, now, now() if began is None else began)
    bench = bench_of(
        asked, profile, here, train, heldout, settings, progress, among, told, executor
    )
    bench.notes += notes
    state = bench.state
    first = state.pick, state.loss, {name: state.expectation(name) for name in asked.refs}
    diary = Diary(cache_folder(settings.cache), _decides(bench), bench.note)
    steps: list[SelectStep] = []
    earlier = 0.0  # seconds of steps that an earlier run made
    ended: Ending = "nothing-left"
    for n in range(MOST_ACTS):
        left = budget.seconds - budget.spent(earlier)
        done = diary.find(n)
        if done is not None and done.took > left:
            done = None
        act = done.act if done else None
        if act is None:
            act, ended = next_act(bench, left)
        if act is None:
            break
        if done is None:
            act = diary.begin(n, act, left)
        begun = now()
        made = carry_out(bench, act, done, now)
        if done is None:
            rows = max(one.rows for one in bench.screen.results) if bench.screen else None
            seconds = tuple(step.seconds for step in made)
            diary.keep(n, FinishedAct(act, seconds, now() - begun, rows))
        else:
            earlier += done.took - (now() - begun)
        steps += made
    more = None if ended == "decided" else further(bench)
    return bench, report(bench, first, steps, ended, more, budget.spent(earlier))


def bench_of(
    asked: Candidates,
    profile: Profile,
    here: Profile,
    train: Dataset,
    heldout: Dataset,
    settings: Settings,
    progress: Callable[[Progress], None],
    among: Sequence[str] | None,
    told: Sequence[Measured] = (),
    executor: Executor | None = None,
) -> SelectionBench:
    """Everything ready to be measured."""
    metric = Scorer(train, settings.metric, replicates=1).metric
    state = State(asked, profile, among, metric, told)
    most = settings.rows or (SENTENCES if train.kind == "tokens" else ROWS)
    known = {name: asked.catalog.entries[name] for name in asked.refs}
    foreseen = Foreseen(known, on_this_machine(here, train), first_rows(train, most))
    return SelectionBench(state, train, heldout, settings, foreseen, executor, progress)


def probe_each(
    bench: SelectionBench, now: Callable[[], float] = time.monotonic
) -> list[SelectStep]:
    """Probe every candidate, whatever it is worth; the settings' budget is each one's."""
    steps = []
    for name in bench.state.asked.refs:
        seconds = bench.settings.budget_seconds
        if name not in bench.state.failed:
            steps += carry_out(bench, Act("probe", (name,), (seconds,), seconds), None, now)
    return steps


def next_act(bench: SelectionBench, left: float) -> tuple[Act | None, Ending]:
    """What to do now in the seconds left; or why nothing."""
    state, settings = bench.state, bench.settings
    options = state.options(settings.stages, bench.foreseen, settings.budget_seconds)
    bonus = state.bonus
    finals = state.again(settings.stages, bench.foreseen)
    again = in_full(state, finals, left)
    late = again is None and in_full(state, finals, inf) is not None
    if not options:
        return _again(bench, again, left), "budget" if late else "nothing-left"
    fitting = [fitted for one in options if (fitted := _fitted(one, left)) is not None]
    ended = _ended(state, options, fitting, bonus)
    if ended is not None or bonus is None:
        proof = _again(bench, again, left) or _proof(bench, fitting, left, ended)
        unread = proof is None and not state.results and "screen" in settings.stages
        # Decided by the prior, and no time to look at the data: that is not what was asked for.
        if ended != "worth" and (late or (unread and ended == "decided")):
            ended = "budget"
        return proof, ended or "decided"
    turns = in_turn(state.scoring.decision, fitting, bonus, MOST["screen"])
    order = [one.option for one in turns]
    first = _first(bench, order, fitting, left)
    if first.stage == "probe":
        if again and again.won_by_second > most_won_by_second(state, turns, bonus):
            return _again(bench, again, left), "budget"
        wanted = {(one.member, one.stage): one for one in options}
        others = [wanted[one.member, one.stage] for one in order[1:]]
        return lasting(bench, first, others, left), "budget"
    return first if bench.foreseen.timed else cautious(first, left), "budget"


def _ended(
    state: State,
    options: Sequence[Option],
    fitting: Sequence[Option],
    bonus: Mapping[int, float] | None,
) -> Ending | None:
    """Why nothing more is to be measured; None where something is."""
    if bonus is None:
        return "decided"
    decision = state.scoring.decision
    worth = in_turn(decision, options, bonus, MOST["screen"])
    # What measuring gains for the best of the measured is more than it wins for the choice, and
    # beliefs are surer than they should be: it ends where even that is little, or where no result
    # of any draw would change the choice.
    if state.unit * sum(one.gain for one in worth) < least(state) or won(state, worth, bonus) <= 0:
        return "decided"
    if not pays(state, worth, bonus):
        return "worth"
    return None if in_turn(decision, fitting, bonus, 1) else "budget"


def _fitted(option: Option, left: float) -> Option | None:
    """An option that ends in time: a probe may be given less time than it would like."""
    if option.stage == "screen":
        return option if SLOWER * option.cost <= left else None
    enough = max(ENOUGH * option.cost, LEAST_PROBE)
    return option._replace(cost=min(option.cost, left)) if left >= enough else None


def _again(bench: SelectionBench, found: Finals | None, left: float) -> Act | None:
    """The first of them: with all that the others do not need, where time has no price."""
    if found is None:
        return None
    first, *others = found.options
    act = _act(bench, "probe", [first], left)
    if bench.state.priced:
        return act
    return replace(act, budget=left - sum(one.cost for one in others))


def _first(
    bench: SelectionBench, options: Sequence[Option], fitting: Sequence[Option], left: float
) -> Act:
    """The first of what is to be measured in turn: a probe alone, or all screens before one.

    Frozen features tell of models beside each other; how far they are below a fine-tune nobody
    knows. So the first screen is of three at least.
    """
    if options[0].stage == "probe":
        return _act(bench, "probe", options[:1], left)
    state = bench.state
    some = list(takewhile(lambda one: one.stage == "screen", options))
    if not state.screens:
        others = [o for o in fitting if o.stage == "screen" and o not in some]
        some += _best(state, others)[: max(0, LEAST_SCREENED - len(some))]
    while len(some) > 1 and SLOWER * sum(one.cost for one in some) > left:
        some.pop()
    return _act(bench, "screen", some, left)


def lasting(bench: SelectionBench, act: Act, others: Sequence[Option], left: float) -> Act:
    """A probe with all that is left, where none of the others worth measuring fits after it and
    time has no price."""
    state, [name] = bench.state, act.models
    if state.priced or any(_fitted(one, left - act.budget) for one in others):
        return act
    seconds = state.probe_seconds(name, bench.foreseen, inf)
    return replace(act, foreseen=(min(seconds, left),), budget=left)


def cautious(act: Act, left: float) -> Act:
    """As many of an act's screens as end in time on a machine that others use too, three at least:
    those tell its pace, and the others follow by that.
    """
    n = len(act.models)
    while n > LEAST_SCREENED and BUSY * sum(act.foreseen[:n]) > left:
        n -= 1
    return replace(act, models=act.models[:n], foreseen=act.foreseen[:n])


def _proof(
    bench: SelectionBench, fitting: Sequence[Option], left: float, ended: Ending | None
) -> Act | None:
    """Reading what would be taken, where others could not be read and nobody tried it; and the
    best, where all seems decided before anything was read: who brings data wants it looked at.
    """
    state = bench.state
    if not state.failed:
        screens = [one for one in fitting if one.stage == "screen"]
        if ended != "decided" or state.screens or state.probes or not screens:
            return None
        return _first(bench, _best(state, screens)[:1], fitting, left)
    names = state.scoring.belief.members
    pick = state.pick
    untried = pick not in state.screens and pick not in state.probes
    of_pick = [one for one in fitting if names[one.member].name == pick and untried]
    return _act(bench, of_pick[0].stage, of_pick[:1], left) if of_pick else None


def _best(state: State, options: Sequence[Option]) -> list[Option]:
    """Options, those of the models that are expected to be best first."""
    means = state.scoring.decision.means
    return sorted(options, key=lambda one: -means[one.member])


def _act(bench: SelectionBench, stage: str, some: Sequence[Option], left: float) -> Act:
    """These measurements in the seconds left. A probe ends when it is done, so that whatever one
    may have at most is not too much for it; but not where time has a price."""
    state = bench.state
    models = tuple(state.scoring.belief.members[one.member].name for one in some)
    seconds = left
    if stage == "probe":
        most = bench.foreseen.most(models[0], bench.settings.budget_seconds)
        most *= state.times.get(models[0], 1)
        seconds = min(max(some[0].cost, 0.0 if state.priced else most), left)
    return Act(stage, models, tuple(one.cost for one in some), seconds)


def further(bench: SelectionBench) -> Further | None:
    """What the next ten minutes would buy; None where no measurement would change the choice."""
    state, settings = bench.state, bench.settings
    bonus = state.bonus
    seconds = 60 * NEXT_MINUTES
    options = state.options(settings.stages, bench.foreseen, 4 * seconds)
    fitting = [one for one in options if one.cost <= seconds]
    if bonus is None:
        return None
    chosen: list[Chosen] = []
    total = 0.0
    for one in in_turn(state.scoring.decision, fitting, bonus, MOST["screen"]):
        if total + one.option.cost > seconds:
            break
        chosen.append(one)
        total += one.option.cost
    gained = won(state, chosen, bonus)
    again = in_full(state, state.again(settings.stages, bench.foreseen), seconds)
    if again and again.won_by_second > most_won_by_second(state, chosen, bonus):
        chosen = [Chosen(one, 0.0) for one in again.options]
        total, gained = again.seconds, again.won
    if gained < least(state):
        return None  # nothing that a reader would see
    after = max(state.loss - gained, 0.0)
    names = state.scoring.belief.members
    steps = tuple(
        ("screen" if one.option.stage == "screen" else "probe", names[one.option.member].name)
        for one in chosen
    )
    return Further(minutes=round(total / 60, 1), steps=steps, expected_loss_after=round(after, 4))


def _decides(bench: SelectionBench) -> dict[str, str]:
    """All that decides what is done first, as a digest."""
    state, settings = bench.state, replace(bench.settings, cache=None, budget_seconds=1.0)
    return {
        "of": json_digest(
            [
                sorted(f"{name} {ref}" for name, ref in state.asked.refs.items()),
                f"{state.profile}",
                f"{settings}",
                state.asked.catalog.digest,
                fingerprint(bench.train, bench.heldout),
                sorted(f"{one}" for one in (*state.results, *state.elsewhere)),
            ]
        )
    }
