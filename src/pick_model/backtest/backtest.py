"""The back-test: hide scores, predict them from the rest, compare with what was measured."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from math import sqrt
from pathlib import Path
from typing import NamedTuple

from pick_model import __version__
from pick_model.backtest.agreement import pearson, regret, weighted_tau
from pick_model.backtest.ceiling import ceiling
from pick_model.backtest.directions import UNTOLD, Directions, metric_in
from pick_model.backtest.folds import Evidence, folds
from pick_model.backtest.foreign import (
    FILE,
    Foreign,
    read_foreign,
    without_copies,
)
from pick_model.backtest.rankings import BASELINES, History, predictions
from pick_model.backtest.summary import Outcome, summary
from pick_model.belief.expected import Outlook
from pick_model.belief.facts import matches_of_benchmark
from pick_model.belief.rows import Group, scale_of, world_of
from pick_model.belief.similarity import target_of_benchmark
from pick_model.catalog.model import Catalog
from pick_model.documents.backtest import (
    Agreement,
    Backtest,
    BenchmarkResult,
    Hide,
    TableResult,
)
from pick_model.documents.catalog import Score, lineage
from pick_model.errors import InputError, Location
from pick_model.interval import Range
from pick_model.vocabulary.metrics import unbounded

LEAST = 4  # models that a benchmark needs: with three, tau takes four values
DIGITS = 4


class Predicted(NamedTuple):
    """What was expected of one member of a hidden group."""

    z: Range
    standing: Range
    baselines: tuple[float, ...]  # in the order of BASELINES


def backtest(
    catalog: Catalog,
    *,
    file: Path | None = None,
    hide: Hide = "dataset",
    protocol: str = "fine-tune",
    task: str | None = None,
    directions: Directions = UNTOLD,
) -> Backtest:
    """Test the advice on the shipped evidence, or on a user's table beside it.

    `hide` says what is kept from the fit: the data set to predict (with every copy of it),
    whole families of models, or all that its source tells. `protocol` and `task` hold for a
    table that does not say, `directions` for metrics of it that nobody knows. Raises
    InputError or SchemaError for a table that cannot be read.
    """
    rows = shipped_rows(catalog)
    benchmarks = dict(catalog.benchmarks)
    foreign: Foreign | None = None
    if file is not None:
        foreign = read_foreign(file, catalog, rows, protocol, task, directions)
        rows = [*without_copies(rows, foreign), *foreign.rows]
        benchmarks.update(foreign.benchmarks)
    evidence = Evidence(rows, catalog.entries, benchmarks)
    outcomes = _outcomes(evidence, hide, FILE if foreign else None)
    if not outcomes:
        where = Location(str(file)) if file else None
        known = len(foreign.matched) if foreign else len(catalog.entries)
        unknown = foreign.unmatched[:3] if foreign else ()
        raise InputError(
            f"no data set has different scores of {LEAST} models that the catalog knows "
            f"({known} of the table are known)",
            location=where,
            hint=f"use ids, Hub names or aliases of the catalog, not {', '.join(unknown)}"
            if unknown
            else None,
        )
    return _report(catalog, hide, file, foreign, evidence, outcomes)


def shipped_rows(catalog: Catalog) -> list[Score]:
    """The published scores of the catalog, in a fixed order."""
    return [
        Score(entry, *told)
        for entry, scores in sorted(catalog.details["scores"].items())
        if entry in catalog.entries
        for told in scores
    ]


def _outcomes(evidence: Evidence, hide: Hide, source: str | None) -> list[Outcome]:
    """One outcome a group, every member predicted without what is hidden for it."""
    world = {name: world_of(b.modality) for name, b in evidence.benchmarks.items()}
    found: dict[int, dict[int, Predicted]] = defaultdict(dict)
    groups: dict[int, Group] = {}
    for fold in folds(evidence, hide, LEAST, source):
        if not fold.groups:
            continue
        fitted = evidence.without(fold.hidden, {world[g.benchmark] for g, _ in fold.groups})
        history = History(fitted.groups, world)
        outlooks: dict[tuple[str, str, str], Outlook] = {}
        for group, members in fold.groups:
            key = group.benchmark, group.protocol, group.source
            if key not in outlooks:
                target = target_of_benchmark(evidence.benchmarks[key[0]], key[1], key[2])
                outlooks[key] = Outlook(target, evidence.numbering, fitted.scales)
            entries = [evidence.entries[group.members[i].entry] for i in members]
            simple = [predictions(name, entries, group, history) for name in BASELINES]
            groups[id(group)] = group
            for index, entry, told in zip(members, entries, zip(*simple, strict=True), strict=True):
                line = lineage(entry, evidence.entries)
                one = outlooks[key].expected(line, fitted.scores.get(entry.id, ()))
                found[id(group)][index] = Predicted(one.z, one.standing, told)
    measured = _measured(evidence, groups.values())
    return [
        _outcome(evidence, groups[key], [members[i] for i in sorted(members)], measured)
        for key, members in found.items()
        if len(members) == len(groups[key].members)
    ]


def _measured(evidence: Evidence, groups: Iterable[Group]) -> dict[int, float]:
    """Where each score stands in the fit of everything, what model and benchmark match added."""
    found: dict[int, float] = {}
    keys = {
        (world_of(evidence.benchmarks[g.benchmark].modality), scale_of(g.task, g.protocol))
        for g in groups
    }
    for key in sorted(keys):
        scale = evidence.whole(key)
        for position, z in zip(
            scale.standards.rows.tolist(), scale.standards.z.tolist(), strict=True
        ):
            row = evidence.rows[position]
            matches = matches_of_benchmark(
                evidence.entries[row.entry], evidence.benchmarks[row.benchmark]
            )
            added = sum(s * x for s, x in zip(scale.line.matches, matches, strict=True))
            found[position] = z + added
    return found


def _outcome(
    evidence: Evidence,
    group: Group,
    predicted: Sequence[Predicted],
    measured: Mapping[int, float],
) -> Outcome:
    """A hidden group's figures."""
    truth = [member.score for member in group.members]
    points = 100.0 if max(abs(score) for score in truth) <= 1.5 else 1.0
    metric = evidence.rows[group.members[0].position].metric
    bounded = (
        not unbounded(metric_in(metric) or metric) and min(truth) >= -1.0 and max(truth) <= 100.0
    )
    ours = [one.z.value for one in predicted]
    agreement = _agreement(truth, ours, points if bounded else None)
    inside = [
        one.z.low <= measured[member.position] <= one.z.high
        for one, member in zip(predicted, group.members, strict=True)
    ]
    first = _first_group([one.standing for one in predicted])
    result = BenchmarkResult(
        benchmark=group.benchmark.removeprefix("file:"),
        metric=metric,
        protocol=group.protocol,
        n_models=len(truth),
        tau=agreement.tau,
        pearson=agreement.pearson,
        regret1=agreement.regret1,
        regret3=agreement.regret3,
        coverage=round(sum(inside) / len(inside), DIGITS),
        first_group_hit=any(truth[i] == max(truth) for i in first),
        first_group_share=round(len(first) / len(truth), DIGITS),
        baselines={
            name: _agreement(
                truth, [one.baselines[i] for one in predicted], points if bounded else None
            )
            for i, name in enumerate(BASELINES)
        },
    )
    scale = scale_of(group.task, group.protocol)
    return Outcome(result, evidence.datasets[group.benchmark], group.source, scale)


def _agreement(
    truth: Sequence[float], predicted: Sequence[float], points: float | None
) -> Agreement:
    """A ranking against the truth; one that cannot tell any two apart agrees by 0."""
    return Agreement(
        tau=round(weighted_tau(truth, predicted) or 0.0, DIGITS),
        pearson=round(pearson(truth, predicted) or 0.0, DIGITS),
        regret1=None if points is None else round(points * regret(truth, predicted, 1), DIGITS),
        regret3=None if points is None else round(points * regret(truth, predicted, 3), DIGITS),
    )


def _first_group(expected: Sequence[Range]) -> list[int]:
    """The first and those whose difference from it is inside its 90 % interval."""
    leader = max(expected, key=lambda z: z.value)
    return [
        index
        for index, z in enumerate(expected)
        if leader.value - z.value
        <= sqrt((leader.value - leader.low) ** 2 + (z.high - z.value) ** 2)
    ]


def _report(
    catalog: Catalog,
    hide: Hide,
    file: Path | None,
    foreign: Foreign | None,
    evidence: Evidence,
    outcomes: Sequence[Outcome],
) -> Backtest:
    tables: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        name = outcome.source.removeprefix("ev-") if foreign is None else str(file)
        tables[f"{name}, {outcome.scale}"].append(outcome)
    results = tuple(
        TableResult(
            table=name,
            matched=foreign.matched if foreign else _models(evidence, some),
            unmatched=foreign.unmatched if foreign else (),
            benchmarks=tuple(o.result for o in some),
            mean=summary([some]),
        )
        for name, some in sorted(tables.items())
    )
    notes = []
    if foreign and foreign.unmatched:
        notes.append(
            f"{len(foreign.unmatched)} of {len(foreign.unmatched) + len(foreign.matched)} models "
            "are not in the catalog and are left out"
        )
    if foreign and foreign.skipped:
        n = foreign.skipped
        notes.append(f"{n} line{'s are' if n > 1 else ' is'} left out, without a score")
    return Backtest(
        tool_version=__version__,
        catalog_digest=catalog.digest,
        hide=hide,
        file=str(file) if file else None,
        tables=results,
        mean=summary([some for _, some in sorted(tables.items())]),
        ceiling=ceiling(foreign.runs, LEAST) if foreign else None,
        notes=tuple(notes),
    )


def _models(evidence: Evidence, outcomes: Sequence[Outcome]) -> tuple[str, ...]:
    names = {(o.source, o.result.benchmark) for o in outcomes}
    return tuple(
        sorted({row.entry for row in evidence.rows if (row.source, row.benchmark) in names})
    )
