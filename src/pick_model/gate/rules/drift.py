"""PM6: has anything the lock rests on changed since it was made?"""

from __future__ import annotations

from pick_model import __version__
from pick_model.gate.case import Case
from pick_model.gate.finding import Finding, failed, passed, skipped


def task_changed(case: Case) -> Finding:
    """PM601."""
    where = case.at("task", "digest")
    if case.task_digest == case.lock.task.digest:
        return passed("the task is the one that was locked", where)
    return failed("the task has changed since the lock", where, case.relock, case.task_at())


def catalog_changed(case: Case) -> Finding:
    """PM602."""
    where = case.at("catalog", "digest")
    if case.catalog.digest == case.lock.catalog.digest:
        return passed("the catalog is the one that was locked", where)
    return failed("the catalog has changed since the lock", where, case.relock)


def results_changed(case: Case) -> Finding:
    """PM603."""
    where = case.at("results")
    if case.lock.results is None:
        return skipped("no results of one's own were ranked", where)
    if case.results_digest == case.lock.results.digest:
        return passed("the results are those that were locked", where)
    return failed(
        f"{case.lock.results.file} has changed since the lock",
        where,
        case.relock,
    )


def tool_changed(case: Case) -> Finding:
    """PM604."""
    where, then = case.at("tool_version"), case.lock.tool_version
    if then == __version__:
        return passed(f"locked with pick-model {then}, as now", where)
    return failed(f"locked with pick-model {then}; this is {__version__}", where, case.relock)


def edited(case: Case) -> Finding:
    """PM605."""
    where = case.at("content_digest")
    if not case.edited:
        return passed("the lock is as the tool wrote it", where)
    return failed("the lock was changed by hand", where, case.relock)
