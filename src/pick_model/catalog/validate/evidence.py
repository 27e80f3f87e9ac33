"""Checks of the evidence tables and of the benchmarks they refer to."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from statistics import median

from pick_model.catalog.reader import named
from pick_model.catalog.validate.context import Context
from pick_model.documents.catalog import Benchmark
from pick_model.errors import did_you_mean
from pick_model.vocabulary.metrics import LOWER_IS_BETTER, METRICS
from pick_model.vocabulary.tasks import TASKS
from pick_model.vocabulary.uses import PROTOCOLS, TRAINED
from pick_model.words.message import Message
from pick_model.words.say import message

# Metrics of other tasks that tables report for a task.
REPORTED: dict[str, frozenset[str]] = {
    "audio-classification": frozenset({"lrap"}),
    "feature-extraction": frozenset({"v_measure", "mean_score"}),
    "image-classification": frozenset({"lrap", "map"}),
    "image-feature-extraction": frozenset({"nmi"}),
    "image-to-text": frozenset({"accuracy", "f1"}),
    "question-answering": frozenset({"accuracy"}),
    "sentence-similarity": frozenset({"average_precision", "accuracy", "f1", "mean_score"}),
    "summarization": frozenset({"loss", "bertscore"}),
    "tabular-classification": frozenset({"mean_score"}),
    "tabular-regression": frozenset({"mean_score"}),
    "text-classification": frozenset({"f1", "correlation"}),
    "text-generation": frozenset({"loss"}),
    "token-classification": frozenset({"macro_f1", "micro_f1"}),
    "translation": frozenset({"loss", "comet"}),
    "zero-shot-classification": frozenset({"f1"}),
    "zero-shot-token-classification": frozenset({"f1", "micro_f1"}),
}
MANY = 5  # rows that agree before the one that does not is doubted
# What rows agree in, and within what: a table reports each benchmark in one way, and most
# tables follow one protocol.
ALIKE = (
    ("protocol", ("source", "benchmark")),
    ("protocol", ("source",)),
    ("split", ("source", "benchmark")),
    ("metric", ("source", "benchmark", "split", "protocol")),
)
# Languages of a model that was made for them, and not for all.
FEW_LANGUAGES = 2
ROWS_OF_LANGUAGE = 3  # before a model, or a benchmark, is doubted for the languages of the other
# A fraction divided by 100 once more stands at a hundredth of the others; the lowest that is
# right in the catalog stands at a thirtieth.
PERCENT_TWICE = 1 / 50
# Rows of a benchmark from which on one row alone in its metric is doubted.
ROWS_OF_A_METRIC = 20


def evidence(context: Context) -> int:
    """Every score is keyed to a known entry, benchmark, protocol and source, and stands once."""
    seen: dict[tuple[str, ...], str] = {}
    known = context.entries.keys() | context.parsed.broken_ids
    tables = (
        ("entry", known),
        ("benchmark", context.benchmarks.keys()),
        ("source", context.sources or frozenset()),
        ("protocol", PROTOCOLS),
    )
    alike = [(column, keys, _all_but_one(context, keys, column)) for column, keys in ALIKE]
    for row in context.parsed.scores:
        cells = row.cells
        for column, names in tables:
            if cells[column] not in names:
                hint = did_you_mean(cells[column], names)
                context.problem(
                    row.where,
                    cells["entry"],
                    message("unknown-cell-near", column=column, cell=cells[column], hint=hint),
                )
        for column, keys, found in alike:
            usual = found.get(tuple(cells[name] for name in keys), cells[column])
            if cells[column] != usual:
                told = message(
                    "only-row-of-its-kind",
                    column=column,
                    cell=cells[column],
                    within=", ".join(cells[name] for name in keys),
                )
                context.problem(row.where, cells["entry"], told)
                break
        key = tuple(cells[c] for c in cells if c not in ("score", "n_runs"))
        if key in seen:
            context.problem(row.where, cells["entry"], message("measured-already", seen=seen[key]))
        seen.setdefault(key, str(row.where))
    _foreign(context)
    return len(context.parsed.scores)


def _foreign(context: Context) -> None:
    """Models of a language or two that were trained on benchmarks of none of them."""
    of_entry: dict[str, list[bool]] = defaultdict(list)
    of_benchmark: dict[str, dict[str, tuple[str, ...]]] = defaultdict(dict)
    for row in context.parsed.scores:
        entry = context.entries.get(row.cells["entry"])
        benchmark = context.benchmarks.get(row.cells["benchmark"])
        if entry is None or benchmark is None or row.cells["protocol"] not in TRAINED:
            continue
        if not entry.languages or not benchmark.languages or len(entry.languages) > FEW_LANGUAGES:
            continue
        known = bool(set(entry.languages) & set(benchmark.languages))
        of_entry[entry.id].append(known)
        of_benchmark[benchmark.id][entry.id] = entry.languages
    for placed in context.parsed.entries:
        known_there = of_entry.get(named(placed), [])
        if len(known_there) >= ROWS_OF_LANGUAGE and not any(known_there):
            told = message("trained-in-others", languages=", ".join(placed.value.languages or ()))
            context.wrong(placed, told, "languages")
    for placed in context.parsed.benchmarks:
        models = of_benchmark.get(named(placed), {}).values()
        if len(models) < ROWS_OF_LANGUAGE:
            continue
        shared = set.intersection(*(set(codes) for codes in models))
        # English models are tried on everything, also where no others are.
        if shared - {"en"} and not shared & set(placed.value.languages):
            told = message(
                "models-of-others",
                languages=", ".join(placed.value.languages),
                theirs=", ".join(sorted(shared)),
            )
            context.wrong(placed, told, "languages")


def _all_but_one(
    context: Context, within: tuple[str, ...], column: str
) -> dict[tuple[str, ...], str]:
    """What a column says in all rows but one of a group, for the groups where that is so."""
    groups: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
    for row in context.parsed.scores:
        groups[tuple(row.cells[name] for name in within)][row.cells[column]] += 1
    found = {}
    for key, counts in groups.items():
        (usual, many), *others = counts.most_common()
        if many >= MANY and [count for _, count in others] == [1]:
            found[key] = usual
    return found


def scores(context: Context) -> int:
    """Every score is a number that its metric can take and its benchmark's task has."""
    usual = _all_but_one(context, ("benchmark",), "metric")
    in_metric: dict[str, Counter[str]] = defaultdict(Counter)
    for row in context.parsed.scores:
        in_metric[row.cells["benchmark"]][row.cells["metric"]] += 1
    middles = _middles(context)
    for row in context.parsed.scores:
        cells = row.cells
        metric = cells["metric"]
        if metric not in METRICS:
            hint = did_you_mean(metric, METRICS)
            context.problem(
                row.where, cells["entry"], message("unknown-metric-near", metric=metric, hint=hint)
            )
            continue
        for doubt in _metric_doubts(context, cells, usual, in_metric):
            context.problem(row.where, cells["entry"], doubt)
        value = _number(cells["score"])
        low, high = bounds(metric)
        if not low <= value <= high or value == float("inf"):
            # As text: an end may be infinite, and no JSON number is.
            least, most = f"{low:g}", f"{high:g}"
            told = message(
                "score-outside", metric=metric, score=cells["score"], least=least, most=most
            )
            if high == 1 and 1 < value <= 100:
                told = message("perhaps-percent", what=told)
            context.problem(row.where, cells["entry"], told)
        middle = middles.get(_group(cells))
        if middle is not None and 0 < value < middle * PERCENT_TWICE:
            context.problem(
                row.where,
                cells["entry"],
                message(
                    "score-far-from-middle", metric=metric, score=cells["score"], middle=middle
                ),
            )
        if cells["n_runs"] and not (cells["n_runs"].isdigit() and int(cells["n_runs"]) >= 1):
            context.problem(
                row.where, cells["entry"], message("runs-no-count", n_runs=cells["n_runs"])
            )
        if not cells["split"]:
            context.problem(row.where, cells["entry"], message("split-not-stated"))
    return len(context.parsed.scores)


def _metric_doubts(
    context: Context,
    cells: dict[str, str],
    usual: dict[tuple[str, ...], str],
    in_metric: dict[str, Counter[str]],
) -> Iterator[Message]:
    metric, benchmark = cells["metric"], context.benchmarks.get(cells["benchmark"])
    if benchmark is not None:
        task = TASKS[benchmark.task]
        allowed = {task.metric, *task.metrics, *REPORTED.get(benchmark.task, ())}
        if metric not in allowed:
            yield message("task-not-measured-by", task=benchmark.task, metric=metric)
    beside = in_metric[cells["benchmark"]]
    alone = beside[metric] == 1 and beside.total() >= ROWS_OF_A_METRIC
    if alone or metric != usual.get((cells["benchmark"],), metric):
        yield message("only-row-in-metric", benchmark=cells["benchmark"], metric=metric)


def _group(cells: dict[str, str]) -> tuple[str, str, str]:
    return cells["benchmark"], cells["metric"], cells["protocol"]


def _middles(context: Context) -> dict[tuple[str, str, str], float]:
    """The median of every group of trained models' scores in a bounded metric."""
    groups: dict[tuple[str, str, str], list[float]] = defaultdict(list)
    for row in context.parsed.scores:
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


def benchmarks(context: Context) -> int:
    """A benchmark's modality and languages fit its task, and its chance level its classes."""
    used: dict[str, set[str]] = {}  # benchmark -> metrics it was scored in
    for row in context.parsed.scores:
        used.setdefault(row.cells["benchmark"], set()).add(row.cells["metric"])
    for placed in context.parsed.benchmarks:
        benchmark: Benchmark = placed.value
        task = TASKS[benchmark.task]
        if task.modality != benchmark.modality:
            context.wrong(
                placed,
                message(
                    "task-reads-other",
                    task=benchmark.task,
                    reads=task.modality,
                    modality=benchmark.modality,
                ),
                "modality",
            )
        if benchmark.modality == "text" and not benchmark.languages:
            context.wrong(placed, message("no-language"), "languages")
        if benchmark.chance is not None:
            fixed = {METRICS[m].chance for m in used.get(benchmark.id, ()) if m in METRICS}
            floor = -1.0 if task.metric in LOWER_IS_BETTER else 0.0
            if not floor <= benchmark.chance < 1:
                context.wrong(placed, message("chance-outside", chance=benchmark.chance), "chance")
            elif len(fixed) == 1 and (known := fixed.pop()) not in (None, benchmark.chance):
                context.wrong(placed, message("chance-known", known=known), "chance")
            elif benchmark.n_labels and 0 < benchmark.chance < 0.9 / benchmark.n_labels:
                context.wrong(
                    placed,
                    message(
                        "chance-below-classes", chance=benchmark.chance, n_labels=benchmark.n_labels
                    ),
                    "chance",
                )
        if benchmark.id not in used and not context.parsed.overlay:
            context.wrong(placed, message("benchmark-unused"))
    return len(context.parsed.benchmarks)
