"""PM3: does the model stay within the bounds of the policy?"""

from __future__ import annotations

from collections.abc import Callable

from pick_model.errors import Location
from pick_model.gate.case import Case
from pick_model.gate.finding import Finding, failed, passed, skipped, undecided
from pick_model.words.figures import beside

CHOOSE = "choose a smaller model, or add an exception"


def too_many_parameters(case: Case) -> Finding:
    """PM301."""
    where = case.at("model", "n_parameters")
    limit, asked = case.policy.limits.max_parameters, _asked(case, "max_parameters")
    if limit is None:
        return skipped("the policy sets no limits.max_parameters", where)
    n = case.present.n_parameters
    if n is None:
        return _unknown("number of parameters", where, asked)
    if n > limit:
        return failed(f"{n:,} parameters, over {limit:,}", where, CHOOSE, asked)
    return passed(f"{n:,} parameters, within {limit:,}", where)


def short_input(case: Case) -> Finding:
    """PM306."""
    where = case.at("model", "max_tokens")
    limit, asked = case.policy.limits.min_input_tokens, _asked(case, "min_input_tokens")
    if limit is None:
        return skipped("the policy sets no limits.min_input_tokens", where)
    reads = case.present.max_tokens
    if reads is None:
        return _unknown("input limit", where, asked)
    if reads < limit:
        fix = "choose a model with a longer input, or cut the inputs"
        return failed(f"reads {reads} tokens, under {limit}", where, fix, asked)
    return passed(f"reads {reads} tokens, at least {limit}", where)


def _asked(case: Case, limit: str) -> Location | None:
    return case.rules.where("limits", limit)


def _unknown(what: str, where: Location, asked: Location | None) -> Finding:
    return undecided(
        f"its {what} is unknown, so the bound cannot be checked",
        where,
        "give the missing facts in an overlay (--catalog)",
        asked,
    )


def over(limit_name: str, estimate_name: str, unit: str) -> Callable[[Case], Finding]:
    """The rule that an estimate stays within a limit of the policy.

    The end that counts is limits.bound: the estimate, or the upper end of its 90 % interval.
    """

    def rule(case: Case) -> Finding:
        where = case.at("estimates", estimate_name)
        limit, asked = getattr(case.policy.limits, limit_name), _asked(case, limit_name)
        if limit is None:
            return skipped(f"the policy sets no limits.{limit_name}", where)
        found = case.estimates.get(estimate_name)
        if found is None:
            return _unknown(estimate_name.replace("_", " "), where, asked)
        upper = case.policy.limits.bound == "high"
        reached = found.high if upper else found.value
        value, most = beside(reached, limit)
        told = f"{value} {unit}" + (" at the upper end" if upper else "")
        if reached > limit:
            return failed(f"{told}, over {most}", where, CHOOSE, asked)
        return passed(f"{told}, within {most}", where)

    return rule
