"""PM708 to PM710: can the probe be true, does it say yes, and did it measure what is asked?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import inf

from pick_model.documents.lock import LockedDifference, LockedProbe
from pick_model.gate.case import Case
from pick_model.gate.finding import Finding, failed, passed, skipped, undecided
from pick_model.gate.rules.measured import PROBE_AGAIN, without_probe
from pick_model.vocabulary.metrics import LOWER_IS_BETTER, METRICS

# Figures are rounded to six digits, so an interval may end this close before its score.
LAST_DIGIT = 2e-6
COMMIT = re.compile(r"[0-9a-f]{40}")
METHODS = ("full", "lora", "linear")
TUNED = ("full", "lora")  # the others leave the pretrained weights as they are


def impossible(case: Case) -> list[Finding]:
    """PM708."""
    where, probe = case.probe_at(), case.probe
    if probe is None:
        return [skipped("there is no probe (see PM701)", where)]
    released = case.entry.release_date if case.entry else None
    found = [
        failed(f"the probe's {key} {told}", case.probe_at(key), PROBE_AGAIN, key=key)
        for key, told in _contradictions(probe, case.given.today.isoformat(), released)
    ] or [undecided(told, case.probe_at(key), PROBE_AGAIN, key=key) for key, told in _doubts(probe)]
    return found or [passed("the probe's figures can be true", where)]


def _doubts(probe: LockedProbe) -> Iterator[tuple[str, str]]:
    """Key and reason of what hardly can be."""
    low, high = probe.interval
    if not _holds(probe.interval, probe.score):
        yield (
            "interval",
            f"the interval [{low:g}, {high:g}] does not hold the score {probe.score:g}",
        )
    known = METRICS[probe.metric]
    if low == high and probe.score not in (known.low, known.high):
        yield (
            "interval",
            f"the interval of {probe.score:g} has no width, as if nothing were left open",
        )
    sign = -1 if probe.metric in LOWER_IS_BETTER else 1
    for name, baseline in sorted(probe.baselines.items()):
        gain = baseline.difference
        if gain is None:
            continue
        # A mean over resampled rows, so it is near that of the scores, not equal to it.
        plain, slack = sign * (probe.score - baseline.score), gain.high - gain.low
        if not gain.low - slack - LAST_DIGIT <= plain <= gain.high + slack + LAST_DIGIT:
            told = f"the difference to {name}, {gain.low:g} to {gain.high:g}, is not that of the"
            yield "baselines", f"{told} scores, {plain:g}"


def _contradictions(
    probe: LockedProbe, today: str, released: str | None
) -> Iterator[tuple[str, str]]:
    """Key and reason of what cannot be."""
    if probe.made_on is not None and probe.made_on > today:
        yield "made_on", f"is {probe.made_on}, a day to come"
    elif probe.made_on is not None and released is not None and probe.made_on < released:
        yield "made_on", f"is {probe.made_on}, before its model came out ({released})"
    commit = probe.model.partition("@")[2]
    if probe.revision is not None and COMMIT.fullmatch(commit) and commit != probe.revision:
        yield "revision", f"is {probe.revision}, and its model is called {probe.model}"
    known = METRICS[probe.metric]
    least, most = known.low, inf if known.high is None else known.high
    for key, values in (("score", (probe.score,)), ("interval", probe.interval)):
        wrong = [value for value in values if not least - LAST_DIGIT <= value <= most + LAST_DIGIT]
        if wrong:
            yield key, f"holds {wrong[0]:g}; {probe.metric} lies between {least:g} and {most:g}"
    low, high = probe.interval
    if low > high:
        yield "interval", f"ends at {high:g}, before it begins at {low:g}"
    for name, baseline in sorted(probe.baselines.items()):
        if not least - LAST_DIGIT <= baseline.score <= most + LAST_DIGIT:
            yield "baselines", f"give {name} {probe.metric} {baseline.score:g}"
        gain = baseline.difference
        if gain is not None and gain.low > gain.high:
            yield "baselines", f"give {name} a difference from {gain.low:g} to {gain.high:g}"
        elif gain is not None and max(-gain.low, gain.high) > most - least + LAST_DIGIT:
            yield "baselines", f"give {name} a difference wider than {probe.metric} is"
        elif gain is not None and not _holds((gain.low, gain.high), gain.value):
            yield "baselines", f"give {name} a difference outside its own interval"
        elif gain is not None and _other_sign(probe, baseline.score, gain):
            yield "baselines", f"call it better than {name}, whose score is the better one"
    if probe.seeds == 0:
        yield "seeds", "are none"
    if probe.method in TUNED and probe.steps == 0:
        yield "steps", f"are 0, so nothing was trained ({probe.method})"


def _other_sign(probe: LockedProbe, score: float, gain: LockedDifference) -> bool:
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
        return skipped("there is no probe (see PM701)", where)
    if probe.verdict == "transfers":
        return passed("the probe says that the model transfers", where)
    if probe.verdict == "does-not-transfer":
        fix = "choose another model, or what the probe found better"
        return failed("the probe says that the model does not transfer", where, fix)
    if probe.verdict == "inconclusive":
        fix = "probe with what its report says it would take"
        return undecided("the probe could not tell whether the model transfers", where, fix)
    told = f"the probe's verdict is {probe.verdict!a}, a word this version does not know"
    return undecided(told, where, PROBE_AGAIN)


def measured_otherwise(case: Case) -> list[Finding]:
    """PM710."""
    where, probe = case.probe_at(), case.probe
    if probe is None:
        return [without_probe(case, where, "min_rows")]
    return [*_method(case, probe), *_metric(case, probe), *_rows(case, probe)] or [
        passed("the probe trained and scored as the task asks", where)
    ]


def _method(case: Case, probe: LockedProbe) -> Iterator[Finding]:
    where, said = case.probe_at("method"), case.task.training.method
    if probe.method not in METHODS:
        told = f"how the probe trained is {ascii(probe.method) if probe.method else 'unknown'}"
        yield undecided(told, where, PROBE_AGAIN, key="method")
        return
    asked = said or case.profile.method
    if (probe.method in TUNED) == (asked in TUNED):
        return
    told = f"the probe's method is {probe.method}; the task asks for {asked}"
    fix = f"pick-model probe … --method {'linear' if asked == 'frozen' else asked}"
    if said is not None:
        at = case.task_at("training", "method")
        yield failed(told, where, fix, at, key="method")
    else:
        fix += ", or say training.method in the task"
        yield undecided(f"{told}, as it says no other", where, fix, key="method")


def _metric(case: Case, probe: LockedProbe) -> Iterator[Finding]:
    asked = case.task.metric
    if asked is not None and probe.metric != asked:
        yield undecided(
            f"the task is judged by {asked}; the probe gives {probe.metric}",
            case.probe_at("metric"),
            f"pick-model probe … --metric {asked}",
            case.task_at("metric"),
            key="metric",
        )
    elif case.task.n_labels and set(METRICS[probe.metric].kinds) == {"regression"}:
        yield undecided(
            f"the task has {case.task.n_labels} labels; {probe.metric} is a metric of numbers",
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
        told = "on how many rows the probe trained is unknown"
        yield undecided(told, where, PROBE_AGAIN, key="rows")
    elif probe.rows < classes:
        told = f"the probe trained on {probe.rows} rows, fewer than the {classes} classes"
        yield failed(told, where, PROBE_AGAIN, key="rows")
    elif probe.rows < wanted:
        asked = case.rules.where("probe", "min_rows")
        told = f"the probe trained on {probe.rows} rows, under {wanted}"
        yield failed(told, where, PROBE_AGAIN, asked, key="rows")
    if probe.steps is None:
        told = "for how many steps the probe trained is unknown"
        yield undecided(told, case.probe_at("steps"), PROBE_AGAIN, key="steps")
