"""The fit as the plain numbers that are shipped."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from pick_model.belief.crossover import Crossover
from pick_model.belief.outlook import Standing
from pick_model.belief.parts import FactsRegression, Residual, Shipped, Variances
from pick_model.belief.places import places
from pick_model.belief.similarity import BenchmarkKind
from pick_model.documents.catalog import Benchmark, Entry, Score
from pick_model.vocabulary.uses import PROTOCOLS

if TYPE_CHECKING:
    from pick_model.belief.rows import Group
    from pick_model.belief.scales import Scale

DIGITS = 4  # of a standard score; the last differs by less than any measurement tells


def shipped(
    scales: Mapping[tuple[str, str], Scale], entries: Mapping[str, Entry]
) -> dict[tuple[str, str], Shipped]:
    """The numbers `recommend` reads, rounded as they are shipped."""
    from pick_model.belief.scales import family_sums, links

    linked = links(scales)
    found = {}
    for key, scale in scales.items():
        residuals = {
            name: Residual(round(one.offset, DIGITS), round(one.precision, DIGITS))
            for name, one in sorted(scale.residuals.items())
        }
        variances = Variances(*(round(v, DIGITS) for v in scale.variances))
        line = scale.line
        sums = family_sums(
            [entries[name].family for name in residuals], residuals.values(), variances
        )
        found[key] = Shipped(
            FactsRegression(
                _rounded(line.means),
                _rounded(line.spreads),
                _rounded(line.lows),
                _rounded(line.highs),
                _rounded(line.slopes),
                {name: round(value, DIGITS) for name, value in line.kinds.items()},
                _rounded(line.matches),
                round(line.intercept, DIGITS),
            ),
            variances,
            {name: _rounded(pair) for name, pair in sorted(sums.items())},
            residuals,
            linked[key],
        )
    return found


def _rounded(values: Sequence[float]) -> tuple[float, ...]:
    return tuple(round(value, DIGITS) for value in values)


class Standings(NamedTuple):
    """Where each model stands on each benchmark it was scored on, and what the numbers mean."""

    benchmarks: Sequence[str]
    protocols: Sequence[str]
    sources: Sequence[str]
    by_entry: Mapping[str, Sequence[Standing]]


def standings(scales: Mapping[tuple[str, str], Scale], rows: Sequence[Score]) -> Standings:
    """The fitted standings; scores of one benchmark, protocol and source are one of them."""
    protocols = list(PROTOCOLS)
    sources = sorted({row.source for row in rows})
    benchmarks = sorted({row.benchmark for row in rows})
    number = {name: index for index, name in enumerate(benchmarks)}
    cells: dict[str, dict[tuple[int, int, int], list[float]]] = defaultdict(dict)
    for scale in scales.values():
        for position, z, share in zip(*(part.tolist() for part in scale.standards), strict=True):
            row = rows[position]
            key = number[row.benchmark], protocols.index(row.protocol), sources.index(row.source)
            cell = cells[row.entry].setdefault(key, [0.0, 0.0])
            cell[0] += share * z
            cell[1] += share
    by_entry = {
        name: [
            (*key, round(value / weight, 3), round(weight, 3), 1)
            for key, (value, weight) in sorted(found.items())
        ]
        for name, found in sorted(cells.items())
    }
    return Standings(benchmarks, protocols, sources, by_entry)


def merged(found: Sequence[Standing], numbers: Mapping[int, int]) -> list[Standing]:
    """Standings with those of alike benchmarks told as one, under the first of these.

    `numbers`: each benchmark's, and the first's that resembles any task as it does. Nothing
    that is expected of a model changes: a benchmark enters by its similarity and weight.
    """
    cells: dict[tuple[int, int, int], list[float]] = {}
    for benchmark, protocol, source, z, weight, n in found:
        cell = cells.setdefault((numbers[benchmark], protocol, source), [0.0, 0.0, 0])
        cell[0] += weight * z
        cell[1] += weight
        cell[2] += n
    return [
        (*key, round(value / weight, DIGITS), round(weight, 3), int(n))
        for key, (value, weight, n) in sorted(cells.items())
    ]


def _kind(benchmark: Benchmark) -> BenchmarkKind:
    return BenchmarkKind(benchmark.task, benchmark.modality, benchmark.domain, benchmark.languages)


def alike(kinds: Sequence[BenchmarkKind]) -> dict[int, int]:
    """Each benchmark's number, and the first's that is of its kind."""
    first: dict[BenchmarkKind, int] = {}
    return {number: first.setdefault(kind, number) for number, kind in enumerate(kinds)}


def packed_fit(
    scales: Mapping[tuple[str, str], Scale],
    crossover: Crossover,
    rows: Sequence[Score],
    entries: Mapping[str, Entry],
    benchmarks: Mapping[str, Benchmark],
    groups: Sequence[Group],
) -> tuple[dict[str, Any], dict[str, Any]]:
    """JSON-ready: what ranking reads at every start, and the standard score of each row.

    `rows` are grouped by entry; standard scores keep their order.
    """
    found = standings(scales, rows)
    standard: dict[int, float] = {}
    for scale in scales.values():
        standard.update(zip(scale.standards.rows.tolist(), scale.standards.z.tolist(), strict=True))
    number = {name: index for index, name in enumerate(found.benchmarks)}
    kind_of = [_kind(benchmarks[name]) for name in found.benchmarks]
    kinds, numbers = list(dict.fromkeys(kind_of)), alike(kind_of)
    by_metric: dict[str, list[list[object]]] = defaultdict(list)
    for p in places(groups, rows, standard):
        by_metric[p.metric].append(
            [
                number[p.benchmark],
                found.protocols.index(p.protocol),
                round(p.level, DIGITS),
                None if p.log_scale is None else round(p.log_scale, DIGITS),
                found.sources.index(p.source),
            ]
        )
    ranking = {
        "schema_version": 1,
        "benchmarks": found.benchmarks,
        "kinds": kinds,
        "kind_of": [kinds.index(kind) for kind in kind_of],
        "protocols": found.protocols,
        "sources": found.sources,
        "crossover": list(crossover),
        "scales": [[*key, *one] for key, one in sorted(shipped(scales, entries).items())],
        "places": by_metric,
        "standings": {name: merged(some, numbers) for name, some in found.by_entry.items()},
    }
    by_entry: dict[str, list[float | None]] = defaultdict(list)
    for position, row in enumerate(rows):
        z = standard.get(position)
        by_entry[row.entry].append(None if z is None else round(z, DIGITS))
    return ranking, {
        "schema_version": 1,
        "standard_scores": dict(by_entry),
        "standings": found.by_entry,
    }
