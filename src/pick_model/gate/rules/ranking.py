"""PM5: is the model still among the best for the task?"""

from __future__ import annotations

from pick_model.errors import Location
from pick_model.gate.case import Case
from pick_model.gate.finding import Finding, failed, passed, skipped
from pick_model.words.say import message


def rejected(case: Case) -> Finding:
    """PM501."""
    where = case.at("model", "id")
    broken = case.broken
    if broken is None:
        return passed(message("meets-constraints"), where)
    told = message("task-rejects", reason=broken.reason, constraint=broken.constraint)
    fix = message("choose-another-or-change-task")
    if broken.near_miss is not None:
        fix = message("choose-another-or-help", help=broken.near_miss)
    return failed(told, where, fix, _line_of(case, broken.constraint))


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
        return skipped(message("no-candidate-see"), where)
    if now.rank == 1:
        return passed(message("in-top-group", n=now.top_size), where)
    place = message("below-top-group", rank=now.rank, gap=now.gap, leader=now.leader)
    for why in now.behind:
        place = message("behind-all", place=place, why=why)
    if now.gap <= margin:
        return passed(message("within-margin", place=place, margin=margin), where)
    model, leader = case.lock.model.id, now.leader
    return failed(
        message("beyond-margin", place=place, margin=margin) if margin else place,
        where,
        message("compare-with-leader", task=case.task_file, model=model, leader=leader),
        case.rules.where("ranking", "margin") if margin else None,
    )
