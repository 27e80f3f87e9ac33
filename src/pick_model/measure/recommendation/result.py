"""The report on a user's interactions, from what each way of recommending found."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence

import numpy as np

from pick_model.documents.base import Figure
from pick_model.documents.recommendation import (
    Control,
    RankingBaseline,
    RecommendationData,
    RecommendationReport,
    RecommenderResult,
    WayName,
)
from pick_model.documents.retrieval import Prompt, Scores
from pick_model.measure.recommendation.baselines import collaborative_is_there
from pick_model.measure.recommendation.judge import judged, next_copy, over_copies
from pick_model.measure.recommendation.ranking import values
from pick_model.measure.recommendation.settings import REPORTED
from pick_model.measure.recommendation.work import Recommender, Recommending, TargetRanks
from pick_model.measure.retrieval.metrics import METRICS, Resampling
from pick_model.measure.retrieval.result import FEW, FLOAT_BYTES, GIB
from pick_model.measure.screen.contest import DOUBT
from pick_model.measure.screen.result import environment, fault_of
from pick_model.words.message import Message
from pick_model.words.say import message, say, say_all


def report(
    at: Recommending,
    known: Mapping[WayName, TargetRanks],
    asked: Sequence[Recommender],
) -> RecommendationReport:
    """The best first, and models that could not be read last, in the order asked for."""
    ranked = sorted(
        (one for one in asked if one.found is not None),
        key=lambda one: -round(_mine(at, one).mean(), 6),  # stable: in the order asked for
    )
    failed = [one for one in asked if one.found is None]
    baselines = tuple(_baseline(at, name, found) for name, found in known.items())
    results = [_result(at, one, known, ranked[0], rank) for rank, one in enumerate(ranked, start=1)]
    notes = [*at.data.notes, *_told(at, results, baselines)]
    if failed:
        notes.append(message("screen-failed", n=len(failed)))
    return RecommendationReport(
        command="probe-recommendation" if at.settings.trained else "screen-recommendation",
        made_on=datetime.date.today().isoformat(),
        metric=METRICS[at.metric],
        split=at.settings.split,
        data=_data(at),
        settings={name: getattr(at.settings, name) for name in REPORTED},
        environment=environment(ranked[0].read.machine) if ranked and ranked[0].read else None,
        baselines=baselines,
        results=(*results, *(_unread(one) for one in failed)),
        notes=say_all(notes),
        note_messages=tuple(notes),
    )


def _data(at: Recommending) -> RecommendationData:
    data, split = at.data, at.split
    return RecommendationData(
        source=data.source,
        digest=data.digest,
        file_digests=data.file_digests,
        columns=dict(data.columns),
        text_columns=data.text_columns,
        interactions_in_file=data.n_in_file,
        interactions=data.n,
        users=len(data.users),
        items_in_file=data.n_items_in_file,
        items=len(data.ids),
        cold_items=int(split.cold.sum()),
        timed=data.timed,
        tests=len(split.tests),
        tests_in_file=split.n_tests,
        cold_tests=len(at.cold),
        tuning=len(split.tuning),
    )


def _baseline(at: Recommending, name: WayName, found: TargetRanks) -> RankingBaseline:
    mine = at.values(found)
    whole = at.resampling.figure(mine)
    return RankingBaseline(
        name=name,
        score=whole.value,
        interval=(whole.low, whole.high),
        standard_error=at.resampling.error(mine),
        scores=at.resampling.scores(values(np.array(found.ranks))),
        cold=_cold(found),
    )


def _result(
    at: Recommending,
    one: Recommender,
    known: Mapping[WayName, TargetRanks],
    first: Recommender,
    rank: int,
) -> RecommenderResult:
    """A model that was read."""
    assert one.model is not None
    assert one.found is not None
    assert one.prompts is not None
    assert one.read is not None
    mine, draws, trained = _mine(at, one), at.resampling, at.settings.trained
    whole, over, controls = draws.figure(mine), _differences(at, mine, known), _controls(at, one)
    if one.shuffled is not None:
        over["shuffled-texts"] = draws.figure(mine - at.values(one.shuffled))
    lead = None
    if len(one.copies) > 1:
        copies = [at.values(copy) for copy in one.copies]
        over["untrained"] = over_copies(mine, copies, draws)
        lead = next_copy(copies)[1] - float(at.values(known["popularity"]).mean())
    says = judged(over, one.found.learnt, len(at.split.tests), lead)
    read, prompt = one.read, one.prompts
    return RecommenderResult(
        rank=rank,
        model=one.ref.name,
        revision=one.model.revision,
        weights_digest=one.model.weights_digest,
        score=whole.value,
        interval=(whole.low, whole.high),
        standard_error=draws.error(mine),
        scores=draws.scores(values(np.array(one.found.ranks))),
        cold=_cold(one.found),
        may_lead=bool((draws.drawn(mine - _mine(at, first)) >= 0).mean() >= DOUBT),
        over=over,
        controls=controls,
        verdict=says.verdict if trained else None,
        reason=say(says.reason) if trained else None,
        reason_message=says.reason if trained else None,
        learnt=one.found.learnt if trained else None,
        passes=one.found.passes if trained else None,
        dropped=say_all(one.dropped),
        dropped_messages=tuple(one.dropped),
        prompt=Prompt(text=prompt.passage, source=prompt.passage_from, own=prompt.own_passage),
        dimension=read.values.shape[1],
        max_tokens=read.max_tokens,
        truncated=round(read.truncated / len(at.data.texts), 6),
        n_parameters=read.machine.parameters,
        memory_gib=read.machine.parameters * FLOAT_BYTES / GIB,
        items_per_second=round(len(at.data.texts) / max(read.seconds, 1e-9), 1),
        seconds=round(one.seconds, 3),
        cached=one.cached,
    )


def _differences(
    at: Recommending, mine: np.ndarray, known: Mapping[WayName, TargetRanks]
) -> dict[WayName, Figure]:
    return {name: at.resampling.figure(mine - at.values(found)) for name, found in known.items()}


def _controls(at: Recommending, one: Recommender) -> tuple[Control, ...]:
    found = []
    if one.shuffled is not None:
        whole = at.resampling.figure(at.values(one.shuffled))
        ends = (whole.low, whole.high)
        found.append(Control(name="shuffled-texts", score=whole.value, interval=ends, copies=1))
    if len(one.copies) > 1:
        middle, low, high = next_copy([at.values(copy) for copy in one.copies])
        found.append(
            Control(
                name="untrained",
                score=round(middle, 6),
                interval=(round(low, 6), round(high, 6)),
                copies=len(one.copies),
            )
        )
    return tuple(found)


def _unread(one: Recommender) -> RecommenderResult:
    """A model that could not be read, and why."""
    assert one.fault is not None
    return RecommenderResult(
        rank=None,
        model=one.ref.name,
        revision=one.model.revision if one.model else None,
        weights_digest=one.model.weights_digest if one.model else None,
        score=None,
        interval=None,
        standard_error=None,
        scores={},
        cold=None,
        may_lead=False,
        over={},
        controls=(),
        verdict=None,
        reason=None,
        reason_message=None,
        learnt=None,
        passes=None,
        dropped=(),
        dropped_messages=(),
        prompt=None,
        dimension=None,
        max_tokens=None,
        truncated=None,
        n_parameters=None,
        memory_gib=None,
        items_per_second=None,
        seconds=round(one.seconds, 3),
        cached=False,
        error=fault_of(one.fault),
    )


def _told(
    at: Recommending, results: Sequence[RecommenderResult], baselines: Sequence[RankingBaseline]
) -> list[Message]:
    """What the reader should know beside the figures."""
    told: list[Message] = []
    if not collaborative_is_there():
        told.append(message("no-collaborative-baseline"))
    if at.data.timed and at.settings.split != "time":
        told.append(message("later-items-were-seen"))
    if len(at.split.tests) < FEW:
        told.append(message("few-tests", n=len(at.split.tests)))
    if not at.split.tuning and at.settings.trained:
        told.append(message("nobody-to-tune-on"))
    if not results:
        return told
    first, level = results[0], sum(one.may_lead for one in results)
    if level > 1:
        told.append(message("recommenders-undecided", n=level))
    words = first.over["words"]
    if words.high < 0:
        told.append(message("words-better", model=first.model))
    elif words.low <= 0:
        told.append(message("words-level", model=first.model))
    without = [one for one in baselines if one.name in ("item-knn", "als")]
    best = max(without, key=lambda one: one.score or 0.0)
    if first.over[best.name].high < 0:
        told.append(message("who-took-what-is-better", way=best.name, model=first.model))
    return told


def _cold(found: TargetRanks) -> Scores | None:
    if not found.cold:
        return None
    return Resampling(len(found.cold)).scores(values(np.array(found.cold)))


def _mine(at: Recommending, one: Recommender) -> np.ndarray:
    assert one.found is not None
    return at.values(one.found)
