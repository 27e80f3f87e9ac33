"""The screen's report, from how far each model came."""

from __future__ import annotations

import dataclasses
import datetime
import math
from collections.abc import Iterator, Sequence

from pick_model.data.dataset import Dataset
from pick_model.documents.base import significant
from pick_model.documents.probe import Environment
from pick_model.documents.screen import (
    Layer,
    LayerScore,
    Measures,
    ScreenBaseline,
    ScreenData,
    ScreenFault,
    ScreenReading,
    ScreenReport,
    ScreenResult,
)
from pick_model.errors import BudgetTooSmall, PickModelError
from pick_model.measure.screen.baselines import StageBaselines
from pick_model.measure.screen.contest import ContestStanding, may_lead, ordered, ranks
from pick_model.measure.screen.pieces import RunContext
from pick_model.measure.screen.work import Entrant, Work
from pick_model.measure.versions import ENCODING, versions
from pick_model.words.message import Message
from pick_model.words.say import message, say, say_all

# Where work is kept says nothing about the result; the others are a selection's.
NOT_SHOWN = ("cache", "thorough_seconds", "last_rows", "baselines")


def report(
    work: Work,
    entrants: Sequence[Entrant],
    data: Dataset,
    notes: Sequence[Message],
) -> ScreenReport:
    """The best first, and models that could not be screened last, in the order asked for."""
    standings: list[ContestStanding] = []
    screened: list[Entrant] = []
    for one in entrants:
        if one.standing is not None:
            standings.append(one.standing)
            screened.append(one)
    lead, by_rows = may_lead(standings), ranks(standings)
    beside = StageBaselines(work)
    results = [
        result(screened[at], standings[at], place, by_rows[at], lead[at], beside)
        for place, at in enumerate(ordered(standings), start=1)
    ]
    failed = [one for one in entrants if one.standing is None]
    last = max((one.stage for one in standings), default=0)
    if standings and work.settings.baselines and not beside.at(last):
        notes = [*notes, message("screen-without-baselines", rows=len(work.stages[last]))]
    late = sum(isinstance(one.fault, BudgetTooSmall) for one in failed)
    told = [*ending(work, results, late), *notes]
    if failed:
        told.append(message("screen-failed", n=len(failed)))
    return ScreenReport(
        made_on=datetime.date.today().isoformat(),
        metric=work.scorers[-1].metric,
        data=ScreenData(
            source=data.source,
            digest=data.digest,
            label=data.label,
            kind=data.kind,
            pairs=data.pairs is not None,
            n_labels=len(data.label_names),
            rows_in_file=data.n_total,
            rows=len(work.stages[-1]),
            stages=tuple(len(stage) for stage in work.stages),
        ),
        settings={
            item.name: shown(getattr(work.settings, item.name))
            for item in dataclasses.fields(work.settings)
            if item.name not in NOT_SHOWN
        },
        environment=environment(standings[0].judged.machine) if standings else None,
        results=(*results, *map(unread, failed)),
        baselines=baselines(beside, last) if standings else {},
        notes=say_all(told),
        note_messages=tuple(told),
    )


def ending(work: Work, results: Sequence[ScreenResult], late: int) -> list[Message]:
    """Whether one model leads by these rows; none does while others (`late`) were not read."""
    unseen = [message("screen-unread", n=late, of=late + len(results))] if late and results else []
    level = sum(one.may_lead for one in results)
    if level > 1:
        return [message("screen-undecided", n=level), *unseen]
    if unseen:
        return unseen
    if len(results) > 1 and results[0].rows < len(work.stages[-1]):
        return [message("screen-decided", rows=results[0].rows, model=results[0].model)]
    return []


def baselines(beside: StageBaselines, stage: int) -> dict[str, ScreenBaseline]:
    """At a stage, for the report."""
    sign = beside.work.scorers[stage].sign
    return {
        name: ScreenBaseline(
            score=significant(sign * one.value),
            interval=one.ends(sign),
            standard_error=significant(float(one.draws.std())),
            rows=len(beside.work.stages[stage]),
        )
        for name, one in beside.at(stage).items()
    }


def result(
    one: Entrant, at: ContestStanding, place: int, by_rows: int, lead: bool, beside: StageBaselines
) -> ScreenResult:
    """A model that was read."""
    assert one.model is not None
    assert one.first is not None
    judged = at.judged
    return ScreenResult(
        rank=place,
        model=one.ref.name,
        revision=one.model.revision,
        weights_digest=one.model.weights_digest,
        score=significant(at.score),
        interval=at.worth.ends(at.sign),
        standard_error=significant(float(at.worth.draws.std())),
        prior_rank=None,
        data_rank=by_rows,
        may_lead=lead,
        gain=beside.gain(at),
        measures=_measures(at),
        best_layer=Layer(layer=judged.best.layer, of=judged.depth, pooling=judged.best.pooling),
        layers=tuple(
            LayerScore(layer=score.view.layer, pooling=score.view.pooling, ridge=score.explained)
            for score in one.first.scores
        ),
        rows=len(judged.predictions),
        earlier=tuple(_reading(one) for one in reversed(list(_before(at)))),
        truncated=judged.truncated,
        n_parameters=judged.machine.parameters,
        seconds=round(one.seconds, 3),
        cached=one.cached,
    )


def _measures(at: ContestStanding) -> Measures:
    judged = at.judged
    return Measures(
        logme=judged.logme, h_score=judged.h_score, ridge=judged.explained, knn=significant(at.knn)
    )


def _before(at: ContestStanding) -> Iterator[ContestStanding]:
    """Where a model stood at the stages before, the latest first."""
    while at.before is not None:
        at = at.before
        yield at


def _reading(at: ContestStanding) -> ScreenReading:
    return ScreenReading(
        rows=len(at.judged.predictions),
        score=significant(at.score),
        interval=at.worth.ends(at.sign),
        measures=_measures(at),
    )


def unread(one: Entrant) -> ScreenResult:
    """A model that could not be screened, and why."""
    assert one.fault is not None
    fault = one.fault
    return ScreenResult(
        rank=None,
        model=one.ref.name,
        revision=one.model.revision if one.model else None,
        weights_digest=one.model.weights_digest if one.model else None,
        score=None,
        interval=None,
        standard_error=None,
        prior_rank=None,
        data_rank=None,
        may_lead=isinstance(fault, BudgetTooSmall),
        measures=None,
        best_layer=None,
        layers=(),
        rows=0,
        truncated=None,
        n_parameters=None,
        seconds=round(one.seconds, 3),
        cached=False,
        error=fault_of(fault),
    )


def fault_of(fault: PickModelError) -> ScreenFault:
    """Why a model could not be measured."""
    return ScreenFault(
        code=fault.code,
        message=say(fault.message),
        hint=None if fault.hint is None else say(fault.hint),
        message_code=fault.message.code,
        values=fault.message.values,
        hint_message=fault.hint,
    )


def environment(machine: RunContext) -> Environment:
    """Where features or vectors were made, and with what."""
    return Environment(
        device=machine.device,
        device_name=machine.device_name,
        dtype=machine.dtype,
        threads=machine.threads,
        versions=versions(ENCODING),
    )


def shown(value: object) -> bool | int | float | str | None:
    """A setting in a document: no limit is None, for JSON has no infinity."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    assert value is None or isinstance(value, bool | int | float | str)
    return value
