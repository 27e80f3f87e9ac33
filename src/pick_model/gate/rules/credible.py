"""PM708 to PM710: can the probe be true, does it say yes, and did it measure what is asked?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import inf

from pick_model.documents.base import Figure
from pick_model.documents.lock import LockedProbe
from pick_model.gate.case import Case
from pick_model.gate.finding import Finding, failed, passed, skipped, undecided
from pick_model.gate.rules.measured import PROBE_AGAIN, without_probe
from pick_model.vocabulary.metrics import LOWER_IS_BETTER, METRICS
from pick_model.vocabulary.uses import PROBE_METHODS, TUNED
from pick_model.words.message import Message
from pick_model.words.say import message

# Figures are rounded to six digits, so an interval may end this close before its score.
LAST_DIGIT = 2e-6
COMMIT = re.compile(r"[0-9a-f]{40}")


def impossible(case: Case) -> list[Finding]:
    """PM708."""
    where, probe = case.probe_at(), case.probe
    if probe is None:
        return [skipped(message("no-probe-see"), where)]
    released = case.entry.release_date if case.entry else None
    found = [
        failed(told, case.probe_at(key), PROBE_AGAIN, key=key)
        for key, told in _contradictions(probe, case.given.today.isoformat(), released)
    ] or [undecided(told, case.probe_at(key), PROBE_AGAIN, key=key) for key, told in _doubts(probe)]
    return found or [passed(message("figures-can-be-true"), where)]


def _doubts(probe: LockedProbe) -> Iterator[tuple[str, Message]]:
    """Key and reason of what hardly can be."""
    (low, high), score = probe.interval, probe.score
    if not _holds(probe.interval, score):
        yield "interval", message("score-outside-interval", low=low, high=high, score=score)
    known = METRICS[probe.metric]
    if low == high and score not in (known.low, known.high):
        yield "interval", message("interval-without-width", score=score)
    sign = -1 if probe.metric in LOWER_IS_BETTER else 1
    for name, baseline in sorted(probe.baselines.items()):
        gain = baseline.difference
        if gain is None:
            continue
        # A mean over resampled rows, so it is near that of the scores, not equal to it.
        plain, slack = sign * (score - baseline.score), gain.high - gain.low
        if not gain.low - slack - LAST_DIGIT <= plain <= gain.high + slack + LAST_DIGIT:
            told = message(
                "difference-not-of-scores", name=name, low=gain.low, high=gain.high, plain=plain
            )
            yield "baselines", told


def _contradictions(
    probe: LockedProbe, today: str, released: str | None
) -> Iterator[tuple[str, Message]]:
    """Key and reason of what cannot be."""
    if probe.made_on is not None and probe.made_on > today:
        yield "made_on", message("probe-of-the-future", day=probe.made_on)
    elif probe.made_on is not None and released is not None and probe.made_on < released:
        yield "made_on", message("probe-before-release", day=probe.made_on, released=released)
    commit = probe.model.partition("@")[2]
    if probe.revision is not None and COMMIT.fullmatch(commit) and commit != probe.revision:
        told = message("revision-of-another", revision=probe.revision, model=probe.model)
        yield "revision", told
    name, known = probe.metric, METRICS[probe.metric]
    least, most = known.low, inf if known.high is None else known.high
    for key, values in (("score", (probe.score,)), ("interval", probe.interval)):
        wrong = [value for value in values if not least - LAST_DIGIT <= value <= most + LAST_DIGIT]
        if wrong:
            yield (
                key,
                message("figure-under-range", key=key, figure=wrong[0], metric=name, least=least)
                if most == inf
                else message(
                    "figure-out-of-range",
                    key=key,
                    figure=wrong[0],
                    metric=name,
                    least=least,
                    most=most,
                ),
            )
    low, high = probe.interval
    if low > high:
        yield "interval", message("interval-reversed", low=low, high=high)
    for other, baseline in sorted(probe.baselines.items()):
        if not least - LAST_DIGIT <= baseline.score <= most + LAST_DIGIT:
            told = message("baseline-out-of-range", name=other, metric=name, score=baseline.score)
            yield "baselines", told
        gain = baseline.difference
        if gain is not None and gain.low > gain.high:
            told = message("gain-reversed", name=other, low=gain.low, high=gain.high)
            yield "baselines", told
        elif gain is not None and max(-gain.low, gain.high) > most - least + LAST_DIGIT:
            yield "baselines", message("gain-too-wide", name=other, metric=name)
        elif gain is not None and not _holds((gain.low, gain.high), gain.value):
            yield "baselines", message("gain-outside-interval", name=other)
        elif gain is not None and _other_sign(probe, baseline.score, gain):
            yield "baselines", message("gain-of-other-sign", name=other)
    if probe.seeds == 0:
        yield "seeds", message("no-seeds")
    if probe.method in TUNED and probe.steps == 0:
        yield "steps", message("no-steps", method=probe.method)


def _other_sign(probe: LockedProbe, score: float, gain: Figure) -> bool:
    """Whether the interval says better beyond doubt and the two scores say worse, or the other
    way round. The difference itself is a mean over resampled rows and need not be theirs.
    """
    sign = -1 if probe.metric in LOWER_IS_BETTER else 1
    plain = sign * (probe.score - score)
    return plain < -LAST_DIGIT if gain.low > 0 else plain > LAST_DIGIT if gain.high < 0 else False


def _holds(interval: tuple[float, float], value: float) -> bool:
    return interval[0] - LAST_DIGIT <= value <= interval[1] + LAST_DIGIT


def does_not_transfer(case: Case) -> Finding:
    """PM709."""
    where, probe = case.probe_at("verdict"), case.probe
    if probe is None:
        return skipped(message("no-probe-see"), where)
    if probe.verdict == "transfers":
        return passed(message("probe-says-transfers"), where)
    if probe.verdict == "does-not-transfer":
        return failed(message("probe-says-not"), where, message("choose-what-is-better"))
    if probe.verdict == "inconclusive":
        fix = message("probe-with-what-it-takes")
        return undecided(message("probe-could-not-tell"), where, fix)
    told = message("verdict-unheard-of", verdict=probe.verdict)
    return undecided(told, where, PROBE_AGAIN)


def measured_otherwise(case: Case) -> list[Finding]:
    """PM710."""
    where, probe = case.probe_at(), case.probe
    if probe is None:
        return [without_probe(case, where, "min_rows")]
    return [*_method(case, probe), *_metric(case, probe), *_rows(case, probe)] or [
        passed(message("probed-as-asked"), where)
    ]


def _method(case: Case, probe: LockedProbe) -> Iterator[Finding]:
    where, said = case.probe_at("method"), case.task.training.method
    if probe.method not in PROBE_METHODS:
        told = (
            message("method-unheard-of", method=probe.method)
            if probe.method
            else message("method-unknown")
        )
        yield undecided(told, where, PROBE_AGAIN, key="method")
        return
    asked = said or case.profile.method
    if (probe.method in TUNED) == (asked in TUNED):
        return
    way = "linear" if asked == "frozen" else asked
    if said is not None:
        told = message("method-other", method=probe.method, asked=asked)
        at = case.task_at("training", "method")
        yield failed(told, where, message("probe-by-method", method=way), at, key="method")
    else:
        told = message("method-other-than-default", method=probe.method, asked=asked)
        fix = message("probe-by-method-or-say", method=way)
        yield undecided(told, where, fix, key="method")


def _metric(case: Case, probe: LockedProbe) -> Iterator[Finding]:
    asked = case.task.metric
    if asked is not None and probe.metric != asked:
        yield undecided(
            message("metric-other", asked=asked, metric=probe.metric),
            case.probe_at("metric"),
            message("probe-by-metric", metric=asked),
            case.task_at("metric"),
            key="metric",
        )
    elif case.task.n_labels and set(METRICS[probe.metric].kinds) == {"regression"}:
        yield undecided(
            message("metric-of-numbers", n=case.task.n_labels, metric=probe.metric),
            case.probe_at("metric"),
            PROBE_AGAIN,
            case.task_at("n_labels"),
            key="metric",
        )


def _rows(case: Case, probe: LockedProbe) -> Iterator[Finding]:
    where, wanted = case.probe_at("rows"), case.policy.probe.min_rows or 0
    # With fewer rows than classes some class was never seen; one row has nothing to differ from.
    classes = max(case.task.n_labels or 2, 2)
    if probe.rows is None:
        told = message("probe-rows-unknown")
        yield undecided(told, where, PROBE_AGAIN, key="rows")
    elif probe.rows < classes:
        told = message("rows-under-classes", rows=probe.rows, classes=classes)
        yield failed(told, where, PROBE_AGAIN, key="rows")
    elif probe.rows < wanted:
        asked = case.rules.where("probe", "min_rows")
        told = message("rows-under", rows=probe.rows, limit=wanted)
        yield failed(told, where, PROBE_AGAIN, asked, key="rows")
    if probe.steps is None:
        told = message("probe-steps-unknown")
        yield undecided(told, case.probe_at("steps"), PROBE_AGAIN, key="steps")
