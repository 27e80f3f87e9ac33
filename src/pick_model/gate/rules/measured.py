"""PM7: what does the probe show?"""

from __future__ import annotations

from datetime import date
from math import sqrt

from pick_model.errors import Location
from pick_model.gate.case import Case
from pick_model.gate.digest import file_digest
from pick_model.gate.finding import Finding, failed, passed, skipped, undecided
from pick_model.gate.paths import shown
from pick_model.gate.rules.names import names_of
from pick_model.vocabulary.baselines import BASELINES, DECIDING
from pick_model.vocabulary.metrics import LOWER_IS_BETTER
from pick_model.words.message import Message
from pick_model.words.say import message

PROBE_AGAIN = message("probe-again")
WITH_THIS_VERSION = message("probe-with-this-version")


def missing(case: Case) -> Finding:
    """PM701."""
    where = case.at("probe")
    if case.probe is not None:
        rows, told = case.probe.rows, message("probe-there-rows-unknown")
        return passed(message("probe-there", rows=rows) if rows else told, where)
    if not case.policy.probe.required:
        return skipped(message("no-probe-required"), where)
    asked = case.rules.where("probe", "required")
    return failed(message("no-probe-held"), where, PROBE_AGAIN, asked)


def without_probe(case: Case, where: Location, key: str) -> Finding:
    """The outcome where there is no probe: what the policy asks of one cannot be told."""
    if not getattr(case.policy.probe, key):
        return skipped(message("no-probe-none-asked", key=key), where)
    if case.policy.probe.optional:
        return skipped(message("no-probe-optional"), where)
    return undecided(
        message("no-probe-untold", key=key),
        where,
        message("probe-again-or-optional"),
        case.rules.where("probe", key),
    )


def under_threshold(case: Case) -> Finding:
    """PM702."""
    where, limit = case.probe_at("score"), case.policy.probe.min_score
    probe = case.probe
    if limit is None:
        return skipped(message("no-such-probe-limit", key="min_score"), where)
    if probe is None:
        return without_probe(case, where, "min_score")
    asked = case.rules.where("probe", "min_score")
    lower = probe.metric in LOWER_IS_BETTER
    low, high = probe.interval
    score = message("score", metric=probe.metric, score=probe.score, lowest=low, highest=high)
    if probe.score > limit if lower else probe.score < limit:
        told = message("score-over" if lower else "score-under", score=score, threshold=limit)
        return failed(told, where, PROBE_AGAIN, asked)
    return passed(message("score-keeps", score=score, threshold=limit), where)


def not_better(case: Case) -> list[Finding]:
    """PM703."""
    where, probe = case.probe_at("baselines"), case.probe
    if probe is None:
        return [without_probe(case, where, "baselines")]
    asked = case.rules.where("probe", "baselines")
    wanted = case.policy.probe.baselines
    names = wanted or sorted(
        name for name, b in probe.baselines.items() if b.in_verdict or name in DECIDING
    )
    if not wanted and not any(name in BASELINES for name in names):
        fix = message("probe-with-baselines")
        told = message("no-baseline")
        if names:
            told = message("no-known-baseline", names=tuple(map(ascii, names)))
        return [undecided(told, where, fix, asked)]
    found = []
    for name in names:
        at = case.probe_at("baselines", name)
        baseline = probe.baselines.get(name)
        if baseline is None or baseline.difference is None:
            told = message(
                "baseline-not-probed" if baseline is None else "baseline-not-paired", name=name
            )
            fix = message("probe-with-baselines")
            found.append(undecided(told, at, fix, asked, key=name))
            continue
        gain = baseline.difference
        by = message(
            "gain", gain=gain.value, lowest=gain.low, highest=gain.high, metric=probe.metric
        )
        if gain.low > 0:
            found.append(passed(message("better-than", name=name, by=by), at, key=name))
        else:
            told, fix = message("not-better-than", name=name, by=by), message("use-it", name=name)
            found.append(failed(told, at, fix, asked, key=name))
    return found


def worse_than_locked(case: Case) -> Finding:
    """PM704."""
    where, old = case.at("probe", "score"), case.lock.probe
    new = case.new_probe.probe if case.new_probe else None
    if old is None or new is None:
        return skipped(message("two-probes-needed"), where)
    at = case.probe_at("score")
    for what in ("metric", "method"):
        was, now = getattr(old, what), getattr(new, what)
        if was != now:
            return undecided(
                message("probes-differ", what=what, was=str(was), now=str(now)),
                at,
                message("probe-again-with", what=what, was=str(was)),
                where,
            )
    sign = -1 if new.metric in LOWER_IS_BETTER else 1
    change = sign * (new.score - old.score)
    # The two probes err independently, so the half-widths of the side in question add in
    # quadrature, as they do for tie groups.
    down = old.score - old.interval[0] if sign > 0 else old.interval[1] - old.score
    up = new.interval[1] - new.score if sign > 0 else new.score - new.interval[0]
    noise = sqrt(down * down + up * up)
    scores = message("scores", metric=new.metric, now=new.score, was=old.score)
    if change < -noise:
        told = message("score-fell", scores=scores, fall=-change, noise=noise)
        return failed(told, at, message("find-what-changed"), where)
    return passed(message("score-did-not-fall", scores=scores, noise=noise), at)


def too_old(case: Case) -> Finding:
    """PM705."""
    where, limit, probe = case.probe_at("made_on"), case.policy.probe.max_age_days, case.probe
    if limit is None:
        return skipped(message("no-such-probe-limit", key="max_age_days"), where)
    if probe is None:
        return without_probe(case, where, "max_age_days")
    asked = case.rules.where("probe", "max_age_days")
    # A probe in the lock is at least as old as the lock.
    made = probe.made_on or (None if case.new_probe else case.lock.locked_on)
    if made is None:
        return undecided(message("probe-age-unknown"), where, WITH_THIS_VERSION, asked)
    age = (case.given.today - date.fromisoformat(made)).days
    if age < 0:
        return failed(message("probe-of-a-day-to-come", day=made), where, PROBE_AGAIN)
    if age > limit:
        return failed(message("probe-too-old", days=age, limit=limit), where, PROBE_AGAIN, asked)
    if probe.made_on is None:
        return undecided(message("probe-at-least", days=age), where, WITH_THIS_VERSION, asked)
    return passed(message("probe-young-enough", days=age, limit=limit), where)


def other_data(case: Case) -> Finding:
    """PM706."""
    where, probe = case.probe_at("data_digest"), case.probe
    if probe is None:
        return without_probe(case, where, "data")
    wanted, asked = None, case.rules.where("probe", "data")
    which: Message | None = None
    if case.policy.probe.data is not None:
        path = case.rules.folder / case.policy.probe.data
        wanted = file_digest(path, shown(path))
        which = message("data-file", file=case.policy.probe.data)
    elif case.new_probe and case.lock.probe:
        wanted, asked = case.lock.probe.data_digest, case.at("probe")
        which = message("data-of-lock")
    elif case.lock.results and case.lock.results.data_digest:
        wanted, asked = case.lock.results.data_digest, case.at("results", "data_digest")
        which = message("data-of-results")
    if wanted is None or which is None:
        return skipped(message("no-data-named"), where)
    if probe.data_digest is None:
        return undecided(message("probe-data-unknown"), where, WITH_THIS_VERSION, asked)
    if probe.data_digest != wanted:
        return failed(message("probe-on-other-data", data=which), where, PROBE_AGAIN, asked)
    return passed(message("probe-on-data", data=which), where)


def other_model(case: Case) -> Finding:
    """PM707."""
    where, given = case.probe_at("model"), case.new_probe
    pinned = case.lock.model.revision
    if given is not None and given.probe is None:
        return failed(
            message("report-of-others", models=given.models, model=case.lock.model.id),
            where,
            message("give-report"),
            case.at("model", "id"),
        )
    probe = case.probe
    if probe is None:
        return skipped(message("no-probe-see"), where)
    if probe.model.partition("@")[0].lower() not in names_of(case):
        told = message("probe-of-other", other=probe.model, model=case.lock.model.id)
        return failed(told, where, PROBE_AGAIN, case.at("model", "id"))
    asked = case.at("model", "revision")
    if probe.revision is not None and pinned is not None:
        if probe.revision == pinned:
            return passed(message("probe-with-pinned"), where)
        return failed(
            message("probe-with-other-commit", revision=probe.revision, pinned=pinned),
            where,
            PROBE_AGAIN,
            asked,
        )
    old = case.lock.probe
    if given and old and probe.weights_digest and old.weights_digest:
        if probe.weights_digest == old.weights_digest:
            return passed(message("probe-with-locked-weights"), where)
        return failed(message("probe-with-other-weights"), where, PROBE_AGAIN, asked)
    return undecided(message("probe-commit-unknown"), where, PROBE_AGAIN, asked)
