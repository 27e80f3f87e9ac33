"""PM4: is the model safe to load, and one that may be chosen?"""

from __future__ import annotations

from pick_model.gate.case import Case
from pick_model.gate.finding import Finding, failed, passed, skipped, undecided


def not_safetensors(case: Case) -> Finding:
    """PM401."""
    where, asked = case.at("model", "weights"), case.rules.where("safetensors")
    if not case.policy.safetensors:
        return skipped("the policy allows any format", where)
    weights = case.lock.model.weights
    if weights is None:
        weights = case.present.weights
    if weights is None:
        return undecided(
            "the format of its weights is unknown",
            where,
            f"with the Hub in reach: {case.relock}",
            asked,
        )
    if "safetensors" in weights:
        return passed("weights come as safetensors", where)
    kinds = ", ".join(weights) or "nothing known"
    return failed(
        f"weights come as {kinds}, and loading a pickle runs what is in it"
        if "pickle" in weights
        else f"weights come as {kinds}, not as safetensors",
        where,
        "choose a model with safetensors, or convert and keep your own copy",
        asked,
    )


def remote_code(case: Case) -> Finding:
    """PM402."""
    where, asked = case.at("model", "remote_code"), case.rules.where("remote_code")
    if case.policy.remote_code:
        return skipped("the policy allows remote code", where)
    needs = case.lock.model.remote_code
    if needs is None and case.lock.model.hub_repo is None:
        return skipped("has no Hub repository", where)
    if needs is None:
        return undecided(
            "whether it runs code from its repository is unknown",
            where,
            f"with the Hub in reach: {case.relock}",
            asked,
        )
    if needs:
        return failed(
            "loading it runs code from its repository",
            where,
            "choose a model that transformers knows, or read the code and add an exception",
            asked,
        )
    return passed("needs no code from its repository", where)


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
        return passed("the catalog names no successor", where)
    return failed(f"is superseded by {by}", where, f"compare the two, then lock {by}")


def withdrawn(case: Case) -> Finding:
    """PM406."""
    where, model = case.at("model", "id"), case.lock.model.id
    if case.entry is not None:
        return passed("is in the catalog", where)
    reason = case.catalog.banned.get(model)
    if reason is not None:
        return failed(f"an overlay bans it: {reason}", where, "choose another model")
    return failed(
        "is no longer in the catalog", where, "choose another model, or add it in an overlay"
    )
