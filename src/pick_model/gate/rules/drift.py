"""PM6: has anything the lock rests on changed since it was made?"""

from __future__ import annotations

from pick_model import __version__
from pick_model.gate.case import Case
from pick_model.gate.finding import Finding, failed, passed, skipped
from pick_model.words.say import message


def task_changed(case: Case) -> Finding:
    """PM601."""
    where = case.at("task", "digest")
    if case.task_digest == case.lock.task.digest:
        return passed(message("task-as-locked"), where)
    return failed(message("task-changed"), where, case.relock, case.task_at())


def catalog_changed(case: Case) -> Finding:
    """PM602."""
    where = case.at("catalog", "digest")
    if case.catalog.digest == case.lock.catalog.digest:
        return passed(message("catalog-as-locked"), where)
    return failed(message("catalog-changed"), where, case.relock)


def results_changed(case: Case) -> Finding:
    """PM603."""
    where = case.at("results")
    if case.lock.results is None:
        return skipped(message("no-results-ranked"), where)
    if case.results_digest == case.lock.results.digest:
        return passed(message("results-as-locked"), where)
    return failed(message("results-changed", file=case.lock.results.file), where, case.relock)


def tool_changed(case: Case) -> Finding:
    """PM604."""
    where, then = case.at("tool_version"), case.lock.tool_version
    if then == __version__:
        return passed(message("tool-as-locked", then=then), where)
    return failed(message("tool-changed", then=then, now=__version__), where, case.relock)


def edited(case: Case) -> Finding:
    """PM605."""
    where = case.at("content_digest")
    if not case.edited:
        return passed(message("lock-as-written"), where)
    return failed(message("lock-changed-by-hand"), where, case.relock)
