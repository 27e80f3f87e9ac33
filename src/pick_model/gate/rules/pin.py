"""PM1: is the model one commit, and is that commit still what its repository offers?"""

from __future__ import annotations

from pick_model.documents.lock import BaseLicense
from pick_model.gate.case import Case
from pick_model.gate.finding import Finding, failed, passed, skipped, undecided
from pick_model.gate.hub import HubProblem
from pick_model.words.message import Message
from pick_model.words.say import message


def unpinned(case: Case) -> Finding:
    """PM101."""
    model, where = case.lock.model, case.at("model", "revision")
    if model.revision is not None:
        return passed(message("pinned", revision=model.revision), where)
    if model.hub_repo is None:
        return failed(message("nothing-to-pin"), where, message("except-how-kept"))
    fix = message("relock-at", command=case.relock_command, revision="main")
    return failed(message("not-pinned", repo=model.hub_repo), where, fix)


def moved(case: Case) -> Finding:
    """PM102."""
    model, where = case.lock.model, case.at("model", "revision")
    if model.hub_repo is None or model.revision is None:
        return skipped(message("nothing-pinned"), where)
    head = case.hub_head
    if isinstance(head, HubProblem):
        if head.kind == "gone":
            return skipped(message("hub-gone-see", reason=head.reason), where)
        return undecided(message("hub-silent", reason=head.reason), where, message("ask-hub-again"))
    if head.revision == model.revision:
        return passed(message("not-moved", repo=model.hub_repo), where)
    return failed(
        message("moved", repo=model.hub_repo, revision=head.revision, pinned=model.revision),
        where,
        message("read-what-changed", command=case.relock_command, revision=head.revision),
    )


def gone(case: Case) -> Finding:
    """PM103."""
    model, where = case.lock.model, case.at("model", "hub_repo")
    if model.hub_repo is None:
        return skipped(message("no-repository"), where)
    found = case.hub_pinned
    if not isinstance(found, HubProblem):
        return passed(message("still-offered", repo=model.hub_repo), where)
    if found.kind == "gone":
        return failed(message("hub-gone", reason=found.reason), where, message("keep-a-copy"))
    if found.kind == "no-revision":
        return failed(
            message("commit-gone", repo=model.hub_repo, revision=model.revision or ""),
            case.at("model", "revision"),
            message("relock-at", command=case.relock_command, revision="main"),
        )
    return undecided(message("hub-silent", reason=found.reason), where, message("ask-hub-again"))


def base_moved(case: Case) -> Finding:
    """PM104. An adapter is its base model with something laid over it: both are the choice.

    Whether it is one the lock may not deny, for the catalog may know better.
    """
    model, where = case.lock.model, case.at("model", "base_models")
    if not (model.adapter or (case.entry is not None and case.entry.adapter)):
        return skipped(message("no-adapter"), where)
    if not model.base_models or model.base_models[0].revision is None:
        return failed(message("base-without-commit", id=model.id), where, case.relock)
    base, where = model.base_models[0], case.at("model", "base_models", 0, "revision")
    known = None  # the commit that the catalog has for it
    if case.entry is not None:
        now = case.chain.bases[0] if case.chain.bases else None
        if now is None or now.id != base.id:
            told = message("base-is-another", base=base.id, now=now.id if now else "none")
            return failed(told, where, case.relock)
        known = now.revision
    if known is not None and not case.asks("PM102"):
        if known == base.revision:
            return passed(message("base-as-the-catalog-knows", base=base.id), where)
        return failed(_base_moved(base, known), where, case.relock)
    head = case.base_head
    if isinstance(head, HubProblem):
        return undecided(message("hub-silent", reason=head.reason), where, message("ask-hub-again"))
    if head.revision != base.revision:
        return failed(_base_moved(base, head.revision), where, case.relock)
    return passed(message("not-moved", repo=base.hub_repo or ""), where)


def _base_moved(base: BaseLicense, now: str) -> Message:
    return message("base-moved", base=base.id, revision=now, pinned=base.revision or "")
