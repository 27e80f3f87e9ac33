"""Carrying out what was chosen: a screen of several models, or a probe of one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from math import inf

from pick_model.advise.report import CHANCE_DIGITS, rounded
from pick_model.belief.equal_rows import ScreenMeasurement
from pick_model.belief.level import link_of
from pick_model.belief.observations import ProbeResult
from pick_model.data.dataset import Dataset
from pick_model.documents.probe import Environment, ProbeReport, Result
from pick_model.documents.screen import ScreenFault, ScreenReport
from pick_model.documents.select import SelectStep, StepObservation
from pick_model.encoders.resolve import ModelRef
from pick_model.errors import MACHINE_FAULTS, BudgetTooSmall, EnvironmentProblem, PickModelError
from pick_model.interval import Interval
from pick_model.measure.executors import Executor
from pick_model.measure.ledger import is_whole, screen_lines
from pick_model.measure.probe.settings import Progress
from pick_model.measure.screen.observe import result_of
from pick_model.measure.screen.result import fault_of
from pick_model.measure.select.diary import Act, FinishedAct
from pick_model.measure.select.foreseen import Foreseen
from pick_model.measure.select.settings import Settings
from pick_model.measure.select.state import MORE, State
from pick_model.words.message import Message
from pick_model.words.say import message

HUB_FAULTS = 2  # models that the Hub does not give before it is taken to be out of reach
OUT_OF_REACH = ("hub-down", "offline")  # codes of the Hub


@dataclass
class SelectionBench:
    """What every act needs, and the reports that came of them."""

    state: State
    train: Dataset
    heldout: Dataset
    settings: Settings
    foreseen: Foreseen
    executor: Executor | None
    progress: Callable[[Progress], None]
    screen: ScreenReport | None = None  # the last, of all that were screened
    probes: dict[str, ProbeReport] = field(default_factory=dict)
    raised: dict[str, PickModelError] = field(default_factory=dict)  # by probes
    notes: list[Message] = field(default_factory=list)

    def note(self, told: Message) -> None:
        self.progress(Progress(told, note=told))


def carry_out(
    bench: SelectionBench, act: Act, done: FinishedAct | None, now: Callable[[], float]
) -> list[SelectStep]:
    """Measure, move the belief, and say how it moved. done: what it took, if done before."""
    if act.stage == "screen":
        return _screened(bench, act, done, now)
    return [_probed(bench, act, None if done is None else done.seconds[0], now)]


def _screened(
    bench: SelectionBench, act: Act, done: FinishedAct | None, now: Callable[[], float]
) -> list[SelectStep]:
    """One screen of these models and of all that this selection read, whose features are kept."""
    from pick_model.measure.screen.run import screen

    state = bench.state
    names = [*(name for name in state.screens if name not in state.told), *act.models]
    refs = {name: state.asked.refs[name] for name in names}
    settings = bench.settings.screening(act.budget)
    if done is not None:
        settings = replace(settings, budget_seconds=inf, thorough_seconds=inf, last_rows=done.rows)
    speeds: dict[str, float] = {}
    found = screen(
        [ModelRef(name, ref.folder, ref.hub_repo, ref.revision) for name, ref in refs.items()],
        bench.train,
        settings,
        bench.progress,
        executor=bench.executor,
        now=now,
        speed=speeds.__setitem__,
    )
    bench.screen = found
    by_name = {one.model: one for one in found.results}
    results = {line.model: result_of(line, line.model) for line in screen_lines(found)}
    for name in [n for n in results if n not in act.models]:
        if results[name].rows > state.screens[name].rows:  # others beside it made it read on
            state.screens[name] = results[name]
    link = link_of(found.metric)
    worst = [name for name, one in results.items() if link and link.is_worst(one.score.value)]
    if worst:
        told = message("screen-at-the-bottom", metric=found.metric, models=tuple(worst))
        bench.notes = [*(note for note in bench.notes if note.code != told.code), told]
    state.moved()
    steps, pace = [], bench.foreseen.pace
    for n, name in enumerate(act.models):
        one = by_name[name]
        before = state.expectation(name)
        spent = one.seconds if done is None else done.seconds[n]
        if done is None and not one.cached:
            # Foreseen is the first part of the rows alone.
            first = bench.foreseen.screened / max(one.rows, bench.foreseen.screened)
            bench.foreseen.learn(act.foreseen[n], first * spent, pace)
        if name in speeds and found.environment is not None:
            forwards = _step_forwards(found.environment)
            bench.foreseen.learn_reading(name, speeds[name], forwards)
        if one.error is None:
            state.screens[name] = results[name]
        else:
            failed(bench, name, one.error)
        state.moved()
        steps.append(
            SelectStep(
                stage="screen",
                model=name,
                foreseen_seconds=round(act.foreseen[n], 1),
                seconds=round(spent, 3),
                observation=_seen(results.get(name)),
                before=before,
                after=state.expectation(name),
                pick=state.pick,
                expected_loss_after=rounded(state.loss, CHANCE_DIGITS),
                error=one.error,
            )
        )
    return steps


def _step_forwards(environment: Environment) -> float:
    """As `make.step_forwards` of networks of linear layers, which most are.

    A convolutional one is foreseen to train slower than it does, until one is probed.
    """
    import torch

    from pick_model.measure.probe.make import step_forwards

    device, dtype = torch.device(environment.device), getattr(torch, environment.dtype)
    return step_forwards(device, dtype, linear=True)


def _probed(
    bench: SelectionBench, act: Act, took: float | None, now: Callable[[], float]
) -> SelectStep:
    """One probe. Of a model that still says one class for every row nothing is concluded."""
    from pick_model.measure.probe.run import probe

    state, [name] = bench.state, act.models
    before, begun = state.expectation(name), now()
    if name in state.probes:
        state.final.add(name)
    ref = state.asked.refs[name]
    settings = bench.settings.probing(state.profile.method, act.budget)
    result: Result | None = None
    error: ScreenFault | None = None
    try:
        made = probe(
            [ModelRef(name, ref.folder, ref.hub_repo, ref.revision)],
            bench.train,
            bench.heldout,
            settings,
            bench.progress,
            now=now,
        )
        result = made.results[0]
        bench.probes[name] = made
        if result.timing.full_seconds:
            bench.foreseen.learn_training(name, result.timing.full_seconds)
    except BudgetTooSmall as fault:
        error, bench.raised[name] = fault_of(fault), fault
        state.times[name] = 2 * state.times.get(name, 1)
    except PickModelError as fault:
        if fault.code in MACHINE_FAULTS:
            raise
        error, bench.raised[name] = fault_of(fault), fault
        failed(bench, name, error)
    seconds = now() - begun if took is None else took
    state.taken[name] = seconds
    whole = result is not None and is_whole(result)
    # Where a probe had time for it and was none, more time makes the same again.
    if whole or act.budget >= MORE * bench.foreseen.whole(name):
        state.final.add(name)
    undecided = result is not None and result.majority_only and not whole
    if undecided:
        state.times[name] = 2 * state.times.get(name, 1)
    elif result is not None:
        low, high = result.extrapolated.interval
        score = Interval(result.extrapolated.score, low, high)
        state.probes[name] = ProbeResult(name, result.metric, score, result.verdict, result.method)
    state.moved()
    return SelectStep(
        stage="probe",
        model=name,
        foreseen_seconds=round(act.foreseen[0], 1),
        seconds=round(seconds, 3),
        observation=None if undecided else _seen(state.probes.get(name), result),
        before=before,
        after=state.expectation(name),
        pick=state.pick,
        expected_loss_after=rounded(state.loss, CHANCE_DIGITS),
        majority_only=undecided,
        error=error,
    )


def failed(bench: SelectionBench, name: str, fault: ScreenFault) -> None:
    """Note why a model cannot be measured. Raises EnvironmentProblem for a fault that is no
    model's own."""
    state = bench.state
    if fault.code in MACHINE_FAULTS:
        raise EnvironmentProblem(
            message(fault.message_code, **fault.values), hint=fault.hint_message, code=fault.code
        )
    if fault.code == BudgetTooSmall.code:
        return
    state.failed[name] = fault
    if sum(one.code in OUT_OF_REACH for one in state.failed.values()) == HUB_FAULTS:
        _without_the_hub(bench, fault)


def _without_the_hub(bench: SelectionBench, fault: ScreenFault) -> None:
    """Leave out the models that would have to be downloaded."""
    from pick_model.encoders.resolve import download

    state, settings = bench.state, bench.settings
    for name, ref in state.asked.refs.items():
        if ref.folder is not None or name in state.failed:
            continue
        try:
            download(ref, settings.allow_pickle, settings.trust_remote_code, offline=True)
        except PickModelError as own:  # it says that the run is offline, which only then is so
            state.failed[name] = fault_of(own) if settings.offline else fault


def _seen(
    measured: ScreenMeasurement | ProbeResult | None, result: Result | None = None
) -> StepObservation | None:
    """What was measured, for the report."""
    if measured is None:
        return None
    score, low, high = measured.score
    rows = (
        measured.rows if isinstance(measured, ScreenMeasurement) else result.rows if result else 1
    )
    verdict = None if result is None else result.verdict
    return StepObservation(score=score, low=low, high=high, rows=rows, verdict=verdict)
