"""Checks of the evidence tables and of the benchmarks they refer to."""

from __future__ import annotations

from typing import get_args

from pick_model.catalog.case import Case
from pick_model.documents.catalog import Benchmark, Protocol
from pick_model.documents.metrics import LOWER_IS_BETTER, METRICS
from pick_model.documents.tasks import TASKS
from pick_model.errors import did_you_mean

PROTOCOLS = get_args(Protocol)


def evidence(case: Case) -> int:
    """Every score is keyed to a known entry, benchmark, protocol and source, and stands once."""
    seen: dict[tuple[str, ...], str] = {}
    known = case.entries.keys() | case.written.broken_ids
    tables = (
        ("entry", known),
        ("benchmark", case.benchmarks.keys()),
        ("source", case.sources or frozenset()),
        ("protocol", PROTOCOLS),
    )
    for row in case.written.scores:
        cells = row.cells
        for column, names in tables:
            if cells[column] not in names:
                hint = did_you_mean(cells[column], names)
                case.problem(
                    row.where, cells["entry"], f"unknown {column} {cells[column]!r} ({hint})"
                )
        key = tuple(cells[c] for c in cells if c not in ("score", "n_runs"))
        if key in seen:
            case.problem(row.where, cells["entry"], f"measured on {seen[key]} already")
        seen.setdefault(key, str(row.where))
    return len(case.written.scores)


def scores(case: Case) -> int:
    """Every score is a number that its metric can take, and a count of runs is a count."""
    for row in case.written.scores:
        cells = row.cells
        metric = cells["metric"]
        if metric not in METRICS:
            hint = did_you_mean(metric, METRICS)
            case.problem(row.where, cells["entry"], f"unknown metric {metric!r} ({hint})")
            continue
        try:
            value = float(cells["score"])
        except ValueError:
            value = float("nan")
        low, high = bounds(metric)
        if not low <= value <= high or value == float("inf"):
            percent = "; fractions, not percent" if high == 1 and 1 < value <= 100 else ""
            case.problem(
                row.where,
                cells["entry"],
                f"{metric} {cells['score']!r} is not within {low:g} to {high:g}{percent}",
            )
        if cells["n_runs"] and not (cells["n_runs"].isdigit() and int(cells["n_runs"]) >= 1):
            case.problem(row.where, cells["entry"], f"n_runs {cells['n_runs']!r} is no count")
        if not cells["split"]:
            case.problem(row.where, cells["entry"], "the split is not stated (dev, test …)")
    return len(case.written.scores)


def bounds(metric: str) -> tuple[float, float]:
    """The smallest and largest value of a metric."""
    known = METRICS[metric]
    return known.low, float("inf") if known.high is None else known.high


def benchmarks(case: Case) -> int:
    """A benchmark's modality and languages fit its task, and its chance level its classes."""
    used = {row.cells["benchmark"] for row in case.written.scores}
    for placed in case.written.benchmarks:
        benchmark: Benchmark = placed.value
        task = TASKS[benchmark.task]
        if task.modality != benchmark.modality:
            case.wrong(
                placed,
                f"task {benchmark.task} reads {task.modality}, not {benchmark.modality}",
                "modality",
            )
        if benchmark.modality == "text" and not benchmark.languages:
            case.wrong(placed, "says no language", "languages")
        if benchmark.chance is not None:
            floor = -1.0 if task.metric in LOWER_IS_BETTER else 0.0
            if not floor <= benchmark.chance < 1:
                case.wrong(placed, f"chance {benchmark.chance:g} is not within 0 to 1", "chance")
            elif benchmark.n_labels and 0 < benchmark.chance < 0.9 / benchmark.n_labels:
                case.wrong(
                    placed,
                    f"chance {benchmark.chance:g} is below one in {benchmark.n_labels} classes",
                    "chance",
                )
        if benchmark.id not in used and not case.written.overlay:
            case.wrong(placed, "no evidence table uses it")
    return len(case.written.benchmarks)
