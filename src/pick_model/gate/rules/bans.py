"""PM403 and PM404: is the model one that may be chosen, and so is all it was made from?"""

from __future__ import annotations

from collections.abc import Sequence

from pick_model.documents.catalog import Entry
from pick_model.errors import Location, UnknownName
from pick_model.gate.case import Case
from pick_model.gate.finding import Finding, failed, passed, skipped, undecided
from pick_model.gate.rules.names import names_of
from pick_model.words.say import message


def banned(case: Case) -> Finding:
    """PM403."""
    where, policy = case.at("model", "id"), case.policy
    overlaid = case.catalog.banned.get(case.chain.missing or "")
    if overlaid is not None:
        assert case.chain.broken is not None  # the chain ends at what is banned
        return failed(case.chain.broken, where, message("choose-other-base"))
    if not policy.models.ban and not policy.families.ban:
        return skipped(message("nothing-banned"), where)
    names = names_of(case)
    for name in policy.models.ban:
        if _means(name, names, case):
            asked = case.rules.where("models", "ban")
            told = message("policy-bans-model", name=name)
            return failed(told, where, message("choose-another"), asked)
    for name in policy.families.ban:
        if name.lower() in _families(case):
            asked = case.rules.where("families", "ban")
            told = message("policy-bans-family", name=name)
            return failed(told, where, message("choose-another-family"), asked)
    return _banned_base(case, where)


def _banned_base(case: Case, where: Location) -> Finding:
    """A model carries on what it was made from, so a ban of that reaches it."""
    fix = message("choose-other-base-or-except")
    for base in case.chain.bases:
        names = _names(base)
        for name in case.policy.models.ban:
            if _means(name, names, case):
                told = message("made-from-banned", base=base.id, name=name)
                return failed(told, where, fix, case.rules.where("models", "ban"))
        for name in case.policy.families.ban:
            if name.lower() == base.family.lower():
                told = message("made-from-banned-family", base=base.id, name=name)
                return failed(told, where, fix, case.rules.where("families", "ban"))
    if case.chain.broken is not None:
        return undecided(
            message("ban-of-base-untold", why=case.chain.broken),
            where,
            message("correct-base"),
        )
    return passed(message("not-banned"), where)


def not_required(case: Case) -> Finding:
    """PM404."""
    where = case.at("model", "id")
    models, families = case.policy.models.require, case.policy.families.require
    if not models and not families:
        return skipped(message("none-required"), where)
    # The lock may claim any name; the catalog's entry has the model's own.
    names = _names(case.entry) if case.entry else names_of(case)
    if models and not any(_means(name, names, case) for name in models):
        return failed(
            message("not-required-model", models=models),
            where,
            message("choose-one-of-them"),
            case.rules.where("models", "require"),
        )
    if families and not _families(case) & {name.lower() for name in families}:
        family = case.entry.family if case.entry else case.lock.model.family
        return failed(
            message("not-required-family", family=family, families=families),
            where,
            message("choose-of-one-of-them"),
            case.rules.where("families", "require"),
        )
    return passed(message("is-required"), where)


def _means(name: str, names: set[str], case: Case) -> bool:
    """Whether a name in the policy means the model of these names, however it is written."""
    if name.strip().lower() in names:
        return True
    try:
        return case.catalog.find(name).id.lower() in names
    except UnknownName:  # one that an overlay has banned
        return False


def _names(entry: Entry) -> set[str]:
    names: Sequence[str | None] = (entry.id, entry.hub_repo, *entry.aliases)
    return {name.lower() for name in names if name}


def _families(case: Case) -> set[str]:
    """The family as the catalog tells it; the lock is believed only where there is no entry."""
    return {(case.entry.family if case.entry else case.lock.model.family).lower()}
