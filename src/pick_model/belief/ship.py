"""The fit as the plain numbers that are shipped."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pick_model.belief.expected import Shipped
from pick_model.belief.parts import Regression, Residual, Variances
from pick_model.belief.places import places
from pick_model.catalog.shipped import compact
from pick_model.documents.catalog import Entry, Score
from pick_model.vocabulary.uses import PROTOCOLS

if TYPE_CHECKING:
    from pick_model.belief.rows import Group
    from pick_model.belief.scales import Scale
    from pick_model.documents.catalog import Score

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
            Regression(
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
            {name: round(value, DIGITS) for name, value in sorted(scale.noise.items())},
            {name: _rounded(pair) for name, pair in sorted(sums.items())},
            residuals,
            linked[key],
        )
    return found


def _rounded(values: Sequence[float]) -> tuple[float, ...]:
    return tuple(round(value, DIGITS) for value in values)


def packed_fit(
    scales: Mapping[tuple[str, str], Scale],
    rows: Sequence[Score],
    entries: Mapping[str, Entry],
    groups: Sequence[Group],
) -> tuple[dict[str, Any], dict[str, Any]]:
    """JSON-ready: what ranking reads at every start, and the standard score of each row.

    `rows` are grouped by entry; standard scores keep their order.
    """
    protocols = list(PROTOCOLS)
    sources = sorted({row.source for row in rows})
    benchmarks = sorted({row.benchmark for row in rows})
    number = {name: index for index, name in enumerate(benchmarks)}
    cells: dict[str, dict[tuple[int, int, int], list[float]]] = defaultdict(dict)
    standard: list[float | None] = [None] * len(rows)
    by_row: dict[int, float] = {}
    for scale in scales.values():
        for position, z, share in zip(*(part.tolist() for part in scale.standards), strict=True):
            row = rows[position]
            by_row[position] = z
            key = number[row.benchmark], protocols.index(row.protocol), sources.index(row.source)
            cell = cells[row.entry].setdefault(key, [0.0, 0.0])
            cell[0] += share * z
            cell[1] += share
            standard[position] = round(z, DIGITS)
    standings = {
        name: [
            [*key, round(value / weight, 3), round(weight, 3)]
            for key, (value, weight) in sorted(found.items())
        ]
        for name, found in sorted(cells.items())
    }
    ranking = {
        "schema_version": 1,
        "benchmarks": benchmarks,
        "protocols": protocols,
        "sources": sources,
        "scales": [[*key, *one] for key, one in sorted(shipped(scales, entries).items())],
        "places": [
            [
                number[p.benchmark],
                protocols.index(p.protocol),
                p.metric,
                round(p.level, DIGITS),
                None if p.log_scale is None else round(p.log_scale, DIGITS),
            ]
            for p in places(groups, rows, by_row)
        ],
        # JSON inside JSON: a start decodes the standings of the models that can do the task.
        "standings": {name: compact(found) for name, found in standings.items()},
    }
    by_entry: dict[str, list[float | None]] = defaultdict(list)
    for row, z in zip(rows, standard, strict=True):
        by_entry[row.entry].append(z)
    return ranking, {"schema_version": 1, "standard_scores": dict(by_entry)}
