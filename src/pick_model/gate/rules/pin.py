"""PM1: is the model one commit, and is that commit still what its repository offers?"""

from __future__ import annotations

from pick_model.gate.case import Case
from pick_model.gate.finding import Finding, failed, passed, skipped, undecided
from pick_model.gate.hub import HubProblem


def unpinned(case: Case) -> Finding:
    """PM101."""
    model, where = case.lock.model, case.at("model", "revision")
    if model.revision is not None:
        return passed(f"pinned to {model.revision}", where)
    if model.hub_repo is None:
        return failed(
            "has no Hub repository, so no commit can be pinned",
            where,
            "add an exception that says how its files are kept",
        )
    return failed(
        f"{model.hub_repo} is not pinned to a commit", where, f"{case.relock} --revision main"
    )


def moved(case: Case) -> Finding:
    """PM102."""
    model, where = case.lock.model, case.at("model", "revision")
    if model.hub_repo is None or model.revision is None:
        return skipped("nothing is pinned", where)
    head = case.hub_head
    if isinstance(head, HubProblem):
        if head.kind == "gone":
            return skipped(f"{head.reason} (see PM103)", where)
        return undecided(head.reason, where, "run again when the Hub can be reached")
    if head.revision == model.revision:
        return passed(f"{model.hub_repo} is still at the pinned commit", where)
    return failed(
        f"{model.hub_repo} has moved to {head.revision}; the lock pins {model.revision}",
        where,
        f"read what changed, then {case.relock} --revision {head.revision}",
    )


def gone(case: Case) -> Finding:
    """PM103."""
    model, where = case.lock.model, case.at("model", "hub_repo")
    if model.hub_repo is None:
        return skipped("has no Hub repository", where)
    found = case.hub_pinned
    if not isinstance(found, HubProblem):
        return passed(f"{model.hub_repo} still offers the pinned commit", where)
    if found.kind == "gone":
        return failed(found.reason, where, "keep a copy of the weights, or choose another model")
    if found.kind == "no-revision":
        return failed(
            f"{model.hub_repo} no longer has the pinned commit {model.revision}",
            case.at("model", "revision"),
            f"{case.relock} --revision main",
        )
    return undecided(found.reason, where, "run again when the Hub can be reached")
