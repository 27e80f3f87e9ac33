"""PM2: may the model be used, and does what it was made from allow that?"""

from __future__ import annotations

from pick_model.errors import Location
from pick_model.gate.case import Case
from pick_model.gate.finding import Finding, failed, passed, skipped, undecided
from pick_model.gate.hub import HubFacts
from pick_model.vocabulary.licenses import LICENSE_CLASSES, LICENSES, canonical_license, strictness
from pick_model.words.message import Message
from pick_model.words.say import message

RULES_THAT_ASK_THE_HUB = ("PM102", "PM103")


def not_allowed(case: Case) -> Finding:
    """PM201."""
    where, license = case.at("model", "license"), case.present.license
    allowed, asked = _allowed(case)
    if allowed is None:
        return skipped(message("no-licences-allowed"), where)
    if license is None:
        return skipped(message("license-unknown-see"), where)
    if _is_allowed(license, allowed):
        return passed(message("license-allowed", license=_named(license)), where)
    return failed(
        message("license-not-among", license=_named(license), allowed=allowed),
        where,
        message("choose-another-or-except"),
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


def _named(license: str) -> Message:
    return message("license", name=license, kind=LICENSES[license])


def unknown(case: Case) -> Finding:
    """PM202."""
    where, license = case.at("model", "license"), case.present.license
    if license is not None:
        return passed(message("license-known", license=_named(license)), where)
    return failed(message("no-license-known"), where, message("read-card"))


def chain(case: Case) -> list[Finding]:
    """PM203."""
    where, own = case.at("model", "base_models"), case.present.license
    bases, missing, broken = case.chain
    if not bases and broken is None:
        return [passed(message("no-base-known"), where)]
    allowed, asked = _allowed(case)
    found = []
    if broken is not None:
        found.append(
            undecided(
                message("licenses-of-bases-untold", why=broken),
                where,
                message("correct-base"),
                key=missing or "circle",
            )
        )
    for base in bases:
        if base.license is None:
            found.append(
                undecided(
                    message("base-license-unknown", base=base.id),
                    where,
                    message("correct-entry"),
                    key=base.id,
                )
            )
        elif allowed is not None and not _is_allowed(base.license, allowed):
            found.append(
                failed(
                    message(
                        "base-license-not-among",
                        base=base.id,
                        license=_named(base.license),
                        allowed=allowed,
                    ),
                    where,
                    message("choose-other-base-or-except"),
                    asked,
                    key=base.id,
                )
            )
        elif allowed is None and own is not None and strictness(base.license) > strictness(own):
            found.append(
                failed(
                    message(
                        "base-license-stricter",
                        base=base.id,
                        license=_named(base.license),
                        own=_named(own),
                    ),
                    where,
                    message("say-licenses"),
                    key=base.id,
                )
            )
    names = tuple(base.id for base in bases)
    return found or [passed(message("base-licenses-allowed", bases=names), where)]


def changed(case: Case) -> list[Finding]:
    """PM204."""
    where, locked = case.at("model", "license"), case.lock.model
    if locked.license is None:
        return [skipped(message("no-license-locked"), where)]
    was, fix = _named(locked.license), message("read-new-license", command=case.relock_command)
    now = case.present.license
    found = []
    if now is not None and now != locked.license:
        found.append(failed(message("license-now-other", was=was, now=_named(now)), where, fix))
    elif any(map(case.asks, RULES_THAT_ASK_THE_HUB)) and locked.hub_repo:
        found += _on_the_hub(case, was, fix)
    before = {base.id: base.license for base in locked.base_models}
    for base in case.chain.bases:
        old = before.get(base.id)
        if old is not None and base.license is not None and base.license != old:
            told = message(
                "base-license-changed", base=base.id, was=_named(old), now=_named(base.license)
            )
            at = case.at("model", "base_models")
            found.append(failed(told, at, fix, key=base.id))
    return found or [passed(message("license-as-locked", license=was), where)]


def _on_the_hub(case: Case, was: Message, fix: Message) -> list[Finding]:
    """What the Hub states of the licence; a card that states none contradicts nothing."""
    where, locked, head = case.at("model", "license"), case.lock.model.license, case.hub_head
    if not isinstance(head, HubFacts) or not head.stated:
        return []
    known = [canonical_license(name) for name in head.stated]
    if known == [locked]:
        return []
    if len(known) == 1 and known[0] is not None:
        told = message("hub-license-other", was=was, now=_named(known[0]))
        return [failed(told, where, fix)]
    if locked in known:
        told = message("hub-licenses-several", was=was, stated=head.stated)
        return [undecided(told, where, fix)]
    if None in known:
        told = message("hub-license-unheard-of", was=was, stated=head.stated)
        return [undecided(told, where, fix)]
    return [failed(message("hub-licenses-other", was=was, stated=head.stated), where, fix)]
