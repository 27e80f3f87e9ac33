"""Checks of the evidence tables and of the benchmarks they refer to."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from statistics import median

from pick_model.catalog.validate.case import Case
from pick_model.documents.catalog import PROTOCOLS, Benchmark
from pick_model.errors import did_you_mean
from pick_model.vocabulary.metrics import LOWER_IS_BETTER, METRICS
from pick_model.vocabulary.tasks import TASKS

# Metrics of other tasks that tables report for a task.
REPORTED: dict[str, frozenset[str]] = {
    "audio-classification": frozenset({"lrap"}),
    "feature-extraction": frozenset({"v_measure", "mean_score"}),
    "image-classification": frozenset({"lrap", "map"}),
    "image-feature-extraction": frozenset({"nmi"}),
    "question-answering": frozenset({"accuracy"}),
    "sentence-similarity": frozenset({"average_precision", "accuracy", "mean_score"}),
    "summarization": frozenset({"loss"}),
    "text-classification": frozenset({"f1", "correlation"}),
    "text-generation": frozenset({"loss"}),
    "token-classification": frozenset({"macro_f1", "micro_f1"}),
    "translation": frozenset({"loss"}),
}
MANY = 5  # rows that agree before the one that does not is doubted
TRAINED = frozenset({"fine-tune", "lora", "linear-probe"})  # zero-shot scores may be nothing
# A fraction divided by 100 once more stands at a hundredth of the others; the lowest that is
# right in the catalog stands at a thirtieth.
PERCENT_TWICE = 1 / 50


def evidence(case: Case) -> int:
    """Every score is keyed to a known entry, benchmark, protocol and source, and stands once."""
    seen: dict[tuple[str, ...], str] = {}
    known = case.entries.keys() | case.records.broken_ids
    tables = (
        ("entry", known),
        ("benchmark", case.benchmarks.keys()),
        ("source", case.sources or frozenset()),
        ("protocol", PROTOCOLS),
    )
    alike = _all_but_one(case, ("source", "benchmark"), "protocol")
    for row in case.records.scores:
        cells = row.cells
        for column, names in tables:
            if cells[column] not in names:
                hint = did_you_mean(cells[column], names)
                case.problem(
                    row.where, cells["entry"], f"unknown {column} {cells[column]!r} ({hint})"
                )
        if cells["protocol"] != alike.get((cells["source"], cells["benchmark"]), cells["protocol"]):
            case.problem(
                row.where,
                cells["entry"],
                f"the only {cells['protocol']} row of {cells['benchmark']} in {cells['source']}",
            )
        key = tuple(cells[c] for c in cells if c not in ("score", "n_runs"))
        if key in seen:
            case.problem(row.where, cells["entry"], f"measured on {seen[key]} already")
        seen.setdefault(key, str(row.where))
    return len(case.records.scores)


def _all_but_one(case: Case, within: tuple[str, ...], column: str) -> dict[tuple[str, ...], str]:
    """What a column says in all rows but one of a group, for the groups where that is so."""
    groups: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
    for row in case.records.scores:
        groups[tuple(row.cells[name] for name in within)][row.cells[column]] += 1
    found = {}
    for key, counts in groups.items():
        (usual, many), *others = counts.most_common()
        if many >= MANY and [count for _, count in others] == [1]:
            found[key] = usual
    return found


def scores(case: Case) -> int:
    """Every score is a number that its metric can take and its benchmark's task has."""
    usual = _all_but_one(case, ("benchmark",), "metric")
    middles = _middles(case)
    for row in case.records.scores:
        cells = row.cells
        metric = cells["metric"]
        if metric not in METRICS:
            hint = did_you_mean(metric, METRICS)
            case.problem(row.where, cells["entry"], f"unknown metric {metric!r} ({hint})")
            continue
        for doubt in _metric_doubts(case, cells, usual):
            case.problem(row.where, cells["entry"], doubt)
        value = _number(cells["score"])
        low, high = bounds(metric)
        if not low <= value <= high or value == float("inf"):
            percent = "; fractions, not percent" if high == 1 and 1 < value <= 100 else ""
            case.problem(
                row.where,
                cells["entry"],
                f"{metric} {cells['score']!r} is not within {low:g} to {high:g}{percent}",
            )
        middle = middles.get(_group(cells))
        if middle is not None and 0 < value < middle * PERCENT_TWICE:
            case.problem(
                row.where,
                cells["entry"],
                f"{metric} {cells['score']} where half of the models reach {middle:g}; "
                "divided by 100 twice?",
            )
        if cells["n_runs"] and not (cells["n_runs"].isdigit() and int(cells["n_runs"]) >= 1):
            case.problem(row.where, cells["entry"], f"n_runs {cells['n_runs']!r} is no count")
        if not cells["split"]:
            case.problem(row.where, cells["entry"], "the split is not stated (dev, test …)")
    return len(case.records.scores)


def _metric_doubts(
    case: Case, cells: dict[str, str], usual: dict[tuple[str, ...], str]
) -> Iterator[str]:
    metric, benchmark = cells["metric"], case.benchmarks.get(cells["benchmark"])
    if benchmark is not None:
        task = TASKS[benchmark.task]
        allowed = {task.metric, *task.metrics, *REPORTED.get(benchmark.task, ())}
        if metric not in allowed:
            yield f"{benchmark.task} is not measured by {metric}"
    if metric != usual.get((cells["benchmark"],), metric):
        yield f"the only row of {cells['benchmark']} in {metric}"


def _group(cells: dict[str, str]) -> tuple[str, str, str]:
    return cells["benchmark"], cells["metric"], cells["protocol"]


def _middles(case: Case) -> dict[tuple[str, str, str], float]:
    """The median of every group of trained models' scores in a bounded metric."""
    groups: dict[tuple[str, str, str], list[float]] = defaultdict(list)
    for row in case.records.scores:
        value = _number(row.cells["score"])
        better_when_large = row.cells["metric"] not in LOWER_IS_BETTER
        if better_when_large and row.cells["protocol"] in TRAINED and value == value:
            groups[_group(row.cells)].append(value)
    return {key: median(values) for key, values in groups.items() if len(values) >= MANY}


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")


def bounds(metric: str) -> tuple[float, float]:
    """The smallest and largest value of a metric."""
    known = METRICS[metric]
    return known.low, float("inf") if known.high is None else known.high


def benchmarks(case: Case) -> int:
    """A benchmark's modality and languages fit its task, and its chance level its classes."""
    used = {row.cells["benchmark"] for row in case.records.scores}
    for placed in case.records.benchmarks:
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
        if benchmark.id not in used and not case.records.overlay:
            case.wrong(placed, "no evidence table uses it")
    return len(case.records.benchmarks)
