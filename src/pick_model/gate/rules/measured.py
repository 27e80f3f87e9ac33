"""PM7: what does the probe show?"""

from __future__ import annotations

from datetime import date
from math import sqrt

from pick_model.documents.lock import LockedProbe
from pick_model.documents.names import BASELINES
from pick_model.errors import Location
from pick_model.gate.case import Case
from pick_model.gate.digest import file_digest
from pick_model.gate.finding import Finding, failed, passed, skipped, undecided
from pick_model.gate.paths import shown
from pick_model.gate.rules.names import names_of
from pick_model.vocabulary.tasks import LOWER_IS_BETTER

# Those that decide a probe's verdict, whatever a report says of them.
DECIDING = ("majority", "tfidf")
PROBE_AGAIN = "pick-model probe, then gate --probe REPORT.json"


def missing(case: Case) -> Finding:
    """PM701."""
    where = case.at("probe")
    if case.probe is not None:
        return passed(f"a probe of {case.probe.rows or '?'} rows is there", where)
    if not case.policy.probe.required:
        return skipped("the policy requires no probe", where)
    asked = case.rules.where("probe", "required")
    return failed("neither lock nor report holds a probe", where, PROBE_AGAIN, asked)


def without_probe(case: Case, where: Location, key: str) -> Finding:
    """The outcome where there is no probe: what the policy asks of one cannot be told."""
    if not getattr(case.policy.probe, key):
        return skipped(f"there is no probe, and the policy sets no probe.{key}", where)
    if case.policy.probe.optional:
        return skipped("there is no probe, and the policy says it is optional", where)
    return undecided(
        f"there is no probe, so whether probe.{key} is kept cannot be told",
        where,
        f"{PROBE_AGAIN}; or say probe.optional in the policy",
        case.rules.where("probe", key),
    )


def under_threshold(case: Case) -> Finding:
    """PM702."""
    where, limit = case.probe_at("score"), case.policy.probe.min_score
    probe = case.probe
    if limit is None:
        return skipped("the policy sets no probe.min_score", where)
    if probe is None:
        return without_probe(case, where, "min_score")
    asked = case.rules.where("probe", "min_score")
    lower = probe.metric in LOWER_IS_BETTER
    if probe.score > limit if lower else probe.score < limit:
        side = "over" if lower else "under"
        return failed(
            f"{probe.metric} {_scored(probe)} is {side} {limit:g}", where, PROBE_AGAIN, asked
        )
    return passed(f"{probe.metric} {_scored(probe)} keeps {limit:g}", where)


def _scored(probe: LockedProbe) -> str:
    low, high = probe.interval
    return f"{probe.score:.3f} [{low:.3f}, {high:.3f}]"


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
        fix = "probe again with baselines"
        other = f" that is known here, but with {', '.join(map(ascii, names))}" if names else ""
        return [undecided(f"the probe was compared with no baseline{other}", where, fix, asked)]
    found = []
    for name in names:
        at = case.probe_at("baselines", name)
        baseline = probe.baselines.get(name)
        if baseline is None or baseline.difference is None:
            lacks = "is not in the probe" if baseline is None else "has no paired difference"
            fix = "probe again with baselines"
            found.append(undecided(f"the baseline {name} {lacks}", at, fix, asked, key=name))
            continue
        gain = baseline.difference
        told = f"{gain.value:+.3f} [{gain.low:+.3f}, {gain.high:+.3f}] {probe.metric}"
        if gain.low > 0:
            found.append(passed(f"better than {name} by {told}", at, key=name))
        else:
            fix = f"use {name}, which is cheaper, or probe with more rows"
            found.append(
                failed(f"not shown to be better than {name}: {told}", at, fix, asked, key=name)
            )
    return found


def worse_than_locked(case: Case) -> Finding:
    """PM704."""
    where, old = case.at("probe", "score"), case.lock.probe
    new = case.new_probe.probe if case.new_probe else None
    if old is None or new is None:
        return skipped("needs a probe in the lock and one given with --probe", where)
    at = case.probe_at("score")
    for what in ("metric", "method"):
        was, now = getattr(old, what), getattr(new, what)
        if was != now:
            return undecided(
                f"the {what} of the lock's probe is {was}, of the new one {now}",
                at,
                f"probe again with --{what} {was}",
                where,
            )
    sign = -1 if new.metric in LOWER_IS_BETTER else 1
    change = sign * (new.score - old.score)
    # The two probes err independently, so the half-widths of the side in question add in
    # quadrature, as they do for tie groups.
    down = old.score - old.interval[0] if sign > 0 else old.interval[1] - old.score
    up = new.interval[1] - new.score if sign > 0 else new.score - new.interval[0]
    noise = sqrt(down * down + up * up)
    told = f"{new.metric} {new.score:.3f}, {old.score:.3f} in the lock"
    if change < -noise:
        return failed(
            f"{told}: a fall of {-change:.3f}, beyond the noise of {noise:.3f}",
            at,
            "find what changed in data or training; if the fall is accepted, lock again",
            where,
        )
    return passed(f"{told}; noise {noise:.3f}", at)


def too_old(case: Case) -> Finding:
    """PM705."""
    where, limit, probe = case.probe_at("made_on"), case.policy.probe.max_age_days, case.probe
    if limit is None:
        return skipped("the policy sets no probe.max_age_days", where)
    if probe is None:
        return without_probe(case, where, "max_age_days")
    asked = case.rules.where("probe", "max_age_days")
    # A probe in the lock is at least as old as the lock.
    made = probe.made_on or (None if case.new_probe else case.lock.locked_on)
    if made is None:
        fix = "probe again with this version of pick-model"
        return undecided("the report does not say when it was made", where, fix, asked)
    age = (case.given.today - date.fromisoformat(made)).days
    if age < 0:
        return failed(f"the probe says it was made on {made}, a day to come", where, PROBE_AGAIN)
    if age > limit:
        return failed(f"the probe is {age} days old, over {limit}", where, PROBE_AGAIN, asked)
    if probe.made_on is None:
        fix = "probe again with this version of pick-model"
        return undecided(f"the probe is at least {age} days old", where, fix, asked)
    return passed(f"the probe is {age} days old, within {limit}", where)


def other_data(case: Case) -> Finding:
    """PM706."""
    where, probe = case.probe_at("data_digest"), case.probe
    if probe is None:
        return without_probe(case, where, "data")
    wanted, asked, which = None, case.rules.where("probe", "data"), ""
    if case.policy.probe.data is not None:
        path = case.rules.folder / case.policy.probe.data
        wanted, which = file_digest(path, shown(path)), case.policy.probe.data
    elif case.new_probe and case.lock.probe:
        wanted, asked, which = case.lock.probe.data_digest, case.at("probe"), "the lock's data"
    elif case.lock.results and case.lock.results.data_digest:
        wanted, asked = case.lock.results.data_digest, case.at("results", "data_digest")
        which = "the data of the lock's results"
    if wanted is None:
        return skipped("neither policy nor lock names the data", where)
    if probe.data_digest is None:
        fix = "probe again with this version of pick-model"
        return undecided("the probe does not say which data it was made on", where, fix, asked)
    if probe.data_digest != wanted:
        return failed(f"the probe was made on other data than {which}", where, PROBE_AGAIN, asked)
    return passed(f"the probe was made on {which}", where)


def other_model(case: Case) -> Finding:
    """PM707."""
    where, given = case.probe_at("model"), case.new_probe
    pinned = case.lock.model.revision
    if given is not None and given.probe is None:
        held = ", ".join(given.models)
        return failed(
            f"the report holds a probe of {held}, none of {case.lock.model.id}",
            where,
            "give the report of the locked model",
            case.at("model", "id"),
        )
    probe = case.probe
    if probe is None:
        return skipped("there is no probe (see PM701)", where)
    if probe.model.partition("@")[0].lower() not in names_of(case):
        told = f"the probe is of {probe.model}, not of {case.lock.model.id}"
        return failed(told, where, PROBE_AGAIN, case.at("model", "id"))
    asked = case.at("model", "revision")
    if probe.revision is not None and pinned is not None:
        if probe.revision == pinned:
            return passed("the probe was made with the pinned commit", where)
        return failed(
            f"the probe was made with commit {probe.revision}; the lock pins {pinned}",
            where,
            PROBE_AGAIN,
            asked,
        )
    old = case.lock.probe
    if given and old and probe.weights_digest and old.weights_digest:
        if probe.weights_digest == old.weights_digest:
            return passed("the probe was made with the weights of the locked probe", where)
        return failed("the probe was made with other weights", where, PROBE_AGAIN, asked)
    return undecided("the commit the probe was made with is unknown", where, PROBE_AGAIN, asked)
