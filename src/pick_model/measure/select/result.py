"""The report of a selection."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Mapping, Sequence

from pick_model.advise.constraints import Broken
from pick_model.advise.decide import decide
from pick_model.advise.report import CHANCE_DIGITS, rounded
from pick_model.belief.equal_rows import ScreenMeasurement
from pick_model.belief.observations import ProbeResult
from pick_model.documents.report import Measured
from pick_model.documents.screen import ScreenFault
from pick_model.documents.select import (
    Ending,
    Expectation,
    Further,
    Selected,
    SelectReport,
    SelectStep,
)
from pick_model.documents.task import CRITERIA
from pick_model.measure.screen.result import fault_of, shown
from pick_model.measure.select.acts import SelectionBench
from pick_model.measure.select.state import State
from pick_model.vocabulary.metrics import LOWER_IS_BETTER
from pick_model.words.message import Message
from pick_model.words.say import message, say, say_all

SHOWN = 10  # of the candidates that nobody measured, in the order of the ranking

ENDED = {
    "decided": message("select-decided"),
    "worth": message("select-worth"),
    "budget": message("select-budget"),
    "nothing-left": message("select-nothing-left"),
}
Before = tuple[str, float, Mapping[str, Expectation | None]]  # pick, its loss, what was believed


def report(
    bench: SelectionBench,
    before: Before,
    steps: Sequence[SelectStep],
    ended: Ending,
    further: Further | None,
    spent: float,
) -> SelectReport:
    """Everything that was done and is now believed."""
    state, train = bench.state, bench.train
    pick, loss, prior = before
    scoring = state.scoring
    told = [ENDED[ended], *bench.notes, *scoring.told_elsewhere, *scoring.told_unheld]
    if not state.results:
        told.append(_unmeasured(bench, ended, spent))
    decision, baselines = decide(scoring), _baselines(bench)
    told += _below_baselines(state.expectation(decision.pick), baselines, decision.pick, state)
    faults = len(state.failed) + len(state.asked.faults)
    if faults:
        left = bool(state.results) or state.measurable
        told.append(message("select-failed-left-out" if left else "select-failed", n=faults))
    out = {*state.failed, *(one.id for one in scoring.rejected)}
    fulls = [bench.foreseen.full(n) for n in state.asked.refs if n not in out]
    return SelectReport(
        made_on=datetime.date.today().isoformat(),
        metric=state.metric,
        source=train.source,
        data_digest=train.digest,
        rows=len(train),
        rows_heldout=len(bench.heldout),
        settings={
            item.name: shown(getattr(bench.settings, item.name))
            for item in dataclasses.fields(bench.settings)
            if item.name not in ("cache", "shared")
        },
        preset=state.profile.preset,
        weights=dict(zip(CRITERIA, map(rounded, state.profile.weights), strict=True)),
        decision=decision,
        pick_before=pick,
        expected_loss_before=rounded(loss, CHANCE_DIGITS),
        ended=ended,
        steps=tuple(steps),
        results=tuple(_results(bench, prior)),
        baselines=baselines,
        further=further,
        budget_seconds=bench.settings.budget_seconds,
        spent_seconds=round(spent, 1),
        full_seconds=round(sum(fulls), 1) if fulls else None,
        notes=say_all(told),
        note_messages=tuple(told),
    )


def _baselines(bench: SelectionBench) -> dict[str, float]:
    """What the baselines that know no model score: the same rows' in every probe."""
    probed = [one for made in bench.probes.values() for one in made.results]
    known = probed[-1].baselines if probed else {}
    return {name: line.score for name, line in known.items() if line.in_verdict}


def _below_baselines(
    pick: Expectation | None, baselines: Mapping[str, float], name: str, state: State
) -> list[Message]:
    """That what would be taken is not expected to beat what knows no pretrained model."""
    if pick is None or pick.score is None or not baselines:
        return []
    sign = -1 if state.metric in LOWER_IS_BETTER else 1
    best = max(baselines, key=lambda one: sign * baselines[one])
    expected, reached = pick.score.value, baselines[best]
    if sign * expected > sign * reached:
        return []
    return [message("pick-below-baseline", model=name, expected=expected, by=best, reached=reached)]


def _unmeasured(bench: SelectionBench, ended: Ending, spent: float) -> Message:
    """That the choice is the prior's alone; and of a budget, what would have been enough."""
    state = bench.state
    options = state.options(bench.settings.stages, bench.foreseen, bench.settings.budget_seconds)
    if ended != "budget" or not options:
        return message("select-unmeasured")
    least = min(one.cost for one in options)
    return message("select-unmeasured-in-time", spent=spent, least=least)


def _results(bench: SelectionBench, prior: Mapping[str, Expectation | None]) -> list[Selected]:
    """The candidates in the order of the ranking; last those that could not be measured."""
    state = bench.state
    found, others = [], 0
    ranked = [one.scored.entry.id for one in state.scoring.ranked]
    for rank, name in enumerate((n for n in ranked if n not in state.failed), start=1):
        measured = name in state.screens or name in state.probes
        others += not measured
        if measured or others <= SHOWN:
            found.append(_selected(bench, name, rank, prior))
    tried = [name for name in state.failed if name in state.asked.own or name not in ranked]
    tried += [name for name in state.failed if name not in tried]
    found += [_selected(bench, name, None, prior) for name in tried]
    limits = {one.id: one.broken for one in state.scoring.rejected}
    for name in state.asked.refs:
        if name in limits and name not in ranked and name not in state.failed:
            found.append(_selected(bench, name, None, prior, _over(limits[name])))
    for name, fault in state.asked.faults.items():
        found.append(
            Selected(
                rank=None,
                model=name,
                prior=None,
                believed=None,
                screened=None,
                probed=None,
                n_parameters=None,
                full_seconds=None,
                error=fault_of(fault),
            )
        )
    return found


def _over(broken: Broken) -> ScreenFault:
    """Why a candidate is none: the limit of the profile that it breaks."""
    told = message("is-rejected", reason=broken.reason, constraint=broken.constraint)
    return ScreenFault(
        code="limit",
        message=say(told),
        hint=None,
        message_code=told.code,
        values=told.values,
        hint_message=None,
    )


def _selected(
    bench: SelectionBench,
    name: str,
    rank: int | None,
    prior: Mapping[str, Expectation | None],
    fault: ScreenFault | None = None,
) -> Selected:
    state = bench.state
    seconds = bench.foreseen.known.get(name)
    return Selected(
        rank=rank,
        model=name,
        prior=prior.get(name),
        believed=state.expectation(name),
        screened=_measured(state.screens.get(name)),
        probed=_measured(state.probes.get(name)),
        n_parameters=state.asked.catalog.entries[name].n_parameters,
        full_seconds=None if seconds is None else round(bench.foreseen.full(name), 1),
        error=fault or state.failed.get(name),
    )


def _measured(one: ScreenMeasurement | ProbeResult | None) -> Measured | None:
    if one is None:
        return None
    score, low, high = one.score
    verdict = one.verdict if isinstance(one, ProbeResult) else ""
    return Measured(
        entry=one.entry, metric=one.metric, score=score, low=low, high=high, verdict=verdict
    )
