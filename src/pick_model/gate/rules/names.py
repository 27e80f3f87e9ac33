"""PM4: is the model safe to load, and one that may be chosen?"""

from __future__ import annotations

from pick_model.gate.case import Case
from pick_model.gate.finding import Finding, failed, passed, skipped, undecided
from pick_model.words.say import message


def not_safetensors(case: Case) -> Finding:
    """PM401."""
    where, asked = case.at("model", "weights"), case.rules.where("safetensors")
    if not case.policy.safetensors:
        return skipped(message("any-format-allowed"), where)
    weights = case.lock.model.weights
    if weights is None:
        weights = case.present.weights
    if weights is None:
        return undecided(
            message("format-unknown"),
            where,
            message("relock-with-hub", command=case.relock_command),
            asked,
        )
    if "safetensors" in weights:
        return passed(message("weights-safetensors"), where)
    told = message("weights-nothing-known")
    if weights:
        told = message(
            "weights-pickled" if "pickle" in weights else "weights-otherwise", formats=weights
        )
    return failed(told, where, message("choose-safetensors"), asked)


def remote_code(case: Case) -> Finding:
    """PM402."""
    where, asked = case.at("model", "remote_code"), case.rules.where("remote_code")
    if case.policy.remote_code:
        return skipped(message("remote-code-allowed"), where)
    needs = case.lock.model.remote_code
    if needs is None and case.lock.model.hub_repo is None:
        return skipped(message("no-repository"), where)
    if needs is None:
        return undecided(
            message("remote-code-unknown"),
            where,
            message("relock-with-hub", command=case.relock_command),
            asked,
        )
    if needs:
        return failed(message("runs-remote-code"), where, message("choose-without-code"), asked)
    return passed(message("no-remote-code"), where)


def names_of(case: Case) -> set[str]:
    """Every name the model goes by, in lower case."""
    model, entry = case.lock.model, case.entry
    aliases = entry.aliases if entry else ()
    repos = (model.hub_repo, entry.hub_repo if entry else None)
    return {name.lower() for name in (model.id, *repos, *aliases) if name}


def superseded(case: Case) -> Finding:
    """PM405."""
    where, by = case.at("model", "id"), case.present.superseded_by
    if by is None:
        return passed(message("no-successor"), where)
    return failed(message("superseded", by=by), where, message("lock-successor", by=by))


def withdrawn(case: Case) -> Finding:
    """PM406."""
    where, model = case.at("model", "id"), case.lock.model.id
    if case.entry is not None:
        return passed(message("in-catalog"), where)
    reason = case.catalog.banned.get(model)
    if reason is not None:
        return failed(message("overlay-bans", reason=reason), where, message("choose-another"))
    return failed(message("not-in-catalog"), where, message("choose-another-or-add"))
