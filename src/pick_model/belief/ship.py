"""The fit as plain numbers for the shipped catalog, and back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pick_model.belief.expected import Shipped
from pick_model.belief.parts import Line, Told, Variances
from pick_model.documents.catalog import Entry

if TYPE_CHECKING:
    from pick_model.belief.rows import Row
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
        told = {
            name: Told(round(one.offset, DIGITS), round(one.precision, DIGITS))
            for name, one in sorted(scale.told.items())
        }
        variances = Variances(*(round(v, DIGITS) for v in scale.variances))
        line = scale.line
        sums = family_sums([entries[name].family for name in told], told.values(), variances)
        found[key] = Shipped(
            Line(
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
            told,
            linked[key],
        )
    return found


def _rounded(values: Sequence[float]) -> tuple[float, ...]:
    return tuple(round(value, DIGITS) for value in values)


def packed_fit(
    scales: Mapping[tuple[str, str], Scale],
    rows: Sequence[Row],
    entries: Mapping[str, Entry],
    benchmark_ids: Sequence[str],
) -> tuple[dict[str, Any], dict[str, list[list[object]]]]:
    """Parts of the shipped catalog: what ranking reads, and each entry's single scores."""
    from pick_model.belief.similarity import PROTOCOL_WEIGHTS

    protocols = list(PROTOCOL_WEIGHTS)
    sources = sorted({row.source for row in rows})
    number = {name: index for index, name in enumerate(benchmark_ids)}
    cells: dict[str, dict[tuple[int, int, int], list[float]]] = defaultdict(dict)
    told: dict[str, list[list[object]]] = defaultdict(list)
    for scale in scales.values():
        for position, z, share in zip(*(part.tolist() for part in scale.standards), strict=True):
            row = rows[position]
            key = number[row.benchmark], protocols.index(row.protocol), sources.index(row.source)
            cell = cells[row.entry].setdefault(key, [0.0, 0.0])
            cell[0] += share * z
            cell[1] += share
            told[row.entry].append([*row[1:], round(z, DIGITS)])
    ranking = {
        "protocols": protocols,
        "evidence_sources": sources,
        "scales": [[*key, *one] for key, one in sorted(shipped(scales, entries).items())],
        "evidence": {
            name: [
                [*key, round(value / weight, 3), round(weight, 3)]
                for key, (value, weight) in sorted(found.items())
            ]
            for name, found in sorted(cells.items())
        },
    }
    return ranking, {name: sorted(items, key=str) for name, items in sorted(told.items())}


def unpacked_scales(packed: Sequence[Any]) -> dict[tuple[str, str], Shipped]:
    """The scales from the plain values of `packed_fit`."""
    return {
        (world, name): Shipped(
            Line(*line),
            Variances(*variances),
            noise,
            families,
            {entry: Told(*one) for entry, one in told.items()},
            links,
        )
        for world, name, line, variances, noise, families, told, links in packed
    }
