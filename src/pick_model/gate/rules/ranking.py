"""PM5: is the model still among the best for the task?"""

from __future__ import annotations

from pick_model.errors import Location
from pick_model.gate.case import Case
from pick_model.gate.finding import Finding, failed, passed, skipped


def rejected(case: Case) -> Finding:
    """PM501."""
    where = case.at("model", "id")
    broken = case.rejection
    if broken is None:
        return passed("meets every constraint of the task", where)
    fix = f"choose another model, or {broken.near_miss}" if broken.near_miss else None
    return failed(
        f"the task rejects it: {broken.reason} ({broken.constraint})",
        where,
        fix or "choose another model, or change the task",
        _line_of(case, broken.constraint),
    )


def _line_of(case: Case, constraint: str) -> Location:
    """The line of the task that asks for it; most constraints are named after their key."""
    within = case.task_at("constraints", constraint)
    if within != case.task_at("constraints"):
        return within
    key = "hardware" if constraint.endswith("_memory") else constraint
    return case.task_at(key)


def outside_top_group(case: Case) -> Finding:
    """PM502."""
    where, margin = case.at("ranking", "rank"), case.policy.ranking.margin
    now = case.now
    if now is None:
        return skipped("is no candidate (see PM501)", where)
    if now.rank == 1:
        return passed(f"is one of the top group of {now.top_size}", where)
    told = f"ranks {now.rank}, {now.gap:.3f} below the top group led by {now.leader}"
    if now.gap <= margin:
        return passed(f"{told}, within the margin of {margin:g}", where)
    return failed(
        told + (f", more than the margin of {margin:g}" if margin else ""),
        where,
        f"pick-model compare {case.task_file} {case.lock.model.id} {now.leader}",
        case.rules.where("ranking", "margin") if margin else None,
    )
