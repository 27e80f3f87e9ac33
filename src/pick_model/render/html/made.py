"""The last section of every page, how it was made, and the task as it was read."""

from __future__ import annotations

import platform
from collections.abc import Mapping

from pick_model import __version__
from pick_model.documents.report import TaskSummary
from pick_model.render.html.blocks import Block, Cell, CommandBlock, Section, Table, TermList


def made(command: str, digests: Mapping[str, str], *more: Block) -> Section:
    """Versions, digests and the command that makes the page again.

    digests: what was read -> sha256 of it. more: what a report tells of its own making.
    """
    told = [("pick-model", Cell(__version__)), ("Python", Cell(platform.python_version()))]
    told += [(name, Cell(f"sha256 {digest}")) for name, digest in digests.items()]
    return Section(
        "made", "How this was made", (TermList(tuple(told)), *more, CommandBlock(command))
    )


def versions(found: Mapping[str, str]) -> TermList:
    """Versions of the libraries that figures were measured with."""
    return TermList(tuple((name, Cell(version)) for name, version in found.items()))


def task_section(task: TaskSummary) -> Section:
    """What the task is, on what it is trained, and which values nobody gave."""
    languages = " to ".join(task.translate) if task.translate else ", ".join(task.languages)
    where = task.train_on
    if task.serve_on != task.train_on:
        where = f"{task.train_on}, served on {task.serve_on}"
    how = f"{task.method}, {task.dtype}, batch {task.batch_size}, {task.epochs:g} epochs"
    terms = {
        "task": task.task,
        "languages": languages or "any",
        "domain": task.domain,
        "labels": None if task.n_labels is None else f"{task.n_labels:,}",
        "label kind": task.label_kind,
        "rows": f"{task.n_rows:,}",
        "input": task.input,
        "metric": task.metric,
        "machine": where,
        "way of use": "as it comes" if task.method == "as-is" else how,
        "weights": f"{task.preset} ({task.weights_origin})",
    }
    blocks: list[Block] = [TermList(tuple((n, Cell(v)) for n, v in terms.items() if v))]
    if task.defaults:
        rows = [(d.field, d.value, d.why) for d in task.defaults]
        blocks.append(Table(("left open", "taken", "because"), rows, "Defaults taken"))
    return Section("task", "The task as it was read", tuple(blocks))
