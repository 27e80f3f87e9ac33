"""PM2: may the model be used, and does what it was made from allow that?"""

from __future__ import annotations

from pick_model.errors import Location
from pick_model.gate.case import Case
from pick_model.gate.finding import Finding, failed, passed, skipped, undecided
from pick_model.gate.hub import HubFacts
from pick_model.vocabulary.licenses import LICENSE_CLASSES, LICENSES, OPENNESS, canonical_license

RULES_THAT_ASK_THE_HUB = ("PM102", "PM103")


def not_allowed(case: Case) -> Finding:
    """PM201."""
    where, license = case.at("model", "license"), case.present.license
    allowed, asked = _allowed(case)
    if allowed is None:
        return skipped("neither policy nor task says which licences are allowed", where)
    if license is None:
        return skipped("the licence is unknown (see PM202)", where)
    if _is_allowed(license, allowed):
        return passed(f"{_named(license)} is allowed", where)
    return failed(
        f"{_named(license)} is not among those allowed: {', '.join(allowed)}",
        where,
        "choose another model, or add an exception",
        asked,
    )


def _allowed(case: Case) -> tuple[tuple[str, ...] | None, Location | None]:
    """What is allowed, and where that is said: the policy's word outranks the task's."""
    if case.policy.license is not None:
        return case.policy.license, case.rules.where("license")
    if case.task.constraints.license is not None:
        return case.task.constraints.license, case.task_at("constraints", "license")
    return None, None


def _is_allowed(license: str, allowed: tuple[str, ...]) -> bool:
    kind = LICENSES[license]
    return any(license == name or kind in LICENSE_CLASSES.get(name, ()) for name in allowed)


def _named(license: str) -> str:
    return f"{license} ({LICENSES[license]})"


def unknown(case: Case) -> Finding:
    """PM202."""
    where, license = case.at("model", "license"), case.present.license
    if license is not None:
        return passed(f"{_named(license)} is known", where)
    return failed(
        "the catalog knows no licence of it",
        where,
        "read its model card and correct the entry in an overlay (--catalog)",
    )


def chain(case: Case) -> list[Finding]:
    """PM203."""
    where, own = case.at("model", "base_models"), case.present.license
    bases, missing, broken = case.chain
    if not bases and broken is None:
        return [passed("was made from no other model the catalog knows", where)]
    allowed, asked = _allowed(case)
    found = []
    if broken is not None:
        found.append(
            undecided(
                f"{broken}, so what licences it carries on cannot be told",
                where,
                "correct base_model, or add the entry, in an overlay (--catalog)",
                key=missing or "circle",
            )
        )
    for base in bases:
        if base.license is None:
            found.append(
                undecided(
                    f"the licence of its base model {base.id} is unknown",
                    where,
                    "correct the entry in an overlay (--catalog)",
                    key=base.id,
                )
            )
        elif allowed is not None and not _is_allowed(base.license, allowed):
            found.append(
                failed(
                    f"its base model {base.id} is {_named(base.license)}, not among those "
                    f"allowed: {', '.join(allowed)}",
                    where,
                    "choose a model made from another, or add an exception",
                    asked,
                    key=base.id,
                )
            )
        elif allowed is None and own is not None and _stricter(base.license, own):
            found.append(
                failed(
                    f"its base model {base.id} is {_named(base.license)}, stricter than its own "
                    f"{_named(own)}",
                    where,
                    "say in the policy which licences are allowed, or choose another model",
                    key=base.id,
                )
            )
    names = ", ".join(base.id for base in bases)
    return found or [passed(f"so are those of its base models: {names}", where)]


def _stricter(license: str, than: str) -> bool:
    return OPENNESS.index(LICENSES[license]) > OPENNESS.index(LICENSES[than])


def changed(case: Case) -> list[Finding]:
    """PM204."""
    where, locked = case.at("model", "license"), case.lock.model
    if locked.license is None:
        return [skipped("the lock records no licence", where)]
    was, again = f"was {_named(locked.license)} when it was locked", case.relock
    fix = f"read the new licence, then {again}"
    now = case.present.license
    found = []
    if now is not None and now != locked.license:
        found.append(failed(f"{was}; the catalog says {_named(now)}", where, fix))
    elif any(map(case.asks, RULES_THAT_ASK_THE_HUB)) and locked.hub_repo:
        found += _on_the_hub(case, was, fix)
    before = {base.id: base.license for base in locked.base_models}
    for base in case.chain.bases:
        old = before.get(base.id)
        if old is not None and base.license is not None and base.license != old:
            told = f"its base model {base.id} was {_named(old)} when it was locked and is "
            told += f"{_named(base.license)} now"
            at = case.at("model", "base_models")
            found.append(failed(told, at, fix, key=base.id))
    return found or [passed(f"still {_named(locked.license)}", where)]


def _on_the_hub(case: Case, was: str, fix: str) -> list[Finding]:
    """What the Hub states of the licence; a card that states none contradicts nothing."""
    where, locked, head = case.at("model", "license"), case.lock.model.license, case.hub_head
    if not isinstance(head, HubFacts) or not head.stated:
        return []
    known = [canonical_license(name) for name in head.stated]
    if known == [locked]:
        return []
    told = ", ".join(head.stated)
    if len(known) == 1 and known[0] is not None:
        return [failed(f"{was}; the Hub says {_named(known[0])}", where, fix)]
    if locked in known:
        return [undecided(f"{was}; the Hub states several: {told}", where, fix)]
    return [
        undecided(f"{was}; the Hub says {told}, which names no licence known here", where, fix)
        if None in known
        else failed(f"{was}; the Hub says {told}", where, fix)
    ]
