"""PM3: does the model stay within the bounds of the policy?"""

from __future__ import annotations

from collections.abc import Callable

from pick_model.errors import Location
from pick_model.gate.case import Case
from pick_model.gate.finding import Finding, failed, passed, skipped, undecided
from pick_model.words.message import Message
from pick_model.words.say import message

CHOOSE = message("choose-smaller")


def too_many_parameters(case: Case) -> Finding:
    """PM301."""
    where = case.at("model", "n_parameters")
    limit, asked = case.policy.limits.max_parameters, _asked(case, "max_parameters")
    if limit is None:
        return skipped(message("no-such-limit", limit="max_parameters"), where)
    n = case.present.n_parameters
    if n is None:
        return _unknown(message("parameters-unchecked"), where, asked)
    if n > limit:
        return failed(message("parameters-over", n=n, limit=limit), where, CHOOSE, asked)
    return passed(message("parameters-within", n=n, limit=limit), where)


def short_input(case: Case) -> Finding:
    """PM306."""
    where = case.at("model", "max_tokens")
    limit, asked = case.policy.limits.min_input_tokens, _asked(case, "min_input_tokens")
    if limit is None:
        return skipped(message("no-such-limit", limit="min_input_tokens"), where)
    reads = case.present.max_tokens
    if reads is None:
        return _unknown(message("input-limit-unchecked"), where, asked)
    if reads < limit:
        told = message("input-limit-under", tokens=reads, limit=limit)
        return failed(told, where, message("choose-longer-input"), asked)
    return passed(message("input-limit-enough", tokens=reads, limit=limit), where)


def _asked(case: Case, limit: str) -> Location | None:
    return case.rules.where("limits", limit)


def _unknown(told: Message, where: Location, asked: Location | None) -> Finding:
    return undecided(told, where, message("give-facts"), asked)


def over(limit_name: str, estimate_name: str) -> Callable[[Case], Finding]:
    """The rule that an estimate stays within a limit of the policy.

    The end that counts is limits.bound: the estimate, or the upper end of its 90 % interval.
    """

    def rule(case: Case) -> Finding:
        where = case.at("estimates", estimate_name)
        limit, asked = getattr(case.policy.limits, limit_name), _asked(case, limit_name)
        if limit is None:
            return skipped(message("no-such-limit", limit=limit_name), where)
        found = case.estimates.get(estimate_name)
        if found is None:
            told = message("estimate-unchecked", what=estimate_name)
            return _unknown(told, where, asked)
        upper = case.policy.limits.bound == "high"
        reached = found.high if upper else found.value
        if reached > limit:
            told = message(
                "upper-end-over" if upper else "estimate-over",
                value=reached,
                what=estimate_name,
                limit=limit,
            )
            return failed(told, where, CHOOSE, asked)
        told = message(
            "upper-end-within" if upper else "estimate-within",
            value=reached,
            what=estimate_name,
            limit=limit,
        )
        return passed(told, where)

    return rule
