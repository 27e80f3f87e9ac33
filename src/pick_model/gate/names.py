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


def banned(case: Case) -> Finding:
    """PM403."""
    where, family = case.at("model", "id"), case.lock.model.family
    for name in case.policy.models.ban:
        if name.lower() in names_of(case):
            asked = case.rules.where("models", "ban")
            return failed(f"the policy bans {name}", where, "choose another model", asked)
    for name in case.policy.families.ban:
        if name.lower() == family.lower():
            asked = case.rules.where("families", "ban")
            fix = "choose a model of another family"
            return failed(f"the policy bans the family {name}", where, fix, asked)
    if not case.policy.models.ban and not case.policy.families.ban:
        return skipped("the policy bans nothing", where)
    return passed("neither model nor family is banned", where)


def names_of(case: Case) -> set[str]:
    """Every name the model goes by, in lower case."""
    model, entry = case.lock.model, case.entry
    aliases = entry.aliases if entry else ()
    repos = (model.hub_repo, entry.hub_repo if entry else None)
    return {name.lower() for name in (model.id, *repos, *aliases) if name}


def not_required(case: Case) -> Finding:
    """PM404."""
    where, family = case.at("model", "id"), case.lock.model.family
    models, families = case.policy.models.require, case.policy.families.require
    if not models and not families:
        return skipped("the policy requires none", where)
    if models and not names_of(case) & {name.lower() for name in models}:
        return failed(
            f"is none of the required models: {', '.join(models)}",
            where,
            "choose one of them",
            case.rules.where("models", "require"),
        )
    if families and family.lower() not in {name.lower() for name in families}:
        return failed(
            f"its family {family} is none of the required: {', '.join(families)}",
            where,
            "choose a model of one of them",
            case.rules.where("families", "require"),
        )
    return passed("is among those required", where)


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
