"""A user's own table of results, `model,dataset,metric,score`, read as evidence."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from pick_model.backtest.directions import NOT_GIVEN, Directions, FileMetrics, metric_in
from pick_model.belief.copies import dataset_of, same_data, same_number
from pick_model.belief.rows import as_used, world_of
from pick_model.catalog.catalog import Catalog
from pick_model.documents.catalog import Benchmark, Score
from pick_model.documents.reader import csv_rows, read_text
from pick_model.errors import Location, SchemaError, did_you_mean
from pick_model.record import replace
from pick_model.vocabulary.metrics import LOWER_IS_BETTER, METRICS
from pick_model.vocabulary.tasks import TASKS
from pick_model.vocabulary.uses import PROTOCOLS, SPELLINGS
from pick_model.words.message import Message
from pick_model.words.say import message

COLUMNS = ("model", "dataset", "metric", "score")
FILE = "file"  # the source of the rows of a user's table
MOST = 1e15  # of a score; beyond it squares overflow
SURELY_A_FRACTION = 0.2  # of a metric that is either 0 to 1 or 0 to 100
USUAL_TASKS = {
    "text": "text-classification",
    "image": "image-classification",
    "audio": "audio-classification",
    "items": "item-recommendation",
    "time-series": "time-series-forecasting",
    "tabular": "tabular-classification",
    "biosequence": "biosequence-classification",
}


class Foreign(NamedTuple):
    """A table in the catalog's terms."""

    rows: tuple[Score, ...]
    benchmarks: Mapping[str, Benchmark]
    matched: tuple[str, ...]  # entries, by id
    unmatched: tuple[str, ...]  # names the catalog does not know
    runs: Mapping[
        tuple[str, str, str], Sequence[float]
    ]  # entry, benchmark, metric -> runs, up is better
    skipped: int  # lines without a number


class ResultRow(NamedTuple):
    """One line of the file."""

    model: str
    dataset: str
    metric: str
    score: float  # in the direction that its metric has in the evidence
    protocol: str


def read_foreign(
    path: Path,
    catalog: Catalog,
    known: Sequence[Score],
    protocol: str,
    task: str | None,
    directions: Directions = NOT_GIVEN,
) -> Foreign:
    """Read a table and match its names by id, Hub repository and alias.

    Models that the catalog does not know are listed, not guessed. A data set that the
    shipped evidence knows lends its task, languages and domain; others get the usual task
    of their models' modality. Several scores of a model on one data set are runs of it.
    Raises InputError or SchemaError with file and line, and UsageError where `directions`
    names a metric that the file does not have.
    """
    lines, skipped = _lines(path, protocol, directions)
    names = _Names(catalog)
    found = {name: names.entry(name) for name in dict.fromkeys(line.model for line in lines)}
    runs: dict[tuple[str, str, str, str], list[float]] = defaultdict(list)
    for line in lines:
        entry = found[line.model]
        if entry is not None:
            runs[entry, f"file:{line.dataset}", line.metric, line.protocol].append(line.score)
    rows = as_used(
        (
            Score(entry, dataset, metric, sum(scores) / len(scores), "", how, "", len(scores), FILE)
            for (entry, dataset, metric, how), scores in sorted(runs.items())
        ),
        catalog.entries,
    )
    return Foreign(
        rows=tuple(rows),
        benchmarks=_benchmarks(rows, catalog, known, task),
        matched=tuple(sorted({entry for entry in found.values() if entry})),
        unmatched=tuple(name for name, entry in found.items() if entry is None),
        runs={
            key[:3]: [-score if key[2] in LOWER_IS_BETTER else score for score in scores]
            for key, scores in runs.items()
        },
        skipped=skipped,
    )


def without_copies(known: Sequence[Score], foreign: Foreign) -> list[Score]:
    """The shipped rows that do not tell a number of the table: one measurement, counted once."""
    data = same_data([*known, *foreign.rows])
    numbers: dict[tuple[str, str], list[float]] = defaultdict(list)
    for row in foreign.rows:
        numbers[row.entry, data[row.benchmark]].append(row.score)
    return [
        row
        for row in known
        if not any(
            same_number(row.score, n) or same_number(row.score, -n)  # perhaps turned round
            for n in numbers.get((row.entry, data[row.benchmark]), ())
        )
    ]


def _lines(path: Path, protocol: str, directions: Directions) -> tuple[list[ResultRow], int]:
    name = str(path)
    table = csv_rows(read_text(path), name)
    _, columns = next(table, (None, []))
    columns = [column.strip().lower() for column in columns]
    missing = [column for column in COLUMNS if column not in columns]
    if missing:
        raise SchemaError(
            message("no-column", column=missing[0]),
            location=Location(name, 1),
            hint=_header_hint(columns),
        )
    lines, skipped = [], 0
    scales = _Scales()
    metrics = FileMetrics(directions)
    for where, cells in table:
        raw = dict(zip(columns, cells, strict=False))
        values = {column: raw.get(column, "").strip() for column in (*COLUMNS, "protocol")}
        empty = next((name for name in COLUMNS[:3] if not values[name]), None)
        if empty:
            raise SchemaError(message("field-empty", field=empty), location=where)
        if values["score"].lower() in ("", "nan", "none", "null", "-"):
            skipped += 1
            continue
        score = _number(values["score"], where)
        scales.check(values["dataset"], values["metric"], score, where)
        how = values["protocol"] or _protocol_in(values["metric"]) or protocol
        if how not in PROTOCOLS:
            hint = did_you_mean(how, PROTOCOLS)
            raise SchemaError(message("unknown-protocol", how=how), location=where, hint=hint)
        metric, sign = metrics.metric(values["metric"], where)
        lines.append(
            ResultRow(
                # A run's number behind the name, as bert-base#rep3, tells runs of one model.
                values["model"].split("#")[0],
                values["dataset"],
                metric,
                sign * score,
                how,
            )
        )
    metrics.check(name)
    if not lines:
        raise SchemaError(message("no-scores"), location=Location(name))
    return lines, skipped


def _header_hint(columns: Sequence[str]) -> Message:
    first = columns[0] if len(columns) == 1 else ""
    if re.fullmatch(r"sep=.?", first) or (columns[0:1] == ["sep="]):
        return message("leave-out-sep")
    for separator in (";", "\t", "|"):
        if "model" in re.split(re.escape(separator) + r"\s*", first):
            return message("separate-by-commas", separator=separator)
    return message("first-line-of-table")


def _number(written: str, where: Location) -> float:
    """A score; Raises SchemaError for what is none, with how to write it."""
    try:
        score = float(written)
    except ValueError:
        score = float("inf")
    if abs(score) <= MOST:  # no infinity, no NaN
        return score
    hint = None
    if re.fullmatch(r"[-+]?\d+([.,]\d+)?\s*%", written):
        hint = message("write-without-percent", score=written.rstrip("% ").replace(",", "."))
    elif re.fullmatch(r"[-+]?\d+,\d+", written):
        hint = message("write-score", score=written.replace(",", "."))
    raise SchemaError(message("score-no-number", written=written), location=where, hint=hint)


class _Scales:
    """Sees that the scores of one metric on one data set are all fractions or all percents."""

    def __init__(self) -> None:
        self._first: dict[tuple[str, str, bool], Location] = {}

    def check(self, dataset: str, metric: str, score: float, where: Location) -> None:
        """Raises SchemaError for a score beyond the metric, or in another scale than before."""
        known = metric_in(metric)
        bounds = METRICS[known] if known else None
        if bounds is None or bounds.high != 1.0 or bounds.low < -1.0:
            return
        if not 100 * bounds.low <= score <= 100:
            told = message("score-cannot-be", metric=metric, score=score, least=100 * bounds.low)
            raise SchemaError(told, location=where)
        # A fraction this small may be a percentage near nothing; one over it is none.
        if bounds.low < 0 or (score <= 1 and score < SURELY_A_FRACTION) or score == 1:
            return
        percent = score > 1
        self._first.setdefault((dataset, metric, percent), where)
        other = self._first.get((dataset, metric, not percent))
        if other is not None:
            one, two = ("percents", "fractions") if percent else ("fractions", "percents")
            raise SchemaError(
                message(
                    "scores-in-two-scales",
                    metric=metric,
                    score=score,
                    one=one,
                    line=other.line or 0,
                    two=two,
                ),
                location=where,
                hint=message("write-in-one-way"),
            )


def _protocol_in(metric: str) -> str | None:
    """The protocol a metric's name tells, as in `accuracy(logreg on frozen embedding)`."""
    words = set(re.split(r"[^a-z]+", metric.lower()))
    return next((how for word, how in SPELLINGS.items() if word in words), None)


class _Names:
    """Finds entries by the names other people give them."""

    def __init__(self, catalog: Catalog) -> None:
        self._exact: dict[str, str] = {}
        self._by_slug: dict[str, set[str]] = defaultdict(set)
        for column in ("aliases", "hub_repo"):
            for entry_id, value in catalog.entries.column(column):
                for alias in [value] if isinstance(value, str) else value or ():
                    self._exact[alias.lower()] = entry_id
                    self._by_slug[_slug(alias.split("/")[-1])].add(entry_id)
        for entry_id in catalog.entries:  # an id outranks another entry's alias
            self._exact[entry_id.lower()] = entry_id
            self._by_slug[_slug(entry_id)].add(entry_id)
            # timm's ids are an architecture and, after a point, the weights' tag.
            self._by_slug[_slug(entry_id.split(".")[0])].add(entry_id)

    def entry(self, name: str) -> str | None:
        """An id when exactly one entry can be meant."""
        last = re.split(r"/|--", name)[-1]
        for spelled in (name, name.replace("--", "/"), last):
            if spelled.lower() in self._exact:
                return self._exact[spelled.lower()]
        found = self._by_slug.get(_slug(last), set())
        return next(iter(found)) if len(found) == 1 else None


def _slug(name: str) -> str:
    return "-".join(part for part in re.split(r"[^a-z0-9]+", name.lower()) if part)


def _benchmarks(
    rows: Sequence[Score], catalog: Catalog, known: Sequence[Score], task: str | None
) -> dict[str, Benchmark]:
    """What each data set of the table is taken to be."""
    data = same_data([*known, *rows])
    shipped: dict[str, list[str]] = defaultdict(list)
    for name in sorted({row.benchmark for row in known}):
        shipped[data[name]].append(name)
    worlds: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        worlds[row.benchmark][world_of(catalog.entries[row.entry].modality)] += 1
    found = {}
    for name in worlds:
        world = worlds[name].most_common(1)[0][0]
        like = [
            catalog.benchmarks[n]
            for n in shipped[data[name]]
            if world_of(catalog.benchmarks[n].modality) == world
        ]
        if like and task is None:
            wanted = dataset_of(name)
            closest = min(like, key=lambda b: (dataset_of(b.id) != wanted, len(b.id), b.id))
            found[name] = replace(closest, id=name, name=name.removeprefix("file:"))
            continue
        chosen = task or USUAL_TASKS[world]
        found[name] = Benchmark(
            id=name,
            name=name.removeprefix("file:"),
            task=chosen,
            modality=TASKS[chosen].modality,
            languages=("en",) if TASKS[chosen].speaks else (),
        )
    return found
